import { StoreError } from '../../errors.ts'
import type { RequestHeaders } from './request-headers.ts'

/** S3's words (S3 API reference, PutObject); all of them lie on the same disks, and two must be restored before reading. */
const STORAGE_CLASSES: ReadonlySet<string> = new Set([
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER_IR',
  'GLACIER',
  'DEEP_ARCHIVE',
])

/** @throws StoreError InvalidArgument (no word) | NotImplemented (a word for classes that are not here) */
export function readStorageClass(headers: RequestHeaders): string | undefined {
  const storageClass = headers.get('x-amz-storage-class')
  if (storageClass === undefined || STORAGE_CLASSES.has(storageClass)) return storageClass
  if (/^[A-Z_]{3,20}$/.test(storageClass))
    throw new StoreError('NotImplemented', 'The storage class you specified is not implemented.', {
      value: storageClass,
    })
  throw new StoreError('InvalidArgument', 'The storage class you specified is not valid', {
    argument: 'x-amz-storage-class',
    value: storageClass,
  })
}

/** ACLs that grant nobody anything beyond the owner. */
const OWNER_ONLY: ReadonlySet<string> = new Set(['private', 'bucket-owner-full-control', 'bucket-owner-read'])

/**
 * Headers that ask for something which does not exist here. Ignoring one would store an object less protected,
 * or otherwise, than its writer believes.
 * @throws StoreError NotImplemented
 */
export function checkWriteHeaders(headers: RequestHeaders): void {
  const acl = headers.get('x-amz-acl')
  if ((acl !== undefined && !OWNER_ONLY.has(acl)) || begins(headers, 'x-amz-grant-'))
    throw new StoreError(
      'NotImplemented',
      'Access control lists are not implemented; objects belong to the bucket owner.',
    )
  if (headers.has('x-amz-write-offset-bytes'))
    throw new StoreError('NotImplemented', 'Appending to objects is not implemented.')
}

function begins(headers: RequestHeaders, prefix: string): boolean {
  return !headers.startingWith(prefix).next().done
}
