import { StoreError } from '../../errors.ts'
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

const USER_PREFIX = 'x-cos-meta-'
/** Document 436/7749, "PUT Object": user-defined metadata up to 2 KB. */
const MAX_USER_METADATA_BYTES = 2048
const DEFAULT_CONTENT_TYPE = 'application/octet-stream'

/**
 * What a client stores beside the bytes.
 * @throws StoreError MetadataTooLarge
 */
export function readMetadata(fields: RequestFields): ObjectMetadata {
  const redirect = readRedirect(fields)
  return {
    ...readStoredHeaders((name) => fields.get(name), DEFAULT_CONTENT_TYPE),
    ...(redirect !== undefined && { websiteRedirectLocation: redirect }),
    userMetadata: readUserMetadata(fields),
  }
}

function readRedirect(fields: RequestFields): string | undefined {
  const name = 'x-cos-website-redirect-location'
  const redirect = fields.get(name)
  if (redirect !== undefined && (!/^(?:\/|https?:\/\/)/.test(redirect) || !isHeaderSafe(redirect)))
    throw new StoreError('InvalidArgument', `${name} must begin with /, http:// or https://`, {
      argument: name,
    })
  return redirect
}

function readUserMetadata(fields: RequestFields): Record<string, string> {
  const entries = fields
    .startingWith(USER_PREFIX)
    .map(([header, value]) => [header.slice(USER_PREFIX.length), value] as const)
  return boundedUserMetadata(
    entries,
    MAX_USER_METADATA_BYTES,
    'The user-defined metadata is larger than 2 KB',
  )
}

/**
 * Headers of a read that give back what was stored. User metadata that no header can hold (stored through another door) is
 * percent-encoded, or left out where its name cannot be one.
 */
export function metadataHeaders(metadata: ObjectMetadata): Record<string, string> {
  const headers = storedHeaders(metadata, DEFAULT_CONTENT_TYPE)
  putHeader(headers, 'x-cos-website-redirect-location', metadata.websiteRedirectLocation)
  for (const [name, value] of Object.entries(metadata.userMetadata))
    if (HEADER_NAME.test(name))
      putHeader(headers, USER_PREFIX + name, isHeaderSafe(value) ? value : encodePercent(value))
  return headers
}
