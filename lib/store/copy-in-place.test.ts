import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { collectGarbage } from '../jobs/collect-garbage.ts'
import { modify, seenByClients, storedBlobs, targetOf } from './modify-encryption.test-support.ts'
import { uploadInParts } from './multipart.test-support.ts'
import type { CopyObject } from './operations.ts'
import {
  CHUNK,
  get,
  keyFor,
  METADATA,
  METHODS,
  named,
  openBench,
  put,
  run,
  type Bench,
  type Method,
} from './store.test-support.ts'

let bench: Bench
let now = Date.now()
beforeAll(async () => {
  bench = await openBench({ now: () => now })
})
afterAll(() => bench.dispose())

const BYTES = randomBytes(2 * CHUNK + 5)
const method = (name: string): Method => METHODS.find((candidate) => candidate.name === name)!
const hasMd5 = ({ mode }: Method): boolean => mode === 'none' || mode === 'service-key'

function ontoItself(key: string, from: Method, to: Method, changes: Partial<CopyObject> = {}): CopyObject {
  return {
    name: 'CopyObject',
    bucket: bench.bucket,
    key,
    source: { bucket: bench.bucket, key, conditions: {}, ...keyFor(from) },
    metadata: undefined,
    tags: undefined,
    storageClass: undefined,
    encryption: to.encryption,
    conditions: {},
    ...changes,
  }
}

/** Copies a second later, and tells which blobs there were and are. */
async function copied(key: string, from: Method, to: Method, changes: Partial<CopyObject> = {}) {
  const before = await get(bench, key, keyFor(from))
  const blobs = await storedBlobs(bench, before.object.objectId)
  now += 1000
  const written = await run(bench, ontoItself(key, from, to, changes))
  await collectGarbage({ ...bench.deps, now: () => Date.now() + 1e6 })
  const after = await get(bench, key, keyFor(to))
  expect(written).toMatchObject({ etag: after.object.etag, lastModified: now })
  expect(after.object.lastModified).toBe(before.object.lastModified + 1000)
  expect(after.bytes.equals(before.bytes)).toBe(true)
  return {
    before: before.object,
    after: after.object,
    blobs,
    now: await storedBlobs(bench, after.object.objectId),
  }
}

describe.each(named())('from %s', (_from, from) => {
  test.each(named())('to %s: data is read only where the cipher or the ETag needs it', async (_to, to) => {
    for (const size of [0, 100, BYTES.length]) {
      const key = `${from.name} ${to.name} ${size}`
      await put(bench, key, BYTES.subarray(0, size), { encryption: from.encryption, tags: { t: '1' } })
      const { before, after, blobs, now: stored } = await copied(key, from, to)
      const keepsEtag = hasMd5(from) || !hasMd5(to)
      expect(after.etag === before.etag).toBe(keepsEtag)
      if (from.suite === to.suite && keepsEtag) expect(stored).toEqual(blobs)
      else expect([...stored.keys()].some((id) => blobs.has(id))).toBe(false)
      expect(after).toMatchObject({
        tags: { t: '1' },
        metadata: METADATA,
        checksums: before.checksums,
        encryption: { mode: to.mode },
      })
    }
  })
})

test('an ETag that was opaque becomes the MD5 of the content when the object leaves SSE-KMS', async () => {
  const managed = method('managed-key AES256')
  await put(bench, 'leaves', BYTES, { encryption: managed.encryption })
  const { etag } = await put(bench, 'plain', BYTES)
  const { after } = await copied('leaves', managed, method('service-key AES256'))
  expect(after.etag).toBe(etag)
})

test('an ETag that is one stays sealed under SSE-KMS and comes back', async () => {
  const [service, managed] = [method('service-key AES256'), method('managed-key AES256')]
  const { etag } = await put(bench, 'there and back', BYTES, { encryption: service.encryption })
  expect((await copied('there and back', service, managed)).after.etag).toBe(etag)
  const { after, blobs, now: stored } = await copied('there and back', managed, service)
  expect([after.etag, stored]).toEqual([etag, blobs])
})

test.each(named(METHODS))(
  'parts stay parts under %s, unless another checksum is asked for',
  async (name, to) => {
    const from = method('service-key AES256')
    const bytes = randomBytes(5 * 2 ** 20 + 10)
    await uploadInParts(bench, name, bytes, [5 * 2 ** 20, 10], from)
    const before = await seenByClients(bench, name, from)
    await copied(name, from, to)
    expect({ ...(await seenByClients(bench, name, to)), lastModified: 0 }).toEqual({
      ...before,
      lastModified: 0,
    })
    const { after } = await copied(name, to, to, { checksumAlgorithm: 'sha256' })
    expect(after).toMatchObject({ partCount: 1, multipart: false, checksums: [{ algorithm: 'sha256' }] })
  },
)

test('metadata, tags and class are those asked for, and the new content type is signed', async () => {
  const from = method('managed-key SM4')
  await put(bench, 'headers', BYTES, { encryption: from.encryption })
  const metadata = { contentType: 'a/b', userMetadata: { new: '1' } }
  const asked = { metadata, tags: { n: '2' }, storageClass: 'STANDARD_IA' }
  const { after, blobs, now: stored } = await copied('headers', from, from, asked)
  expect(after).toMatchObject(asked)
  expect(stored).toEqual(blobs)
})

test('a copy of a version that an upload replaces meanwhile is a copy of the upload', async () => {
  const { catalog } = bench.deps
  const from = method('service-key AES256')
  await put(bench, 'raced', BYTES, { encryption: from.encryption })
  const commit = catalog.commitObject.bind(catalog)
  let raced = false
  catalog.commitObject = async (object, parts, guard) => {
    if (!raced && object.key === 'raced') {
      raced = true
      await put(bench, 'raced', Buffer.from('newer'), { encryption: from.encryption })
    }
    return commit(object, parts, guard)
  }
  await run(bench, ontoItself('raced', from, method('managed-key AES256')))
  catalog.commitObject = commit
  await collectGarbage({ ...bench.deps, now: () => Date.now() + 1e6 })
  const { bytes, object } = await get(bench, 'raced')
  expect([bytes.toString(), object.encryption.mode]).toEqual(['newer', 'managed-key'])
})

test('versions share their blobs, and each is readable when the other is gone', async () => {
  const bucket = 'versioned'
  const from = method('service-key AES256')
  await run(bench, { name: 'CreateBucket', bucket })
  await run(bench, { name: 'PutBucketVersioning', bucket, state: 'Enabled' })
  const there = { ...bench, bucket }
  await put(there, 'k', BYTES, { encryption: from.encryption })
  const first = (await get(there, 'k')).object.versionId
  const operation = ontoItself('k', from, method('managed-key AES256'))
  const copy = { ...operation, bucket, source: { ...operation.source, bucket } }
  await run(bench, copy)
  await run(bench, { name: 'DeleteObject', bucket, key: 'k', versionId: first, conditions: {} })
  await collectGarbage({ ...bench.deps, now: () => Date.now() + 1e6 })
  expect((await get(there, 'k')).bytes.equals(BYTES)).toBe(true)
  await modify(there, 'k', method('managed-key AES256'), targetOf(method('none')))
  expect((await get(there, 'k')).bytes.equals(BYTES)).toBe(true)
})
