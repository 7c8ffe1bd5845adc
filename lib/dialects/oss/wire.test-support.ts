import { createHmac } from 'node:crypto'
import { request } from 'node:http'
import { textToHeader } from '../http/text.ts'

export interface WireRequest {
  method?: string
  /** path and query as on the wire, path style */
  url: string
  headers?: Record<string, string>
  body?: Buffer | string
  /** what the client signs, where it is not `url` decoded */
  resource?: string
}
export interface WireAnswer {
  status: number
  headers: Record<string, string>
  body: Buffer
  text: string
}

export interface WireCredentials {
  accessKeyId: string
  secretAccessKey: string
}

/** Sends requests exactly as written, signed by version 1 as oss2 and the Go SDK do (their vectors: signature.test.ts). */
export class Wire {
  readonly #port: number
  readonly #credentials: WireCredentials | undefined

  /** no credentials: anonymous */
  constructor(port: number, credentials?: WireCredentials) {
    this.#port = port
    this.#credentials = credentials
  }

  async send({ method = 'GET', url, headers = {}, body = '', resource }: WireRequest): Promise<WireAnswer> {
    const all: Record<string, string> = { date: new Date().toUTCString(), ...headers }
    // as requests does: a length for whatever can have a body
    if (['PUT', 'POST'].includes(method) && all['transfer-encoding'] === undefined)
      all['content-length'] ??= String(Buffer.byteLength(body))
    const signed = this.#credentials && {
      authorization: authorizationOf(this.#credentials, method, resource ?? decodeURIComponent(url), all),
    }
    const sent = Object.fromEntries(
      Object.entries({ ...all, ...signed }).map(([name, value]) => [name, textToHeader(value)]),
    )
    const target = { port: this.#port, host: '127.0.0.1', method, path: url, headers: sent }
    // before a string, Node would write the headers as UTF-8 once more
    return exchange(target, Buffer.from(body))
  }
}

function authorizationOf(
  { accessKeyId, secretAccessKey }: WireCredentials,
  method: string,
  resource: string,
  headers: Record<string, string>,
): string {
  const lower = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  const ossHeaders = [...lower]
    .filter(([name]) => name.startsWith('x-oss-'))
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const text = [
    method,
    lower.get('content-md5') ?? '',
    lower.get('content-type') ?? '',
    lower.get('date') ?? '',
    ...ossHeaders.map(([name, value]) => `${name}:${value}`),
    resource,
  ].join('\n')
  return `OSS ${accessKeyId}:${createHmac('sha1', secretAccessKey).update(text).digest('base64')}`
}

export function exchange(options: object, body: Buffer | string): Promise<WireAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(options, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const bytes = Buffer.concat(chunks)
        resolve({
          status: response.statusCode!,
          headers: response.headers as Record<string, string>,
          body: bytes,
          text: bytes.toString(),
        })
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** The text of the only element of that name. */
export function element(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]
}
