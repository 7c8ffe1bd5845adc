import type { IncomingMessage, ServerResponse } from 'node:http'

const BYTES = 8 * 1024 * 1024
const MILLISECONDS = 3_000

/**
 * Ends an answer that went out before its request was read. Closing at once would make the kernel reset the
 * connection because of unread bytes, and the reset can overtake the answer (RFC 9112 §9.6); so what the
 * client still sends is thrown away for a moment.
 */
export function lingeringClose(req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (req.readableEnded || res.closed) {
    res.end()
    return Promise.resolve()
  }
  return new Promise((resolve) => {
    let discarded = 0
    const end = () => {
      clearTimeout(timer)
      req.off('data', discard).off('end', end)
      res.off('close', end)
      res.end()
      resolve()
    }
    const discard = (chunk: Buffer) => {
      discarded += chunk.length
      if (discarded > BYTES) end()
    }
    const timer = setTimeout(end, MILLISECONDS)
    req.removeAllListeners('data').on('data', discard).on('end', end)
    res.on('close', end)
    req.resume()
  })
}
