import { StoreError } from '../../errors.ts'
import type { ObjectMetadata, Tags } from '../../store/model.ts'
import { decodePercent } from '../http/percent.ts'
import { headerToText, isHeaderSafe, textToHeader } from '../http/text.ts'
import type { RequestHeaders } from './request-headers.ts'

const USER_PREFIX = 'x-amz-meta-'
const MAX_USER_METADATA_BYTES = 2048
const DEFAULT_CONTENT_TYPE = 'binary/octet-stream'
const TOKEN = /^[a-z0-9!#$%&'*+.^_`|~-]+$/
const PLAIN = /^[\x20-\x7e]*$/

/**
 * What a client stores beside the bytes.
 * @throws StoreError MetadataTooLarge | InvalidArgument
 */
export function readMetadata(headers: RequestHeaders): ObjectMetadata {
  const contentEncoding = withoutFraming(headers.sent('content-encoding'))
  const redirect = readRedirect(headers)
  return {
    contentType: textHeader(headers, 'content-type') ?? DEFAULT_CONTENT_TYPE,
    ...optional('cacheControl', textHeader(headers, 'cache-control')),
    ...optional('contentDisposition', textHeader(headers, 'content-disposition')),
    ...optional('contentEncoding', contentEncoding),
    ...optional('contentLanguage', textHeader(headers, 'content-language')),
    ...optional('expires', textHeader(headers, 'expires')),
    ...optional('websiteRedirectLocation', redirect),
    userMetadata: readUserMetadata(headers),
  }
}

function readRedirect(headers: RequestHeaders): string | undefined {
  const name = 'x-amz-website-redirect-location'
  const redirect = headers.get(name)
  // hoisted into a query, it may hold what no header can
  if (redirect !== undefined && (!/^(?:\/|https?:\/\/)/.test(redirect) || !isHeaderSafe(redirect)))
    throw new StoreError(
      'InvalidArgument',
      "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.",
      { argument: name },
    )
  return redirect === undefined ? undefined : headerToText(redirect)
}

function optional<K extends keyof ObjectMetadata>(name: K, value: string | undefined): { [P in K]?: string } {
  return (value === undefined ? {} : { [name]: value }) as { [P in K]?: string }
}

function textHeader(headers: RequestHeaders, name: string): string | undefined {
  const value = headers.sent(name)
  return value === undefined || value === '' ? undefined : headerToText(value)
}

/** `aws-chunked` describes the transfer, not the object (aws-s3.md §1.3). */
function withoutFraming(contentEncoding: string | undefined): string | undefined {
  if (contentEncoding === undefined) return undefined
  const codings = contentEncoding.split(',').map((coding) => coding.trim())
  return (
    headerToText(
      codings.filter((coding) => coding !== '' && coding.toLowerCase() !== 'aws-chunked').join(', '),
    ) || undefined
  )
}

function readUserMetadata(headers: RequestHeaders): Record<string, string> {
  const entries: [string, string][] = []
  let size = 0
  for (const [header, raw] of headers.startingWith(USER_PREFIX)) {
    const name = header.slice(USER_PREFIX.length)
    const value = decodeWords(headerToText(raw))
    size += Buffer.byteLength(name) + Buffer.byteLength(value)
    if (name !== '') entries.push([name, value])
  }
  if (size > MAX_USER_METADATA_BYTES)
    throw new StoreError(
      'MetadataTooLarge',
      'Your metadata headers exceed the maximum allowed metadata size',
      { size, maximum: MAX_USER_METADATA_BYTES },
    )
  return Object.fromEntries(entries)
}

/**
 * Headers of a read that give back what was stored. User metadata whose names cannot be header names are
 * counted, as S3 does; values that would end a header line (stored through another door) are left out.
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
  put('x-amz-website-redirect-location', metadata.websiteRedirectLocation)
  let missing = 0
  for (const [name, value] of Object.entries(metadata.userMetadata)) {
    if (TOKEN.test(name)) headers[USER_PREFIX + name] = encodeWord(value)
    else missing++
  }
  if (missing > 0) headers['x-amz-missing-meta'] = String(missing)
  return headers
}

/**
 * RFC 2047 encoded words, in which S3 takes and gives user metadata that is not plain ASCII (S3 user guide,
 * "Working with object metadata"). Control characters are encoded too, so none can end a header line.
 */
function encodeWord(value: string): string {
  return PLAIN.test(value) ? value : `=?UTF-8?B?${Buffer.from(value).toString('base64')}?=`
}

const ENCODED_WORD = /=\?utf-8\?([bq])\?([^?\s]*)\?=(?:[ \t]+(?==\?utf-8\?[bq]\?))?/gi

export function decodeWords(value: string): string {
  if (!value.includes('=?')) return value
  return value.replace(ENCODED_WORD, (word, kind: string, text: string) => decodeWord(kind, text) ?? word)
}

function decodeWord(kind: string, text: string): string | undefined {
  const bytes = kind.toLowerCase() === 'b' ? Buffer.from(text, 'base64') : decodeQ(text)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function decodeQ(text: string): Buffer {
  const latin1 = text
    .replaceAll('_', ' ')
    .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(latin1, 'latin1')
}

/** `x-amz-tagging: a=1&b=2`, URL-encoded. @throws StoreError InvalidTag | InvalidArgument */
export function readTaggingHeader(header: string | undefined): Tags {
  if (header === undefined || header === '') return {}
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
