import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isStoreError } from '../errors.ts'
import type { CoverageShare } from './coverage-model.ts'
import type { EncryptionMode } from './encryption-model.ts'
import type { Caller } from './model.ts'
import { complete, initiate, uploadPart } from './multipart.test-support.ts'
import { openPermissions } from './permissions.test-support.ts'
import {
  keyFor,
  METADATA,
  METHODS,
  openBench,
  put,
  run,
  SECURE,
  type Bench,
  type Method,
} from './store.test-support.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.dispose())

/** Folders with markers and empty names, and one deeper than folders have counters. */
const DEEP = 'a/b/c/d/e/f/g/h/i/'
const KEYS = ['k', 'a/', 'a/k', 'a/b/k', '/', '//k', `${DEEP}k`, `${DEEP}j/k`]
const FOLDERS = ['', 'a/', 'a/b/', '/', '//', 'a/b/c/d/e/f/g/h/', DEEP, `${DEEP}j/`, 'nothing/']
const STORED = METHODS.filter(({ mode }) => mode !== 'customer-key')

const key = fc.constantFrom(...KEYS)
const method = fc.constantFrom(...METHODS)
const size = fc.constantFrom(0, 1, 70_000)
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('put' as const), key, method, size }) },
  fc.record({ kind: fc.constant('multipart' as const), key, method, size, abort: fc.boolean() }),
  fc.record({ kind: fc.constant('copy' as const), from: key, key, method: fc.constantFrom(...STORED) }),
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('modify' as const), key, method }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), key }) },
  fc.record({ kind: fc.constant('delete-several' as const), keys: fc.subarray(KEYS) }),
  fc.record({ kind: fc.constant('delete-version' as const), nth: fc.nat(7) }),
  fc.record({ kind: fc.constant('versioning' as const), state: fc.constantFrom('Enabled', 'Suspended') }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rewrap' as const), key }) },
  fc.record({ kind: fc.constant('bucket' as const) }),
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

let buckets = 0
async function newBucket(): Promise<void> {
  bench.bucket = `bucket-${++buckets}`
  await run(bench, { name: 'CreateBucket', bucket: bench.bucket })
}

async function take(next: Step): Promise<void> {
  const { bucket } = bench
  switch (next.kind) {
    case 'put':
      await put(bench, next.key, Buffer.alloc(next.size), { encryption: next.method.encryption })
      return
    case 'multipart':
      return multipart(next.key, next.method, next.size, next.abort)
    case 'copy':
      await run(bench, {
        name: 'CopyObject',
        bucket,
        key: next.key,
        source: { bucket, key: next.from, conditions: {} },
        metadata: METADATA,
        tags: {},
        storageClass: undefined,
        encryption: next.method.encryption,
        conditions: {},
      })
      return
    case 'modify': {
      const target = next.method.encryption
      if (target.kind !== 'bucket-default')
        await run(bench, { name: 'ModifyEncryption', bucket, key: next.key, target })
      return
    }
    case 'delete':
      await run(bench, { name: 'DeleteObject', bucket, key: next.key, conditions: {} })
      return
    case 'delete-several':
      await run(bench, {
        name: 'DeleteObjects',
        bucket,
        objects: next.keys.map((each) => ({ key: each })),
        quiet: true,
      })
      return
    case 'delete-version':
      return deleteVersion(next.nth)
    case 'versioning':
      await run(bench, {
        name: 'PutBucketVersioning',
        bucket,
        state: next.state,
      })
      return
    case 'rewrap':
      return rewrap(next.key)
    case 'bucket':
      await run(bench, { name: 'DeleteBucket', bucket })
      await newBucket()
  }
}

async function multipart(at: string, via: Method, bytes: number, abort: boolean): Promise<void> {
  const uploadId = await initiate(bench, at, via)
  const { etag } = await uploadPart(bench, at, uploadId, 1, Buffer.alloc(bytes), keyFor(via))
  const { bucket } = bench
  if (abort) await run(bench, { name: 'AbortMultipartUpload', bucket, key: at, uploadId })
  else await complete(bench, at, uploadId, [{ number: 1, etag }], keyFor(via))
}

/** As after a rotation: the same key, its next version. */
async function rewrap(at: string): Promise<void> {
  const { catalog } = bench.deps
  const object = await catalog.findObject(await bucketId(), at)
  if (object?.encryption.mode !== 'managed-key') return
  const { objectId, encryption: from } = object
  await catalog.replaceEncryption({ objectId, from, to: { ...from, keyVersion: from.keyVersion + 1 } })
}

async function deleteVersion(nth: number): Promise<void> {
  const rows = bench.sql
    .prepare<[string], { key: string; versionId: string }>(
      'SELECT key, version_id AS versionId FROM object_version WHERE bucket_id = ? ORDER BY key, sequence',
    )
    .all(await bucketId())
  const chosen = rows[nth % Math.max(1, rows.length)]
  if (chosen !== undefined)
    await run(bench, { name: 'DeleteObject', bucket: bench.bucket, ...chosen, conditions: {} })
}

async function bucketId(): Promise<string> {
  return (await bench.deps.catalog.findBucket(bench.bucket))!.bucketId
}

interface Row {
  key: string
  current: number
  mode: EncryptionMode
  suite: 'AES256' | 'SM4' | null
  keyId: string | null
  keyVersion: number | null
  size: number
}

/** Everything that lies in the bucket, read row by row. */
async function rowsOf(): Promise<Row[]> {
  return bench.sql
    .prepare<[string], Row>(
      `SELECT key, current, mode, suite, key_id AS keyId, key_version AS keyVersion, size FROM object_version
       WHERE bucket_id = ? AND delete_marker = 0`,
    )
    .all(await bucketId())
}

function recount(rows: readonly Row[], folder: string): CoverageShare[] {
  const shares = new Map<string, CoverageShare>()
  for (const { mode, suite, keyId, size: bytes } of rows.filter((row) => row.key.startsWith(folder))) {
    const name = [mode, suite, keyId].join()
    const share = shares.get(name) ?? {
      mode,
      suite: suite ?? undefined,
      keyId: keyId ?? undefined,
      objects: 0,
      bytes: 0,
    }
    shares.set(name, { ...share, objects: share.objects + 1, bytes: share.bytes + bytes })
  }
  return sorted([...shares.values()])
}

function sorted(shares: readonly CoverageShare[]): CoverageShare[] {
  const nameOf = ({ mode, suite, keyId }: CoverageShare): string => [mode, suite, keyId].join()
  return [...shares].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
}

async function expectRightCounters(): Promise<void> {
  const rows = await rowsOf()
  for (const folder of FOLDERS) {
    const { coverage } = await run(bench, { name: 'GetBucketCoverage', bucket: bench.bucket, folder })
    expect(sorted(coverage.shares), folder).toEqual(recount(rows, folder))
    const plain = rows.filter(({ key: each, mode }) => mode === 'none' && each.startsWith(folder))
    expect(coverage.plaintextObjects).toBe(plain.length)
  }
  const byVersion = bench.sql
    .prepare<[string], object>(
      `SELECT key_id AS keyId, key_version AS keyVersion, SUM(objects) AS objects FROM usage
       WHERE bucket_id = ? AND key_id <> '' GROUP BY key_id, key_version ORDER BY 1, 2`,
    )
    .all(await bucketId())
  const scanned = bench.sql
    .prepare<[string], object>(
      `SELECT key_id AS keyId, key_version AS keyVersion, COUNT(*) AS objects FROM object_version
       WHERE bucket_id = ? AND key_id IS NOT NULL GROUP BY key_id, key_version ORDER BY 1, 2`,
    )
    .all(await bucketId())
  expect(byVersion).toEqual(scanned)
  for (const table of ['usage', 'folder_usage'])
    expect(bench.sql.prepare(`SELECT * FROM ${table} WHERE objects <= 0 OR bytes < 0`).all()).toEqual([])
  await expectFound(rows)
}

/** What the filter finds goes by the counters, too; over all versions it is what they count. */
async function expectFound(rows: readonly Row[]): Promise<void> {
  for (const { mode, suite } of METHODS)
    for (const versions of ['current', 'all'] as const) {
      const filter = { modes: [mode], ...(suite && { suites: [suite] }), versions }
      const { objects } = await run(bench, { name: 'FindObjects', bucket: bench.bucket, filter, limit: 100 })
      const wanted = rows.filter(
        (row) =>
          (versions === 'all' || row.current === 1) && row.mode === mode && row.suite === (suite ?? null),
      )
      expect(objects.map((object) => object.key).sort()).toEqual(wanted.map((row) => row.key).sort())
    }
}

test('counters equal a count of everything after any operations, refused ones too', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      await newBucket()
      for (const next of steps) {
        // Copies of nothing, buckets that are not empty, changes without the key: they must leave no trace.
        await take(next).catch((error: unknown) => {
          if (!isStoreError(error)) throw error
        })
      }
      await expectRightCounters()
    }),
    { numRuns: 30 },
  )
}, 120_000)

test('an empty bucket leaves no counters', async () => {
  await newBucket()
  const id = await bucketId()
  await put(bench, 'a/k', Buffer.alloc(3))
  const of = (table: string): unknown[] =>
    bench.sql.prepare(`SELECT * FROM ${table} WHERE bucket_id = ?`).all(id)
  expect([of('usage').length, of('folder_usage').length]).toEqual([1, 1])
  await run(bench, { name: 'DeleteObject', bucket: bench.bucket, key: 'a/k', conditions: {} })
  expect([of('usage'), of('folder_usage')]).toEqual([[], []])
})

test('a project is the sum of the buckets that the caller may list; the others are only counted', async () => {
  const here = await openPermissions()
  try {
    await run(here, { name: 'CreateBucket', bucket: 'other-bucket' })
    await put(here, 'k', Buffer.alloc(7), { encryption: { kind: 'none' } })
    await put(here, 'k', Buffer.alloc(5), { bucket: 'other-bucket', encryption: { kind: 'none' } })
    await put(here, 'l', Buffer.alloc(4), { encryption: { kind: 'service-key', suite: 'SM4' } })
    const ask = (who: Caller) => here.store.run({ name: 'GetProjectCoverage' }, who, SECURE)
    const all = await ask(here.member('reader'))
    expect(all).toMatchObject({
      hiddenBuckets: 0,
      coverage: { objects: 3, bytes: 16, plaintextObjects: 2, plaintextBytes: 12 },
    })
    expect(all.coverage.shares.map(({ mode, objects }) => [mode, objects])).toEqual([
      ['none', 2],
      ['service-key', 1],
    ])
    const deny = { Effect: 'Deny', Action: 's3:ListBucket', Resource: `arn:aws:s3:::${here.bucket}` }
    expect(await ask(here.member('member', deny))).toMatchObject({
      hiddenBuckets: 1,
      coverage: { objects: 1, bytes: 5 },
    })
    const folder = { name: 'GetBucketCoverage', bucket: here.bucket, folder: 'a/' } as const
    expect(await here.outcome(folder, here.member('member', deny))).toBe('AccessDenied')
  } finally {
    await here.dispose()
  }
})
