import { createHash, createHmac } from 'node:crypto'
import type { RawRequest } from '../raw.ts'
import { rawRequest, type RequestParts } from './raw-request.ts'

/**
 * Signs requests to COS as its clients do, written from document 436/7778 apart from the verifier. The signing is proved
 * by Tencent's vectors in signature.test.ts.
 */
export interface CosSignOptions {
  method?: string
  /** as on the wire, with its query */
  url?: string
  headers?: Record<string, string>
  body?: RequestParts['body']
  /** decoded; default: that of `url` */
  signedPath?: string
  /** names; default: all of the request that SDKs sign */
  headerList?: string[]
  parameterList?: string[]
  /** replaces the value of Host in what is signed */
  signedHost?: string
  /** s since the epoch */
  start?: number
  end?: number
  secretId: string
  secretKey: string
  carriedBy?: 'header' | 'query' | 'sign'
  secure?: boolean
  loopback?: boolean
}

const SIGNED =
  /^(?:cache-control|content-(?:disposition|encoding|length|md5|type)|date|expect|expires|host|if-.*|origin|range|transfer-encoding|x-cos-.*)$/

export function cosSigned(options: CosSignOptions): RawRequest {
  const { method = 'GET', url = '/', carriedBy = 'header', secure = false, loopback = true } = options
  const headers: Record<string, string> = { host: 'localhost:9000', ...options.headers }
  const authorization = authorizationOf({ ...options, method, url }, headers)
  const query = carriedBy === 'query' ? authorization : `sign=${encodeURIComponent(authorization)}`
  return rawRequest({
    method,
    rawUrl: carriedBy === 'header' ? url : `${url}${url.includes('?') ? '&' : '?'}${query}`,
    headers: carriedBy === 'header' ? { ...headers, authorization } : headers,
    body: options.body,
    secure,
    loopback,
  })
}

function authorizationOf(
  options: CosSignOptions & { method: string; url: string },
  headers: Record<string, string>,
): string {
  const { method, url, secretId, secretKey } = options
  const start = options.start ?? 1_600_000_000
  const time = `${start};${options.end ?? start + 3600}`
  const [path = '', query = ''] = url.split('?')
  const parameters =
    query === '' ? [] : query.split('&').map((pair) => pair.split('=').map(decodeURIComponent))
  const parameterList = options.parameterList ?? parameters.map(([name]) => name!)
  const headerList = options.headerList ?? Object.keys(headers).filter((name) => SIGNED.test(name))
  const values: Record<string, string> = {
    ...headers,
    ...(options.signedHost && { host: options.signedHost }),
  }
  const httpString = [
    method.toLowerCase(),
    options.signedPath ?? decodeURIComponent(path),
    canonical(parameters.filter(([name]) => parameterList.includes(name!)).map(([n, v = '']) => [n!, v])),
    canonical(headerList.filter((name) => name in values).map((name) => [name, values[name]!])),
    '',
  ].join('\n')
  const text = `sha1\n${time}\n${createHash('sha1').update(httpString).digest('hex')}\n`
  return `q-sign-algorithm=sha1&q-ak=${secretId}&q-sign-time=${time}&q-key-time=${time}&q-header-list=${listed(headerList)}&q-url-param-list=${listed(parameterList)}&q-signature=${hmac(hmac(secretKey, time), text)}`
}

/** Signs the policy of a form; the fields that go with it. */
export function cosForm(
  policy: string,
  { secretId, secretKey, start = 1_600_000_000, end = start + 3600 }: CosSignOptions,
): Record<string, string> {
  const time = `${start};${end}`
  const digest = createHash('sha1').update(policy).digest('hex')
  return {
    policy: Buffer.from(policy).toString('base64'),
    'q-sign-algorithm': 'sha1',
    'q-ak': secretId,
    'q-key-time': time,
    'q-signature': hmac(hmac(secretKey, time), digest),
  }
}

function canonical(pairs: (readonly [string, string])[]): string {
  return pairs
    .map(([name, value]) => [encode(name).toLowerCase(), encode(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map((pair) => pair.join('='))
    .join('&')
}

function listed(names: readonly string[]): string {
  return names
    .map((name) => encode(name).toLowerCase())
    .sort()
    .join(';')
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function hmac(key: string, text: string): string {
  return createHmac('sha1', key).update(text).digest('hex')
}
