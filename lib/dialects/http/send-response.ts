import type { ServerResponse } from 'node:http'
import type { RawResponse } from '../raw.ts'

/** Pieces below this are gathered into one write; larger ones are worth a system call each. */
const SMALL_PIECE = 16 * 1024

export interface SendOptions {
  /** the request was HEAD: Content-Length is kept, the body is not sent */
  head: boolean
  /** send everything but leave `res.end()` to the caller, when the body's length is known */
  hold: boolean
  /** told true while the client does not take what was sent */
  onDraining: (draining: boolean) => void
}

/**
 * Writes an answer with backpressure. The first piece of a stream is fetched before the head is written, so
 * that a body that fails at once can still be answered with an error.
 *
 * @throws what the body threw, or an Error when it was longer or shorter than its Content-Length. When
 *   `res.headersSent` then, only `res.destroy()` is honest: anything else would look like a whole answer.
 */
export async function sendResponse(
  res: ServerResponse,
  response: RawResponse,
  options: SendOptions,
): Promise<void> {
  const { body } = response
  if (!options.head && isStream(body)) return sendStream(res, response, body, options)
  await abandon(response)
  const bytes = options.head || isStream(body) ? null : body
  const known = contentLength(response.headers)
  if (bytes && known !== undefined && known !== bytes.length) throw lengthMismatch(known, bytes.length)
  res.writeHead(response.status, options.head ? response.headers : withLength(response, known, bytes))
  if (!options.hold) res.end(bytes ?? undefined)
  else if (bytes?.length) res.write(bytes)
  else res.flushHeaders()
}

/** Lets go of a body that will not be sent: its iterator may hold a file open. */
export async function abandon(response: RawResponse): Promise<void> {
  if (isStream(response.body)) await response.body[Symbol.asyncIterator]().return?.()
}

async function sendStream(
  res: ServerResponse,
  response: RawResponse,
  body: AsyncIterable<Buffer>,
  options: SendOptions,
) {
  const known = contentLength(response.headers)
  const pieces = body[Symbol.asyncIterator]()
  let sent = 0
  try {
    for (let step = await pieces.next(); !step.done; step = await pieces.next()) {
      if (res.closed) return
      if (!res.headersSent) res.writeHead(response.status, response.headers)
      sent += step.value.length
      if (known !== undefined && sent > known) throw lengthMismatch(known, sent)
      if (!write(res, step.value)) await drained(res, options)
    }
    if (known !== undefined && sent !== known) throw lengthMismatch(known, sent)
  } finally {
    await pieces.return?.()
  }
  if (!res.headersSent) res.writeHead(response.status, response.headers)
  if (!options.hold || known === undefined) res.end()
}

function write(res: ServerResponse, piece: Buffer): boolean {
  if (piece.length < SMALL_PIECE && res.writableCorked === 0) {
    res.cork()
    process.nextTick(() => res.uncork())
  }
  return res.write(piece)
}

function drained(res: ServerResponse, options: SendOptions): Promise<void> {
  if (res.closed) return Promise.resolve()
  options.onDraining(true)
  return new Promise((resolve) => {
    const done = () => {
      res.off('drain', done).off('close', done)
      options.onDraining(false)
      resolve()
    }
    res.on('drain', done).on('close', done)
  })
}

/** A message without a length would be sent in chunks; RFC 9110 §8.6 forbids one in 1xx and 204. */
function withLength(
  response: RawResponse,
  known: number | undefined,
  bytes: Buffer | null,
): RawResponse['headers'] {
  const { status, headers } = response
  if (known !== undefined || status < 200 || status === 204 || status === 304) return headers
  return { ...headers, 'content-length': bytes?.length ?? 0 }
}

function contentLength(headers: RawResponse['headers']): number | undefined {
  for (const name in headers) {
    if (name.length === 14 && name.toLowerCase() === 'content-length') return Number(headers[name])
  }
  return undefined
}

function isStream(body: RawResponse['body']): body is AsyncIterable<Buffer> {
  return body !== null && !(body instanceof Uint8Array)
}

function lengthMismatch(declared: number, sent: number): Error {
  return new Error(`The answer declared ${declared} bytes, but its body came to ${sent}`)
}
