import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  CHUNK,
  codeOf,
  counting,
  cut,
  cutAt,
  feed,
  flipBit,
  open,
  patterned,
  seal,
  SUITES,
} from './blob.test-support.ts'
import { BlobDecryptor } from './decrypt.ts'
import { BlobEncryptor } from './encrypt.ts'
import { chunkSpan, ciphertextBytes } from './segments.ts'

const EDGES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 1, 2 * CHUNK, 3 * CHUNK + 7]
/** Sizes around the edges of chunks, and any others up to a few chunks. */
const anySize = fc.oneof(fc.constantFrom(...EDGES), fc.nat({ max: 4 * CHUNK }))
const places = fc.array(fc.nat({ max: 5 * CHUNK }), { maxLength: 12 })
const key = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes))
const RUNS = { numRuns: 60 }

describe.each(SUITES)('%s: what was put in comes out', (suite) => {
  test('at every size, however the plaintext and the blob are cut', () => {
    fc.assert(
      fc.property(anySize, places, places, key, key, (bytes, cutsIn, cutsOut, dataKey, salt) => {
        const plaintext = patterned(bytes)
        const blob = seal({ suite, pieces: cutAt(plaintext, cutsIn), dataKey, salt })
        expect(blob.bytes).toHaveLength(ciphertextBytes(suite, 16, bytes))
        expect(blob.facts.plaintextBytes).toBe(bytes)
        const { released, error } = feed(new BlobDecryptor(blob), cutAt(blob.bytes, cutsOut))
        expect(error).toBeUndefined()
        expect(released.equals(plaintext)).toBe(true)
      }),
      RUNS,
    )
  })

  test.each(EDGES)('%i bytes, one byte at a time both ways', (bytes) => {
    const plaintext = patterned(bytes)
    const blob = seal({ suite, pieces: [...cut(plaintext, 1)] })
    const { released, error } = open({ ...blob, pieceBytes: 1 })
    expect(error).toBeUndefined()
    expect(released.equals(plaintext)).toBe(true)
  })

  test.each([16, 17, 18, 19, 20])('chunks of 2^%i bytes', (chunkLog2) => {
    for (const bytes of [0, 2 ** chunkLog2 - 1, 2 ** chunkLog2, 2 ** chunkLog2 + 1]) {
      const blob = seal({ suite, pieces: [...cut(patterned(bytes), 64 * 1024)], chunkLog2 })
      expect(blob.bytes).toHaveLength(ciphertextBytes(suite, chunkLog2, bytes))
      expect(open(blob).released.equals(blob.plaintext)).toBe(true)
    }
  })

  test('a salt of its own for each blob, so that equal plaintexts look different', () => {
    const encrypt = () => {
      const encryptor = new BlobEncryptor({
        suite,
        chunkLog2: 16,
        blobId: counting(0, 16),
        dataKey: counting(1, 32),
      })
      return Buffer.concat([...encryptor.push(patterned(100)), ...encryptor.end()]).toString('hex')
    }
    expect(new Set([encrypt(), encrypt(), encrypt()]).size).toBe(3)
  })

  // 65,536 slices of one byte would keep some 13 MB for each slow client.
  test('few slices are kept, however small the pieces', () => {
    const encryptor = new BlobEncryptor({
      suite,
      chunkLog2: 16,
      blobId: counting(0, 16),
      dataKey: counting(1, 32),
    })
    const sealed = [...cut(patterned(CHUNK), 1)].flatMap((byte) => encryptor.push(byte))
    expect(Buffer.concat(sealed).length).toBeGreaterThan(CHUNK)
    expect(sealed.length).toBeLessThan(300)
  })

  test('the plaintext is nowhere in the blob', () => {
    const marker = Buffer.from('the plaintext that must not show')
    const { bytes } = seal({ suite, pieces: Array<Buffer>(3000).fill(marker) })
    expect(bytes.includes(marker.subarray(0, 8))).toBe(false)
  })
})

describe.each(SUITES)('%s: ranges', (suite) => {
  const sized = fc
    .tuple(
      anySize.filter((bytes) => bytes > 0),
      fc.nat(),
      fc.nat(),
    )
    .map(([bytes, a, b]) => {
      const [start, endInclusive] = [a % bytes, b % bytes].sort((x, y) => x - y) as [number, number]
      return { bytes, start, endInclusive }
    })

  test('are the slice of the plaintext, however the ciphertext is cut', () => {
    fc.assert(
      fc.property(sized, places, ({ bytes, ...range }, cuts) => {
        const blob = seal({ suite, pieces: [patterned(bytes)] })
        const decryptor = new BlobDecryptor({ ...blob, range })
        const { offset, length } = decryptor.ciphertextRange
        const { released, error } = feed(decryptor, cutAt(blob.bytes.subarray(offset, offset + length), cuts))
        expect(error).toBeUndefined()
        expect(released.equals(blob.plaintext.subarray(range.start, range.endInclusive + 1))).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  test('neither see nor mind damage outside their chunks, and never release damage inside', () => {
    fc.assert(
      fc.property(sized, fc.nat(), ({ bytes, ...range }, where) => {
        const blob = seal({ suite, pieces: [patterned(bytes)] })
        const bit = where % (blob.bytes.length * 8)
        const span = chunkSpan(suite, 16, bytes, range.start, range.endInclusive)
        const inside = bit >= span.offset * 8 && bit < (span.offset + span.length) * 8
        const { released, error } = open({ ...blob, bytes: flipBit(blob.bytes, bit), range })
        const expected = blob.plaintext.subarray(range.start, range.endInclusive + 1)
        expect(error === undefined).toBe(!inside)
        expect(released.equals(expected.subarray(0, released.length))).toBe(true)
        if (!inside) expect(released).toHaveLength(expected.length)
        else expect(released.length).toBeLessThan(expected.length)
      }),
      { numRuns: 150 },
    )
  })

  test.each([
    [0, 0, 0],
    [10, 0, 10],
    [10, 7, 6],
    [10, -1, 3],
  ])('of %i bytes, %i to %i is refused', (bytes, start, endInclusive) => {
    const blob = seal({ suite, pieces: [patterned(bytes)] })
    expect(codeOf(() => new BlobDecryptor({ ...blob, range: { start, endInclusive } }))).toBe('BadArgument')
  })

  test('missing and surplus ciphertext is an error', () => {
    const blob = seal({ suite, pieces: [patterned(3 * CHUNK)] })
    const range = { start: CHUNK, endInclusive: 2 * CHUNK }
    const { offset, length } = new BlobDecryptor({ ...blob, range }).ciphertextRange
    for (const wrong of [0, 1, length - 1, length + 1, length + CHUNK]) {
      const decryptor = new BlobDecryptor({ ...blob, range })
      const { error } = feed(decryptor, [blob.bytes.subarray(offset, offset + wrong)])
      expect(error, `${wrong} bytes`).toMatchObject({ code: 'IntegrityError' })
    }
  })
})
