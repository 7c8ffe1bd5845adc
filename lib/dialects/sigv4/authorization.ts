import { StoreError, type ErrorCode } from '../../errors.ts'
import { parseHttpDate, parseIsoBasic, formatIsoBasic } from '../http/dates.ts'
import type { HttpRequest } from '../http/request.ts'

/** What a SigV4 request claims about itself; nothing of it is believed before the signature is checked. */
export interface SignatureClaim {
  carriedBy: 'header' | 'query'
  accessKeyId: string
  /** yyyymmdd */
  date: string
  region: string
  service: string
  /** lower-case, in the order given */
  signedHeaders: string[]
  /** 64 hex digits */
  signature: string
  /** ISO basic, and the same in ms */
  timestamp: string
  time: number
  /** seconds a presigned URL lives */
  expires: number | undefined
}

export const ALGORITHM = 'AWS4-HMAC-SHA256'
const TERMINATOR = 'aws4_request'
/** Seven days, the longest life of a presigned URL (S3, "Authenticating Requests: Using Query Parameters"). */
const MAX_EXPIRES_SECONDS = 604_800
const SIGNATURE = /^[0-9a-f]{64}$/
const HEADER_NAMES = /^[a-z0-9!#$%&'*+.^_`|~-]+(?:;[a-z0-9!#$%&'*+.^_`|~-]+)*$/
const QUERY_CLAIM = /(?:^|&)X-Amz-(?:Algorithm|Credential|Signature)=/i

/** Does the request carry a SigV4 signature in its query? */
export function isPresigned(request: HttpRequest): boolean {
  return QUERY_CLAIM.test(request.rawQuery)
}

/**
 * Reads `Authorization: AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`.
 * @throws StoreError AuthorizationHeaderMalformed | AccessDenied (no usable date)
 */
export function readAuthorizationHeader(request: HttpRequest, header: string): SignatureClaim {
  const fields = parseFields(header.slice(ALGORITHM.length))
  const malformed = 'AuthorizationHeaderMalformed'
  const credential = parseCredential(required(fields.get('Credential'), 'Credential', malformed), malformed)
  const { timestamp, time } = headerTime(request)
  return checkDate(
    {
      carriedBy: 'header',
      ...credential,
      signedHeaders: parseSignedHeaders(
        required(fields.get('SignedHeaders'), 'SignedHeaders', malformed),
        malformed,
      ),
      signature: parseSignature(required(fields.get('Signature'), 'Signature', malformed), malformed),
      timestamp,
      time,
      expires: undefined,
    },
    malformed,
  )
}

/**
 * Reads the X-Amz-* parameters of a presigned URL.
 * @throws StoreError AuthorizationQueryParametersError
 */
export function readPresignedQuery(request: HttpRequest): SignatureClaim {
  const malformed = 'AuthorizationQueryParametersError'
  const parameter = (name: string): string => onlyParameter(request, name)
  if (parameter('X-Amz-Algorithm') !== ALGORITHM)
    throw new StoreError(malformed, `X-Amz-Algorithm only supports "${ALGORITHM}"`)
  const credential = parseCredential(parameter('X-Amz-Credential'), malformed)
  const timestamp = parameter('X-Amz-Date')
  const time = parseIsoBasic(timestamp)
  if (time === undefined)
    throw new StoreError(malformed, "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"")
  return checkDate(
    {
      carriedBy: 'query',
      ...credential,
      signedHeaders: parseSignedHeaders(parameter('X-Amz-SignedHeaders'), malformed),
      signature: parseSignature(parameter('X-Amz-Signature'), malformed),
      timestamp,
      time,
      expires: parseExpires(parameter('X-Amz-Expires')),
    },
    malformed,
  )
}

/** A repeated parameter could be read one way here and another way by a proxy's filter. */
function onlyParameter(request: HttpRequest, name: string): string {
  const values = request.query.parameters.filter((parameter) => parameter.name === name)
  const [only] = values
  if (only === undefined || only.value === '' || values.length > 1)
    throw new StoreError(
      'AuthorizationQueryParametersError',
      'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
      { argument: name },
    )
  return only.value
}

function parseFields(text: string): Map<string, string> {
  const fields = new Map<string, string>()
  for (const field of text.split(',')) {
    const equals = field.indexOf('=')
    if (equals > 0) fields.set(field.slice(0, equals).trim(), field.slice(equals + 1).trim())
  }
  return fields
}

function required(value: string | undefined, name: string, code: ErrorCode): string {
  if (value) return value
  throw new StoreError(code, `The authorization header is malformed; ${name} is missing.`)
}

function parseCredential(text: string, code: ErrorCode) {
  const parts = text.split('/')
  const [date, region, service, terminator] = parts.slice(-4)
  const accessKeyId = parts.slice(0, -4).join('/')
  if (
    !date ||
    !region ||
    !service ||
    terminator !== TERMINATOR ||
    accessKeyId === '' ||
    !/^\d{8}$/.test(date)
  )
    throw new StoreError(
      code,
      'The Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    )
  return { accessKeyId, date, region, service }
}

function parseSignedHeaders(text: string, code: ErrorCode): string[] {
  if (!HEADER_NAMES.test(text))
    throw new StoreError(code, 'SignedHeaders must be lower-case header names joined by semicolons.')
  return text.split(';')
}

function parseSignature(text: string, code: ErrorCode): string {
  if (!SIGNATURE.test(text)) throw new StoreError(code, 'The Signature must be 64 lower-case hex digits.')
  return text
}

function parseExpires(text: string): number {
  const code = 'AuthorizationQueryParametersError'
  if (!/^\d{1,10}$/.test(text)) throw new StoreError(code, 'X-Amz-Expires should be a number')
  const seconds = Number(text)
  if (seconds > MAX_EXPIRES_SECONDS)
    throw new StoreError(
      code,
      'X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds',
    )
  if (seconds < 1) throw new StoreError(code, 'X-Amz-Expires must be non-negative')
  return seconds
}

/** x-amz-date wins over Date, which browsers and proxies set themselves. */
function headerTime(request: HttpRequest): { timestamp: string; time: number } {
  const header = request.header('x-amz-date') ?? request.header('date') ?? ''
  const basic = parseIsoBasic(header)
  if (basic !== undefined) return { timestamp: header, time: basic }
  const time = parseHttpDate(header)
  if (time === undefined)
    throw new StoreError('AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header')
  return { timestamp: formatIsoBasic(time), time }
}

/** The scope's day must be the request's: signing keys are made per day. */
function checkDate(claim: SignatureClaim, code: ErrorCode): SignatureClaim {
  if (claim.timestamp.startsWith(claim.date)) return claim
  throw new StoreError(
    code,
    `Invalid credential date "${claim.date}". This date is not the same as X-Amz-Date: "${claim.timestamp.slice(0, 8)}".`,
  )
}
