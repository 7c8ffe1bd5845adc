import { StoreError } from '../../errors.ts'
import type { HttpRequest } from '../http/request.ts'

/** What a request says of its signature; nothing of it is believed yet. */
export interface SignatureClaim {
  carriedBy: 'header' | 'query' | 'form'
  accessKeyId: string
  /** `start;end` as written: it is part of what is signed */
  keyTime: string
  /** seconds since the epoch */
  start: number
  end: number
  /** names as the lists write them */
  headerList: readonly string[]
  parameterList: readonly string[]
  signature: string
}

/** The parameters of a signature, in a header as in a URL. They are never part of what is signed. */
const FIELDS = [
  'q-sign-algorithm',
  'q-ak',
  'q-sign-time',
  'q-key-time',
  'q-header-list',
  'q-url-param-list',
  'q-signature',
] as const
type Fields = ReadonlyMap<string, string>

/** Is this a parameter that carries the signature rather than being signed by it? */
export function isSignatureParameter(name: string): boolean {
  return name === 'sign' || name === 'x-cos-security-token' || (FIELDS as readonly string[]).includes(name)
}

/** Signatures of S3 and OSS in a URL. */
const FOREIGN =
  /(?:^|&)(?:X-Amz-Algorithm|X-Amz-Signature|AWSAccessKeyId|OSSAccessKeyId|x-oss-signature|x-oss-signature-version)=/i

/** Cheap look at whether a request is signed for COS. Never throws. */
export function speaksCos(request: HttpRequest): boolean {
  if (request.header('authorization')?.trimStart().startsWith('q-sign-algorithm=')) return true
  return /(?:^|&)(?:q-sign-algorithm=|sign=q-sign-algorithm(?:=|%3D))/i.test(request.rawQuery)
}

/**
 * The signature of a request: in the header, as seven parameters, or folded into one, `sign`, as the Go SDK does.
 * @returns undefined for an anonymous request
 * @throws StoreError AccessDenied (two of them, or one that lacks something) | InvalidUri
 */
export function readClaim(request: HttpRequest): SignatureClaim | undefined {
  const header = request.header('authorization')
  const inQuery = speaksQuery(request)
  if (header !== undefined && header !== '' && inQuery)
    throw malformed('The request is signed both in its header and in its URL.')
  if (inQuery) return claimOf(queryFields(request), 'query')
  // Only a port of COS's gets to see one: elsewhere it is that vendor's (recognise.ts). It is no anonymous request.
  if (FOREIGN.test(request.rawQuery)) throw malformed('it is signed for another service.')
  // The Python SDK sends an empty header with an anonymous request.
  if (header === undefined || header.trim() === '') return undefined
  return claimOf(splitFields(header.trim()), 'header')
}

/** @throws StoreError AccessDenied */
export function readFormClaim(fields: Fields): SignatureClaim | undefined {
  if (!fields.has('q-sign-algorithm') && !fields.has('q-signature')) return undefined
  // A form signs its policy: it has no lists, and its time is the key's (document 436/14690).
  return claimOf(fields, 'form')
}

function speaksQuery({ query }: HttpRequest): boolean {
  return query.has('q-sign-algorithm') || query.has('sign')
}

function queryFields({ query }: HttpRequest): Fields {
  const merged = query.get('sign')
  if (merged !== undefined) return splitFields(merged)
  return new Map(query.parameters.map(({ name, value }) => [name, value]))
}

/** Not decoded: escapes in the lists belong to the names. */
function splitFields(text: string): Fields {
  return new Map(
    text.split('&').map((pair) => {
      const equals = pair.indexOf('=')
      return equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)]
    }),
  )
}

function claimOf(fields: Fields, carriedBy: SignatureClaim['carriedBy']): SignatureClaim {
  const field = (name: (typeof FIELDS)[number]): string => fields.get(name) ?? ''
  const keyTime = field('q-key-time')
  const signTime = field('q-sign-time') || keyTime
  const signature = field('q-signature')
  if (field('q-sign-algorithm') !== 'sha1') throw malformed('q-sign-algorithm must be sha1.')
  if (field('q-ak') === '' || !/^[0-9a-f]{40}$/.test(signature))
    throw malformed('q-ak or q-signature is missing or malformed.')
  const key = readTime(keyTime)
  const sign = readTime(signTime)
  return {
    carriedBy,
    accessKeyId: field('q-ak'),
    keyTime,
    start: Math.max(key.start, sign.start),
    end: Math.min(key.end, sign.end),
    headerList: readList(field('q-header-list')),
    parameterList: readList(field('q-url-param-list')),
    signature,
  }
}

function readTime(text: string): { start: number; end: number } {
  const match = /^(\d{1,12});(\d{1,12})$/.exec(text)
  if (match === null) throw malformed('q-key-time and q-sign-time must be start;end in seconds.')
  return { start: Number(match[1]), end: Number(match[2]) }
}

function readList(text: string): string[] {
  return text
    .toLowerCase()
    .split(';')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

function malformed(reason: string): StoreError {
  return new StoreError(
    'AuthorizationHeaderMalformed',
    `The signature of the request is malformed: ${reason}`,
  )
}
