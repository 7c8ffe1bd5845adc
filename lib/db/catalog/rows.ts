import type { SuiteName } from '../../crypto/suites.ts'
import type { BucketEncryptionRule, EncryptionRecord } from '../../store/encryption-model.ts'
import type {
  Bucket,
  ChecksumAlgorithm,
  EtagRecord,
  ObjectMetadata,
  ObjectRow,
  PartRow,
  Tags,
  UploadRow,
} from '../../store/model.ts'

/**
 * Rows of the database ↔ values of the domain. Column lists and binders stand side by side, so that a column
 * is added in one place. Times are ms, sizes bytes; both fit a double exactly.
 */
export type SqlRow = Record<string, unknown>
type Value = string | number | Buffer | null

export const BUCKET_COLUMNS = [
  'bucket_id',
  'name',
  'project_id',
  'region',
  'created_at',
  'encryption',
  'customer_keys_blocked',
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
  ]
}

export function toBucket(r: SqlRow): Bucket {
  return {
    bucketId: r['bucket_id'] as string,
    name: r['name'] as string,
    projectId: r['project_id'] as string,
    region: r['region'] as string,
    createdAt: r['created_at'] as number,
    encryption:
      r['encryption'] === null ? undefined : (JSON.parse(r['encryption'] as string) as BucketEncryptionRule),
    customerKeysBlocked: r['customer_keys_blocked'] === 1,
  }
}

const ENCRYPTION_COLUMNS = [
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

function bindEncryption(e: EncryptionRecord): Value[] {
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
  const mode = r['mode'] as EncryptionRecord['mode']
  if (mode === 'none') return { mode }
  const sealed = {
    suite: r['suite'] as SuiteName,
    chunkLog2: r['chunk_log2'] as number,
    wrappedDataKey: r['wrapped_data_key'] as Buffer,
    encryptedAt: r['encrypted_at'] as number,
  }
  if (mode === 'customer-key')
    return {
      ...sealed,
      mode,
      customerKeySalt: r['customer_key_salt'] as Buffer,
      customerKeyVerifier: r['customer_key_verifier'] as Buffer,
    }
  const key = { keyId: r['key_id'] as string, keyVersion: r['key_version'] as number }
  if (mode === 'service-key') return { ...sealed, ...key, mode }
  return {
    ...sealed,
    ...key,
    mode,
    context: JSON.parse(r['context'] as string) as Record<string, string>,
    bucketKeyEnabled: r['bucket_key_enabled'] === 1,
  }
}

function bindEtag(etag: EtagRecord): Value[] {
  return 'open' in etag ? [etag.open, null] : [null, etag.sealed]
}

function toEtag(r: SqlRow): EtagRecord {
  return r['sealed_etag'] === null ? { open: r['etag'] as string } : { sealed: r['sealed_etag'] as Buffer }
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
] as const

export function bindObject(o: ObjectRow): Value[] {
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
  ]
}

export function toObject(r: SqlRow): ObjectRow {
  return {
    objectId: r['object_id'] as string,
    bucketId: r['bucket_id'] as string,
    key: r['key'] as string,
    versionId: r['version_id'] as string,
    size: r['size'] as number,
    etag: toEtag(r),
    lastModified: r['last_modified'] as number,
    metadata: JSON.parse(r['metadata'] as string) as ObjectMetadata,
    storageClass: r['storage_class'] as string,
    tags: JSON.parse(r['tags'] as string) as Tags,
    encryption: toEncryption(r),
    objectMac: (r['object_mac'] as Buffer | null) ?? undefined,
    checksums: r['checksums'] as Buffer,
    partCount: r['part_count'] as number,
    multipart: r['multipart'] === 1,
  }
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
  ]
}

export function toPart(r: SqlRow): PartRow {
  return {
    objectId: r['object_id'] as string,
    number: r['number'] as number,
    offset: r['offset'] as number,
    size: r['size'] as number,
    blobId: r['blob_id'] as string,
    salt: r['salt'] as Buffer,
    commitment: r['commitment'] as Buffer,
    etag: toEtag(r),
    checksums: r['checksums'] as Buffer,
    mac: r['mac'] as Buffer,
    uploadedAt: r['uploaded_at'] as number,
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
  ]
}

export function toUpload(r: SqlRow): UploadRow {
  return {
    uploadId: r['upload_id'] as string,
    objectId: r['object_id'] as string,
    bucketId: r['bucket_id'] as string,
    key: r['key'] as string,
    initiatedAt: r['initiated_at'] as number,
    initiator: r['initiator'] as string,
    metadata: JSON.parse(r['metadata'] as string) as ObjectMetadata,
    storageClass: r['storage_class'] as string,
    tags: JSON.parse(r['tags'] as string) as Tags,
    encryption: toEncryption(r),
    checksumAlgorithm: (r['checksum_algorithm'] as ChecksumAlgorithm | null) ?? undefined,
    checksumType: (r['checksum_type'] as 'FULL_OBJECT' | 'COMPOSITE' | null) ?? undefined,
    sealedFinishingKeys: (r['sealed_finishing_keys'] as Buffer | null) ?? undefined,
  }
}

/** `"a", "b"` */
export function columnList(columns: readonly string[]): string {
  return columns.map((column) => `"${column}"`).join(', ')
}

/** `INSERT INTO t (…) VALUES (?, …)` */
export function insertInto(table: string, columns: readonly string[]): string {
  return `INSERT INTO "${table}" (${columnList(columns)}) VALUES (${columns.map(() => '?').join(', ')})`
}
