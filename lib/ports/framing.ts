import type { ServerResponse } from 'node:http'

/**
 * What Next takes off the answer of every route (`send-response.js`): of one that was fetched elsewhere it might be wrong.
 * Ours is true, and without it no browser can tell how long a download takes, and a file stored as gzip is no longer read
 * as one. So it crosses Next under other names.
 */
const FRAMING = ['content-length', 'content-encoding'] as const

const across = (name: string): string => `x-coffer-${name}`

/** Before Next: the same headers, of which it takes nothing off. */
export function carryFraming(headers: Headers): Headers {
  for (const name of FRAMING) {
    const value = headers.get(name)
    if (value === null) continue
    headers.delete(name)
    headers.set(across(name), value)
  }
  return headers
}

/** After Next: what was carried has its name again when the head is sent. */
export function restoreFraming(res: ServerResponse): void {
  const writeHead = res.writeHead.bind(res) as (...args: unknown[]) => ServerResponse
  Object.assign(res, {
    writeHead: (...args: unknown[]) => {
      for (const name of FRAMING) {
        const value = res.getHeader(across(name))
        if (value === undefined) continue
        res.removeHeader(across(name))
        res.setHeader(name, value)
      }
      return writeHead(...args)
    },
  })
}
