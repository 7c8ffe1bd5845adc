import { createHash, createHmac } from 'node:crypto'
import type { Credentials } from '../e2e/coffer.ts'

export interface SignedRequest {
  method: 'GET' | 'PUT' | 'DELETE'
  host: string
  /** as it goes on the wire; unreserved characters and slashes only */
  path: string
  headers?: Record<string, string>
  /** hex SHA-256 of the body, or UNSIGNED-PAYLOAD */
  payloadHash: string
  contentLength?: number
}

/**
 * The head of an HTTP request, signed with AWS Signature Version 4, as bytes: signing happens before the
 * clock runs, so that the client costs the measurement next to nothing.
 */
export function signedHead(request: SignedRequest, credentials: Credentials, at = new Date()): Buffer {
  const time = at.toISOString().replace(/[-:]|\.\d{3}/g, '')
  const headers: Record<string, string> = {
    host: request.host,
    'x-amz-content-sha256': request.payloadHash,
    'x-amz-date': time,
    ...request.headers,
  }
  const names = Object.keys(headers).sort()
  const canonical = [
    request.method,
    request.path,
    '',
    ...names.map((name) => `${name}:${headers[name]}`),
    '',
    names.join(';'),
    request.payloadHash,
  ].join('\n')
  const scope = `${time.slice(0, 8)}/us-east-1/s3/aws4_request`
  const text = ['AWS4-HMAC-SHA256', time, scope, createHash('sha256').update(canonical).digest('hex')].join(
    '\n',
  )
  const signature = hmac(signingKey(credentials.secretAccessKey, scope), text).toString('hex')
  const authorization = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`
  const lines = [
    `${request.method} ${request.path} HTTP/1.1`,
    ...names.map((name) => `${name}: ${headers[name]}`),
    `authorization: ${authorization}`,
    ...(request.contentLength === undefined ? [] : [`content-length: ${request.contentLength}`]),
  ]
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`)
}

function signingKey(secret: string, scope: string): Buffer {
  return scope.split('/').reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`AWS4${secret}`))
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
