import type { RawResponse } from '@/lib/dialects/raw'
import { streamResponse } from './stream-response'

/** The answer of the object API to `request` as a web Response; a body that fails breaks the connection. */
export function respond(request: Request, { status, headers, body }: RawResponse): Response {
  const head = (): ResponseInit => ({ status, headers: webHeaders(headers) })
  if (body === null) return new Response(null, head())
  if (Buffer.isBuffer(body)) return new Response(new Uint8Array(body), head())
  return streamResponse(request, body, head)
}

function webHeaders(headers: RawResponse['headers']): Headers {
  const all = new Headers()
  for (const [name, value] of Object.entries(headers))
    for (const one of [value].flat()) all.append(name, String(one))
  return all
}
