import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { codeOf, patterned, seal, SUITES } from './blob.test-support.ts'
import { HEADER_BYTES } from './header.ts'
import { chunkCount, chunkSpan, ciphertextBytes } from './segments.ts'

const LARGEST = 2 ** 48 - 1

describe('chunkCount', () => {
  test.each([
    [16, 0, 1],
    [16, 65_535, 1],
    [16, 65_536, 2],
    [16, 131_071, 2],
    [20, 2 ** 20, 2],
    [16, LARGEST, 2 ** 32],
  ])('2^%i, %i bytes: %i', (chunkLog2, bytes, count) => {
    expect(chunkCount(chunkLog2, bytes)).toBe(count)
  })

  test.each([-1, 0.5, NaN, Infinity, LARGEST + 1, 2 ** 53])('%d bytes are refused', (bytes) => {
    expect(codeOf(() => chunkCount(16, bytes))).toBe('BadArgument')
  })
})

describe.each(SUITES)('%s', (suite) => {
  const tagBytes = suite === 'AES256' ? 16 : 32

  test.each([0, 1, 65_535, 65_536, 65_537, 200_000])('%i bytes: the size is that of the blob', (bytes) => {
    expect(ciphertextBytes(suite, 16, bytes)).toBe(seal({ suite, pieces: [patterned(bytes)] }).bytes.length)
  })

  test('a span holds the range and nothing that is not its chunks', () => {
    const range = fc
      .tuple(
        fc.integer({ min: 16, max: 20 }),
        fc.maxSafeNat().filter((n) => n > 0 && n <= LARGEST),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
      )
      .map(([chunkLog2, bytes, a, b]) => {
        const start = Math.min(bytes - 1, Math.floor(a * bytes))
        return { chunkLog2, bytes, start, end: Math.min(bytes - 1, start + Math.floor(b * (bytes - start))) }
      })
    fc.assert(
      fc.property(range, ({ chunkLog2, bytes, start, end }) => {
        const chunk = 2 ** chunkLog2
        const span = chunkSpan(suite, chunkLog2, bytes, start, end)
        expect(span.firstChunk * chunk).toBeLessThanOrEqual(start)
        expect((span.firstChunk + 1) * chunk).toBeGreaterThan(start)
        expect(span.lastChunk * chunk).toBeLessThanOrEqual(end)
        expect((span.lastChunk + 1) * chunk).toBeGreaterThan(end)
        expect(span.offset).toBe(HEADER_BYTES + span.firstChunk * (chunk + tagBytes))
        const plaintextEnd = Math.min((span.lastChunk + 1) * chunk, bytes)
        const chunks = span.lastChunk - span.firstChunk + 1
        expect(span.length).toBe(plaintextEnd - span.firstChunk * chunk + chunks * tagBytes)
      }),
    )
  })

  test.each([
    [0, 0, 0],
    [10, 5, 4],
    [10, 0, 10],
    [10, -1, 5],
    [10, NaN, 5],
    [10, 0, NaN],
    [10, 0.5, 3],
    [10, 0, 3.5],
  ])('of %i bytes, %d to %d is no range', (bytes, start, end) => {
    expect(codeOf(() => chunkSpan(suite, 16, bytes, start, end))).toBe('BadArgument')
  })
})
