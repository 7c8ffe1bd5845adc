import type { RawResponse } from '@/lib/dialects/raw'
import { sendable, streamResponse } from './stream-response'

/** The answer of the object API to `request` as a web Response; a body that fails breaks the connection. */
export function respond(request: Request, { status, headers, body }: RawResponse): Response {
  if (body !== null && !Buffer.isBuffer(body))
    return streamResponse(request, body, () => ({ status, headers: webHeaders(headers) }))
  const whole = { status, headers: sendable(webHeaders(headers)) }
  return new Response(body && new Uint8Array(body), whole)
}

function webHeaders(headers: RawResponse['headers']): Headers {
  const all = new Headers()
  for (const [name, value] of Object.entries(headers))
    for (const one of [value].flat()) all.append(name, String(one))
  return all
}
