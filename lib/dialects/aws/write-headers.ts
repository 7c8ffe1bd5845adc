import { StoreError } from '../../errors.ts'
import type { RequestHeaders } from './request-headers.ts'

/**
 * Headers that ask for something which does not exist here. Ignoring one would store an object less protected,
 * or otherwise, than its writer believes.
 * @throws StoreError NotImplemented
 */
export function checkWriteHeaders(headers: RequestHeaders): void {
  if (headers.has('x-amz-write-offset-bytes'))
    throw new StoreError('NotImplemented', 'Appending to objects is not implemented.')
}
