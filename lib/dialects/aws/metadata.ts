import { StoreError } from '../../errors.ts'
import type { ObjectMetadata } from '../../store/model.ts'
import {
  boundedUserMetadata,
  HEADER_NAME,
  putHeader,
  readStoredHeaders,
  storedHeaders,
} from '../http/stored-headers.ts'
import { headerToText, isHeaderSafe } from '../http/text.ts'
import type { RequestHeaders } from './request-headers.ts'

const USER_PREFIX = 'x-amz-meta-'
const MAX_USER_METADATA_BYTES = 2048
const DEFAULT_CONTENT_TYPE = 'binary/octet-stream'
const PLAIN = /^[\x20-\x7e]*$/

/**
 * What a client stores beside the bytes.
 * @throws StoreError MetadataTooLarge | InvalidArgument
 */
export function readMetadata(headers: RequestHeaders): ObjectMetadata {
  const { location } = readRedirect(headers)
  return {
    ...readStoredHeaders((name) => textHeader(headers, name), DEFAULT_CONTENT_TYPE),
    ...(location !== undefined && { websiteRedirectLocation: location }),
    userMetadata: readUserMetadata(headers),
  }
}

/** @throws StoreError InvalidArgument */
export function readRedirect(headers: RequestHeaders): { location?: string } {
  const name = 'x-amz-website-redirect-location'
  const redirect = headers.get(name)
  // hoisted into a query, it may hold what no header can
  if (redirect !== undefined && (!/^(?:\/|https?:\/\/)/.test(redirect) || !isHeaderSafe(redirect)))
    throw new StoreError(
      'InvalidArgument',
      "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.",
      { argument: name },
    )
  return redirect === undefined ? {} : { location: headerToText(redirect) }
}

function textHeader(headers: RequestHeaders, name: string): string | undefined {
  const sent = headers.sent(name)
  const value = name === 'content-encoding' ? withoutFraming(sent) : sent
  return value === undefined || value === '' ? undefined : headerToText(value)
}

/** `aws-chunked` describes the transfer, not the object (aws-s3.md §1.3); without it the header stays as it was sent. */
function withoutFraming(contentEncoding: string | undefined): string | undefined {
  if (contentEncoding === undefined) return undefined
  const codings = contentEncoding.split(',').map((coding) => coding.trim())
  const ofObject = codings.filter((coding) => coding.toLowerCase() !== 'aws-chunked')
  if (ofObject.length === codings.length) return contentEncoding
  return ofObject.filter((coding) => coding !== '').join(', ')
}

function readUserMetadata(headers: RequestHeaders): Record<string, string> {
  const entries = [...headers.startingWith(USER_PREFIX)].map(
    ([header, raw]) => [header.slice(USER_PREFIX.length), decodeWords(headerToText(raw))] as const,
  )
  return boundedUserMetadata(
    entries,
    MAX_USER_METADATA_BYTES,
    'Your metadata headers exceed the maximum allowed metadata size',
  )
}

/**
 * Headers of a read that give back what was stored. User metadata whose names cannot be header names are
 * counted, as S3 does; values that would end a header line (stored through another door) are left out.
 */
export function metadataHeaders(metadata: ObjectMetadata): Record<string, string> {
  const headers = storedHeaders(metadata, DEFAULT_CONTENT_TYPE)
  putHeader(headers, 'x-amz-website-redirect-location', metadata.websiteRedirectLocation)
  let missing = 0
  for (const [name, value] of Object.entries(metadata.userMetadata)) {
    if (HEADER_NAME.test(name)) headers[USER_PREFIX + name] = encodeWord(value)
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
