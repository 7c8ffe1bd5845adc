import { StoreError } from '../../errors.ts'
import type { Catalog } from '../../store/catalog.ts'
import type { Bucket } from '../../store/model.ts'
import type { CatalogDb } from './catalog-db.ts'
import { bindBucket, BUCKET_COLUMNS, toBucket } from './bucket-rows.ts'
import { bindAcl } from './column-groups.ts'
import { columnList, insertInto } from './sql-text.ts'
import type { SqlRow } from './row-values.ts'

type BucketMethods = Pick<
  Catalog,
  | 'createBucket'
  | 'findBucket'
  | 'listBuckets'
  | 'setBucketEncryption'
  | 'setCustomerKeysBlocked'
  | 'setBucketPolicy'
  | 'setBucketAcl'
  | 'setBucketVersioning'
  | 'setObjectLock'
  | 'setBucketCors'
  | 'setBucketLifecycle'
  | 'nextLifecycleBucket'
  | 'deleteBucket'
>

/** Rows remembered; more buckets than this in use at once only cost look-ups. */
const KNOWN = 4096

export function bucketMethods({ writer, reader, queue, garbage }: CatalogDb): BucketMethods {
  const select = `SELECT ${columnList(BUCKET_COLUMNS)} FROM bucket`
  const byName = reader.prepare<[string], SqlRow>(`${select} WHERE name = ?`)
  const ofProject = reader.prepare<[string], SqlRow>(`${select} WHERE project_id = +? ORDER BY name`)
  const taken = writer.prepare<[string], { project_id: string }>(
    'SELECT project_id FROM bucket WHERE name = ?',
  )
  const insert = writer.prepare(insertInto('bucket', BUCKET_COLUMNS))
  const setEncryption = writer.prepare('UPDATE bucket SET encryption = ? WHERE bucket_id = ?')
  const setBlocked = writer.prepare('UPDATE bucket SET customer_keys_blocked = ? WHERE bucket_id = ?')
  const setPolicy = writer.prepare('UPDATE bucket SET policy = ? WHERE bucket_id = ?')
  const setAcl = writer.prepare('UPDATE bucket SET acl = ? WHERE bucket_id = ?')
  const setVersioning = writer.prepare('UPDATE bucket SET versioning = ? WHERE bucket_id = ?')
  const setLock = writer.prepare(
    "UPDATE bucket SET object_lock = ? WHERE bucket_id = ? AND versioning = 'Enabled'",
  )
  const setCors = writer.prepare('UPDATE bucket SET cors = ? WHERE bucket_id = ?')
  const setLifecycle = writer.prepare('UPDATE bucket SET lifecycle = ? WHERE bucket_id = ?')
  const withLifecycle = ['>', '>='].map((beyond) =>
    reader.prepare<[string], SqlRow>(
      `${select} WHERE bucket_id ${beyond} +? AND lifecycle IS NOT NULL ORDER BY bucket_id LIMIT 1`,
    ),
  )
  const unlocked = writer.prepare('SELECT 1 FROM bucket WHERE bucket_id = ? AND object_lock IS NULL')
  // Each side has an index of its own; together they would be a look through the table.
  const anyVersion = [1, 0].map((current) =>
    writer.prepare(`SELECT 1 FROM object_version WHERE bucket_id = ? AND current = ${current} LIMIT 1`),
  )
  const uploads = writer.prepare<[string], { object_id: string }>(
    'SELECT object_id FROM multipart_upload WHERE bucket_id = ?',
  )
  const removals = ['multipart_upload', 'usage', 'folder_usage', 'bucket'].map((table) =>
    writer.prepare(`DELETE FROM "${table}" WHERE bucket_id = ?`),
  )

  const create = (bucket: Bucket): void => {
    const owner = taken.get(bucket.name)?.project_id
    if (owner === bucket.projectId)
      throw new StoreError(
        'BucketAlreadyOwnedByYou',
        'Your previous request to create the named bucket succeeded and you already own it.',
        { bucket: bucket.name },
      )
    if (owner !== undefined)
      throw new StoreError('BucketAlreadyExists', 'The requested bucket name is not available.', {
        bucket: bucket.name,
      })
    insert.run(bindBucket(bucket))
  }
  const remove = (bucketId: string): void => {
    if (anyVersion.some((any) => any.get(bucketId) !== undefined))
      throw new StoreError('BucketNotEmpty', 'The bucket you tried to delete is not empty')
    for (const { object_id } of uploads.all(bucketId)) garbage.collectObject(object_id)
    for (const removal of removals) removal.run(bucketId)
  }
  // Every request asks for its bucket. Writes clear this before they run; nobody reads between them and their commit,
  // because a batch of writes commits without giving way to the event loop.
  const known = new Map<string, Bucket>()
  const change = <T>(work: () => T): Promise<T> =>
    queue.write(() => {
      known.clear()
      return work()
    })
  const find = (name: string): Bucket | undefined => {
    const found = known.get(name) ?? optional(byName.get(name))
    if (found === undefined) return undefined
    if (known.size >= KNOWN) known.clear()
    known.set(name, found)
    return found
  }
  return {
    createBucket: (bucket) => change(() => create(bucket)),
    findBucket: async (name) => find(name),
    listBuckets: async (projectId) => ofProject.all(projectId).map(toBucket),
    setBucketEncryption: (bucketId, rule) =>
      change(() => void setEncryption.run(rule ? JSON.stringify(rule) : null, bucketId)),
    setCustomerKeysBlocked: (bucketId, blocked) =>
      change(() => void setBlocked.run(Number(blocked), bucketId)),
    setBucketPolicy: (bucketId, policy) => change(() => void setPolicy.run(policy ?? null, bucketId)),
    setBucketAcl: (bucketId, acl) => change(() => void setAcl.run(bindAcl(acl, 'private'), bucketId)),
    setBucketVersioning: (bucketId, state) =>
      change(() => {
        if (state === 'Suspended' && unlocked.get(bucketId) === undefined)
          throw new StoreError(
            'InvalidBucketState',
            'An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.',
          )
        setVersioning.run(state, bucketId)
      }),
    setObjectLock: (bucketId, configuration) =>
      change(() => {
        if (setLock.run(JSON.stringify(configuration), bucketId).changes !== 1)
          throw new StoreError(
            'InvalidBucketState',
            "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
          )
      }),
    setBucketCors: (bucketId, rules) =>
      change(() => void setCors.run(rules ? JSON.stringify(rules) : null, bucketId)),
    setBucketLifecycle: (bucketId, rules) =>
      change(() => void setLifecycle.run(rules ? JSON.stringify(rules) : null, bucketId)),
    nextLifecycleBucket: async (afterId, inclusive = false) =>
      optional(withLifecycle[Number(inclusive)]!.get(afterId)),
    deleteBucket: (bucketId) => change(() => remove(bucketId)),
  }
}

function optional(row: SqlRow | undefined): Bucket | undefined {
  return row && Object.freeze(toBucket(row))
}
