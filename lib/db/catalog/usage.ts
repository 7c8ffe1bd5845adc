import type { Catalog } from '../../store/catalog.ts'
import type { BucketUsage, ObjectRow } from '../../store/model.ts'
import type { Sqlite } from '../connections.ts'
import type { SqlRow } from './row-values.ts'

/** Counting inside the transaction that changes what is counted. */
export interface UsageRows {
  add(object: ObjectRow): void
  /** Takes off what a row of object_version says of itself, be it otherwise damaged. */
  remove(row: SqlRow): void
}

export function usageRows(writer: Sqlite): UsageRows {
  const upsert = writer.prepare(
    'INSERT INTO usage (bucket_id, mode, suite, key_id, objects, bytes) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET objects = objects + excluded.objects, bytes = bytes + excluded.bytes',
  )
  return {
    add: ({ bucketId, encryption, size }) => {
      const suite = encryption.mode === 'none' ? '' : encryption.suite
      const keyId = encryption.mode === 'managed-key' ? encryption.keyId : ''
      upsert.run(bucketId, encryption.mode, suite, keyId, 1, size)
    },
    remove: ({ bucket_id, mode, suite, key_id, size }) => {
      upsert.run(bucket_id, mode, suite ?? '', mode === 'managed-key' ? key_id : '', -1, -Number(size))
    },
  }
}

const SUMS =
  "SUM(objects) AS objects, SUM(bytes) AS bytes, SUM(CASE WHEN mode = 'none' THEN objects ELSE 0 END) AS plaintextObjects"
const NOTHING: BucketUsage = { objects: 0, bytes: 0, plaintextObjects: 0 }

export function usageMethods(reader: Sqlite): Pick<Catalog, 'bucketUsage' | 'projectUsage'> {
  const ofBucket = reader.prepare<[string], BucketUsage>(
    `SELECT ${SUMS} FROM usage WHERE bucket_id = +? GROUP BY bucket_id`,
  )
  const ofProject = reader.prepare<[string], BucketUsage & { bucketId: string }>(
    `SELECT bucket_id AS bucketId, ${SUMS} FROM usage JOIN bucket USING (bucket_id) WHERE project_id = +? GROUP BY bucket_id`,
  )
  return {
    bucketUsage: async (bucketId) => ofBucket.get(bucketId) ?? NOTHING,
    projectUsage: async (projectId) =>
      new Map(ofProject.all(projectId).map(({ bucketId, ...usage }) => [bucketId, usage])),
  }
}
