import type { EncryptionRecord } from '../../store/encryption-model.ts'
import type { CannedAcl, EtagRecord, ObjectMetadata } from '../../store/model.ts'
import { bytes, damaged, count, flag, json, oneOf, optional, text, type SqlRow } from './row-values.ts'

/**
 * Rows of the database ↔ values of the domain (bucket-, object-, part- and upload-rows.ts, and here what several of them
 * have). Column lists and binders stand side by side, so that a column
 * is added in one place. Times are ms, sizes bytes; both fit a double exactly.
 */
export type Value = string | number | Buffer | null

const MODES = ['none', 'service-key', 'managed-key', 'customer-key'] as const

const SUITES = ['AES256', 'SM4'] as const

const ACLS = ['private', 'public-read', 'public-read-write', 'authenticated-read'] as const

/** @param absent what NULL stands for: a bucket without an ACL is private, an object without one has its bucket's */
export function bindAcl(acl: CannedAcl | undefined, absent?: CannedAcl): Value {
  return acl === undefined || acl === absent ? null : acl
}

export function toAcl(r: SqlRow): CannedAcl | undefined {
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

export function toEncryption(r: SqlRow): EncryptionRecord {
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

export function toEtag(r: SqlRow): EtagRecord {
  return r['sealed_etag'] === null ? { open: text(r, 'etag') } : { sealed: bytes(r, 'sealed_etag') }
}

export function metadataOf(r: SqlRow): ObjectMetadata {
  const metadata = json<ObjectMetadata>(r, 'metadata')
  if (typeof metadata.contentType !== 'string' || typeof metadata.userMetadata !== 'object')
    throw damaged('metadata')
  return metadata
}
