import type { RawRequest } from '../raw.ts'

export type RequestParts = Partial<Omit<RawRequest, 'body'>> & {
  body?: AsyncIterable<Buffer> | Buffer | string | undefined
}

/** A raw request for tests, as a door would hand it over. */
export function rawRequest(parts: RequestParts = {}): RawRequest {
  const headers = parts.headers ?? { host: 'localhost' }
  return {
    method: 'GET',
    rawUrl: '/',
    rawHeaders: Object.entries(headers).flat(),
    secure: false,
    loopback: true,
    remoteAddress: '127.0.0.1',
    signal: new AbortController().signal,
    ...parts,
    headers,
    body: bodyOf(parts.body),
  }
}

function bodyOf(body: RequestParts['body']): AsyncIterable<Buffer> {
  if (typeof body !== 'string' && body !== undefined && !Buffer.isBuffer(body)) return body
  const bytes = Buffer.from(body ?? '')
  return (async function* () {
    if (bytes.length > 0) yield bytes
  })()
}
