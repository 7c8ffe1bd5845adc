import fc from 'fast-check'
import { expect, test } from 'vitest'
import { partsOf } from './file-parts.ts'

const MIB = 2 ** 20

test('a file below 64 MiB, and an empty one, goes as a whole', () => {
  for (const size of [0, 1, 64 * MIB - 1]) expect(partsOf(size)).toEqual([{ number: 1, start: 0, end: size }])
  expect(partsOf(64 * MIB)).toHaveLength(2)
})

test('parts cover the file without a gap, are at most 10,000, and all but the last are as large as S3 asks', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 50 * 2 ** 40 }), (size) => {
      const parts = partsOf(size)
      expect(parts.length).toBeLessThanOrEqual(10_000)
      expect(parts[0]!.start).toBe(0)
      expect(parts.at(-1)!.end).toBe(size)
      // One expectation for all of them: ten thousand a run would take longer than everything else here.
      const wrong = parts.filter(
        ({ number, start, end }, index) =>
          number !== index + 1 ||
          (index > 0 && start !== parts[index - 1]!.end) ||
          (index < parts.length - 1 && end - start < 5 * MIB) ||
          (size > 0 && end <= start),
      )
      expect(wrong).toEqual([])
    }),
    { numRuns: 200 },
  )
})
