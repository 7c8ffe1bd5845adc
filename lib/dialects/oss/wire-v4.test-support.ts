import { createHash, createHmac } from 'node:crypto'
import { exchange, type WireAnswer, type WireCredentials } from './wire.test-support.ts'

export interface V4Request {
  method?: string
  /** undefined: the service */
  bucket?: string | undefined
  key?: string | undefined
  /** an empty value is a sub-resource */
  query?: Record<string, string>
  headers?: Record<string, string>
  body?: Buffer | string
}

/** How a client writes what version 4 leaves open. */
export interface V4Client {
  name: string
  /** in the path of the URL */
  escapeKey(key: string): string
  /** empty values on the wire; all of them are signed bare */
  emptyValue: '=' | ''
  /** beside those that are always signed */
  additionalHeaders: readonly string[]
  /** what every request has */
  headers(now: Date): Record<string, string>
  authorization(credential: string, signature: string, additional: string): string
}

/** oss2 (aliyun-oss-python-sdk at 1016eee: auth.py, ProviderAuthV4; api.py, _make_url and _do) through requests. */
export const OSS2: V4Client = {
  name: 'oss2',
  escapeKey: escape,
  emptyValue: '=',
  additionalHeaders: [],
  headers: () => ({ 'user-agent': 'aliyun-sdk-python/2.19.1(Linux/6.1/x86_64;3.11)' }),
  authorization: (credential, signature) =>
    `OSS4-HMAC-SHA256 Credential=${credential}, Signature=${signature}`,
}

/** The SDK for Go, version 2 (alibabacloud-oss-go-sdk-v2 at 6a7c0db: oss/signer/v4.go; oss/client.go, buildURL), under ossutil 2. */
export const GO_V2: V4Client = {
  name: 'the SDK for Go, version 2',
  escapeKey: (key) => escape(key).replaceAll('%2F', '/'),
  emptyValue: '',
  additionalHeaders: ['range'],
  headers: (now) => ({ date: now.toUTCString(), 'user-agent': 'alibabacloud-oss-go-sdk-v2/1.5.1' }),
  authorization: (credential, signature, additional) =>
    `OSS4-HMAC-SHA256 Credential=${credential}${additional && `,AdditionalHeaders=${additional}`},Signature=${signature}`,
}

/** Sends requests in path style, signed by version 4 as the client signs them (the vectors: signature.test.ts). */
export class WireV4 {
  readonly #port: number
  readonly #credentials: WireCredentials
  readonly #client: V4Client

  constructor(port: number, credentials: WireCredentials, client: V4Client) {
    this.#port = port
    this.#credentials = credentials
    this.#client = client
  }

  send({ method = 'GET', bucket, key, query = {}, headers = {}, body = '' }: V4Request): Promise<WireAnswer> {
    const now = new Date()
    const sent: Record<string, string> = {
      ...this.#client.headers(now),
      ...headers,
      'x-oss-date': now.toISOString().replace(/[-:]|\.\d{3}/g, ''),
      'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
    }
    if (method === 'PUT' || method === 'POST') sent['content-length'] ??= String(Buffer.byteLength(body))
    sent.authorization = this.#authorization(method, bucket, key, query, sent)
    const escaped = key === undefined ? '' : this.#client.escapeKey(key)
    const path = (bucket === undefined ? '/' : `/${bucket}/${escaped}`) + this.#queryOnWire(query)
    return exchange({ port: this.#port, host: '127.0.0.1', method, path, headers: sent }, body)
  }

  /** The parameters of a link, as `Presign` of Go makes it. */
  link(method: string, bucket: string, key: string, headers: Record<string, string> = {}): string {
    const timestamp = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '')
    const query: Record<string, string> = {
      'x-oss-signature-version': 'OSS4-HMAC-SHA256',
      'x-oss-date': timestamp,
      'x-oss-expires': '60',
      'x-oss-credential': `${this.#credentials.accessKeyId}/${scopeOf(timestamp)}`,
    }
    const canonical = canonicalRequest(method, `/${bucket}/${key}`, query, headers, [])
    query['x-oss-signature'] = sign(this.#credentials.secretAccessKey, timestamp, canonical)
    return `/${bucket}/${this.#client.escapeKey(key)}${this.#queryOnWire(query)}`
  }

  #queryOnWire(query: Record<string, string>): string {
    const pairs = Object.entries(query).map(
      ([name, value]) => escape(name) + (value === '' ? this.#client.emptyValue : `=${escape(value)}`),
    )
    return pairs.length === 0 ? '' : `?${pairs.join('&')}`
  }

  #authorization(
    method: string,
    bucket: string | undefined,
    key: string | undefined,
    query: Record<string, string>,
    headers: Record<string, string>,
  ): string {
    const additional = this.#client.additionalHeaders.filter((name) => name in headers)
    const resource = bucket === undefined ? '/' : `/${bucket}/${key ?? ''}`
    const timestamp = headers['x-oss-date']!
    const canonical = canonicalRequest(method, resource, query, headers, additional)
    const signature = sign(this.#credentials.secretAccessKey, timestamp, canonical)
    const credential = `${this.#credentials.accessKeyId}/${scopeOf(timestamp)}`
    return this.#client.authorization(credential, signature, additional.join(';'))
  }
}

function canonicalRequest(
  method: string,
  resource: string,
  query: Record<string, string>,
  headers: Record<string, string>,
  additional: readonly string[],
): string {
  const signed = Object.entries(headers)
    .filter(([name]) => /^(?:content-type|content-md5|x-oss-.*)$/.test(name) || additional.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const parameters = Object.entries(query)
    .map(([name, value]) => (value === '' ? escape(name) : `${escape(name)}=${escape(value)}`))
    .sort()
  return [
    method,
    escape(resource).replaceAll('%2F', '/'),
    parameters.join('&'),
    signed.map(([name, value]) => `${name}:${value}\n`).join(''),
    additional.join(';'),
    'UNSIGNED-PAYLOAD',
  ].join('\n')
}

function sign(secret: string, timestamp: string, canonical: string): string {
  const hmac = (key: Buffer | string, text: string) => createHmac('sha256', key).update(text).digest()
  const scope = scopeOf(timestamp)
  const key = scope.split('/').reduce<Buffer>(hmac, Buffer.from(`aliyun_v4${secret}`))
  const digest = createHash('sha256').update(canonical).digest('hex')
  return hmac(key, `OSS4-HMAC-SHA256\n${timestamp}\n${scope}\n${digest}`).toString('hex')
}

function scopeOf(timestamp: string): string {
  return `${timestamp.slice(0, 8)}/cn-hongkong/oss/aliyun_v4_request`
}

function escape(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
