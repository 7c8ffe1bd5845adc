import { StoreError } from '../../errors.ts'
import type { ObjectMetadata, Tags } from '../../store/model.ts'
import { decodePercent, encodePercent } from '../http/percent.ts'
import { isHeaderSafe, textToHeader } from '../http/text.ts'
import type { RequestFields } from './request-fields.ts'

const USER_PREFIX = 'x-cos-meta-'
/** Document 436/7749, "PUT Object": user-defined metadata up to 2 KB. */
const MAX_USER_METADATA_BYTES = 2048
const DEFAULT_CONTENT_TYPE = 'application/octet-stream'
const TOKEN = /^[a-z0-9!#$%&'*+.^_`|~-]+$/

/**
 * What a client stores beside the bytes.
 * @throws StoreError MetadataTooLarge
 */
export function readMetadata(fields: RequestFields): ObjectMetadata {
  return {
    contentType: fields.get('content-type') ?? DEFAULT_CONTENT_TYPE,
    ...optional('cacheControl', fields.get('cache-control')),
    ...optional('contentDisposition', fields.get('content-disposition')),
    ...optional('contentEncoding', fields.get('content-encoding')),
    ...optional('contentLanguage', fields.get('content-language')),
    ...optional('expires', fields.get('expires')),
    ...optional('websiteRedirectLocation', readRedirect(fields)),
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

function optional<K extends keyof ObjectMetadata>(name: K, value: string | undefined): { [P in K]?: string } {
  return (value === undefined ? {} : { [name]: value }) as { [P in K]?: string }
}

function readUserMetadata(fields: RequestFields): Record<string, string> {
  const entries = fields
    .startingWith(USER_PREFIX)
    .map(([header, value]) => [header.slice(USER_PREFIX.length), value] as const)
    .filter(([name]) => name !== '')
  const size = entries.reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value),
    0,
  )
  if (size > MAX_USER_METADATA_BYTES)
    throw new StoreError('MetadataTooLarge', 'The user-defined metadata is larger than 2 KB', {
      size,
      maximum: MAX_USER_METADATA_BYTES,
    })
  return Object.fromEntries(entries)
}

/**
 * Headers of a read that give back what was stored. User metadata that no header can hold (stored through another door) is
 * percent-encoded, or left out where its name cannot be one.
 */
export function metadataHeaders(metadata: ObjectMetadata): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': DEFAULT_CONTENT_TYPE }
  const put = (name: string, value: string | undefined): void => {
    if (value !== undefined && isHeaderSafe(value)) headers[name] = textToHeader(value)
  }
  put('content-type', metadata.contentType)
  put('cache-control', metadata.cacheControl)
  put('content-disposition', metadata.contentDisposition)
  put('content-encoding', metadata.contentEncoding)
  put('content-language', metadata.contentLanguage)
  put('expires', metadata.expires)
  put('x-cos-website-redirect-location', metadata.websiteRedirectLocation)
  for (const [name, value] of Object.entries(metadata.userMetadata))
    if (TOKEN.test(name)) put(USER_PREFIX + name, isHeaderSafe(value) ? value : encodePercent(value))
  return headers
}

/** `x-cos-tagging: a=1&b=2`, URL-encoded. @throws StoreError InvalidTag | InvalidUri */
export function readTaggingHeader(header: string | undefined): Tags {
  if (header === undefined) return {}
  const decode = (text: string): string => decodePercent(text.replaceAll('+', ' '))
  const pairs = header.split('&').filter((pair) => pair !== '')
  return uniqueTags(
    pairs.map((pair) => {
      const equals = pair.indexOf('=')
      return equals < 0 ? [decode(pair), ''] : [decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))]
    }),
  )
}

/** Tags as the store takes them; a repeated key would vanish on the way. @throws StoreError InvalidTag */
export function uniqueTags(pairs: readonly (readonly [key: string, value: string])[]): Tags {
  const tags = Object.fromEntries(pairs)
  if (Object.keys(tags).length < pairs.length)
    throw new StoreError('InvalidTag', 'Cannot provide multiple Tags with the same key')
  return tags
}
