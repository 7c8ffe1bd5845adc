import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BlobStore } from '../blobs/blob-store.ts'
import { collectGarbage } from '../jobs/collect-garbage.ts'
import { sweepOrphans } from '../jobs/sweep-orphans.ts'
import type { EncryptionTarget } from './encryption-model.ts'
import { modify, targetOf } from './modify-encryption.test-support.ts'
import { uploadInParts } from './multipart.test-support.ts'
import type { ModifyEncryption } from './operations.ts'
import {
  caller,
  CHUNK,
  get,
  INSECURE,
  keyFor,
  METHODS,
  openBench,
  put,
  run,
  SECURE,
  traces,
  type Bench,
  type Method,
} from './store.test-support.ts'
import { createStore } from './store.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.dispose())

const method = (name: string): Method => METHODS.find((candidate) => candidate.name === name)!
const NONE = method('none')
const SERVICE = method('service-key AES256')
const MANAGED = method('managed-key AES256')
const SM4 = method('managed-key SM4')
const CUSTOMER = method('customer-key AES256')
const BYTES = randomBytes(4 * CHUNK + 11)
const PART = 5 * 2 ** 20

const rowOf = async (key: string) => {
  const { bucketId } = (await bench.deps.catalog.findBucket(bench.bucket))!
  return (await bench.deps.catalog.findObject(bucketId, key))!
}
const changeOf = (key: string, target: EncryptionTarget): ModifyEncryption => ({
  name: 'ModifyEncryption',
  bucket: bench.bucket,
  key,
  target,
})

/** The store, whose nth new blob waits for `meanwhile`. */
function interrupted(meanwhile: () => Promise<unknown>, nth = 1) {
  const { blobs } = bench.deps
  let created = 0
  const waiting: BlobStore = {
    create: async (id) => {
      created += 1
      if (created === nth) await meanwhile()
      return blobs.create(id)
    },
    read: (id, offset, length) => blobs.read(id, offset, length),
    size: (id) => blobs.size(id),
    hold: (ids) => blobs.hold(ids),
    requireRoom: (bytes) => blobs.requireRoom(bytes),
    settle: (ids) => blobs.settle(ids),
    delete: (id) => blobs.delete(id),
    list: () => blobs.list(),
    label: () => blobs.label(),
    setLabel: (text) => blobs.setLabel(text),
    recover: () => blobs.recover(),
  }
  return createStore({ ...bench.deps, blobs: waiting })
}

const collect = () => collectGarbage({ ...bench.deps, now: () => Date.now() + 1000 })

async function blobIds(): Promise<string[]> {
  const ids: string[] = []
  for await (const { id } of bench.deps.blobs.list()) ids.push(id)
  return ids.sort()
}

test('readers get the object whole at every instant of many changes, by range and by part, too', async () => {
  const bytes = randomBytes(5 * 2 ** 20 + 1000)
  await put(bench, 'read', BYTES, { encryption: { kind: 'none' } })
  await uploadInParts(bench, 'parts', bytes, [5 * 2 ** 20, 1000], NONE)
  let changing = true
  let reads = 0
  const reader = async (): Promise<void> => {
    while (changing) {
      expect((await get(bench, 'read')).bytes.equals(BYTES)).toBe(true)
      const range = { start: CHUNK - 3, endInclusive: 2 * CHUNK + 3 }
      expect(
        (await get(bench, 'read', { range })).bytes.equals(BYTES.subarray(CHUNK - 3, 2 * CHUNK + 4)),
      ).toBe(true)
      expect((await get(bench, 'parts', { partNumber: 2 })).bytes.equals(bytes.subarray(-1000))).toBe(true)
      const { object } = await run(bench, {
        name: 'HeadObject',
        bucket: bench.bucket,
        key: 'read',
        conditions: {},
      })
      expect(object.size).toBe(BYTES.length)
      reads += 1
    }
  }
  const readers = [reader(), reader(), reader(), reader()]
  const around = [SERVICE, SM4, MANAGED, NONE, MANAGED, SERVICE, NONE]
  for (const to of [...around, ...around]) {
    await modify(bench, 'read', NONE, targetOf(to))
    await modify(bench, 'parts', NONE, targetOf(to))
  }
  changing = false
  await Promise.all(readers)
  expect(reads).toBeGreaterThan(4)
})

describe('what happens while the data is rewritten', () => {
  const rewriting = async (key: string, meanwhile: () => Promise<unknown>) => {
    await put(bench, key, BYTES, { encryption: { kind: 'none' }, tags: { was: '1' } })
    const store = interrupted(meanwhile)
    return store.run(changeOf(key, targetOf(SM4)), caller(bench.projectId), SECURE)
  }

  test.each([
    ['an upload', (key: string) => put(bench, key, Buffer.from('new')), 'new'],
    [
      'a deletion',
      (key: string) => run(bench, { name: 'DeleteObject', bucket: bench.bucket, key, conditions: {} }),
      undefined,
    ],
    [
      'another change',
      (key: string) => modify(bench, key, NONE, targetOf(SERVICE)),
      BYTES.toString('latin1'),
    ],
  ])('%s wins, and nothing of the change is left', async (what, meanwhile, expected) => {
    const key = `during ${what}`
    await expect(rewriting(key, () => meanwhile(key))).rejects.toMatchObject({
      code: 'ConditionalRequestConflict',
    })
    const content = await get(bench, key).then(
      ({ bytes }) => bytes.toString('latin1'),
      () => undefined,
    )
    expect(content).toBe(expected)
    await collect()
    const named = await bench.deps.catalog.referenced(await blobIds())
    expect(await blobIds()).toEqual([...named].sort())
  })

  test('tags that are set stay set', async () => {
    const { change } = await rewriting('tagged', () =>
      run(bench, { name: 'PutObjectTagging', bucket: bench.bucket, key: 'tagged', tags: { now: '2' } }),
    )
    expect(change).toBe('rewritten')
    const { object, bytes } = await get(bench, 'tagged')
    expect([object.tags, object.encryption.mode]).toEqual([{ now: '2' }, 'managed-key'])
    expect(bytes.equals(BYTES)).toBe(true)
  })

  test('a legal hold stops it', async () => {
    const hold = async (): Promise<void> => {
      const { objectId } = await rowOf('held')
      bench.sql.prepare('UPDATE object_version SET legal_hold = 1 WHERE object_id = ?').run(objectId)
    }
    await expect(rewriting('held', hold)).rejects.toMatchObject({ code: 'ObjectLocked' })
    expect((await rowOf('held')).encryption.mode).toBe('none')
    await expect(modify(bench, 'held', NONE, targetOf(SERVICE))).rejects.toMatchObject({
      code: 'ObjectLocked',
    })
  })

  test('a rewrite that lasts for days loses none of its new parts to the sweep', async () => {
    const bytes = randomBytes(2 * PART)
    await uploadInParts(bench, 'for days', bytes, [PART, PART], SERVICE)
    const inTwoDays = () => Date.now() + 48 * 3_600_000
    const store = interrupted(
      () => sweepOrphans({ ...bench.deps, graceMs: 24 * 3_600_000, now: inTwoDays }),
      2,
    )
    await store.run(changeOf('for days', targetOf(SM4)), caller(bench.projectId), SECURE)
    await collect()
    expect((await get(bench, 'for days', keyFor(SM4))).bytes.equals(bytes)).toBe(true)
  })

  test('whoever gives up leaves everything as it was', async () => {
    await put(bench, 'given up', BYTES, { encryption: { kind: 'none' } })
    const before = await traces(bench)
    const gone = new AbortController()
    const store = interrupted(() => Promise.resolve(gone.abort()))
    const context = { ...SECURE, signal: gone.signal }
    await expect(
      store.run(changeOf('given up', targetOf(SERVICE)), caller(bench.projectId), context),
    ).rejects.toMatchObject({ code: 'ClientDisconnected' })
    expect(await traces(bench)).toEqual(before)
  })
})

describe('damage is not made whole', () => {
  function damage(blobId: string): void {
    const path = readdirSync(bench.blobFolder, { recursive: true, encoding: 'utf8' }).find((name) =>
      name.endsWith(blobId),
    )!
    const file = join(bench.blobFolder, path)
    const bytes = readFileSync(file)
    bytes[bytes.length >> 1]! ^= 1
    writeFileSync(file, bytes)
  }

  test.each([
    ['none', NONE, SERVICE],
    ['service-key AES256', SERVICE, SM4],
    ['service-key AES256 to plaintext', SERVICE, NONE],
  ])('of stored bytes under %s', async (_, from, to) => {
    await put(bench, 'damaged', BYTES, { encryption: from.encryption })
    damage((await bench.deps.catalog.parts((await rowOf('damaged')).objectId))[0]!.blobId)
    const before = await traces(bench)
    await expect(modify(bench, 'damaged', from, targetOf(to))).rejects.toMatchObject({
      code: 'ObjectCorrupt',
    })
    expect(await traces(bench)).toEqual(before)
    expect((await rowOf('damaged')).encryption.mode).toBe(from.mode)
  })

  test.each([
    'size = size + 1',
    "etag = 'x', sealed_etag = NULL",
    'object_mac = zeroblob(32)',
    "suite = 'SM4'",
  ])('of a row (%s), whose data key is not wrapped for another key', async (set) => {
    await put(bench, 'row', BYTES, { encryption: SERVICE.encryption })
    const { objectId } = await rowOf('row')
    bench.sql.exec(`UPDATE object_version SET ${set} WHERE object_id = '${objectId}'`)
    const before = bench.sql.prepare('SELECT * FROM object_version WHERE object_id = ?').get(objectId)
    await expect(modify(bench, 'row', SERVICE, targetOf(MANAGED))).rejects.toMatchObject({
      code: 'ObjectCorrupt',
    })
    expect(bench.sql.prepare('SELECT * FROM object_version WHERE object_id = ?').get(objectId)).toEqual(
      before,
    )
  })
})

describe('refused, and nothing changed', () => {
  const wrong = { suite: 'AES256', key: randomBytes(32) } as const

  test.each<[string, Method, EncryptionTarget, Partial<ModifyEncryption>, string]>([
    [
      'a customer key that is missing',
      CUSTOMER,
      targetOf(SERVICE),
      { customerKey: undefined },
      'CustomerKeyRequired',
    ],
    ['a wrong customer key', CUSTOMER, targetOf(SERVICE), { customerKey: wrong }, 'WrongCustomerKey'],
    ['a wrong customer key, rewritten', CUSTOMER, targetOf(SM4), { customerKey: wrong }, 'WrongCustomerKey'],
    [
      'a customer key for another',
      SERVICE,
      targetOf(MANAGED),
      { customerKey: wrong },
      'CustomerKeyNotApplicable',
    ],
    [
      'plaintext, where only the key may change',
      NONE,
      targetOf(SERVICE),
      { rewrapOnly: true },
      'EncryptionChangeNotAllowed',
    ],
    [
      'another cipher, where only the key may change',
      SERVICE,
      targetOf(SM4),
      { rewrapOnly: true },
      'EncryptionChangeNotAllowed',
    ],
    [
      'a key that is not there',
      SERVICE,
      { kind: 'managed-key', suite: 'AES256', context: {}, keyRef: 'alias/none' },
      {},
      'KeyNotFound',
    ],
    [
      'a job that is not there, re-wrapped',
      SERVICE,
      targetOf(MANAGED),
      { jobId: 'none' },
      'ConditionalRequestConflict',
    ],
    [
      'a job that is not there, rewritten',
      NONE,
      targetOf(MANAGED),
      { jobId: 'none' },
      'ConditionalRequestConflict',
    ],
  ])('%s', async (_, from, target, changes, code) => {
    await put(bench, 'refused', BYTES, { encryption: from.encryption })
    await collect()
    const [before, row] = [await traces(bench), await rowOf('refused')]
    await expect(modify(bench, 'refused', from, target, changes)).rejects.toMatchObject({ code })
    expect([await traces(bench), await rowOf('refused')]).toEqual([before, row])
  })

  test('an archived object', async () => {
    await put(bench, 'archived', BYTES, { encryption: SERVICE.encryption, storageClass: 'DEEP_ARCHIVE' })
    for (const to of [MANAGED, NONE])
      await expect(modify(bench, 'archived', SERVICE, targetOf(to))).rejects.toMatchObject({
        code: 'InvalidObjectState',
      })
  })

  test('a customer’s key over an insecure connection, or in a bucket that blocks them', async () => {
    await put(bench, 'insecure', BYTES, { encryption: SERVICE.encryption })
    const to = changeOf('insecure', targetOf(CUSTOMER))
    await expect(bench.store.run(to, caller(bench.projectId), INSECURE)).rejects.toMatchObject({
      code: 'CustomerKeyOverInsecureTransport',
    })
    const { bucket } = bench
    await run(bench, {
      name: 'PutBucketEncryption',
      bucket,
      rule: { kind: 'none' },
      customerKeysBlocked: true,
    })
    await expect(run(bench, to)).rejects.toMatchObject({ code: 'CustomerKeyBlocked' })
    await run(bench, {
      name: 'PutBucketEncryption',
      bucket,
      rule: { kind: 'none' },
      customerKeysBlocked: false,
    })
    await run(bench, to)
    expect((await get(bench, 'insecure', keyFor(CUSTOMER))).bytes.equals(BYTES)).toBe(true)
  })
})

describe('only the key', () => {
  test('a cipher and a context stay as they are', async () => {
    await put(bench, 'kept', BYTES, { encryption: SM4.encryption })
    const target = { kind: 'managed-key', suite: 'AES256', context: {}, bucketKeyEnabled: true } as const
    const done = await modify(bench, 'kept', SM4, target, { keyOnly: true, rewrapOnly: true })
    expect(done.change).toBe('rewrapped')
    expect(done.encryption).toMatchObject({
      suite: 'SM4',
      context: { team: 'ö', a: '' },
      bucketKeyEnabled: true,
    })
  })

  test('plaintext gets the cipher that was asked for', async () => {
    await put(bench, 'fresh', BYTES)
    const done = await modify(bench, 'fresh', NONE, { kind: 'service-key', suite: 'SM4' }, { keyOnly: true })
    expect(done.encryption).toMatchObject({ mode: 'service-key', suite: 'SM4' })
  })
})

test('the audit log tells of the change and of each key that was used for it', async () => {
  await put(bench, 'audited', BYTES, { encryption: SERVICE.encryption })
  const told = async (from: Method, to: Method): Promise<string[]> => {
    const before = bench.audit.events.length
    await modify(bench, 'audited', from, targetOf(to)).catch(() => undefined)
    return bench.audit.events
      .slice(before)
      .map(({ action, result, details }) =>
        `${action} ${result} ${String(details['owner'] ?? details['change'] ?? '')}`.trim(),
      )
  }
  expect(await told(SERVICE, MANAGED)).toEqual([
    'kms:ReEncryptTo Success',
    'kms:ReEncryptFrom Success service',
    's3:UpdateObjectEncryption Success rewrapped',
  ])
  expect(await told(MANAGED, CUSTOMER)).toEqual([
    'kms:ReEncryptTo Success customer',
    'kms:ReEncryptFrom Success',
    's3:UpdateObjectEncryption Success rewrapped',
  ])
  expect(await told(CUSTOMER, NONE)).toEqual([
    'kms:Decrypt Success customer',
    's3:UpdateObjectEncryption Success rewritten',
  ])
  expect(await told(NONE, SM4)).toEqual([
    'kms:GenerateDataKey Success',
    's3:UpdateObjectEncryption Success rewritten',
  ])
  expect(await told(SM4, SM4)).toEqual([])
  expect(await told(CUSTOMER, SM4)).toEqual(['s3:UpdateObjectEncryption CustomerKeyNotApplicable'])
})
