import { createHmac, hash } from 'node:crypto'
import type { Address } from '../http/address.ts'
import { encodePath, encodePercent } from '../http/percent.ts'
import type { QueryParameter } from '../http/query.ts'
import { V4_ALGORITHM, type V4Claim } from './claim.ts'
import { isSignedByV1 } from './sub-resources.ts'

/** What a V4 signature covers (Aliyun, "Signature version 4"). */
export interface V4Parts {
  method: string
  address: Address
  parameters: readonly QueryParameter[]
  /** lower-case names; values a character a byte */
  headers: Readonly<Record<string, string>>
  additionalHeaders: readonly string[]
}

/**
 * How empty parameters are written, on which the SDKs disagree (aliyun-oss.md §1.4): oss2 and Go write all of them bare;
 * ali-oss writes only sub-resources so, and others with an equals sign, as the wire does.
 */
export const EMPTY_FORMS = ['bare', 'sub-resources-bare', 'equals'] as const
export type EmptyForm = (typeof EMPTY_FORMS)[number]

const PAYLOAD_HEADER = 'x-oss-content-sha256'

/** Latin-1 text: header values are compared as the bytes that were sent. */
export function canonicalRequest(parts: V4Parts, form: EmptyForm): string {
  const { method, address, parameters, headers } = parts
  const { bucket, key = '' } = address
  const additional = [...new Set(parts.additionalHeaders)].filter((name) => !isAlwaysSigned(name)).sort()
  const signed = [...Object.keys(headers).filter(isAlwaysSigned), ...additional].sort()
  return [
    method,
    encodePath(bucket === undefined ? '/' : `/${bucket}/${key}`),
    canonicalQuery(parameters, form),
    signed.map((name) => `${name}:${(headers[name] ?? '').trim()}\n`).join(''),
    additional.join(';'),
    headers[PAYLOAD_HEADER] ?? 'UNSIGNED-PAYLOAD',
  ].join('\n')
}

/** Whatever of these a request has is part of what was signed, so none can be added to it afterwards. */
export function isAlwaysSigned(name: string): boolean {
  return name === 'content-type' || name === 'content-md5' || name.startsWith('x-oss-')
}

function canonicalQuery(parameters: readonly QueryParameter[], form: EmptyForm): string {
  return parameters
    .filter(({ name }) => name !== 'x-oss-signature')
    .map(({ name, value }) => {
      const bare = value === '' && (form === 'bare' || (form === 'sub-resources-bare' && isSignedByV1(name)))
      return [encodePercent(name), encodePercent(value), bare] as const
    })
    .sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB))
    .map(([name, value, bare]) => (bare ? name : `${name}=${value}`))
    .join('&')
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

type Scope = Pick<V4Claim, 'day' | 'region' | 'product'>

export function stringToSignV4(
  { timestamp, ...scope }: Scope & { timestamp: string },
  canonical: string,
): string {
  const digest = hash('sha256', Buffer.from(canonical, 'latin1'), 'hex')
  return `${V4_ALGORITHM}\n${timestamp}\n${scope.day}/${scope.region}/${scope.product}/aliyun_v4_request\n${digest}`
}

/** "aliyun_v4" + secret → day → region → product → aliyun_v4_request */
export function deriveSigningKey(secret: string, { day, region, product }: Scope): Buffer {
  return [day, region, product, 'aliyun_v4_request'].reduce<Buffer>(
    (key, text) => hmac(key, text),
    Buffer.from(`aliyun_v4${secret}`),
  )
}

/** 32 bytes */
export function signV4(signingKey: Buffer, text: string): Buffer {
  return hmac(signingKey, text)
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
