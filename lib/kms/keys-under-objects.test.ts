import { createHash, randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createKeyParts } from '../keys/keyring-service.ts'
import { decodeRootKey } from '../keys/root/root-key-text.ts'
import { rootFromSecret } from '../keys/root/root-key.ts'
import type { BucketEncryptionRule } from '../store/encryption-model.ts'
import {
  caller,
  get,
  METADATA,
  openBench,
  put,
  run as runStore,
  SECURE,
} from '../store/store.test-support.ts'
import type { Bench } from '../store/store.test-support.ts'
import { createStore } from '../store/store.ts'
import { codeOf, CONTEXT, DAY, ListedAuditLog, NEW_KEY, refusal, REGION } from './kms.test-support.ts'
import type { KeyOperationName, KeyRequest } from './operations.ts'
import { createKeyAccess } from './policy-access.ts'
import { createKeyService } from './service.ts'
import { createKeyUpkeep } from './upkeep.ts'

/** The key service beside the real store, over one keyring and one data folder. */
async function openBoth() {
  const bench = await openBench()
  const { database, blobFolder, projectId } = bench
  const dataDir = dirname(blobFolder)
  const time = { now: Date.now() }
  const secret = decodeRootKey(readFileSync(join(dirname(dataDir), 'root.key'), 'utf8'))!
  const parts = createKeyParts({
    root: rootFromSecret(secret),
    repository: database.keys,
    region: REGION,
    accountOf: async (id) => (await database.accounts.findProject(id))!.accountNumber,
    servicePeriodDays: 90,
    clock: () => time.now,
  })
  const audit = new ListedAuditLog()
  const now = (): number => time.now
  const deps = {
    ...parts,
    sealer: parts.keyring,
    dependents: database.keyDependents,
    access: createKeyAccess(parts),
    audit,
    providers: [],
    now,
  }
  const service = createKeyService(deps)
  const store = createStore({ ...bench.deps, keyring: parts.keyring, now })
  const run = <N extends KeyOperationName>(name: N, request: KeyRequest<N>) =>
    service.run(name, request, caller(projectId), CONTEXT)
  return { bench: { ...bench, store }, run, upkeep: createKeyUpkeep(deps), time, dataDir }
}

let both: Awaited<ReturnType<typeof openBoth>>
let bench: Bench
beforeEach(async () => {
  both = await openBoth()
  bench = both.bench
})
afterEach(() => bench.dispose())

const under = (keyRef: string) =>
  ({ encryption: { kind: 'managed-key', keyRef, suite: 'AES256', context: {} } }) as const

/** A digest of the files of blobs. */
function blobFiles(): string {
  const hash = createHash('sha256')
  const entries = readdirSync(bench.blobFolder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort()
  for (const path of paths) hash.update(path).update(readFileSync(path))
  return `${paths.length} files, ${hash.digest('hex')}`
}

/** A digest of every byte at rest: the files of blobs, and the blobs that lie in rows. */
function blobBytes(): string {
  const hash = createHash('sha256')
  const rows = bench.sql.prepare('SELECT * FROM part ORDER BY object_id, number').all()
  for (const row of rows) hash.update(JSON.stringify(row))
  return `${blobFiles()}, ${rows.length} rows, ${hash.digest('hex')}`
}

const OBJECTS = 300

describe('rotation', () => {
  test(`of a key with ${OBJECTS} objects changes no byte of a blob and no row of an object`, async () => {
    const { keyId } = await both.run('CreateKey', NEW_KEY)
    const contents = new Map<string, Buffer>()
    for (let i = 0; i < OBJECTS; i++) {
      // Most lie in their row; every tenth is a file of its own.
      const bytes = randomBytes(i % 10 === 0 ? 40_000 + i : i)
      contents.set(`o${i}`, bytes)
      await put(bench, `o${i}`, bytes, under(keyId))
    }
    const rows = (): unknown => bench.sql.prepare('SELECT * FROM object_version ORDER BY object_id').all()
    const before = { blobs: blobBytes(), rows: rows() }
    const changes = bench.sql.prepare('PRAGMA data_version').get()
    await both.run('RotateKeyOnDemand', { keyId })
    await both.run('EnableKeyRotation', { keyId, periodDays: 90 })
    both.time.now += 90 * DAY
    await both.upkeep.keep(keyId)
    // Others did write to the database meanwhile: the key's own tables.
    expect(bench.sql.prepare('PRAGMA data_version').get()).not.toEqual(changes)
    expect({ blobs: blobBytes(), rows: rows() }).toEqual(before)
    expect((await both.run('DescribeKey', { keyId, grantTokens: [] })).currentVersion).toBe(3)
    for (const [key, bytes] of contents) expect((await get(bench, key)).bytes.equals(bytes)).toBe(true)
    await put(bench, 'after', Buffer.from('new'), under(keyId))
    const { versions } = await both.run('GetBlastRadius', { keyId })
    expect(versions).toEqual([
      { version: 1, objects: OBJECTS },
      { version: 3, objects: 1 },
    ])
  })
})

describe('a key with 100,000 objects', () => {
  const MANY = 100_000

  /** Rows as the store made them, many times over: one is a file of its own, the others lie in their row. */
  function multiply(): void {
    const n = `WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ${MANY - 1})`
    for (const [table, renamed] of [
      ['object_version', ['object_id', 'key']],
      ['part', ['object_id', 'blob_id']],
    ] as const) {
      const all = bench.sql.pragma(`table_info("${table}")`) as { name: string }[]
      const columns = all.map(({ name }) => `"${name}"`)
      const values = all.map(({ name }) =>
        renamed.includes(name as never) ? `"${name}" || '-' || i` : `"${name}"`,
      )
      bench.sql.exec(
        `INSERT INTO "${table}" (${columns.join()}) ${n} SELECT ${values.join()} FROM "${table}", n`,
      )
    }
    bench.sql.exec(`UPDATE usage SET objects = ${MANY}, bytes = bytes * ${MANY} WHERE objects > 0`)
  }

  function rowsDigest(): string {
    const hash = createHash('sha256')
    for (const table of ['object_version', 'part', 'usage', 'garbage'])
      for (const row of bench.sql.prepare(`SELECT * FROM "${table}" ORDER BY 1, 2`).raw().iterate())
        for (const value of row as (Buffer | string | number | null)[])
          hash.update(Buffer.isBuffer(value) ? value : `${value}\0`)
    return hash.digest('hex')
  }

  test('rotates without touching any of them, and knows what hangs on it', { timeout: 120_000 }, async () => {
    const { keyId } = await both.run('CreateKey', { ...NEW_KEY, alias: 'alias/big' })
    await put(bench, 'o', randomBytes(20_000), under(keyId))
    bench.sql.pragma('synchronous = OFF')
    multiply()
    const before = { rows: rowsDigest(), blobs: blobFiles() }
    await both.run('RotateKeyOnDemand', { keyId })
    expect({ rows: rowsDigest(), blobs: blobFiles() }).toEqual(before)
    expect(await both.run('GetBlastRadius', { keyId })).toMatchObject({
      objects: MANY,
      bytes: MANY * 20_000,
      versions: [{ version: 1, objects: MANY }],
    })
    const asked = { keyId, pendingWindowDays: 7, destroyDependents: undefined }
    expect(await refusal(both.run('ScheduleKeyDeletion', asked))).toMatchObject({ facts: { objects: MANY } })
    // The one that has its own name still opens.
    expect((await get(bench, 'o')).bytes).toHaveLength(20_000)
  })
})

describe('what hangs on a key', () => {
  test('is counted by bucket, with uploads, and with buckets whose rule names it', async () => {
    const { keyId, arn } = await both.run('CreateKey', { ...NEW_KEY, alias: 'alias/k' })
    const rule = async (bucket: string, keyRef?: string): Promise<void> => {
      await runStore(bench, { name: 'CreateBucket', bucket })
      const encryption: BucketEncryptionRule = {
        kind: 'managed-key',
        suite: 'AES256',
        bucketKeyEnabled: false,
        ...(keyRef !== undefined && { keyRef }),
      }
      await runStore(bench, {
        name: 'PutBucketEncryption',
        bucket,
        rule: encryption,
        customerKeysBlocked: false,
      })
    }
    await rule('by-alias', 'alias/k')
    await rule('by-arn', arn)
    await rule('by-nothing')
    await rule('by-dead-name', 'alias/k')
    await put(bench, 'a', Buffer.alloc(10), under(keyId))
    await put(bench, 'b', Buffer.alloc(5), under('alias/k'))
    await put({ ...bench, bucket: 'by-alias' }, 'c', Buffer.alloc(7), under(keyId))
    await put(bench, 'other', Buffer.alloc(9), under('alias/aws/s3'))
    const upload = { bucket: bench.bucket, key: 'big' }
    const { uploadId } = await runStore(bench, {
      name: 'CreateMultipartUpload',
      ...upload,
      metadata: METADATA,
      storageClass: 'STANDARD',
      tags: {},
      ...under(keyId),
    })
    const radius = await both.run('GetBlastRadius', { keyId })
    expect(radius).toEqual({
      objects: 3,
      bytes: 22,
      uploads: 1,
      buckets: [
        { bucket: 'bucket', objects: 2, bytes: 15, namedByRule: false },
        { bucket: 'by-alias', objects: 1, bytes: 7, namedByRule: true },
        { bucket: 'by-arn', objects: 0, bytes: 0, namedByRule: true },
        { bucket: 'by-dead-name', objects: 0, bytes: 0, namedByRule: true },
      ],
      versions: [{ version: 1, objects: 3 }],
    })
    const ofDefault = await both.run('GetBlastRadius', { keyId: 'alias/aws/s3' })
    expect(ofDefault).toMatchObject({
      objects: 1,
      buckets: [{ bucket: 'bucket' }, { bucket: 'by-nothing', objects: 0, namedByRule: true }],
    })
    const schedule = { keyId, pendingWindowDays: 7, destroyDependents: undefined }
    expect(await codeOf(both.run('ScheduleKeyDeletion', schedule))).toBe('KeyHasDependents')
    for (const key of ['a', 'b'])
      await runStore(bench, { name: 'DeleteObject', bucket: bench.bucket, key, conditions: {} })
    await runStore(bench, { name: 'DeleteObject', bucket: 'by-alias', key: 'c', conditions: {} })
    expect(await codeOf(both.run('ScheduleKeyDeletion', schedule))).toBe('KeyHasDependents')
    await runStore(bench, { name: 'AbortMultipartUpload', ...upload, uploadId })
    expect((await both.run('ScheduleKeyDeletion', schedule)).state).toBe('PendingDeletion')
  })

  test('cannot be read while its key is disabled, nor written, and everything else lives', async () => {
    const { keyId } = await both.run('CreateKey', NEW_KEY)
    await put(bench, 'a', Buffer.from('a'), under(keyId))
    await put(bench, 'plain', Buffer.from('p'))
    await both.run('DisableKey', { keyId })
    expect(await codeOf(get(bench, 'a'))).toBe('KeyDisabled')
    expect(await codeOf(put(bench, 'b', Buffer.from('b'), under(keyId)))).toBe('KeyDisabled')
    expect((await get(bench, 'plain')).bytes.toString()).toBe('p')
    await put(bench, 'c', Buffer.from('c'), under('alias/aws/s3'))
    await both.run('EnableKey', { keyId })
    expect((await get(bench, 'a')).bytes.toString()).toBe('a')
  })
})

describe('crypto-shredding', () => {
  test('leaves objects that are listed and deleted, and never read again', async () => {
    const { keyId } = await both.run('CreateKey', { ...NEW_KEY, alias: 'alias/doomed' })
    await put(bench, 'lost', Buffer.from('lost'), under(keyId))
    const asked = { keyId, pendingWindowDays: 7, destroyDependents: 'alias/doomed' }
    await both.run('ScheduleKeyDeletion', asked)
    both.time.now += 7 * DAY
    await both.upkeep.keep(keyId)
    expect(await codeOf(get(bench, 'lost'))).toBe('KeyNotFound')
    expect(await codeOf(put(bench, 'more', Buffer.from('x'), under(keyId)))).toBe('KeyNotFound')
    const list = {
      name: 'ListObjects',
      bucket: bench.bucket,
      prefix: '',
      delimiter: '',
      after: '',
      limit: 10,
    } as const
    const { objects } = await bench.store.run(list, caller(bench.projectId), SECURE)
    expect(objects.map(({ key }) => key)).toEqual(['lost'])
    const head = await runStore(bench, {
      name: 'HeadObject',
      bucket: bench.bucket,
      key: 'lost',
      conditions: {},
    }).catch((error: { code: string }) => error.code)
    // Its checksums are sealed under its data key.
    expect(head).toBe('KeyNotFound')
    await runStore(bench, { name: 'DeleteObject', bucket: bench.bucket, key: 'lost', conditions: {} })
  })

  test('takes the wrapped material out of the database file and its journal', async () => {
    const keys = await Promise.all([1, 2, 3].map(() => both.run('CreateKey', NEW_KEY)))
    for (const { keyId } of keys) await both.run('RotateKeyOnDemand', { keyId })
    const doomed = keys[1]!.keyId
    const materialOf = async (keyId: string): Promise<Buffer[]> =>
      (await bench.database.keys.listVersions(keyId)).map(({ wrappedMaterial }) => wrappedMaterial)
    const [lost, kept] = [await materialOf(doomed), await materialOf(keys[0]!.keyId)]
    const atRest = (): Buffer =>
      Buffer.concat(
        readdirSync(both.dataDir)
          .filter((name) => name.startsWith('coffer.db'))
          .map((name) => readFileSync(join(both.dataDir, name))),
      )
    for (const each of [...lost, ...kept]) expect(atRest().includes(each)).toBe(true)
    await both.run('ScheduleKeyDeletion', {
      keyId: doomed,
      pendingWindowDays: 7,
      destroyDependents: undefined,
    })
    both.time.now += 7 * DAY
    await both.upkeep.keep(doomed)
    // Not a piece of it either: SQLite may write over some of the bytes that it gives up, and leave the rest.
    const file = atRest()
    for (const each of lost)
      for (let at = 2; at + 12 <= each.length; at++)
        expect(file.includes(each.subarray(at, at + 12))).toBe(false)
    for (const each of kept) expect(atRest().includes(each)).toBe(true)
  })
})
