import { StoreError } from '../errors.ts'
import { authorizedBucket, type Asker } from './authorize.ts'
import type { StoreDeps } from './deps.ts'
import { checkCustomerKey, decryptingFor } from './encryption.ts'
import type { CustomerKey } from './encryption-model.ts'
import type { Bucket, ChecksumAlgorithm, UploadRow } from './model.ts'
import { checkObjectKey } from './names.ts'
import { ObjectSeal } from './object-record.ts'

export interface OpenedUpload {
  bucket: Bucket
  upload: UploadRow
}

/**
 * The upload with this id, if it belongs to this bucket and key: an id alone opens nothing.
 * @throws StoreError NoSuchUpload | NoSuchBucket | AccessDenied
 */
export async function openUpload(
  deps: StoreDeps,
  at: { bucket: string; key: string; uploadId: string },
  asker: Asker,
  action: `s3:${string}`,
): Promise<OpenedUpload> {
  checkObjectKey(at.key)
  const bucket = await authorizedBucket(deps, asker, at.bucket, { action, key: at.key })
  const upload = await deps.catalog.findUpload(at.uploadId)
  if (upload === undefined || upload.bucketId !== bucket.bucketId || upload.key !== at.key)
    throw noSuchUpload(at.uploadId)
  return { bucket, upload }
}

export function noSuchUpload(uploadId: string): StoreError {
  return new StoreError(
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    { uploadId },
  )
}

/** A claim that nothing here could be held to: passing over it would be a promise of integrity that nobody kept. */
export function otherChecksum(expected: ChecksumAlgorithm, claimed: ChecksumAlgorithm): StoreError {
  return new StoreError(
    'InvalidRequest',
    `Checksum Type mismatch occurred, expected checksum Type: ${expected}, actual checksum Type: ${claimed}`,
  )
}

/**
 * The data key of an upload for one more part, or undefined for plaintext. A customer key must be the one
 * of the initiation (aws-s3.md §3 rows 11 and 12); a managed key must let the caller decrypt (S3 API reference,
 * UploadPart).
 * @throws StoreError UploadEncryptionMismatch | AccessDenied | Key*
 */
export async function uploadDataKey(
  deps: StoreDeps,
  { bucket, upload }: OpenedUpload,
  customerKey: CustomerKey | undefined,
  asker: Asker,
): Promise<Buffer | undefined> {
  const { encryption, objectId, key } = upload
  if ((encryption.mode === 'customer-key') !== (customerKey !== undefined)) throw mismatch('missing')
  checkCustomerKey(encryption, customerKey, asker.context)
  if (encryption.mode === 'none') return undefined
  if (
    encryption.mode === 'customer-key' &&
    !(
      customerKey!.suite === encryption.suite && deps.keyring.matchesCustomerKey(encryption, customerKey!.key)
    )
  )
    throw mismatch('different')
  const place = { bucketId: bucket.bucketId, objectKey: key, objectId }
  return decryptingFor(deps, asker, { bucket, key, record: encryption }, () =>
    deps.keyring.decryptDataKey(bucket.projectId, encryption, place, customerKey),
  )
}

function mismatch(reason: 'missing' | 'different'): StoreError {
  const message =
    reason === 'missing'
      ? 'The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate encryption parameters.'
      : 'The provided encryption parameters did not match the ones used originally.'
  return new StoreError('UploadEncryptionMismatch', message, { reason })
}

/** What signs and seals the rows of an upload; for SSE-C it needs no key (see UploadRow.sealedFinishingKeys). */
export async function uploadSeal(deps: StoreDeps, { bucket, upload }: OpenedUpload): Promise<ObjectSeal> {
  const { encryption, objectId, key, uploadId, sealedFinishingKeys } = upload
  if (encryption.mode === 'none') return ObjectSeal.of(undefined, undefined, objectId)
  if (encryption.mode === 'customer-key')
    return ObjectSeal.fromExported(
      deps.keyring.open('upload', uploadId, sealedFinishingKeys ?? Buffer.alloc(0)),
      objectId,
    )
  const place = { bucketId: bucket.bucketId, objectKey: key, objectId }
  return ObjectSeal.of(
    encryption.suite,
    await deps.keyring.decryptDataKey(bucket.projectId, encryption, place),
    objectId,
  )
}
