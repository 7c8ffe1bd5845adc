import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { Serve } from '../raw.ts'
import { nodeListener } from './node-listener.ts'
import type { NodeListenerOptions } from './node-listener.ts'

/** The limits both ports share: uploads may take hours, but a silent connection and an endless head may not. */
export const SERVER_LIMITS = {
  requestTimeout: 0,
  headersTimeout: 60_000,
  maxHeaderSize: 64 * 1024,
  highWaterMark: 256 * 1024,
  // Above the idle time of common clients and proxies (60 s), or a connection is closed just as it is reused.
  keepAliveTimeout: 75_000,
} as const

export const IDLE_TIMEOUT = 300_000

/** An HTTP server, not yet listening, that answers every request with `serve`. */
export function objectServer(serve: Serve, options: NodeListenerOptions = {}): Server {
  const idleTimeout = options.idleTimeout ?? IDLE_TIMEOUT
  const { onRequest, onCheckContinue } = nodeListener(serve, { ...options, idleTimeout })
  const server = createServer(SERVER_LIMITS, onRequest)
  server.on('checkContinue', onCheckContinue)
  server.timeout = idleTimeout
  return server
}
