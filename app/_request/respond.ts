import type { RawResponse } from '@/lib/dialects/raw'

/** The answer of the object API as a web Response; a body that fails breaks the connection. */
export function respond({ status, headers, body }: RawResponse): Response {
  const webHeaders = new Headers()
  for (const [name, value] of Object.entries(headers))
    for (const one of [value].flat()) webHeaders.append(name, String(one))
  return new Response(body === null ? null : Buffer.isBuffer(body) ? new Uint8Array(body) : webStream(body), {
    status,
    headers: webHeaders,
  })
}

/**
 * A default stream with `pull`: the cheapest kind under Next (byte streams, generators and Readable.toWeb cost
 * two to three times the CPU).
 */
export function webStream(body: AsyncIterable<Buffer>): ReadableStream<Uint8Array> {
  const iterator = body[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await iterator.next()
      if (next.done === true) controller.close()
      else controller.enqueue(next.value)
    },
    async cancel() {
      await iterator.return?.()
    },
  })
}
