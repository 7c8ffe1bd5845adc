import { lookup } from 'node:dns'
import type { LookupAddress, LookupOptions } from 'node:dns'
import { readFileSync } from 'node:fs'
import * as http from 'node:http'
import * as https from 'node:https'
import { BlockList, isIP } from 'node:net'
import { RemoteError } from './remote-cipher.ts'

/** A data key and its frame are below 2 KiB; nothing that a key service says is longer. */
const LARGEST_ANSWER = 64 * 1024
const ATTEMPT_MS = 4000
const NOT_ALLOWED = 'address not allowed'

export interface HttpCall {
  method: 'POST' | 'GET'
  /** begins with / and is sent as it is */
  path: string
  headers: Record<string, string>
  body: string
}

export interface HttpAnswer {
  status: number
  headers: http.IncomingHttpHeaders
  body: string
}

export interface HttpCallerOptions {
  /** origin; https, or http to this machine (config-keys.ts) */
  origin: string
  /** certificates in PEM that the service's TLS may be signed by, instead of the system's */
  caFile?: string | undefined
  /** ms until an attempt is given up */
  attemptMs?: number
  /** asks for the addresses of a name */
  resolve?: Resolve
}

type Resolve = (
  host: string,
  options: LookupOptions & { all: true },
  found: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

/**
 * Calls one key service. `node:https` and not `fetch`, whose own trust anchors cannot be told without another
 * package. Follows no redirect, so that a credential goes nowhere else; and never reaches link-local addresses, where
 * clouds keep a machine's own credentials, whatever a name resolves to: the address is judged where it is dialled.
 */
export class HttpCaller {
  readonly #origin: URL
  readonly #agent: http.Agent
  readonly #attemptMs: number
  readonly #resolve: Resolve

  /** @throws Error of the file system when the CA file cannot be read */
  constructor({ origin, caFile, attemptMs = ATTEMPT_MS, resolve = lookup }: HttpCallerOptions) {
    this.#origin = new URL(origin)
    this.#attemptMs = attemptMs
    this.#resolve = resolve
    const options = { keepAlive: true, maxSockets: 32 }
    this.#agent =
      this.#origin.protocol === 'https:'
        ? new https.Agent({ ...options, ...(caFile !== undefined && { ca: readFileSync(caFile) }) })
        : new http.Agent(options)
  }

  get host(): string {
    return this.#origin.host
  }

  /** @throws RemoteError away */
  call({ method, path, headers, body }: HttpCall): Promise<HttpAnswer> {
    const { protocol, hostname, port } = this.#origin
    const request = protocol === 'https:' ? https.request : http.request
    const host = hostname.replace(/^\[|\]$/g, '')
    if (isIP(host) > 0 && isForbidden(host)) return Promise.reject(new RemoteError('away', NOT_ALLOWED))
    return new Promise((resolve, reject) => {
      const failed = (reason: string): void => reject(new RemoteError('away', reason))
      const signal = AbortSignal.timeout(this.#attemptMs)
      const outgoing = request(
        {
          host,
          port,
          method,
          path,
          agent: this.#agent,
          lookup: lookUpAllowed(this.#resolve),
          signal,
          headers: { ...headers, 'content-length': Buffer.byteLength(body) },
        },
        (incoming) => void readAnswer(incoming).then(resolve, (error: unknown) => failed(nameOf(error))),
      )
      outgoing.on('error', (error) => failed(signal.aborted ? 'timeout' : nameOf(error)))
      outgoing.end(body)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}

async function readAnswer(incoming: http.IncomingMessage): Promise<HttpAnswer> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of incoming as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > LARGEST_ANSWER) {
      incoming.destroy()
      throw new RemoteError('away', 'answer too long')
    }
    parts.push(part)
  }
  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    body: Buffer.concat(parts).toString('utf8'),
  }
}

const FORBIDDEN = new BlockList()
FORBIDDEN.addSubnet('169.254.0.0', 16)
FORBIDDEN.addSubnet('fe80::', 10, 'ipv6')
FORBIDDEN.addAddress('fd00:ec2::254', 'ipv6')
FORBIDDEN.addAddress('100.100.100.200')

/** Link-local addresses and the metadata services of clouds; a BlockList sees through ::ffff:169.254.169.254 too. */
export function isForbidden(address: string): boolean {
  return FORBIDDEN.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

type Found = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void

function lookUpAllowed(resolve: Resolve) {
  return (host: string, options: LookupOptions, found: Found): void =>
    resolve(host, { ...options, all: true }, (error, addresses) => {
      if (error) return found(error, [])
      const allowed = addresses.filter(({ address }) => !isForbidden(address))
      const first = allowed[0]
      if (first === undefined) return found(Object.assign(new Error(NOT_ALLOWED), { code: NOT_ALLOWED }), [])
      if (options.all) found(null, allowed)
      else found(null, first.address, first.family)
    })
}

/** Codes are names such as ECONNREFUSED; messages may hold what was sent. */
function nameOf(error: unknown): string {
  if (error instanceof RemoteError) return error.reason
  return error instanceof Error && 'code' in error ? String(error.code) : 'broken answer'
}
