import { createHash, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createChecksum } from '../crypto/checksums.ts'
import type { StoreError } from '../errors.ts'
import { collectGarbage } from '../jobs/collect-garbage.ts'
import { MAX_APPENDABLE_BYTES } from './grow-object.ts'
import { modify, targetOf } from './modify-encryption.test-support.ts'
import type { AppendObject, Results } from './operations.ts'
import {
  bodyOf,
  CHUNK,
  get,
  keyFor,
  METHODS,
  named,
  openBench,
  put,
  putOf,
  run,
  traces,
  type Bench,
  type Method,
} from './store.test-support.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.dispose())

const [PLAIN, AES] = METHODS as [Method, Method]

function append(
  key: string,
  position: number,
  bytes: Buffer,
  changes: Partial<AppendObject> = {},
): Promise<Results['AppendObject']> {
  const { conditions: _, ...write } = putOf(bench, key, bytes)
  const operation = {
    ...write,
    name: 'AppendObject',
    position,
    ofExisting: 'must-agree',
    ...changes,
  } as const
  return run(bench, operation as AppendObject)
}

async function refused(work: Promise<unknown>): Promise<{ code: string; facts: StoreError['facts'] }> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason as StoreError,
  )
  return { code: error?.code ?? 'done', facts: error?.facts ?? {} }
}

function crc(algorithm: 'crc64ecma' | 'crc64nvme', bytes: Buffer): string {
  const checksum = createChecksum(algorithm)
  checksum.update(bytes)
  return checksum.digest().toString('base64')
}

const checksumsOf = (bytes: Buffer) =>
  (['crc64nvme', 'crc64ecma'] as const).map((algorithm) => ({
    algorithm,
    type: 'FULL_OBJECT',
    value: crc(algorithm, bytes),
  }))

async function rowOf(key: string) {
  const { bucketId } = (await bench.deps.catalog.findBucket(bench.bucket))!
  const row = (await bench.deps.catalog.findObject(bucketId, key))!
  return { row, parts: await bench.deps.catalog.parts(row.objectId), bucketId }
}

describe.each(named())('%s', (name, method) => {
  test('grows by appends of all sizes and reads as their sum, whole and in ranges', async () => {
    const key = `grown ${name}`
    const sizes = [5, 0, 100, 17_000, 3, 3, CHUNK, 70_000, 1, 16_384]
    let all = Buffer.alloc(0)
    const etags = new Set<string>()
    for (const size of sizes) {
      const bytes = randomBytes(size)
      const done = await append(key, all.length, bytes, { encryption: method.encryption })
      all = Buffer.concat([all, bytes])
      expect(done.position).toBe(all.length)
      expect(done.checksums).toEqual(checksumsOf(all))
      expect(done.encryption.mode).toBe(method.mode)
      etags.add(done.etag)
    }
    // one for each append but the empty one
    expect(etags.size).toBe(sizes.length - 1)
    const read = await get(bench, key, keyFor(method))
    expect(read.bytes.equals(all)).toBe(true)
    expect(read.object).toMatchObject({ size: all.length, type: 'appendable', multipart: false })
    expect(read.object.checksums).toEqual(checksumsOf(all))
    for (const [start, end] of [
      [0, 0],
      [4, 5],
      [100, 20_000],
      [17_000, all.length - 1],
    ] as const) {
      const range = { start, endInclusive: end }
      const part = await get(bench, key, { range, ...keyFor(method) })
      expect(part.bytes.equals(all.subarray(start, end + 1))).toBe(true)
    }
    const verified = await run(bench, { name: 'VerifyObject', bucket: bench.bucket, key, ...keyFor(method) })
    expect(verified.damageCount).toBe(0)
    expect(verified.steps).not.toContainEqual(expect.objectContaining({ state: 'failed' }))
  })
})

test('small appends become one part with the last; every part but the last has 16 KiB', async () => {
  let all = Buffer.alloc(0)
  for (let i = 0; i < 60; i++) {
    const line = randomBytes(1000)
    await append('log', all.length, line, { encryption: AES.encryption })
    all = Buffer.concat([all, line])
  }
  const { parts, row } = await rowOf('log')
  expect(parts.map(({ size }) => size)).toEqual([17_000, 17_000, 17_000, 9_000])
  expect(parts.map(({ inline }) => inline !== undefined)).toEqual([false, false, false, true])
  expect(row.partCount).toBe(4)
  expect((await get(bench, 'log')).bytes.equals(all)).toBe(true)
})

test('what an append replaced is collected; usage counts what is there', async () => {
  const collect = () => collectGarbage({ ...bench.deps, now: () => Date.now() + 1000 })
  await collect()
  const before = (await traces(bench)) as { blobs: string[] }
  const { bucketId } = await rowOf('log')
  const used = await bench.deps.catalog.bucketUsage(bucketId)
  await append('counted', 0, randomBytes(10), { encryption: PLAIN.encryption })
  await append('counted', 10, randomBytes(20), { encryption: PLAIN.encryption })
  await collect()
  const after = (await traces(bench)) as { blobs: string[] }
  expect(after.blobs.length).toBe(before.blobs.length + 1)
  const now = await bench.deps.catalog.bucketUsage(bucketId)
  expect([now.objects - used.objects, now.bytes - used.bytes]).toEqual([1, 30])
})

test('the position must be the length, and the object one that was appended', async () => {
  expect(await refused(append('absent', 1, randomBytes(1)))).toMatchObject({
    code: 'PositionNotEqualToLength',
    facts: { nextPosition: 0 },
  })
  await append('here', 0, randomBytes(7))
  for (const position of [0, 6, 8])
    expect(await refused(append('here', position, randomBytes(1)))).toMatchObject({
      code: 'PositionNotEqualToLength',
      facts: { nextPosition: 7 },
    })
  await put(bench, 'normal', randomBytes(7))
  for (const position of [0, 7])
    expect((await refused(append('normal', position, randomBytes(1)))).code).toBe('ObjectNotAppendable')
  // Whoever puts over it ends it.
  await put(bench, 'here', randomBytes(7))
  expect((await refused(append('here', 7, randomBytes(1)))).code).toBe('ObjectNotAppendable')
})

test('refused appends leave nothing: wrong digests, wrong lengths, too much', async () => {
  await append('kept', 0, randomBytes(100), { encryption: AES.encryption })
  const before = await traces(bench)
  const bytes = randomBytes(30_000)
  const md5 = createHash('md5').update('else').digest()
  expect((await refused(append('kept', 100, bytes, { checks: { md5 } }))).code).toBe('BadDigest')
  expect((await refused(append('kept', 100, bytes, { contentLength: 29_999 }))).code).toBe('IncompleteBody')
  expect((await refused(append('kept', 100, bytes, { contentLength: 30_001 }))).code).toBe('IncompleteBody')
  const contentLength = MAX_APPENDABLE_BYTES - 99
  expect((await refused(append('kept', 100, bytes, { contentLength }))).code).toBe('EntityTooLarge')
  expect(await traces(bench)).toEqual(before)
  const right = { checks: { md5: createHash('md5').update(bytes).digest() } }
  expect((await append('kept', 100, bytes, right)).position).toBe(30_100)
})

test('tells the digests of the appended bytes that are asked for', async () => {
  const [a, b] = [randomBytes(10), randomBytes(20)]
  for (const [position, bytes] of [
    [0, a],
    [10, b],
  ] as const) {
    const { appended } = await append('told', position, bytes, { told: ['sha1'] })
    const value = createHash('sha1').update(bytes).digest('base64')
    expect(appended).toEqual([{ algorithm: 'sha1', type: 'FULL_OBJECT', value }])
  }
})

test('of two who append at once, one wins and the other hears the position', async () => {
  await append('raced', 0, randomBytes(40_000), { encryption: AES.encryption })
  let gone = () => undefined as void
  const waits = new Promise<void>((resolve) => (gone = resolve))
  async function* slow(bytes: Buffer) {
    yield bytes.subarray(0, 1)
    await waits
    yield bytes.subarray(1)
  }
  const [first, second] = [randomBytes(20_000), randomBytes(20_000)]
  const slowly = refused(append('raced', 40_000, first, { body: slow(first) }))
  await append('raced', 40_000, second)
  gone()
  expect(await slowly).toMatchObject({ code: 'PositionNotEqualToLength', facts: { nextPosition: 60_000 } })
  expect((await get(bench, 'raced')).bytes.subarray(40_000).equals(second)).toBe(true)

  const made = await Promise.all([1, 2, 3].map((n) => refused(append('made', 0, Buffer.from(`${n}`)))))
  expect(made.map(({ code }) => code).sort()).toEqual([
    'PositionNotEqualToLength',
    'PositionNotEqualToLength',
    'done',
  ])
})

test('what is said of the encryption later must be true, or counts for nothing', async () => {
  const kms = { kind: 'managed-key', suite: 'AES256', context: {} } as const
  await append('said', 0, randomBytes(10), { encryption: kms })
  await append('said', 10, randomBytes(10), { encryption: kms })
  await append('said', 20, randomBytes(10), { encryption: { kind: 'bucket-default' } })
  for (const encryption of [
    { kind: 'service-key', suite: 'AES256' },
    { kind: 'none' },
    { ...kms, suite: 'SM4' },
  ] as const) {
    const other = { encryption }
    expect((await refused(append('said', 30, randomBytes(1), other))).code).toBe('UploadEncryptionMismatch')
  }
  const unsaid = { encryption: { kind: 'service-key', suite: 'SM4' }, ofExisting: 'passed-over' } as const
  expect((await append('said', 30, randomBytes(10), unsaid)).encryption).toMatchObject({
    mode: 'managed-key',
  })
})

test('under a customer’s key every append brings it', async () => {
  const [method, other] = METHODS.filter(({ mode }) => mode === 'customer-key') as [Method, Method]
  await append('own', 0, randomBytes(10), { encryption: method.encryption })
  expect((await refused(append('own', 10, randomBytes(1)))).code).toBe('CustomerKeyRequired')
  const wrong = { encryption: { ...method.encryption, key: randomBytes(32) } as Method['encryption'] }
  expect((await refused(append('own', 10, randomBytes(1), wrong))).code).toBe('WrongCustomerKey')
  expect((await refused(append('own', 10, randomBytes(1), { encryption: other.encryption }))).code).toBe(
    'WrongCustomerKey',
  )
  await append('own', 10, randomBytes(10), { encryption: method.encryption })
  expect((await get(bench, 'own', keyFor(method))).object.size).toBe(20)
})

test('a change of encryption keeps it appendable, and every pair of methods goes on growing', async () => {
  let all = randomBytes(40_000)
  await append('changed', 0, all, { encryption: PLAIN.encryption })
  let method = PLAIN
  for (const next of [...METHODS.slice(1), PLAIN]) {
    await modify(bench, 'changed', method, targetOf(next))
    method = next
    const more = randomBytes(1000)
    const customer = method.customerKey ? { encryption: method.encryption } : {}
    await append('changed', all.length, more, customer)
    all = Buffer.concat([all, more])
    const read = await get(bench, 'changed', keyFor(method))
    expect(read.bytes.equals(all)).toBe(true)
    expect(read.object).toMatchObject({ type: 'appendable', encryption: { mode: method.mode } })
    expect(read.object.checksums).toEqual(checksumsOf(all))
  }
})

test('a change of encryption during which the object grew does not lose what was added', async () => {
  await append('both', 0, randomBytes(100_000), { encryption: PLAIN.encryption })
  const { rows } = { rows: bench.deps.catalog }
  const original = rows.replaceVersion.bind(rows)
  const added = randomBytes(5)
  rows.replaceVersion = async (...parameters) => {
    rows.replaceVersion = original
    await append('both', 100_000, added)
    return original(...parameters)
  }
  expect((await refused(modify(bench, 'both', PLAIN, targetOf(AES)))).code).toBe('ConditionalRequestConflict')
  const { bytes, object } = await get(bench, 'both')
  expect([bytes.subarray(-5).equals(added), object.encryption.mode]).toEqual([true, 'none'])
})

test('copies are ordinary objects; one onto itself stays appendable', async () => {
  const bytes = randomBytes(50_000)
  await append('source', 0, bytes, { encryption: AES.encryption })
  const source = { bucket: bench.bucket, key: 'source', conditions: {} }
  const copy = { name: 'CopyObject', bucket: bench.bucket, source, tags: undefined, conditions: {} } as const
  const same = { metadata: undefined, storageClass: undefined, encryption: AES.encryption }
  await run(bench, { ...copy, key: 'copied', ...same })
  const copied = await get(bench, 'copied')
  expect([copied.bytes.equals(bytes), copied.object.type]).toEqual([true, undefined])
  const metadata = { contentType: 'text/csv', userMetadata: {} }
  await run(bench, { ...copy, key: 'source', ...same, metadata, keep: ['crc64ecma', 'md5'], etag: 'md5' })
  await append('source', 50_000, bytes)
  const { object } = await get(bench, 'source')
  expect(object).toMatchObject({ type: 'appendable', size: 100_000, metadata })
})

test('a copy onto itself during which the object grew does not lose what was added', async () => {
  await append('moved', 0, randomBytes(30_000), { encryption: AES.encryption })
  const { catalog } = bench.deps
  const original = catalog.commitObject.bind(catalog)
  const added = randomBytes(5)
  let commits = 0
  catalog.commitObject = async (...parameters) => {
    if (commits++ === 0) await append('moved', 30_000, added)
    return original(...parameters)
  }
  const source = { bucket: bench.bucket, key: 'moved', conditions: {} }
  const metadata = { contentType: 'text/csv', userMetadata: {} }
  const copy = { bucket: bench.bucket, key: 'moved', source, metadata, tags: undefined, conditions: {} }
  const same = { storageClass: undefined, encryption: AES.encryption }
  const outcome = await refused(run(bench, { name: 'CopyObject', ...copy, ...same }))
  catalog.commitObject = original
  expect([outcome.code, commits]).toEqual(['done', 2])
  const { bytes, object } = await get(bench, 'moved')
  expect([bytes.subarray(30_000).equals(added), object.metadata]).toEqual([true, metadata])
})

test('a reader who began before an append gets what was there, however much is added meanwhile', async () => {
  let all = randomBytes(10)
  await append('read', 0, all, { encryption: AES.encryption })
  const catalog = bench.deps.catalog
  const original = catalog.parts.bind(catalog)
  for (const more of [1, 5, 20_000, 3, 40_000, 1]) {
    const before = all
    catalog.parts = async (...parameters) => {
      catalog.parts = original
      for (const size of [more, 7]) {
        const bytes = randomBytes(size)
        await append('read', all.length, bytes)
        all = Buffer.concat([all, bytes])
      }
      return original(...parameters)
    }
    expect((await get(bench, 'read')).bytes.equals(before)).toBe(true)
    expect((await get(bench, 'read')).bytes.equals(all)).toBe(true)
  }
})

test('versions: it grows where it lies; a version that a put left behind does not', async () => {
  const bucket = 'versioned'
  await run(bench, { name: 'CreateBucket', bucket })
  await run(bench, { name: 'PutBucketVersioning', bucket, state: 'Enabled' })
  const first = await append('v', 0, Buffer.from('one'), { bucket })
  const second = await append('v', 3, Buffer.from('two'), { bucket })
  expect(second.versionId).toBe(first.versionId)
  await run(bench, { ...putOf(bench, 'v', Buffer.from('put')), bucket })
  expect((await refused(append('v', 6, Buffer.from('x'), { bucket }))).code).toBe('ObjectNotAppendable')
  await run(bench, { name: 'DeleteObject', bucket, key: 'v', conditions: {} })
  // Under a delete marker there is nothing, so another one can be made.
  await append('v', 0, Buffer.from('three'), { bucket })
  const kept = await get(bench, 'v', { bucket, versionId: first.versionId! })
  expect([kept.bytes.toString(), kept.object.type]).toEqual(['onetwo', 'appendable'])
  expect((await get(bench, 'v', { bucket })).bytes.toString()).toBe('three')
})

test('locked and archived objects do not grow', async () => {
  const bucket = 'locked'
  await run(bench, { name: 'CreateBucket', bucket })
  await run(bench, { name: 'PutBucketVersioning', bucket, state: 'Enabled' })
  const configuration = { defaultRetention: { mode: 'GOVERNANCE', days: 1 } } as const
  await run(bench, { name: 'PutObjectLockConfiguration', bucket, configuration })
  await append('l', 0, Buffer.from('x'), { bucket })
  expect((await refused(append('l', 1, Buffer.from('y'), { bucket }))).code).toBe('ObjectLocked')
  await append('cold', 0, Buffer.from('x'), { storageClass: 'GLACIER' })
  expect((await refused(append('cold', 1, Buffer.from('y')))).code).toBe('InvalidObjectState')
})

test('a thief who writes to the database can neither make an object grow nor keep it from growing', async () => {
  await put(bench, 'signed', randomBytes(10), { encryption: AES.encryption })
  await append('grows', 0, randomBytes(10), { encryption: AES.encryption })
  bench.sql
    .prepare("UPDATE object_version SET appendable = 1 - appendable WHERE key IN ('signed', 'grows')")
    .run()
  for (const key of ['signed', 'grows']) expect((await refused(get(bench, key))).code).toBe('ObjectCorrupt')
  expect((await refused(append('signed', 10, randomBytes(1)))).code).toBe('ObjectCorrupt')
})

test('a damaged last part is not written on', async () => {
  await append('damaged', 0, randomBytes(100), { encryption: AES.encryption })
  const { row } = await rowOf('damaged')
  bench.sql.prepare('UPDATE part SET checksums = ? WHERE object_id = ?').run(Buffer.alloc(40), row.objectId)
  expect((await refused(append('damaged', 100, randomBytes(1)))).code).toBe('ObjectCorrupt')
})

test('any series of appends reads as its sum', { timeout: 60_000 }, async () => {
  const seed = Date.now() % 2 ** 31
  console.warn(`appends: seed ${seed}`)
  let run = 0
  const size = fc.oneof(fc.nat(40), fc.nat(20_000), fc.nat(200_000))
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(PLAIN, AES, METHODS[4]!),
      fc.array(fc.tuple(size, fc.nat(70_000)), { maxLength: 12 }),
      async (method, appends) => {
        const key = `series ${run++}`
        let all = Buffer.alloc(0)
        for (const [length, piece] of appends) {
          const bytes = randomBytes(length)
          const body = bodyOf(bytes, piece + 1)
          await append(key, all.length, bytes, { encryption: method.encryption, body })
          all = Buffer.concat([all, bytes])
        }
        if (appends.length === 0) return
        const { bytes, object } = await get(bench, key, keyFor(method))
        expect(bytes.equals(all)).toBe(true)
        expect(object.checksums).toEqual(checksumsOf(all))
      },
    ),
    { seed, numRuns: 25 },
  )
})
