import { validateHeaderValue } from 'node:http'
import { carryFraming } from '@/lib/ports/framing'

/**
 * An answer whose body is written while it is read. Whatever becomes of it, the body is let go of: it may hold a blob
 * open. A HEAD gets the head alone, because Next runs GET's handler for it and never looks at the body.
 * @throws what `head` throws; TypeError for headers that Next could not send, after which nobody would take the body
 */
export function streamResponse(
  request: Request,
  body: AsyncIterable<Buffer>,
  head: () => ResponseInit,
): Response {
  const iterator = body[Symbol.asyncIterator]()
  try {
    const { status = 200, headers } = head()
    const init = { status, headers: sendable(new Headers(headers)) }
    if (request.method !== 'HEAD') return new Response(webStream(iterator, request), init)
    letGo(iterator)
    return new Response(null, init)
  } catch (error) {
    letGo(iterator)
    throw error
  }
}

/**
 * A default stream with `pull`: the cheapest kind under Next (byte streams, generators and Readable.toWeb cost
 * two to three times the CPU). Next cancels a stream that it has begun to send; one whose client went before that it
 * forgets, so the request's own signal is heard, too. The stream fails then: an end would look like a whole body.
 */
function webStream(iterator: AsyncIterator<Buffer>, request: Request): ReadableStream<Uint8Array> {
  let onGone: () => void
  // By way of the request: its signal is aborted only as long as somebody holds the request (Fetch standard in undici).
  const forget = (): void => request.signal.removeEventListener('abort', onGone)
  return new ReadableStream<Uint8Array>({
    start(controller) {
      onGone = () => {
        controller.error(new Error('The client went away'))
        letGo(iterator)
      }
      if (request.signal.aborted) onGone()
      else request.signal.addEventListener('abort', onGone, { once: true })
    },
    async pull(controller) {
      const next = await iterator.next()
      if (request.signal.aborted) return
      if (next.done !== true) return controller.enqueue(next.value)
      forget()
      controller.close()
    },
    async cancel() {
      forget()
      await iterator.return?.()
    },
  })
}

/** Nobody is there to hear of a failure, and one that nobody hears would end the process. */
function letGo(iterator: AsyncIterator<Buffer>): void {
  iterator.return?.().catch(() => undefined)
}

/** Through Next, and fit for Node, which refuses control characters that the web's Headers take. */
export function sendable(headers: Headers): Headers {
  for (const [name, value] of headers) validateHeaderValue(name, value)
  return carryFraming(headers)
}
