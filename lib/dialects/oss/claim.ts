import { StoreError } from '../../errors.ts'
import { parseHttpDate, parseIsoBasic } from '../http/dates.ts'
import type { HttpRequest } from '../http/request.ts'
import { decodeBase64 } from '../http/text.ts'

/** What a request says of its signature; nothing of it is believed yet. */
export type SignatureClaim = V1Claim | V4Claim

interface CommonClaim {
  carriedBy: 'header' | 'query' | 'form'
  accessKeyId: string
  signature: Buffer
}

export interface V1Claim extends CommonClaim {
  version: 1
  /** the line DATE of what is signed, in the order in which they are tried */
  dates: readonly string[]
  /** ms; undefined for forms, whose policy has the time */
  time: number | undefined
  /** a link's end, ms */
  expiresAt: number | undefined
}

export interface V4Claim extends CommonClaim {
  version: 4
  /** yyyymmdd */
  day: string
  region: string
  /** oss, oss-cloudbox */
  product: string
  /** lower-case, as given */
  additionalHeaders: readonly string[]
  /** as written, ISO basic */
  timestamp: string
  time: number
  expiresAt: number | undefined
}

export const V4_ALGORITHM = 'OSS4-HMAC-SHA256'
const TERMINATOR = 'aliyun_v4_request'
/** Seven days (Aliyun, "Include a V4 signature in a URL"). */
const MAX_EXPIRES_SECONDS = 604_800

const HEADER = /^(?:OSS|OSS2|OSS4-HMAC-SHA256) /
const QUERY =
  /(?:^|&)(?:OSSAccessKeyId|x-oss-signature-version|x-oss-credential|x-oss-signature|x-oss-access-key-id)=/

/** Signatures of S3 and COS in a URL. */
const FOREIGN =
  /(?:^|&)(?:X-Amz-Algorithm=|X-Amz-Signature=|AWSAccessKeyId=|q-sign-algorithm=|sign=q-sign-algorithm(?:=|%3D))/i

/** Cheap look at whether a request is signed for OSS. Never throws. */
export function speaksOss(request: HttpRequest): boolean {
  return HEADER.test(request.header('authorization') ?? '') || QUERY.test(request.rawQuery)
}

/**
 * @returns undefined for an anonymous request
 * @throws StoreError AuthorizationHeaderMalformed | AuthorizationQueryParametersError | AccessDenied | InvalidArgument (two
 *   of them) | InvalidUri
 */
export function readClaim(request: HttpRequest): SignatureClaim | undefined {
  const header = request.header('authorization')
  const inQuery = QUERY.test(request.rawQuery)
  if (header !== undefined && inQuery)
    throw new StoreError(
      'InvalidArgument',
      'Only one auth mechanism allowed: the signature is both in the header and in the URL.',
    )
  if (inQuery) return readQuery(request)
  // Only a port of OSS's gets to see one: elsewhere it is that vendor's (recognise.ts). It is no anonymous request.
  if (FOREIGN.test(request.rawQuery)) throw malformedQuery('it is signed for another service.')
  if (header === undefined || header === '') return undefined
  if (header.startsWith(`${V4_ALGORITHM} `)) return readV4Header(request, header)
  if (header.startsWith('OSS ')) return readV1Header(request, header)
  throw malformed('use OSS (version 1) or OSS4-HMAC-SHA256 (version 4).')
}

/** `OSS <AccessKeyId>:<signature>` */
function readV1Header(request: HttpRequest, header: string): V1Claim {
  const [, accessKeyId, signature] = /^OSS +([^:\s]+):(\S+)$/.exec(header) ?? []
  const bytes = decodeBase64(signature ?? '', 20)
  if (accessKeyId === undefined || bytes === undefined) throw malformed('expecting OSS <id>:<signature>.')
  const dates = [request.header('x-oss-date'), request.header('date')].filter(
    (date) => date !== undefined && date !== '',
  ) as string[]
  const time = parseHttpDate(dates[0] ?? '')
  if (time === undefined)
    throw new StoreError('AccessDenied', 'OSS authentication requires a valid Date or x-oss-date header.')
  return {
    version: 1,
    carriedBy: 'header',
    accessKeyId,
    signature: bytes,
    dates,
    time,
    expiresAt: undefined,
  }
}

/** `OSS4-HMAC-SHA256 Credential=…,AdditionalHeaders=a;b,Signature=…`, its fields in any order, with blanks or without. */
function readV4Header(request: HttpRequest, header: string): V4Claim {
  const fields = new Map(
    header
      .slice(V4_ALGORITHM.length)
      .split(',')
      .map((field): [string, string] => {
        const equals = field.indexOf('=')
        return [field.slice(0, Math.max(equals, 0)).trim(), field.slice(equals + 1).trim()]
      }),
  )
  const timestamp = request.header('x-oss-date') ?? ''
  const time = parseIsoBasic(timestamp) ?? parseHttpDate(timestamp || (request.header('date') ?? ''))
  if (time === undefined)
    throw new StoreError('AccessDenied', 'OSS authentication requires a valid x-oss-date header.')
  return v4Claim('header', malformed, {
    credential: fields.get('Credential'),
    signature: fields.get('Signature'),
    additionalHeaders: fields.get('AdditionalHeaders'),
    timestamp,
    time,
    expiresAt: undefined,
  })
}

function readQuery(request: HttpRequest): SignatureClaim {
  const { query } = request
  const names = query.parameters.map(({ name }) => name)
  if (new Set(names).size < names.length)
    // A repeated parameter could be read one way here and another way by a proxy's filter.
    throw malformedQuery('a parameter is repeated.')
  if (!query.has('OSSAccessKeyId')) return readV4Query(request)
  const accessKeyId = query.get('OSSAccessKeyId')
  const expires = query.get('Expires') ?? ''
  const signature = decodeBase64(query.get('Signature') ?? '', 20)
  if (!accessKeyId || !/^\d{1,11}$/.test(expires) || signature === undefined)
    throw malformedQuery('OSSAccessKeyId, Expires and Signature are required.')
  const expiresAt = Number(expires) * 1000
  return {
    version: 1,
    carriedBy: 'query',
    accessKeyId,
    signature,
    dates: [expires],
    time: undefined,
    expiresAt,
  }
}

function readV4Query({ query }: HttpRequest): V4Claim {
  if (query.get('x-oss-signature-version') !== V4_ALGORITHM)
    throw malformedQuery(`x-oss-signature-version must be ${V4_ALGORITHM}.`)
  const timestamp = query.get('x-oss-date') ?? ''
  const time = parseIsoBasic(timestamp)
  const expires = query.get('x-oss-expires') ?? ''
  const seconds = Number(expires)
  if (time === undefined || !/^\d{1,10}$/.test(expires) || seconds < 1 || seconds > MAX_EXPIRES_SECONDS)
    throw malformedQuery('x-oss-date and x-oss-expires (1 to 604800 seconds) are required.')
  return v4Claim('query', malformedQuery, {
    credential: query.get('x-oss-credential'),
    signature: query.get('x-oss-signature'),
    additionalHeaders: query.get('x-oss-additional-headers'),
    timestamp,
    time,
    expiresAt: time + seconds * 1000,
  })
}

/**
 * The signature of an upload form, over its policy.
 * @param fields names lower-case
 * @returns undefined for an anonymous form
 * @throws StoreError AuthorizationHeaderMalformed
 */
export function readFormClaim(fields: ReadonlyMap<string, string>): SignatureClaim | undefined {
  const accessKeyId = fields.get('ossaccesskeyid')
  if (accessKeyId !== undefined) {
    const signature = decodeBase64(fields.get('signature') ?? '', 20)
    if (signature === undefined || accessKeyId === '') throw malformed('the form has no usable Signature.')
    return {
      version: 1,
      carriedBy: 'form',
      accessKeyId,
      signature,
      dates: [],
      time: undefined,
      expiresAt: undefined,
    }
  }
  if (fields.get('x-oss-signature-version') === undefined && fields.get('x-oss-signature') === undefined)
    return undefined
  if (fields.get('x-oss-signature-version') !== V4_ALGORITHM)
    throw malformed(`x-oss-signature-version must be ${V4_ALGORITHM}.`)
  const timestamp = fields.get('x-oss-date') ?? ''
  const time = parseIsoBasic(timestamp)
  if (time === undefined) throw malformed('the form has no usable x-oss-date.')
  return v4Claim('form', malformed, {
    credential: fields.get('x-oss-credential'),
    signature: fields.get('x-oss-signature'),
    additionalHeaders: undefined,
    timestamp,
    time,
    expiresAt: undefined,
  })
}

interface V4Fields {
  credential: string | undefined
  signature: string | undefined
  additionalHeaders: string | undefined
  timestamp: string
  time: number
  expiresAt: number | undefined
}

function v4Claim(
  carriedBy: CommonClaim['carriedBy'],
  refuse: (reason: string) => StoreError,
  fields: V4Fields,
): V4Claim {
  const [accessKeyId, day, region, product, terminator, ...more] = (fields.credential ?? '').split('/')
  const named = accessKeyId && day && region && product
  if (!named || terminator !== TERMINATOR || more.length > 0)
    throw refuse(`Credential must be <id>/<yyyymmdd>/<region>/oss/${TERMINATOR}.`)
  if (product !== 'oss' && product !== 'oss-cloudbox') throw refuse('the product of Credential must be oss.')
  if (!/^\d{8}$/.test(day) || new Date(fields.time).toISOString().replaceAll('-', '').slice(0, 8) !== day)
    throw refuse('the date of Credential is not that of x-oss-date.')
  if (!/^[0-9a-f]{64}$/.test(fields.signature ?? '')) throw refuse('Signature must be 64 hex digits.')
  const { additionalHeaders = '', timestamp, time, expiresAt } = fields
  return {
    version: 4,
    carriedBy,
    accessKeyId,
    day,
    region,
    product,
    additionalHeaders: additionalHeaders.toLowerCase().split(';').filter(Boolean),
    signature: Buffer.from(fields.signature!, 'hex'),
    timestamp,
    time,
    expiresAt,
  }
}

function malformed(reason: string): StoreError {
  return new StoreError('AuthorizationHeaderMalformed', `The authorization is malformed: ${reason}`)
}

function malformedQuery(reason: string): StoreError {
  return new StoreError('AuthorizationQueryParametersError', `The signed URL is malformed: ${reason}`)
}
