import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { pagePolicy } from '../content-security-policy.ts'
import { clientResolver } from '../dialects/http/client-address.ts'
import { IDLE_TIMEOUT, SERVER_LIMITS } from '../dialects/http/object-server.ts'
import { restoreFraming } from './framing.ts'

export interface ConsoleServerOptions {
  trustedProxies: readonly string[]
  development: boolean
}

type Handler = (req: IncomingMessage, res: ServerResponse) => Promise<void>

/** Only to read what stands behind it */
const BASE = 'http://console.invalid'

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
 * only the socket knows: `x-coffer-remote-address`, `x-coffer-address` and `x-forwarded-proto` are made true, whatever
 * was sent under these names, and each answer gets a Content-Security-Policy with a nonce of its own.
 */
export function consoleServer(handle: Handler, options: ConsoleServerOptions): Server {
  const prepare = preparer(options)
  const server = createServer(SERVER_LIMITS, (req, res) => {
    const address = addressOf(req.url ?? '')
    if (address === undefined) return void res.writeHead(400, { Connection: 'close' }).end()
    prepare(req, res, address)
    restoreFraming(res)
    handle(req, res).catch(() => res.destroy())
  })
  server.timeout = IDLE_TIMEOUT
  return server
}

/**
 * What a request line asks for: a path, or an address in full, as proxies send it (RFC 9112 §3.2). A path that is no
 * UTF-8 names nothing here; Next would call it a fault of its own.
 */
function addressOf(target: string): URL | undefined {
  // `//host` is a path here, as it is for Next
  const full = target.startsWith('/') ? BASE + target : target
  if (!/^https?:\/\//i.test(full) || !URL.canParse(full)) return undefined
  const address = new URL(full)
  return isText(address.pathname) ? address : undefined
}

function isText(path: string): boolean {
  try {
    return decodeURIComponent(path) !== ''
  } catch {
    return false
  }
}

/** The layout of the console stands around all pages, so Next does not tell it the address, which names the project. */
function pageAddress({ pathname, search }: URL): string {
  const query = new URLSearchParams(search)
  // what the router adds when it asks for the data of a page only
  query.delete('_rsc')
  return query.size > 0 ? `${pathname}?${query.toString()}` : pathname
}

function preparer({
  trustedProxies,
  development,
}: ConsoleServerOptions): (req: IncomingMessage, res: ServerResponse, address: URL) => void {
  const resolveClient = clientResolver(trustedProxies)
  return (req, res, address) => {
    const client = resolveClient(req.socket, req.headers)
    if (!client.proxied) for (const name of PROXY_HEADERS) Reflect.deleteProperty(req.headers, name)
    req.headers['x-forwarded-proto'] = client.secure ? 'https' : 'http'
    req.headers['x-coffer-remote-address'] = client.remoteAddress
    req.headers['x-coffer-address'] = pageAddress(address)
    if (!req.url?.startsWith('/')) req.url = address.pathname + address.search
    const nonce = randomBytes(18).toString('base64')
    const policy = pagePolicy(nonce, development)
    // Next reads the nonce from the request's policy and puts it on every script it writes.
    req.headers['content-security-policy'] = policy
    req.headers['x-nonce'] = nonce
    res.setHeader('Content-Security-Policy', policy)
  }
}
