import type { ChecksumAlgorithm, ObjectLock, Tags, UploadRow } from '../../store/model.ts'
import {
  type Value,
  bindAcl,
  toAcl,
  ENCRYPTION_COLUMNS,
  bindEncryption,
  toEncryption,
  metadataOf,
} from './column-groups.ts'
import { bytes, count, json, optional, text, type SqlRow } from './row-values.ts'

export const UPLOAD_COLUMNS = [
  'upload_id',
  'object_id',
  'bucket_id',
  'key',
  'initiated_at',
  'initiator',
  'metadata',
  'storage_class',
  'tags',
  ...ENCRYPTION_COLUMNS,
  'checksum_algorithm',
  'checksum_type',
  'sealed_finishing_keys',
  'acl',
  'lock',
] as const

export function bindUpload(u: UploadRow): Value[] {
  return [
    u.uploadId,
    u.objectId,
    u.bucketId,
    u.key,
    u.initiatedAt,
    u.initiator,
    JSON.stringify(u.metadata),
    u.storageClass,
    JSON.stringify(u.tags),
    ...bindEncryption(u.encryption),
    u.checksumAlgorithm ?? null,
    u.checksumType ?? null,
    u.sealedFinishingKeys ?? null,
    bindAcl(u.acl),
    u.lock ? JSON.stringify(u.lock) : null,
  ]
}

export function toUpload(r: SqlRow): UploadRow {
  return {
    uploadId: text(r, 'upload_id'),
    objectId: text(r, 'object_id'),
    bucketId: text(r, 'bucket_id'),
    key: text(r, 'key'),
    initiatedAt: count(r, 'initiated_at'),
    initiator: text(r, 'initiator'),
    metadata: metadataOf(r),
    storageClass: text(r, 'storage_class'),
    tags: json<Tags>(r, 'tags'),
    encryption: toEncryption(r),
    checksumAlgorithm: optional(r, 'checksum_algorithm', text) as ChecksumAlgorithm | undefined,
    checksumType: optional(r, 'checksum_type', text) as UploadRow['checksumType'],
    sealedFinishingKeys: optional(r, 'sealed_finishing_keys', bytes),
    acl: toAcl(r),
    lock: optional(r, 'lock', json<ObjectLock>),
  }
}
