import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkCopySource, checkRead, checkWrite } from './conditions.ts'
import type { WriteConditions } from './model.ts'
import type { ReadConditions } from './operations.ts'
import { get, named, openBench, put, run, traces, type Bench } from './store.test-support.ts'

const SECOND = 1000
const AT = 1_700_000_000_500
const current = { etag: 'e', lastModified: AT }

function outcome(check: () => void): string {
  try {
    check()
    return 'go on'
  } catch (error) {
    return (error as { code: string }).code
  }
}

/** RFC 9110 §13.2.2 row by row; times are compared by whole seconds. */
const READS: [ReadConditions, string][] = [
  [{}, 'go on'],
  [{ ifMatch: ['e'] }, 'go on'],
  [{ ifMatch: ['x', 'e'] }, 'go on'],
  [{ ifMatch: ['*'] }, 'go on'],
  [{ ifMatch: ['x'] }, 'PreconditionFailed'],
  [{ ifMatch: [] }, 'PreconditionFailed'],
  [{ ifMatch: ['e'], ifUnmodifiedSince: 0 }, 'go on'],
  [{ ifMatch: ['x'], ifUnmodifiedSince: AT + SECOND }, 'PreconditionFailed'],
  [{ ifUnmodifiedSince: AT - 500 }, 'go on'],
  [{ ifUnmodifiedSince: AT - SECOND }, 'PreconditionFailed'],
  [{ ifNoneMatch: ['e'] }, 'NotModified'],
  [{ ifNoneMatch: ['*'] }, 'NotModified'],
  [{ ifNoneMatch: ['x'] }, 'go on'],
  [{ ifNoneMatch: ['x'], ifModifiedSince: AT + SECOND }, 'go on'],
  [{ ifNoneMatch: ['e'], ifModifiedSince: 0 }, 'NotModified'],
  [{ ifModifiedSince: AT - SECOND }, 'go on'],
  [{ ifModifiedSince: AT - 500 }, 'NotModified'],
  [{ ifModifiedSince: AT + SECOND }, 'NotModified'],
  [{ ifMatch: ['e'], ifNoneMatch: ['e'] }, 'NotModified'],
  [{ ifMatch: ['x'], ifNoneMatch: ['e'] }, 'PreconditionFailed'],
]

test.each(READS)('reading with %j: %s', (conditions, expected) => {
  expect(outcome(() => checkRead(conditions, current))).toBe(expected)
  const copied = expected === 'NotModified' ? 'PreconditionFailed' : expected
  expect(outcome(() => checkCopySource(conditions, current))).toBe(copied)
})

const WRITES: [WriteConditions, string, string][] = [
  [{}, 'go on', 'go on'],
  [{ ifAbsent: true }, 'PreconditionFailed', 'go on'],
  [{ ifMatch: 'e' }, 'go on', 'NoSuchKey'],
  [{ ifMatch: '*' }, 'go on', 'NoSuchKey'],
  [{ ifMatch: 'x' }, 'PreconditionFailed', 'NoSuchKey'],
]

test.each(WRITES)(
  'writing with %j: %s where there is one, %s where there is none',
  (conditions, there, absent) => {
    expect(outcome(() => checkWrite(conditions, current))).toBe(there)
    expect(outcome(() => checkWrite(conditions, undefined))).toBe(absent)
  },
)

describe.each(named())('on an object stored with %s', (_name, { encryption, customerKey }) => {
  let bench: Bench
  beforeAll(async () => {
    bench = await openBench()
  })
  afterAll(() => bench.dispose())
  const reading = customerKey ? { customerKey } : {}

  test('reads, writes and deletions heed the ETag that clients were told', async () => {
    const { etag, lastModified } = await put(bench, 'k', Buffer.from('1'), { encryption })
    const at = { bucket: bench.bucket, key: 'k' }
    await expect(get(bench, 'k', { ...reading, conditions: { ifNoneMatch: [etag] } })).rejects.toMatchObject({
      code: 'NotModified',
      facts: { etag, lastModified },
    })
    await get(bench, 'k', { ...reading, conditions: { ifMatch: [etag] } })
    const before = await traces(bench)
    for (const conditions of [{ ifAbsent: true }, { ifMatch: 'x' }])
      await expect(put(bench, 'k', Buffer.from('2'), { encryption, conditions })).rejects.toMatchObject({
        code: 'PreconditionFailed',
      })
    await expect(
      run(bench, { name: 'DeleteObject', ...at, conditions: { ifMatch: 'x' } }),
    ).rejects.toMatchObject({
      code: 'PreconditionFailed',
    })
    expect(await traces(bench)).toEqual(before)
    const next = await put(bench, 'k', Buffer.from('2'), { encryption, conditions: { ifMatch: etag } })
    await run(bench, { name: 'DeleteObject', ...at, conditions: { ifMatch: next.etag } })
    await put(bench, 'k', Buffer.from('3'), { encryption, conditions: { ifAbsent: true } })
  })

  test('of many writers that ask for absence at once one wins, and the others leave nothing', async () => {
    const writes = Array.from({ length: 12 }, (_, i) =>
      put(bench, 'race', Buffer.from(String(i)), { encryption, conditions: { ifAbsent: true } }),
    )
    const outcomes = await Promise.allSettled(writes)
    const winners = outcomes.flatMap((o, i) => (o.status === 'fulfilled' ? [i] : []))
    expect(winners).toHaveLength(1)
    expect((await get(bench, 'race', reading)).bytes.toString()).toBe(String(winners[0]))
    const { blobs } = (await traces(bench)) as { blobs: string[] }
    expect(await bench.deps.catalog.referenced(blobs)).toEqual(new Set(blobs))
  })
})
