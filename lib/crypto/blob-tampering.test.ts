import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  CHUNK,
  codeOf,
  counting,
  cut,
  feed,
  flipBit,
  open,
  patterned,
  seal,
  SUITES,
  type SealedBlob,
} from './blob.test-support.ts'
import { BlobDecryptor, type BlobFacts } from './decrypt.ts'
import { HEADER_BYTES } from './header.ts'
import { suiteByName, type SuiteName } from './suites.ts'

const INTEGRITY = { code: 'IntegrityError' }
/** Never lines up with chunks, and is shorter than the shortest: one push completes one chunk at most. */
const PIECE = 997

/** Header, then chunk by chunk with their tags. */
function dissect({ bytes, facts }: SealedBlob): { header: Buffer; chunks: Buffer[] } {
  const sealedBytes = CHUNK + suiteByName(facts.suite).tagBytes
  return {
    header: bytes.subarray(0, HEADER_BYTES),
    chunks: [...cut(bytes.subarray(HEADER_BYTES), sealedBytes)],
  }
}

/** Which chunk byte `at` of the blob belongs to. */
function chunkOf(suite: SuiteName, at: number): number {
  return Math.floor((at - HEADER_BYTES) / (CHUNK + suiteByName(suite).tagBytes))
}

describe.each(SUITES)('%s', (suite) => {
  const { tagBytes } = suiteByName(suite)
  const blob = seal({ suite, pieces: [patterned(3 * CHUNK + 1000)] })

  test('every bit of the header', () => {
    const small = seal({ suite, pieces: [patterned(100)] })
    for (let bit = 0; bit < HEADER_BYTES * 8; bit++) {
      const { released, error } = open({ ...small, bytes: flipBit(small.bytes, bit) })
      expect(error, `bit ${bit}`).toMatchObject(INTEGRITY)
      expect(released).toHaveLength(0)
    }
  })

  test.each([0, 1, 20])('every bit behind the header of a blob of %i bytes', (bytes) => {
    const small = seal({ suite, pieces: [patterned(bytes)] })
    for (let bit = HEADER_BYTES * 8; bit < small.bytes.length * 8; bit++) {
      const { released, error } = open({ ...small, bytes: flipBit(small.bytes, bit) })
      expect(error, `bit ${bit}`).toMatchObject(INTEGRITY)
      expect(released).toHaveLength(0)
    }
  })

  test('a flipped bit releases the chunks before it, whole, and nothing else', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: CHUNK }), (where, pieceBytes) => {
        const bit = HEADER_BYTES * 8 + (where % ((blob.bytes.length - HEADER_BYTES) * 8))
        const { released, error } = open({
          ...blob,
          bytes: flipBit(blob.bytes, bit),
          pieceBytes: pieceBytes + 100,
        })
        expect(error).toMatchObject(INTEGRITY)
        expect(released.length).toBeLessThanOrEqual(chunkOf(suite, bit >> 3) * CHUNK)
        expect(released.equals(blob.plaintext.subarray(0, released.length))).toBe(true)
      }),
      { numRuns: 150 },
    )
  })

  test('chunk k damaged: exactly the k chunks before it come out', () => {
    for (const [k, chunk] of dissect(blob).chunks.entries()) {
      const at = HEADER_BYTES + k * (CHUNK + tagBytes)
      for (const byte of [at, at + chunk.length - tagBytes, at + chunk.length - 1]) {
        const { released, error } = open({ ...blob, bytes: flipBit(blob.bytes, byte * 8), pieceBytes: PIECE })
        expect(error).toMatchObject(INTEGRITY)
        expect(released.equals(blob.plaintext.subarray(0, k * CHUNK)), `chunk ${k}, byte ${byte}`).toBe(true)
      }
    }
  })

  test('cut off anywhere', () => {
    const edges = dissect(blob).chunks.map((_, k) => HEADER_BYTES + k * (CHUNK + tagBytes))
    const places = fc.oneof(
      fc.nat({ max: blob.bytes.length - 1 }),
      fc.constantFrom(0, 1, HEADER_BYTES - 1, ...edges, ...edges.map((at) => at - tagBytes)),
    )
    fc.assert(
      fc.property(places, (length) => {
        const { released, error } = open({
          ...blob,
          bytes: blob.bytes.subarray(0, length),
          pieceBytes: PIECE,
        })
        expect(error).toMatchObject(INTEGRITY)
        expect(released).toHaveLength(Math.max(0, chunkOf(suite, length)) * CHUNK)
        expect(released.equals(blob.plaintext.subarray(0, released.length))).toBe(true)
      }),
      { numRuns: 200, examples: edges.map((at) => [at]) },
    )
  })

  test.each([0, 1, CHUNK, 3 * CHUNK + 1000])('%i bytes, then something more', (bytes) => {
    const longer = seal({ suite, pieces: [patterned(bytes)] })
    const { chunks } = dissect(longer)
    for (const more of [
      Buffer.alloc(1),
      Buffer.alloc(tagBytes),
      Buffer.alloc(CHUNK),
      chunks.at(-1)!,
      longer.bytes,
    ])
      for (const pieceBytes of [1e9, PIECE]) {
        const { error } = open({ ...longer, bytes: Buffer.concat([longer.bytes, more]), pieceBytes })
        expect(error).toMatchObject(INTEGRITY)
      }
  })
})

/** Chunks of blobs of one data key must not be exchangeable, not even of two writes of the same blobId. */
describe.each(SUITES)('%s: chunks put together anew', (suite) => {
  const size = 3 * CHUNK + 1000
  const original = seal({ suite, pieces: [patterned(size)] })
  const others = [
    seal({ suite, pieces: [patterned(size)], blobId: counting(0x41, 16) }),
    seal({ suite, pieces: [patterned(size)], salt: counting(0x81, 32) }),
    seal({ suite, pieces: [patterned(size)], dataKey: counting(7, 32) }),
  ]
  const pool = [original, ...others].map((blob) => dissect(blob).chunks)
  const { header, chunks } = dissect(original)
  const pick = fc.record({ blob: fc.nat({ max: others.length }), chunk: fc.nat({ max: 3 }) })

  function check(picks: readonly { blob: number; chunk: number }[]) {
    const pieces = [header, ...picks.map(({ blob, chunk }) => pool[blob]![chunk]!)]
    const { released, error } = feed(new BlobDecryptor(original), pieces)
    const wrongAt = picks.findIndex(({ blob, chunk }, i) => blob !== 0 || chunk !== i)
    const right = wrongAt === -1 ? picks.length : wrongAt
    if (wrongAt === -1 && picks.length === chunks.length) expect(error).toBeUndefined()
    else expect(error).toMatchObject(INTEGRITY)
    const expected = original.plaintext.subarray(0, right * CHUNK)
    expect(released.equals(expected)).toBe(true)
  }

  test('in any order, any number of times, from any blob', () => {
    fc.assert(fc.property(fc.array(pick, { maxLength: 5 }), check), {
      numRuns: 200,
      examples: [[[0, 1, 2, 3].map((chunk) => ({ blob: 0, chunk }))]],
    })
  })

  test('each two exchanged, each one doubled, left out or taken from another blob', () => {
    const own = [0, 1, 2, 3].map((chunk) => ({ blob: 0, chunk }))
    for (const i of [0, 1, 2, 3]) {
      check(own.filter((_, at) => at !== i))
      check(own.flatMap((one, at) => (at === i ? [one, one] : [one])))
      for (const blob of [1, 2, 3]) check(own.map((one, at) => (at === i ? { ...one, blob } : one)))
      for (const j of [0, 1, 2, 3]) {
        if (i !== j) check(own.map((one, at) => own[at === i ? j : at === j ? i : at] ?? one))
      }
    }
  })

  test('a range does not take the chunk of another blob or place', () => {
    const range = { start: CHUNK, endInclusive: CHUNK + 10 }
    const sealedBytes = CHUNK + suiteByName(suite).tagBytes
    for (const [blob, foreign] of pool.entries())
      for (const [index, chunk] of foreign.slice(0, 3).entries()) {
        const decryptor = new BlobDecryptor({ ...original, range })
        const code = codeOf(() => decryptor.push(chunk.subarray(0, sealedBytes)))
        expect(code).toBe(blob === 0 && index === 1 ? 'nothing thrown' : 'IntegrityError')
      }
  })
})

describe.each(SUITES)('%s: facts that are not those of the blob', (suite) => {
  const bytes = 2 * CHUNK
  const blob = seal({ suite, pieces: [patterned(bytes)] })
  const openWith = (facts: Partial<BlobFacts>) => () =>
    new BlobDecryptor({ facts: { ...blob.facts, ...facts }, dataKey: blob.dataKey })

  test('every bit of blobId, salt, commitment and data key', () => {
    for (const field of ['blobId', 'salt', 'commitment'] as const)
      for (let bit = 0; bit < blob.facts[field].length * 8; bit++)
        expect(codeOf(openWith({ [field]: flipBit(blob.facts[field], bit) })), `${field} ${bit}`).toBe(
          'WrongKey',
        )
    for (let bit = 0; bit < 256; bit++) {
      const dataKey = flipBit(blob.dataKey, bit)
      expect(codeOf(() => new BlobDecryptor({ facts: blob.facts, dataKey }))).toBe('WrongKey')
    }
  })

  test('another suite or chunk size', () => {
    expect(codeOf(openWith({ suite: suite === 'SM4' ? 'AES256' : 'SM4' }))).toBe('WrongKey')
    for (const chunkLog2 of [17, 18, 19, 20]) expect(codeOf(openWith({ chunkLog2 }))).toBe('WrongKey')
    for (const chunkLog2 of [0, 15, 21, 16.5, NaN]) expect(codeOf(openWith({ chunkLog2 }))).toBe('BadFormat')
  })

  test('lengths that are none', () => {
    expect(codeOf(openWith({ blobId: counting(0x40, 15) }))).toBe('BadArgument')
    expect(codeOf(openWith({ salt: counting(0x80, 31) }))).toBe('BadFormat')
    const { commitment } = blob.facts
    for (const wrong of [
      Buffer.alloc(0),
      commitment.subarray(1),
      Buffer.concat([commitment, Buffer.alloc(1)]),
    ])
      expect(codeOf(openWith({ commitment: wrong }))).toBe('WrongKey')
    for (const plaintextBytes of [-1, 0.5, NaN, Infinity, 2 ** 48])
      expect(codeOf(openWith({ plaintextBytes }))).toBe('BadArgument')
  })

  // Swapped rows, a shorter size in the catalog, a file under the wrong name.
  test('another size', () => {
    for (const wrong of [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, bytes - 1, bytes + 1, 3 * CHUNK]) {
      const facts = { ...blob.facts, plaintextBytes: wrong }
      const { released, error } = open({ ...blob, facts, pieceBytes: PIECE })
      expect(error, `${wrong}`).toMatchObject(INTEGRITY)
      expect(released.equals(blob.plaintext.subarray(0, released.length))).toBe(true)
    }
  })

  test('the bytes of another blob of the same data key', () => {
    for (const other of [{ blobId: counting(0x41, 16) }, { salt: counting(0x81, 32) }]) {
      const foreign = seal({ suite, pieces: [patterned(bytes)], ...other })
      const { released, error } = open({ ...blob, bytes: foreign.bytes })
      expect(error).toMatchObject(INTEGRITY)
      expect(released).toHaveLength(0)
    }
  })
})
