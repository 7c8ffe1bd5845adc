import type { DeleteMarker, ObjectRow, Tags } from '../../store/model.ts'
import {
  type Value,
  bindAcl,
  toAcl,
  ENCRYPTION_COLUMNS,
  bindEncryption,
  toEncryption,
  bindEtag,
  toEtag,
  metadataOf,
} from './column-groups.ts'
import { bytes, count, flag, json, oneOf, optional, text, type SqlRow } from './row-values.ts'

const RETENTION_MODES = ['GOVERNANCE', 'COMPLIANCE'] as const

/** S3 user guide, "Multipart upload limits". */
export const MAX_PARTS = 10_000

/** What can change in a version that is written. */
export const STATE_COLUMNS = [
  'restore_available_at',
  'restore_expires_at',
  'retention_mode',
  'retain_until',
  'legal_hold',
  'acl',
] as const

type State = Pick<ObjectRow, 'restore' | 'retention' | 'legalHold' | 'acl'>

export function bindState({ restore, retention, legalHold, acl }: State): Value[] {
  return [
    restore?.availableAt ?? null,
    restore?.expiresAt ?? null,
    retention?.mode ?? null,
    retention?.retainUntil ?? null,
    Number(legalHold ?? false),
    bindAcl(acl),
  ]
}

function toState(r: SqlRow): State {
  return {
    restore: optional(r, 'restore_available_at', (row, column) => ({
      availableAt: count(row, column),
      expiresAt: count(row, 'restore_expires_at'),
    })),
    retention: optional(r, 'retention_mode', (row, column) => ({
      mode: oneOf(row, column, RETENTION_MODES),
      retainUntil: count(row, 'retain_until'),
    })),
    legalHold: flag(r, 'legal_hold') || undefined,
    acl: toAcl(r),
  }
}

export const OBJECT_COLUMNS = [
  'object_id',
  'bucket_id',
  'key',
  'version_id',
  'current',
  'size',
  'etag',
  'sealed_etag',
  'last_modified',
  'metadata',
  'storage_class',
  'tags',
  ...ENCRYPTION_COLUMNS,
  'object_mac',
  'checksums',
  'part_count',
  'multipart',
  'appendable',
  'symlink',
  ...STATE_COLUMNS,
  'sequence',
  'delete_marker',
] as const

/** As the current version of its key. */
export function bindObject(o: ObjectRow, sequence: number): Value[] {
  return [
    o.objectId,
    o.bucketId,
    o.key,
    o.versionId,
    1,
    o.size,
    ...bindEtag(o.etag),
    o.lastModified,
    JSON.stringify(o.metadata),
    o.storageClass,
    JSON.stringify(o.tags),
    ...bindEncryption(o.encryption),
    o.objectMac ?? null,
    o.checksums,
    o.partCount,
    Number(o.multipart),
    Number(o.appendable ?? false),
    o.symlink ?? null,
    ...bindState(o),
    sequence,
    0,
  ]
}

export function toObject(r: SqlRow): ObjectRow {
  return {
    objectId: text(r, 'object_id'),
    bucketId: text(r, 'bucket_id'),
    key: text(r, 'key'),
    versionId: text(r, 'version_id'),
    size: count(r, 'size'),
    etag: toEtag(r),
    lastModified: count(r, 'last_modified'),
    metadata: metadataOf(r),
    storageClass: text(r, 'storage_class'),
    tags: json<Tags>(r, 'tags'),
    encryption: toEncryption(r),
    objectMac: optional(r, 'object_mac', bytes),
    checksums: bytes(r, 'checksums'),
    partCount: count(r, 'part_count', MAX_PARTS),
    multipart: flag(r, 'multipart'),
    appendable: flag(r, 'appendable') || undefined,
    symlink: optional(r, 'symlink', bytes),
    ...toState(r),
  }
}

/** A delete marker is a row of the same table: the versions of a key are one sequence. */
export const MARKER_COLUMNS = [
  'object_id',
  'bucket_id',
  'key',
  'version_id',
  'current',
  'size',
  'last_modified',
  'metadata',
  'storage_class',
  'tags',
  'mode',
  'checksums',
  'part_count',
  'multipart',
  'sequence',
  'delete_marker',
] as const

export function bindMarker(objectId: string, m: DeleteMarker, sequence: number): Value[] {
  const { bucketId, key, versionId, lastModified } = m
  const nothing = Buffer.alloc(0)
  return [
    objectId,
    bucketId,
    key,
    versionId,
    0,
    0,
    lastModified,
    '{}',
    '',
    '{}',
    'none',
    nothing,
    0,
    0,
    sequence,
    1,
  ]
}

export function toMarker(r: SqlRow): DeleteMarker {
  return {
    bucketId: text(r, 'bucket_id'),
    key: text(r, 'key'),
    versionId: text(r, 'version_id'),
    lastModified: count(r, 'last_modified'),
  }
}

export function toVersion(r: SqlRow): ObjectRow | DeleteMarker {
  return flag(r, 'delete_marker') ? toMarker(r) : toObject(r)
}
