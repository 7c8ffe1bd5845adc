import type { AuditRecord } from '../../audit/model.ts'

/** Columns of audit_event, in the order in which they are inserted. */
export const COLUMNS = [
  'sequence',
  'at',
  'project_id',
  'user_id',
  'access_key_id',
  'source_address',
  'action',
  'key_id',
  'key_version',
  'bucket',
  'object_key',
  'result',
  'request_id',
  'details',
  'previous_hash',
  'hash',
] as const

export interface AuditRow {
  sequence: number
  at: number
  project_id: string | null
  user_id: string | null
  access_key_id: string | null
  source_address: string | null
  action: string
  key_id: string | null
  key_version: number | null
  bucket: string | null
  object_key: string | null
  result: string
  request_id: string | null
  details: string
  previous_hash: Buffer
  hash: Buffer
}

export function toRow(record: AuditRecord): AuditRow {
  return {
    sequence: record.sequence,
    at: record.at,
    project_id: record.projectId ?? null,
    user_id: record.actor.userId ?? null,
    access_key_id: record.actor.accessKeyId ?? null,
    source_address: record.actor.sourceAddress ?? null,
    action: record.action,
    key_id: record.keyId ?? null,
    key_version: record.keyVersion ?? null,
    bucket: record.bucket ?? null,
    object_key: record.objectKey ?? null,
    result: record.result,
    request_id: record.requestId ?? null,
    details: JSON.stringify(record.details),
    previous_hash: record.previousHash,
    hash: record.hash,
  }
}

export function toRecord(row: AuditRow): AuditRecord {
  return {
    sequence: row.sequence,
    at: row.at,
    projectId: row.project_id ?? undefined,
    actor: {
      userId: row.user_id ?? undefined,
      accessKeyId: row.access_key_id ?? undefined,
      sourceAddress: row.source_address ?? undefined,
    },
    action: row.action,
    keyId: row.key_id ?? undefined,
    keyVersion: row.key_version ?? undefined,
    bucket: row.bucket ?? undefined,
    objectKey: row.object_key ?? undefined,
    result: row.result,
    requestId: row.request_id ?? undefined,
    details: detailsOf(row.details),
    previousHash: row.previous_hash,
    hash: row.hash,
  }
}

/** A row that somebody edited must be found by its hash, not end the search. */
function detailsOf(text: string): AuditRecord['details'] {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as AuditRecord['details']
  } catch {
    // no JSON
  }
  return { unreadable: text }
}
