import { createHash, createHmac } from 'node:crypto'
import { formatIsoBasic } from '../http/dates.ts'
import { HttpRequest } from '../http/request.ts'
import type { RawRequest } from '../raw.ts'
import { readAuthorizationHeader, readPresignedQuery } from '../sigv4/authorization.ts'
import { canonicalRequest, deriveSigningKey, stringToSign } from '../sigv4/signature.ts'
import type { AccountLookup } from '../sigv4/verifier.ts'
import { rawRequest } from './raw-request.ts'

/**
 * Signs requests that no SDK would make: wrong times, odd scopes, headers left out. The signing itself is
 * proved by AWS's vectors and by recorded requests of real clients.
 */
export const ACCESS_KEY_ID = 'AKIAIOSFODNN7EXAMPLE'
export const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
export const NOW = Date.UTC(2026, 10, 21, 12)

export const accounts: AccountLookup = {
  credentials: async (accessKeyId) =>
    accessKeyId === ACCESS_KEY_ID
      ? {
          secretAccessKey: SECRET,
          caller: {
            kind: 'member',
            userId: 'user-1',
            projectId: 'project-1',
            role: 'owner',
            account: '111122223333',
            accessKeyId,
          },
        }
      : undefined,
}

export interface SignOptions {
  method?: string
  url?: string
  headers?: Record<string, string>
  body?: Buffer | string
  /** default: the body's hash in a header, UNSIGNED-PAYLOAD in a query */
  payloadHash?: string
  time?: number
  date?: string
  region?: string
  service?: string
  accessKeyId?: string
  secret?: string
  /** headers to leave unsigned */
  unsigned?: string[]
  secure?: boolean
  loopback?: boolean
}

export function signed(options: SignOptions = {}): RawRequest {
  const { method = 'GET', url = '/', body = '', unsigned = [] } = options
  const timestamp = formatIsoBasic(options.time ?? NOW)
  const payloadHash = options.payloadHash ?? createHash('sha256').update(body).digest('hex')
  const headers: Record<string, string> = {
    host: 'localhost:9000',
    'x-amz-date': timestamp,
    'x-amz-content-sha256': payloadHash,
    ...(body.length > 0 || method === 'PUT' ? { 'content-length': String(Buffer.byteLength(body)) } : {}),
    ...options.headers,
  }
  const names = Object.keys(headers)
    .filter((name) => !unsigned.includes(name))
    .sort()
  const authorization = (signature: string): string =>
    `AWS4-HMAC-SHA256 Credential=${credential(options, timestamp)}, SignedHeaders=${names.join(';')}, Signature=${signature}`
  const draft = rawRequest({
    ...transport(options),
    method,
    rawUrl: url,
    headers: { ...headers, authorization: authorization('0'.repeat(64)) },
  })
  const request = new HttpRequest(draft)
  const claim = readAuthorizationHeader(request, draft.headers.authorization!)
  const text = stringToSign(claim, canonicalRequest(request, claim, payloadHash))
  const signature = hmac(options, claim, text)
  return rawRequest({
    ...transport(options),
    method,
    rawUrl: url,
    headers: { ...headers, authorization: authorization(signature) },
    body,
  })
}

export interface PresignOptions extends SignOptions {
  expires?: string
  /** headers that count as signed, besides host */
  signedHeaders?: string[]
}

export function presigned(options: PresignOptions = {}): RawRequest {
  const { method = 'GET', url = '/', body = '', signedHeaders = [] } = options
  const timestamp = formatIsoBasic(options.time ?? NOW)
  const headers = {
    host: 'localhost:9000',
    ...(body.length > 0 ? { 'content-length': String(Buffer.byteLength(body)) } : {}),
    ...options.headers,
  }
  const names = ['host', ...signedHeaders].sort().join('%3B')
  const query = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${encodeURIComponent(credential(options, timestamp))}&X-Amz-Date=${timestamp}&X-Amz-Expires=${options.expires ?? '900'}&X-Amz-SignedHeaders=${names}`
  const unsignedUrl = `${url}${url.includes('?') ? '&' : '?'}${query}`
  const draft = new HttpRequest(
    rawRequest({ method, headers, rawUrl: `${unsignedUrl}&X-Amz-Signature=${'0'.repeat(64)}` }),
  )
  const claim = readPresignedQuery(
    new HttpRequest({
      ...draft.raw,
      rawUrl: draft.raw.rawUrl.replace(/X-Amz-Expires=[^&]*/, 'X-Amz-Expires=900'),
    }),
  )
  const payloadHash =
    headers['x-amz-content-sha256' as keyof typeof headers] ?? options.payloadHash ?? 'UNSIGNED-PAYLOAD'
  const text = stringToSign(claim, canonicalRequest(draft, claim, payloadHash))
  return rawRequest({
    ...transport(options),
    method,
    headers,
    rawUrl: `${unsignedUrl}&X-Amz-Signature=${hmac(options, claim, text)}`,
    body,
  })
}

function credential(
  { accessKeyId = ACCESS_KEY_ID, date, region = 'us-east-1', service = 's3' }: SignOptions,
  timestamp: string,
): string {
  return `${accessKeyId}/${date ?? timestamp.slice(0, 8)}/${region}/${service}/aws4_request`
}

function hmac(
  { secret = SECRET }: SignOptions,
  claim: Parameters<typeof deriveSigningKey>[1],
  text: string,
): string {
  return createHmac('sha256', deriveSigningKey(secret, claim)).update(text).digest('hex')
}

function transport({
  secure = false,
  loopback = true,
}: SignOptions): Pick<RawRequest, 'secure' | 'loopback'> {
  return { secure, loopback }
}
