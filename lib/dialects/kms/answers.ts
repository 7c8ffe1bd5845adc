import type { RawResponse } from '../raw.ts'

/** A document of the AWS JSON 1.1 protocol. */
export function json(document: object, status = 200): RawResponse {
  const body = Buffer.from(JSON.stringify(document))
  return { status, headers: { 'content-type': CONTENT_TYPE, 'content-length': body.length }, body }
}

const CONTENT_TYPE = 'application/x-amz-json-1.1'

/** ms since the epoch → the protocol's seconds with a fraction. */
export function seconds(time: number): number {
  return time / 1000
}

export function base64(bytes: Buffer): string {
  return bytes.toString('base64')
}
