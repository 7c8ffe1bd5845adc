import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import { encodePath, encodePercent, decodePercent } from '../http/percent.ts'
import type { QueryParameter } from '../http/query.ts'
import type { HttpRequest } from '../http/request.ts'
import { ALGORITHM, type SignatureClaim } from './authorization.ts'

const UNRESERVED_PATH = /^[A-Za-z0-9\-._~/]*$/
const SIGNATURE_PARAMETER = 'X-Amz-Signature'

/** `20130524/us-east-1/s3/aws4_request` */
export function scopeOf(claim: SignatureClaim): string {
  return `${claim.date}/${claim.region}/${claim.service}/aws4_request`
}

/**
 * The canonical request (S3, "Create a SigV4 signature"), as a Latin-1 string: header values are compared as
 * the bytes that were sent, whatever their character set.
 * @throws StoreError InvalidUri
 */
export function canonicalRequest(request: HttpRequest, claim: SignatureClaim, payloadHash: string): string {
  const names = [...claim.signedHeaders].sort()
  const headers = names.map((name) => `${name}:${canonicalHeader(request, name)}\n`).join('')
  const path = canonicalPath(request.rawPath)
  const query = canonicalQuery(request.query.parameters)
  return `${request.raw.method}\n${path}\n${query}\n${headers}\n${names.join(';')}\n${payloadHash}`
}

/** Each segment encoded once, nothing normalised: S3's exception to the general SigV4 rule. */
export function canonicalPath(rawPath: string): string {
  return UNRESERVED_PATH.test(rawPath) ? rawPath : encodePath(decodePercent(rawPath))
}

/** Names and values encoded, sorted by encoded name, then value. */
export function canonicalQuery(parameters: readonly QueryParameter[]): string {
  if (parameters.length === 0) return ''
  return parameters
    .filter(({ name }) => name !== SIGNATURE_PARAMETER)
    .map(({ name, value }) => [encodePercent(name), encodePercent(value)] as const)
    .sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Trimmed, inner blanks collapsed, repeated headers joined by a bare comma. An absent header counts as empty. */
function canonicalHeader(request: HttpRequest, name: string): string {
  const value = request.header(name) ?? ''
  return value.includes(', ') ? repeatedHeader(request, name).map(collapse).join(',') : collapse(value)
}

function repeatedHeader(request: HttpRequest, name: string): string[] {
  const { rawHeaders } = request.raw
  const values: string[] = []
  for (let i = 0; i + 1 < rawHeaders.length; i += 2)
    if (rawHeaders[i]!.toLowerCase() === name) values.push(rawHeaders[i + 1]!)
  return values.length > 0 ? values : [request.header(name) ?? '']
}

function collapse(value: string): string {
  const trimmed = value.trim()
  return trimmed.includes('  ') ? trimmed.replace(/ {2,}/g, ' ') : trimmed
}

export function stringToSign(claim: SignatureClaim, canonical: string): string {
  return `${ALGORITHM}\n${claim.timestamp}\n${scopeOf(claim)}\n${hash('sha256', Buffer.from(canonical, 'latin1'), 'hex')}`
}

/** Compares in constant time. `signature` is 64 hex digits (checked by `authorization.ts`). */
export function signatureMatches(signingKey: Buffer, text: string, signature: string): boolean {
  return timingSafeEqual(hmac(signingKey, text), Buffer.from(signature, 'hex'))
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

/** The HMAC chain "AWS4" + secret → date → region → service → aws4_request. */
export function deriveSigningKey(
  secret: string,
  claim: Pick<SignatureClaim, 'date' | 'region' | 'service'>,
): Buffer {
  return [claim.date, claim.region, claim.service, 'aws4_request'].reduce<Buffer>(
    (key, text) => hmac(key, text),
    Buffer.from(`AWS4${secret}`),
  )
}

/**
 * Remembers signing keys, which change once a day, and forgets the oldest. The secret is part of an entry, so
 * an access key whose secret changed never meets its old signing key.
 */
export class SigningKeys {
  readonly #entries = new Map<string, { secret: string; signingKey: Buffer }>()
  readonly #limit: number

  constructor(limit = 1000) {
    this.#limit = limit
  }

  get(secret: string, claim: SignatureClaim): Buffer {
    const name = `${claim.accessKeyId}/${scopeOf(claim)}`
    const known = this.#entries.get(name)
    if (known?.secret === secret) return known.signingKey
    const signingKey = deriveSigningKey(secret, claim)
    this.#entries.delete(name)
    if (this.#entries.size >= this.#limit) this.#entries.delete(this.#entries.keys().next().value!)
    this.#entries.set(name, { secret, signingKey })
    return signingKey
  }
}
