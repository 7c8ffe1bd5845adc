import { isStoreError, StoreError } from '../../errors.ts'
import type { Tags } from '../../store/model.ts'
import { readTaggingHeader } from '../http/tagging-header.ts'
import type { RequestHeaders } from './request-headers.ts'

const HEADER = 'x-amz-tagging'
/** S3 user guide, "Categorizing your storage using tags" */
const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u

/** Tags of the object to be. @throws StoreError InvalidTag | InvalidArgument (not URL-encoded) */
export function readTags(headers: RequestHeaders): Tags {
  const header = headers.get(HEADER)
  try {
    return checkedTags(readTaggingHeader(header))
  } catch (error) {
    if (!isStoreError(error) || error.code !== 'InvalidUri') throw error
    throw new StoreError(
      'InvalidArgument',
      `The header '${HEADER}' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.`,
      { argument: HEADER, value: header },
    )
  }
}

/** What S3 does not take; other families have rules of their own. @throws StoreError InvalidTag */
export function checkedTags(tags: Tags): Tags {
  for (const [key, value] of Object.entries(tags)) {
    if (key.startsWith('aws:'))
      throw new StoreError('InvalidTag', 'System tags cannot be added/updated by requester')
    if (!ALLOWED.test(key)) throw new StoreError('InvalidTag', 'The TagKey you have provided is invalid')
    if (!ALLOWED.test(value)) throw new StoreError('InvalidTag', 'The TagValue you have provided is invalid')
  }
  return tags
}
