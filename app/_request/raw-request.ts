import type { RawRequest } from '@/lib/dialects/raw'
import { Refusal } from './failure'
import { remoteAddress } from './remote-address'

/**
 * A web Request as the object API wants it. Next rewrites some targets before a handler sees them; what
 * arrives changed fails its signature, it is never served as something else.
 */
export function rawRequest(request: Request, basePath: string): RawRequest {
  const url = new URL(request.url)
  const headers: Record<string, string> = {}
  for (const [name, value] of request.headers) headers[name] = value
  return {
    method: request.method,
    rawUrl: url.pathname + url.search,
    basePath,
    headers,
    rawHeaders: Object.entries(headers).flat(),
    secure: url.protocol === 'https:',
    // A proxy on this machine that nobody declared would make every client local: customer keys need TLS here.
    loopback: false,
    // server.ts makes the header true; policies ask for it (aws:SourceIp), and the audit log keeps it
    remoteAddress: remoteAddress(request.headers),
    body: pieces(request.body),
    signal: request.signal,
  }
}

/**
 * A request's body as it arrives; nothing is held back, nothing is kept.
 * @throws Refusal ClientDisconnected when it ends before its end, which is the client's doing
 */
export async function* pieces(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Buffer, void> {
  if (body === null) return
  const reader = body.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(() => {
        throw new Refusal('ClientDisconnected')
      })
      if (done) return
      yield Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
