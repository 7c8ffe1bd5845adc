import { StoreError } from '../../errors.ts'
import type { RequestHeaders } from './request-headers.ts'

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
