import { createHash, randomBytes } from 'node:crypto'
import type { Keyring } from '../keys/keyring.ts'
import type { EncryptionRecord } from './encryption-model.ts'
import type { EtagRecord } from './model.ts'

/**
 * ETags as clients expect them (aws-s3.md §4): the plaintext MD5 for plaintext and service-managed keys,
 * an opaque value for KMS and customer keys. A plaintext MD5 in an open database would let its thief
 * confirm guesses of the content, so for encrypted objects it is kept sealed. OSS and COS have the MD5 under managed
 * keys, too, and their writes ask for it.
 */
export function etagIsMd5(record: EncryptionRecord, asked?: 'md5'): boolean {
  return asked === 'md5' || record.mode === 'none' || record.mode === 'service-key'
}

/** 32 hex digits that say nothing of the content. */
export function opaqueEtag(): string {
  return randomBytes(16).toString('hex')
}

/** MD5 of the parts' binary ETags, `-N` (aws-s3.md §4, multipart). */
export function multipartEtag(partEtags: readonly string[]): string {
  const hash = createHash('md5')
  for (const etag of partEtags) hash.update(Buffer.from(etag, 'hex'))
  return `${hash.digest('hex')}-${partEtags.length}`
}

/**
 * `binding` names the row the ETag belongs to, so that sealed ETags cannot change places.
 * @param tells it comes from an MD5 of the plaintext
 */
export function storeEtag(
  keyring: Keyring,
  record: EncryptionRecord,
  binding: string,
  etag: string,
  tells = etagIsMd5(record),
): EtagRecord {
  return tells && record.mode !== 'none'
    ? { sealed: keyring.seal('etag', binding, Buffer.from(etag)) }
    : { open: etag }
}

/**
 * An ETag that stays while the encryption changes: sealed wherever it may tell of the content (it comes from
 * plaintext, or was sealed already), open where the object is plaintext itself or the value is opaque anyway.
 */
export function keepEtag(
  keyring: Keyring,
  kept: { value: string; etag: EtagRecord; from: EncryptionRecord },
  to: EncryptionRecord,
  binding: string,
): EtagRecord {
  const tells = kept.from.mode === 'none' || 'sealed' in kept.etag
  return tells && to.mode !== 'none'
    ? { sealed: keyring.seal('etag', binding, Buffer.from(kept.value)) }
    : { open: kept.value }
}

/** @throws StoreError ObjectCorrupt */
export function openEtag(keyring: Keyring, binding: string, etag: EtagRecord): string {
  return 'open' in etag ? etag.open : keyring.open('etag', binding, etag.sealed).toString()
}

/** Parts are bound to their blob: a part uploaded again under its number is another row. */
export function partBinding(objectId: string, blobId: string): string {
  return `${objectId}/${blobId}`
}
