import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { resolveRange, type RequestedRange } from './range.ts'
import { uploadInParts } from './multipart.test-support.ts'
import { CHUNK, get, keyFor, named, openBench, put, run, type Bench } from './store.test-support.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.dispose())

const SMALL = randomBytes(3 * CHUNK + 100)
const MINIMUM = 5 * 2 ** 20
/** Part sizes with and without a whole number of chunks; the last one may be small. */
const PART_SIZES = [MINIMUM, MINIMUM + 1, 77]
const LARGE = randomBytes(PART_SIZES.reduce((sum, size) => sum + size, 0))
const EDGES = [0, CHUNK, 2 * CHUNK, 3 * CHUNK, SMALL.length, MINIMUM, 2 * MINIMUM + 1, LARGE.length]

/** Positions near chunk and part edges, or anywhere. */
const position = (size: number) =>
  fc.oneof(
    fc.integer({ min: 0, max: size - 1 }),
    fc
      .tuple(fc.constantFrom(...EDGES), fc.integer({ min: -2, max: 2 }))
      .map(([edge, off]) => Math.min(Math.max(edge + off, 0), size - 1)),
  )

/** At most `longest` bytes, as decrypting more of a large object proves nothing more. */
const requested = (size: number, longest: number): fc.Arbitrary<RequestedRange> =>
  fc.oneof(
    fc.tuple(position(size), fc.integer({ min: 1, max: longest })).map(([start, length]) => ({
      start,
      endInclusive: start + length - 1,
    })),
    fc.tuple(position(size), position(size)).map(([start, end]) => ({
      start,
      endInclusive: start <= end && end - start < longest ? end : start,
    })),
    position(size).map((start) => (size - start <= longest ? { start } : { suffix: 1 })),
    fc.integer({ min: 1, max: Math.min(longest, size + 10) }).map((suffix) => ({ suffix })),
  )

/** What a range means, in other words than range.ts. */
function sliceOf(bytes: Buffer, range: RequestedRange): Buffer {
  if ('suffix' in range) return bytes.subarray(-Math.min(range.suffix, bytes.length))
  return bytes.subarray(range.start, range.endInclusive === undefined ? undefined : range.endInclusive + 1)
}

describe.each(named())('of an object stored with %s', (_name, method) => {
  beforeAll(async () => {
    await put(bench, 'small', SMALL, { encryption: method.encryption })
    await uploadInParts(bench, 'large', LARGE, PART_SIZES, method)
  })

  test.each([
    ['small', SMALL],
    ['large', LARGE],
  ] as const)('any range of the %s one is that slice', async (key, bytes) => {
    await fc.assert(
      fc.asyncProperty(requested(bytes.length, SMALL.length + 10), async (range) => {
        const read = await get(bench, key, { range, ...keyFor(method) })
        const expected = sliceOf(bytes, range)
        expect(read.bytes.equals(expected)).toBe(true)
        expect(read.length).toBe(expected.length)
        const { start, endInclusive } = read.range!
        expect(bytes.subarray(start, endInclusive + 1).equals(expected)).toBe(true)
      }),
      { numRuns: 40 },
    )
  })

  test('ranges across the edges of parts are one piece', async () => {
    for (const start of [MINIMUM - 1, 2 * MINIMUM, 2 * MINIMUM + 1])
      for (const endInclusive of [start + 1, LARGE.length - 1]) {
        if (endInclusive - start > 2 * MINIMUM) continue
        const read = await get(bench, 'large', { range: { start, endInclusive }, ...keyFor(method) })
        expect(read.bytes.equals(LARGE.subarray(start, endInclusive + 1))).toBe(true)
      }
  })

  test('each part is read by its number', async () => {
    let offset = 0
    for (const [i, size] of PART_SIZES.entries()) {
      const read = await get(bench, 'large', { partNumber: i + 1, ...keyFor(method) })
      expect(read.bytes.equals(LARGE.subarray(offset, offset + size))).toBe(true)
      expect(read.range).toEqual({ start: offset, endInclusive: offset + size - 1 })
      offset += size
    }
    const beyond = get(bench, 'large', { partNumber: 4, ...keyFor(method) })
    await expect(beyond).rejects.toMatchObject({ code: 'InvalidPartNumber' })
    expect((await get(bench, 'small', { partNumber: 1, ...keyFor(method) })).bytes.equals(SMALL)).toBe(true)
    const second = get(bench, 'small', { partNumber: 2, ...keyFor(method) })
    await expect(second).rejects.toMatchObject({ code: 'InvalidPartNumber' })
  })

  test('what lies outside is refused, in GET and HEAD', async () => {
    for (const range of [{ start: SMALL.length }, { suffix: 0 }, { start: 1e15, endInclusive: 1e15 }]) {
      const asked = { bucket: bench.bucket, key: 'small', conditions: {}, range, ...keyFor(method) }
      for (const name of ['GetObject', 'HeadObject'] as const)
        await expect(run(bench, { name, ...asked })).rejects.toMatchObject({
          code: 'InvalidRange',
          facts: { size: SMALL.length },
        })
    }
  })

  test('a reader that stops early, or never begins, closes the blob', async () => {
    const operation = { name: 'GetObject', bucket: bench.bucket, key: 'large', conditions: {} } as const
    for (let i = 0; i < 20; i++) {
      const { body } = await run(bench, { ...operation, ...keyFor(method) })
      if (i % 2 === 0) for await (const piece of body) if (piece.length > 0) break
      await body[Symbol.asyncIterator]().return?.()
    }
    expect((await get(bench, 'large', keyFor(method))).bytes.equals(LARGE)).toBe(true)
  })
})

test('the rest of what changed meanwhile is not sent, but all of it: RFC 9110 §13.1.5', async () => {
  await put(bench, 'resumed', SMALL, { encryption: { kind: 'service-key', suite: 'AES256' } })
  const { object } = await get(bench, 'resumed')
  const rest = { start: 10 }
  for (const ifRange of [
    { etag: object.etag },
    { lastModified: Math.floor(object.lastModified / 1000) * 1000 },
  ]) {
    const read = await get(bench, 'resumed', { range: { ...rest, ifRange } })
    expect(read.range).toEqual({ start: 10, endInclusive: SMALL.length - 1 })
    expect(read.bytes.equals(SMALL.subarray(10))).toBe(true)
  }
  const second = Math.floor(object.lastModified / 1000)
  for (const ifRange of [
    { etag: `${object.etag}x` },
    { lastModified: (second - 1) * 1000 },
    { lastModified: (second + 1) * 1000 },
    'unreadable' as const,
  ])
    for (const range of [
      { ...rest, ifRange },
      { start: 1e15, ifRange },
    ]) {
      const read = await get(bench, 'resumed', { range })
      expect(read.range).toBeUndefined()
      expect(read.bytes.equals(SMALL)).toBe(true)
    }
})

test('an empty object has last bytes, which are none, but no first one', async () => {
  await put(bench, 'empty', Buffer.alloc(0), { encryption: { kind: 'service-key', suite: 'AES256' } })
  for (const range of [{ start: 0 }, { suffix: 0 }, { start: 0, endInclusive: 0 }])
    await expect(get(bench, 'empty', { range })).rejects.toMatchObject({ code: 'InvalidRange' })
  for (const asked of [{ range: { suffix: 5 } }, { partNumber: 1 }]) {
    const { bytes, length, range } = await get(bench, 'empty', asked)
    expect([bytes.length, length, range]).toEqual([0, 0, undefined])
  }
})

test.each(named())(
  'an empty part is given by its number, if it was stored empty: %s',
  async (name, method) => {
    const key = `empty parts ${name}`
    const bytes = LARGE.subarray(0, MINIMUM)
    await uploadInParts(bench, key, bytes, [MINIMUM, 0], method)
    const asked = { bucket: bench.bucket, key, conditions: {}, ...keyFor(method) }
    for (const operation of ['GetObject', 'HeadObject'] as const) {
      const { length, range, object } = await run(bench, { name: operation, ...asked, partNumber: 2 })
      expect([length, range, object.size]).toEqual([0, undefined, MINIMUM])
    }
    expect((await get(bench, key, { partNumber: 2, ...keyFor(method) })).bytes).toHaveLength(0)
    expect((await get(bench, key, { range: { suffix: 1 }, ...keyFor(method) })).length).toBe(1)
    if (method.mode === 'none') return
    const { objectId } = (await get(bench, key, keyFor(method))).object
    bench.sql.prepare('UPDATE part SET size = 0 WHERE object_id = ? AND number = 1').run(objectId)
    for (const operation of ['GetObject', 'HeadObject'] as const)
      await expect(run(bench, { name: operation, ...asked, partNumber: 1 })).rejects.toMatchObject({
        code: 'ObjectCorrupt',
      })
  },
)

test('resolveRange: RFC 9110 §14.1.2', () => {
  expect(resolveRange({ start: 0, endInclusive: 499 }, 10_000)).toEqual({ start: 0, endInclusive: 499 })
  expect(resolveRange({ suffix: 500 }, 10_000)).toEqual({ start: 9500, endInclusive: 9999 })
  expect(resolveRange({ start: 9500 }, 10_000)).toEqual({ start: 9500, endInclusive: 9999 })
  expect(resolveRange({ suffix: 20_000 }, 10_000)).toEqual({ start: 0, endInclusive: 9999 })
  expect(resolveRange({ start: 9999, endInclusive: 20_000 }, 10_000)).toEqual({
    start: 9999,
    endInclusive: 9999,
  })
})
