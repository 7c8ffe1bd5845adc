import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { pagePolicy } from '../content-security-policy.ts'
import { clientResolver } from '../dialects/http/client-address.ts'
import { IDLE_TIMEOUT, SERVER_LIMITS } from '../dialects/http/object-server.ts'

export interface ConsoleServerOptions {
  trustedProxies: readonly string[]
  development: boolean
}

type Handler = (req: IncomingMessage, res: ServerResponse) => Promise<void>

/** Headers by which a proxy speaks to us; from anyone else they are only a claim. */
const PROXY_HEADERS = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-real-ip',
] as const

/**
 * An HTTP server, not yet listening, for the console. Before `handle` (Next) sees a request, it learns what
 * only the socket knows: `x-coffer-remote-address` and `x-forwarded-proto` are made true, whatever was sent
 * under these names, and each answer gets a Content-Security-Policy with a nonce of its own.
 */
export function consoleServer(handle: Handler, options: ConsoleServerOptions): Server {
  const prepare = preparer(options)
  const server = createServer(SERVER_LIMITS, (req, res) => {
    prepare(req, res)
    handle(req, res).catch(() => res.destroy())
  })
  server.timeout = IDLE_TIMEOUT
  return server
}

/** The layout of the console stands around all pages, so Next does not tell it the address: which project it names. */
function nameProject(req: IncomingMessage): void {
  const { searchParams } = new URL(req.url ?? '/', 'http://console.invalid')
  const project = searchParams.get('project')
  Reflect.deleteProperty(req.headers, 'x-coffer-project')
  if (project) req.headers['x-coffer-project'] = project
}

function preparer({
  trustedProxies,
  development,
}: ConsoleServerOptions): (req: IncomingMessage, res: ServerResponse) => void {
  const resolveClient = clientResolver(trustedProxies)
  return (req, res) => {
    const client = resolveClient(req.socket, req.headers)
    if (!client.proxied) for (const name of PROXY_HEADERS) Reflect.deleteProperty(req.headers, name)
    req.headers['x-forwarded-proto'] = client.secure ? 'https' : 'http'
    req.headers['x-coffer-remote-address'] = client.remoteAddress
    nameProject(req)
    const nonce = randomBytes(18).toString('base64')
    const policy = pagePolicy(nonce, development)
    // Next reads the nonce from the request's policy and puts it on every script it writes.
    req.headers['content-security-policy'] = policy
    req.headers['x-nonce'] = nonce
    res.setHeader('Content-Security-Policy', policy)
  }
}
