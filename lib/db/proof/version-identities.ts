import type { EncryptionMode } from '../../store/encryption-model.ts'
import type { VersionIdentity } from '../../store/verdict.ts'
import type { SqlRow } from '../catalog/row-values.ts'
import type { Sqlite } from '../connections.ts'

const SELECT = `SELECT v.object_id, v.bucket_id, v.key, v.version_id, v.size, v.mode, b.project_id, b.name
  FROM object_version v LEFT JOIN bucket b ON b.bucket_id = v.bucket_id`

/** Stands for an object id that is no text. */
export const NO_TEXT = 'bytes:'

/** Versions by their bare text, for rows that hold what no row can: a finding has to name them all the same. */
export function versionIdentities(reader: Sqlite) {
  const current = reader.prepare<[string, string], SqlRow>(
    `${SELECT} WHERE v.bucket_id = +? AND v.key = +? AND v.current = 1`,
  )
  const named = reader.prepare<[string, string, string], SqlRow>(
    `${SELECT} WHERE v.bucket_id = +? AND v.key = +? AND v.version_id = ? LIMIT 1`,
  )
  const numbered = reader.prepare<[number], SqlRow>(`${SELECT} WHERE v.rowid = ?`)
  return {
    ofKey: (bucketId: string, key: string, versionId: string | undefined): VersionIdentity | undefined =>
      toIdentity(versionId === undefined ? current.get(bucketId, key) : named.get(bucketId, key, versionId)),
    ofRow: (row: number): VersionIdentity | undefined => toIdentity(numbered.get(row)),
  }
}

const MODES: ReadonlySet<unknown> = new Set<EncryptionMode>([
  'none',
  'service-key',
  'managed-key',
  'customer-key',
])

function toIdentity(row: SqlRow | undefined): VersionIdentity | undefined {
  if (row === undefined) return undefined
  const { size, mode, project_id: projectId } = row
  return {
    objectId: bare(row['object_id']),
    projectId: typeof projectId === 'string' ? projectId : undefined,
    bucketId: bare(row['bucket_id']),
    bucket: bare(row['name'] ?? ''),
    key: bare(row['key']),
    versionId: bare(row['version_id']),
    size: typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? size : undefined,
    mode: MODES.has(mode) ? (mode as EncryptionMode) : undefined,
  }
}

function bare(value: unknown): string {
  if (typeof value === 'string') return value
  return Buffer.isBuffer(value) ? `${NO_TEXT}${value.toString('hex')}` : String(value)
}
