import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { BlobDecryptor } from './decrypt.ts'
import { CHUNK, counting, cut, feed, open, patterned, seal } from './blob.test-support.ts'
import { readHeader } from './header.ts'
import { suiteById, type SuiteName } from './suites.ts'
import vectors from './vectors/ose1.json' with { type: 'json' }
import { unwrapDataKey } from './wrap.ts'

const blobVectors = vectors.flatMap((vector) => (vector.n === undefined ? [] : [vector]))
const wrapVectors = vectors.flatMap((vector) => (vector.wrapped === undefined ? [] : [vector]))

/** Vectors by an independent prototype of the format: vectors/README.md. */
describe('the 18 blob vectors', () => {
  test('are all here', () => {
    expect(blobVectors).toHaveLength(18)
    expect(wrapVectors).toHaveLength(2)
  })

  describe.each(blobVectors)('suite $suite, $n bytes', (vector) => {
    const suite = suiteById(vector.suite).name
    const plaintext = patterned(vector.n)
    const whole = seal({ suite, pieces: [plaintext] })

    test('are made from the whole plaintext', () => {
      expectVector(whole.bytes, vector)
    })

    test('are made from a stream of odd pieces', () => {
      expectVector(seal({ suite, pieces: [...cut(plaintext, 4093)] }).bytes, vector)
    })

    test('are made byte by byte', () => {
      expectVector(seal({ suite, pieces: [...cut(plaintext, 1)] }).bytes, vector)
    })

    test.each([whole.bytes.length, 4093, 1])('are read in pieces of %i', (pieceBytes) => {
      const { released, error } = open({ ...whole, pieceBytes })
      expect(error).toBeUndefined()
      expect(released.equals(plaintext)).toBe(true)
    })

    test('name their own parameters', () => {
      const { plaintextBytes, ...header } = whole.facts
      expect(readHeader(whole.bytes)).toEqual(header)
      expect(plaintextBytes).toBe(vector.n)
    })

    test.each(rangesOf(vector.n))('are read from byte %i to byte %i', (start, endInclusive) => {
      const { released, error } = open({ ...whole, range: { start, endInclusive } })
      expect(error).toBeUndefined()
      expect(released.equals(plaintext.subarray(start, endInclusive + 1))).toBe(true)
    })
  })
})

describe('the 2 wrapped data keys', () => {
  const binding = {
    mode: 'kms',
    keyId: 'k-1',
    keyVersion: 3,
    bucketId: 'b-uuid',
    objectKey: 'a/b.txt',
    objectId: 'v-uuid',
    context: { z: '1', a: '2' },
  }

  test.each(wrapVectors)('suite $suite', (vector) => {
    const dataKey = unwrapDataKey(counting(9, 32), Buffer.from(vector.wrapped, 'hex'), binding)
    expect(dataKey.toString('hex')).toBe(counting(1, 32).toString('hex'))
  })
})

function expectVector(
  bytes: Buffer,
  vector: { suite: number; header?: string; ctLen?: number; sha256?: string; lastTag?: string },
) {
  expect(bytes.subarray(0, 88).toString('hex')).toBe(vector.header)
  expect(bytes).toHaveLength(vector.ctLen!)
  // the prototype printed 16 bytes, of the longer tag of suite 2 too
  expect(bytes.subarray(-16).toString('hex')).toBe(vector.lastTag)
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(vector.sha256)
}

/** First, last, middle and every byte beside the edge of a chunk. */
function rangesOf(bytes: number): [number, number][] {
  const edges = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 1, 2 * CHUNK, bytes - 1]
  const inside = [...new Set(edges.filter((at) => at >= 0 && at < bytes))]
  return inside.flatMap((start) =>
    inside.filter((end) => end >= start).map((end): [number, number] => [start, end]),
  )
}

// A range reader must need nothing but its own chunks: the header stays unread.
test('a range asks only for the chunks it touches', () => {
  for (const suite of ['AES256', 'SM4'] satisfies SuiteName[]) {
    const { facts, dataKey, bytes, plaintext } = seal({ suite, pieces: [patterned(200_000)] })
    const range = { start: CHUNK + 5, endInclusive: CHUNK + 6 }
    const decryptor = new BlobDecryptor({ facts, dataKey, range })
    const { tagBytes } = suiteById(bytes[5]!)
    expect(decryptor.ciphertextRange).toEqual({ offset: 88 + CHUNK + tagBytes, length: CHUNK + tagBytes })
    const { offset, length } = decryptor.ciphertextRange
    const { released } = feed(decryptor, [bytes.subarray(offset, offset + length)])
    expect(released).toEqual(plaintext.subarray(range.start, range.endInclusive + 1))
  }
})
