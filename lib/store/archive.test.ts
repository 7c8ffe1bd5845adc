import { afterAll, beforeAll, expect, test } from 'vitest'
import type { OperationOf } from './operations.ts'
import { get, openBench, put, run, type Bench } from './store.test-support.ts'

const DAY = 86_400_000
const START = Date.parse('2026-11-21T13:00:00Z')
let now = START
let bench: Bench
let slow: Bench
beforeAll(async () => {
  bench = await openBench({ now: () => now })
  slow = await openBench({ now: () => now, restoreDelayMs: 3_600_000 })
})
afterAll(async () => {
  await bench.dispose()
  await slow.dispose()
})

const code = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: { code: string }) => error.code,
  )
const restore = (on: Bench, key: string, changes: Partial<OperationOf<'RestoreObject'>> = {}) =>
  run(on, { name: 'RestoreObject', bucket: on.bucket, key, days: 1, tier: 'Standard', ...changes })
const status = async (on: Bench, key: string) =>
  (await run(on, { name: 'HeadObject', bucket: on.bucket, key, conditions: {} })).object.restore
const archived = (on: Bench, key: string, storageClass = 'GLACIER') =>
  put(on, key, Buffer.from('cold'), { storageClass })
const copyOf = (key: string): OperationOf<'CopyObject'> => ({
  name: 'CopyObject',
  bucket: bench.bucket,
  key: `${key}-copy`,
  source: { bucket: bench.bucket, key, conditions: {} },
  metadata: undefined,
  tags: undefined,
  storageClass: 'STANDARD',
  encryption: { kind: 'bucket-default' },
  conditions: {},
})

test.each(['GLACIER', 'DEEP_ARCHIVE', 'Archive', 'ColdArchive', 'ARCHIVE'])(
  '%s: neither read nor copied until it is restored, though its headers are told',
  async (storageClass) => {
    now = START
    const key = `of ${storageClass}`
    await archived(bench, key, storageClass)
    await expect(get(bench, key)).rejects.toMatchObject({
      code: 'InvalidObjectState',
      facts: { storageClass },
    })
    expect(await code(run(bench, copyOf(key)))).toBe('InvalidObjectState')
    expect(await status(bench, key)).toBeUndefined()
    expect(await restore(bench, key)).toEqual({ restored: false })
    expect((await get(bench, key)).bytes.toString()).toBe('cold')
    await run(bench, copyOf(key))
    expect((await get(bench, `${key}-copy`)).bytes.toString()).toBe('cold')
  },
)

test('until the midnight after its days, which another request moves', async () => {
  now = START
  await archived(bench, 'k')
  await restore(bench, 'k')
  expect(await status(bench, 'k')).toEqual({ ongoing: false, expiresAt: Date.parse('2026-11-23') })
  expect(await restore(bench, 'k', { days: 3 })).toEqual({ restored: true })
  const expiresAt = Date.parse('2026-11-25')
  expect(await status(bench, 'k')).toEqual({ ongoing: false, expiresAt })
  now = expiresAt - 1
  expect((await get(bench, 'k')).bytes.toString()).toBe('cold')
  now = expiresAt
  expect(await code(get(bench, 'k'))).toBe('InvalidObjectState')
  expect(await status(bench, 'k')).toBeUndefined()
  expect(await restore(bench, 'k')).toEqual({ restored: false })
  now = START
})

test('after the time that the operator set, during which nobody asks again', async () => {
  now = START
  await archived(slow, 'k')
  expect(await restore(slow, 'k')).toEqual({ restored: false })
  expect(await status(slow, 'k')).toEqual({ ongoing: true })
  expect(await code(restore(slow, 'k'))).toBe('RestoreAlreadyInProgress')
  expect(await code(get(slow, 'k'))).toBe('InvalidObjectState')
  now += 3_600_000
  expect((await get(slow, 'k')).bytes.toString()).toBe('cold')
  now = START
})

test('what is not archived, or cannot be so quick, is refused', async () => {
  await put(bench, 'warm', Buffer.from('warm'))
  expect(await code(restore(bench, 'warm'))).toBe('InvalidObjectState')
  await archived(bench, 'deep', 'DEEP_ARCHIVE')
  expect(await code(restore(bench, 'deep', { tier: 'Expedited' }))).toBe('InvalidArgument')
  for (const days of [0, -1, 1.5, 1e9])
    expect(await code(restore(bench, 'deep', { days }))).toBe('InvalidArgument')
  expect(await code(restore(bench, 'absent'))).toBe('NoSuchKey')
})

test('a listing tells what is restored', async () => {
  now = START
  await archived(bench, 'listed/cold')
  await archived(bench, 'listed/restored')
  await restore(bench, 'listed/restored', { days: 2 })
  const { objects } = await run(bench, {
    name: 'ListObjects',
    bucket: bench.bucket,
    prefix: 'listed/',
    delimiter: '',
    after: '',
    limit: 10,
  })
  const expiresAt = Math.ceil((START + 2 * DAY) / DAY) * DAY
  expect(objects.map((object) => object.restore)).toEqual([undefined, { ongoing: false, expiresAt }])
})
