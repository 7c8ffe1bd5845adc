import type { ObjectMetadata } from '../../store/model.ts'
import { encodePercent } from '../http/percent.ts'
import {
  boundedUserMetadata,
  HEADER_NAME,
  putHeader,
  readStoredHeaders,
  storedHeaders,
} from '../http/stored-headers.ts'
import { isHeaderSafe } from '../http/text.ts'
import type { RequestFields } from './request-fields.ts'

const USER_PREFIX = 'x-oss-meta-'
/** All user metadata of an object (Aliyun, "PutObject"). */
const MAX_USER_METADATA_BYTES = 8192
const DEFAULT_CONTENT_TYPE = 'application/octet-stream'

/**
 * What a client stores beside the bytes.
 * @throws StoreError MetadataTooLarge
 */
export function readMetadata(fields: RequestFields): ObjectMetadata {
  return {
    ...readStoredHeaders((name) => fields.nonEmpty(name), DEFAULT_CONTENT_TYPE),
    userMetadata: readUserMetadata(fields),
  }
}

function readUserMetadata(fields: RequestFields): Record<string, string> {
  const entries = fields
    .startingWith(USER_PREFIX)
    .map(([header, value]) => [header.slice(USER_PREFIX.length), value] as const)
  return boundedUserMetadata(entries, MAX_USER_METADATA_BYTES, 'The user metadata is larger than 8 KB.')
}

/**
 * Headers of a read that give back what was stored. User metadata that no header can hold (stored through another door) is
 * percent-encoded, or left out where its name cannot be one.
 */
export function metadataHeaders(metadata: ObjectMetadata): Record<string, string> {
  const headers = storedHeaders(metadata, DEFAULT_CONTENT_TYPE)
  for (const [name, value] of Object.entries(metadata.userMetadata))
    if (HEADER_NAME.test(name))
      putHeader(headers, USER_PREFIX + name, isHeaderSafe(value) ? value : encodePercent(value))
  return headers
}
