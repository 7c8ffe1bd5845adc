import type { BucketKeyRule, KeyDependents } from '../../kms/dependents.ts'
import type { BucketEncryptionRule } from '../../store/encryption-model.ts'
import { json, text, type SqlRow } from '../catalog/row-values.ts'
import type { Sqlite } from '../connections.ts'

interface InBucket {
  bucket: string
  objects: number
  bytes: number
}

/** What hangs on a key: from the usage counters, which are right at every commit. */
export function sqliteKeyDependents(reader: Sqlite): KeyDependents {
  const byBucket = reader.prepare<[string], InBucket>(
    `SELECT name AS bucket, SUM(objects) AS objects, SUM(bytes) AS bytes FROM usage JOIN bucket USING (bucket_id)
     WHERE key_id = +? GROUP BY bucket_id HAVING SUM(objects) > 0 ORDER BY name`,
  )
  const byVersion = reader.prepare<[string], { version: number; objects: number }>(
    `SELECT key_version AS version, SUM(objects) AS objects FROM usage WHERE key_id = +?
     GROUP BY key_version HAVING SUM(objects) > 0 ORDER BY key_version`,
  )
  const uploads = reader.prepare<[string], { count: number }>(
    'SELECT COUNT(*) AS count FROM multipart_upload WHERE key_id = ?',
  )
  const rules = reader.prepare<[string], SqlRow>(
    'SELECT name, encryption FROM bucket WHERE project_id = +? AND encryption IS NOT NULL ORDER BY name',
  )
  return {
    ofKey: async (keyId) => {
      const buckets = byBucket.all(keyId)
      const sum = (of: 'objects' | 'bytes'): number => buckets.reduce((total, each) => total + each[of], 0)
      return {
        objects: sum('objects'),
        bytes: sum('bytes'),
        uploads: uploads.get(keyId)!.count,
        buckets,
        versions: byVersion.all(keyId),
      }
    },
    bucketRules: async (projectId) => rules.all(projectId).flatMap(managedRule),
  }
}

function managedRule(row: SqlRow): BucketKeyRule[] {
  const rule = json<BucketEncryptionRule>(row, 'encryption')
  return rule.kind === 'managed-key' ? [{ bucket: text(row, 'name'), keyRef: rule.keyRef }] : []
}
