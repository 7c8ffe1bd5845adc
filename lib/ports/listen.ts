import type { Server } from 'node:http'

/** Opens a port. @throws the system's error (EADDRINUSE, EACCES, EADDRNOTAVAIL) with the port in it */
export function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => reject(Object.assign(error, { port }))
    server.once('error', failed)
    server.listen(port, host, () => {
      server.off('error', failed)
      resolve()
    })
  })
}

/**
 * Takes no new connections and lets running requests finish; after `grace` ms the rest is cut off. Nothing
 * acknowledged is lost by that: an upload that is cut was not answered.
 */
export function closeGracefully(server: Server, grace: number): Promise<void> {
  return new Promise((resolve) => {
    const sweep = setInterval(() => server.closeIdleConnections(), 50)
    const done = () => {
      clearInterval(sweep)
      clearTimeout(cut)
      resolve()
    }
    const cut = setTimeout(() => {
      server.closeAllConnections()
      // A WebSocket is no HTTP connection any more: `close` would wait for it for ever.
      done()
    }, grace)
    server.close(done)
    server.closeIdleConnections()
  })
}
