import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBench, put, run, type Bench } from '../store/store.test-support.ts'
import { expectedAmount } from './expected.ts'
import type { Amount, Selection } from './model.ts'

let bench: Bench
let bucketId: string
beforeAll(async () => {
  bench = await openBench()
  bucketId = (await bench.deps.catalog.findBucket(bench.bucket))!.bucketId
  const encryption = { kind: 'managed-key', suite: 'AES256', context: {} } as const
  for (const key of ['f/1', 'f/2', 'g']) await put(bench, key, Buffer.from('12345'), { encryption })
  await put(bench, 'h', Buffer.from('1'), { encryption: { kind: 'none' } })
})
afterAll(() => bench.dispose())

const expected = (selection: Selection): Promise<Amount | undefined> =>
  expectedAmount(bench.deps.catalog, bench.projectId, selection)

test('whole buckets, folders and keys are told by the counters', async () => {
  const { keyId } = await bench.deps.keyring.resolveKey(bench.projectId)
  expect(await expected({ kind: 'filter', filter: { bucketId } })).toEqual({ objects: 4, bytes: 16 })
  expect(await expected({ kind: 'filter', filter: { bucketId, prefix: 'f/' } })).toEqual({
    objects: 2,
    bytes: 10,
  })
  expect(await expected({ kind: 'key', keyId, bucketIds: [bucketId], versions: 'all' })).toEqual({
    objects: 3,
    bytes: 15,
  })
})

test('counters hold older versions, so they tell of the current ones only where there are no others', async () => {
  const name = 'with-versions'
  await run(bench, { name: 'CreateBucket', bucket: name })
  await run(bench, { name: 'PutBucketVersioning', bucket: name, state: 'Enabled' })
  const { bucketId: versioned } = (await bench.deps.catalog.findBucket(name))!
  const at = { ...bench, bucket: name }
  for (const body of ['1', '22']) await put(at, 'k', Buffer.from(body))
  expect(await expected({ kind: 'filter', filter: { bucketId: versioned } })).toBeUndefined()
  expect(await expected({ kind: 'filter', filter: { bucketId: versioned, versions: 'all' } })).toEqual({
    objects: 2,
    bytes: 3,
  })
})

test('what no counter is for is not guessed', async () => {
  expect(await expected({ kind: 'filter', filter: { bucketId, prefix: 'f/1' } })).toBeUndefined()
  expect(await expected({ kind: 'filter', filter: { bucketId, modes: ['none'] } })).toBeUndefined()
  expect(await expected({ kind: 'filter', filter: { bucketId, prefix: 'no such folder/' } })).toBeUndefined()
  expect(await expected({ kind: 'keys', bucketId, keys: ['g'], prefixes: [] })).toBeUndefined()
  expect(
    await expected({ kind: 'key', keyId: 'k', keyVersionBelow: 2, bucketIds: [bucketId], versions: 'all' }),
  ).toBeUndefined()
  expect(await expected({ kind: 'undo', jobId: 'j' })).toBeUndefined()
})
