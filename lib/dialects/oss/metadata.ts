import { StoreError } from '../../errors.ts'
import type { ObjectMetadata, Tags } from '../../store/model.ts'
import { decodePercent, encodePercent } from '../http/percent.ts'
import { isHeaderSafe, textToHeader } from '../http/text.ts'
import type { RequestFields } from './request-fields.ts'

const USER_PREFIX = 'x-oss-meta-'
/** All user metadata of an object (Aliyun, "PutObject"). */
const MAX_USER_METADATA_BYTES = 8192
const DEFAULT_CONTENT_TYPE = 'application/octet-stream'
const TOKEN = /^[a-z0-9!#$%&'*+.^_`|~-]+$/

/**
 * What a client stores beside the bytes.
 * @throws StoreError MetadataTooLarge
 */
export function readMetadata(fields: RequestFields): ObjectMetadata {
  return {
    contentType: fields.nonEmpty('content-type') ?? DEFAULT_CONTENT_TYPE,
    ...optional('cacheControl', fields.nonEmpty('cache-control')),
    ...optional('contentDisposition', fields.nonEmpty('content-disposition')),
    ...optional('contentEncoding', fields.nonEmpty('content-encoding')),
    ...optional('contentLanguage', fields.nonEmpty('content-language')),
    ...optional('expires', fields.nonEmpty('expires')),
    userMetadata: readUserMetadata(fields),
  }
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
    throw new StoreError('MetadataTooLarge', 'The user metadata is larger than 8 KB.', {
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
  for (const [name, value] of Object.entries(metadata.userMetadata))
    if (TOKEN.test(name)) put(USER_PREFIX + name, isHeaderSafe(value) ? value : encodePercent(value))
  return headers
}

/** `x-oss-tagging: a=1&b=2`, URL-encoded. @throws StoreError InvalidTag | InvalidUri */
export function readTaggingHeader(fields: RequestFields): Tags {
  const decode = (text: string): string => decodePercent(text.replaceAll('+', ' '))
  const pairs = (fields.get('x-oss-tagging') ?? '').split('&').filter((pair) => pair !== '')
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
  if (Object.keys(tags).length < pairs.length) throw new StoreError('InvalidTag', 'The tag key is repeated.')
  return tags
}
