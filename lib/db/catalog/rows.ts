import type { CorsConfiguration } from '../../store/cors-model.ts'
import type { BucketEncryptionRule, EncryptionRecord } from '../../store/encryption-model.ts'
import type { LifecycleConfiguration } from '../../store/lifecycle-model.ts'
import type {
  Bucket,
  CannedAcl,
  ChecksumAlgorithm,
  DeleteMarker,
  EtagRecord,
  ObjectLock,
  ObjectLockConfiguration,
  ObjectMetadata,
  ObjectRow,
  PartRow,
  Tags,
  UploadRow,
} from '../../store/model.ts'
import {
  blobId,
  bytes,
  damaged,
  count,
  flag,
  json,
  oneOf,
  optional,
  text,
  type SqlRow,
} from './row-values.ts'

const MODES = ['none', 'service-key', 'managed-key', 'customer-key'] as const
const SUITES = ['AES256', 'SM4'] as const
const VERSIONING = ['Enabled', 'Suspended'] as const
const ACLS = ['private', 'public-read', 'public-read-write', 'authenticated-read'] as const
const RETENTION_MODES = ['GOVERNANCE', 'COMPLIANCE'] as const
/** S3 user guide, "Multipart upload limits". */
const MAX_PARTS = 10_000

/**
 * Rows of the database ↔ values of the domain. Column lists and binders stand side by side, so that a column
 * is added in one place. Times are ms, sizes bytes; both fit a double exactly.
 */
type Value = string | number | Buffer | null

export const BUCKET_COLUMNS = [
  'bucket_id',
  'name',
  'project_id',
  'region',
  'created_at',
  'encryption',
  'customer_keys_blocked',
  'policy',
  'acl',
  'versioning',
  'object_lock',
  'cors',
  'lifecycle',
] as const

export function bindBucket(b: Bucket): Value[] {
  return [
    b.bucketId,
    b.name,
    b.projectId,
    b.region,
    b.createdAt,
    b.encryption ? JSON.stringify(b.encryption) : null,
    Number(b.customerKeysBlocked),
    b.policy ?? null,
    bindAcl(b.acl, 'private'),
    b.versioning ?? null,
    b.objectLock ? JSON.stringify(b.objectLock) : null,
    b.cors ? JSON.stringify(b.cors) : null,
    b.lifecycle ? JSON.stringify(b.lifecycle) : null,
  ]
}

export function toBucket(r: SqlRow): Bucket {
  return {
    bucketId: text(r, 'bucket_id'),
    name: text(r, 'name'),
    projectId: text(r, 'project_id'),
    region: text(r, 'region'),
    createdAt: count(r, 'created_at'),
    encryption: optional(r, 'encryption', json<BucketEncryptionRule>),
    customerKeysBlocked: flag(r, 'customer_keys_blocked'),
    policy: optional(r, 'policy', text),
    acl: toAcl(r),
    versioning: optional(r, 'versioning', (row, column) => oneOf(row, column, VERSIONING)),
    objectLock: optional(r, 'object_lock', json<ObjectLockConfiguration>),
    cors: optional(r, 'cors', json<CorsConfiguration>),
    lifecycle: optional(r, 'lifecycle', json<LifecycleConfiguration>),
  }
}

/** @param absent what NULL stands for: a bucket without an ACL is private, an object without one has its bucket's */
export function bindAcl(acl: CannedAcl | undefined, absent?: CannedAcl): Value {
  return acl === undefined || acl === absent ? null : acl
}

function toAcl(r: SqlRow): CannedAcl | undefined {
  return optional(r, 'acl', (row, column) => oneOf(row, column, ACLS))
}

export const ENCRYPTION_COLUMNS = [
  'mode',
  'suite',
  'chunk_log2',
  'wrapped_data_key',
  'encrypted_at',
  'key_id',
  'key_version',
  'context',
  'bucket_key_enabled',
  'customer_key_salt',
  'customer_key_verifier',
] as const

export function bindEncryption(e: EncryptionRecord): Value[] {
  if (e.mode === 'none') return ['none', null, null, null, null, null, null, null, 0, null, null]
  const common = [e.mode, e.suite, e.chunkLog2, e.wrappedDataKey, e.encryptedAt]
  switch (e.mode) {
    case 'service-key':
      return [...common, e.keyId, e.keyVersion, null, 0, null, null]
    case 'managed-key':
      return [
        ...common,
        e.keyId,
        e.keyVersion,
        JSON.stringify(e.context),
        Number(e.bucketKeyEnabled),
        null,
        null,
      ]
    case 'customer-key':
      return [...common, null, null, null, 0, e.customerKeySalt, e.customerKeyVerifier]
  }
}

function toEncryption(r: SqlRow): EncryptionRecord {
  const mode = oneOf(r, 'mode', MODES)
  if (mode === 'none') return { mode }
  const sealed = {
    suite: oneOf(r, 'suite', SUITES),
    chunkLog2: count(r, 'chunk_log2'),
    wrappedDataKey: bytes(r, 'wrapped_data_key'),
    encryptedAt: count(r, 'encrypted_at'),
  }
  if (mode === 'customer-key')
    return {
      ...sealed,
      mode,
      customerKeySalt: bytes(r, 'customer_key_salt'),
      customerKeyVerifier: bytes(r, 'customer_key_verifier'),
    }
  const key = { keyId: text(r, 'key_id'), keyVersion: count(r, 'key_version') }
  if (mode === 'service-key') return { ...sealed, ...key, mode }
  return {
    ...sealed,
    ...key,
    mode,
    context: json<Record<string, string>>(r, 'context'),
    bucketKeyEnabled: flag(r, 'bucket_key_enabled'),
  }
}

export function bindEtag(etag: EtagRecord): Value[] {
  return 'open' in etag ? [etag.open, null] : [null, etag.sealed]
}

function toEtag(r: SqlRow): EtagRecord {
  return r['sealed_etag'] === null ? { open: text(r, 'etag') } : { sealed: bytes(r, 'sealed_etag') }
}

function metadataOf(r: SqlRow): ObjectMetadata {
  const metadata = json<ObjectMetadata>(r, 'metadata')
  if (typeof metadata.contentType !== 'string' || typeof metadata.userMetadata !== 'object')
    throw damaged('metadata')
  return metadata
}

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

export const PART_COLUMNS = [
  'object_id',
  'number',
  'offset',
  'size',
  'blob_id',
  'salt',
  'commitment',
  'etag',
  'sealed_etag',
  'checksums',
  'mac',
  'uploaded_at',
  'inline',
] as const

export function bindPart(p: PartRow): Value[] {
  return [
    p.objectId,
    p.number,
    p.offset,
    p.size,
    p.blobId,
    p.salt,
    p.commitment,
    ...bindEtag(p.etag),
    p.checksums,
    p.mac,
    p.uploadedAt,
    p.inline ?? null,
  ]
}

export function toPart(r: SqlRow): PartRow {
  return {
    objectId: text(r, 'object_id'),
    number: count(r, 'number', MAX_PARTS),
    offset: count(r, 'offset'),
    size: count(r, 'size'),
    blobId: blobId(r, 'blob_id'),
    salt: bytes(r, 'salt'),
    commitment: bytes(r, 'commitment'),
    etag: toEtag(r),
    checksums: bytes(r, 'checksums'),
    mac: bytes(r, 'mac'),
    uploadedAt: count(r, 'uploaded_at'),
    inline: optional(r, 'inline', bytes),
  }
}

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

/** `"a", "b"` */
export function columnList(columns: readonly string[]): string {
  return columns.map((column) => `"${column}"`).join(', ')
}

/** `"a" = ?, "b" = ?` */
export function assignments(columns: readonly string[]): string {
  return columns.map((column) => `"${column}" = ?`).join(', ')
}

/** `INSERT INTO t (…) VALUES (?, …)` */
export function insertInto(table: string, columns: readonly string[]): string {
  return `INSERT INTO "${table}" (${columnList(columns)}) VALUES (${columns.map(() => '?').join(', ')})`
}
