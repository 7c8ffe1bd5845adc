import { StoreError } from '../errors.ts'

const MAX_KEY_BYTES = 1024

/**
 * An object key is any UTF-8 string of 1…1,024 bytes. NUL is refused because PostgreSQL cannot store it,
 * lone surrogates because they have no UTF-8 form. Dots and slashes are data: keys never become paths.
 * @throws StoreError KeyTooLong | InvalidObjectName (S3 user guide, "Naming objects")
 */
export function checkObjectKey(key: string): void {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES)
    throw new StoreError('KeyTooLong', 'The key is longer than 1,024 bytes', {
      size: Buffer.byteLength(key),
      maximum: MAX_KEY_BYTES,
    })
  if (key === '' || key.includes('\0') || !key.isWellFormed())
    throw new StoreError('InvalidObjectName', 'The key is empty or holds characters that cannot be stored')
}

const BUCKET_NAME = /^[a-z0-9](?:[a-z0-9.-]{1,61})[a-z0-9]$/
const IP_ADDRESS = /^\d+\.\d+\.\d+\.\d+$/

/**
 * Bucket name rules of the S3 user guide ("Bucket naming rules"): 3–63 characters, lower case, digits,
 * dots and hyphens, not an IPv4 address, no reserved affixes.
 * @throws StoreError InvalidBucketName
 */
export function checkBucketName(name: string): void {
  const bad =
    !BUCKET_NAME.test(name) ||
    name.includes('..') ||
    IP_ADDRESS.test(name) ||
    name.startsWith('xn--') ||
    name.startsWith('sthree-') ||
    name.endsWith('-s3alias') ||
    name.endsWith('--ol-s3')
  if (bad)
    throw new StoreError(
      'InvalidBucketName',
      'The bucket name is not valid: 3 to 63 lower-case letters, digits, dots or hyphens',
      { bucket: name },
    )
}
