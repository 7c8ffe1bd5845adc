import type { IncomingMessage, ServerResponse } from 'node:http'
import { StoreError } from '../../errors.ts'
import type { RawRequest, RawResponse, Serve, VendorPort } from '../raw.ts'
import { clientResolver } from './client-address.ts'
import type { Client } from './client-address.ts'
import { lingeringClose } from './lingering-close.ts'
import { NO_BODY, RequestBody } from './request-body.ts'
import { abandon, sendResponse } from './send-response.ts'

/** An unread rest of a body up to this is read and thrown away, so that the connection can be used again. */
const SMALL_REST = 64 * 1024
const FAULT: RawResponse = { status: 500, headers: {}, body: null }

export interface NodeListenerOptions {
  /** addresses or CIDR blocks whose X-Forwarded-* headers are believed */
  trustedProxies?: readonly string[]
  /** ms without a byte either way while we wait for the client, before the connection is destroyed */
  idleTimeout?: number
  /** every request that comes in here is this vendor's */
  vendor?: VendorPort
  /** told of failures that no client may read: a pipeline that threw, a body that broke off */
  onFault?: (fault: unknown) => void
}

export interface NodeListener {
  onRequest: (req: IncomingMessage, res: ServerResponse) => void
  onCheckContinue: (req: IncomingMessage, res: ServerResponse) => void
}

/**
 * Adapts Node's request and response to the one pipeline: nothing decoded, nothing rewritten, header values
 * as Node gives them (each character one byte of the wire, Latin-1).
 *
 * A 100-continue goes out when the pipeline first pulls the body, so after authentication and authorisation;
 * when it answers without pulling, none is sent and the connection closes. A lost client aborts `signal`.
 * A body that fails after the head was sent destroys the connection: never a short success.
 */
export function nodeListener(serve: Serve, options: NodeListenerOptions = {}): NodeListener {
  const resolveClient = clientResolver(options.trustedProxies ?? [])
  const onFault = options.onFault ?? (() => undefined)
  const idleTimeout = options.idleTimeout ?? 300_000
  const { vendor } = options
  const answer: Serve = vendor === undefined ? serve : (raw) => serve(Object.assign(raw, { vendor }))
  const listen = (expectsContinue: boolean) => (req: IncomingMessage, res: ServerResponse) => {
    const headers = joinedHeaders(req.rawHeaders)
    const exchange = new Exchange(req, res, headers, expectsContinue, idleTimeout)
    exchange.run(answer, resolveClient(req.socket, headers), onFault).catch((fault: unknown) => {
      onFault(fault)
      res.destroy()
    })
  }
  return { onRequest: listen(false), onCheckContinue: listen(true) }
}

/** One request and its answer. */
class Exchange {
  readonly #req: IncomingMessage
  readonly #res: ServerResponse
  readonly #headers: Record<string, string>
  readonly #body: RequestBody | undefined
  #continueOwed: boolean
  #draining = false
  #abort: AbortController | undefined
  #gone = false

  constructor(
    req: IncomingMessage,
    res: ServerResponse,
    headers: Record<string, string>,
    expectsContinue: boolean,
    idleTimeout: number,
  ) {
    this.#req = req
    this.#res = res
    this.#headers = headers
    this.#continueOwed = expectsContinue
    if (hasBody(headers)) this.#body = new RequestBody(req, () => this.#sendContinue())
    res.on('close', () => this.#onClose())
    // A write that races with a reset is an 'error' event; 'close' tells us all we need to know of it.
    res.on('error', () => undefined)
    res.on('timeout', () => this.#onIdle(idleTimeout))
  }

  async run(serve: Serve, client: Client, onFault: (fault: unknown) => void): Promise<void> {
    const response = await this.#ask(serve, client, onFault)
    if (this.#gone) return abandon(response)
    await this.#send(response, onFault)
  }

  async #ask(serve: Serve, client: Client, onFault: (fault: unknown) => void): Promise<RawResponse> {
    try {
      return await serve(this.#request(client))
    } catch (fault) {
      if (!this.#gone) onFault(fault)
      return FAULT
    }
  }

  #request(client: Client): RawRequest {
    const req = this.#req
    const signal = () => this.#signal()
    return {
      method: req.method ?? '',
      rawUrl: req.url ?? '',
      headers: this.#headers,
      rawHeaders: req.rawHeaders,
      secure: client.secure,
      loopback: client.loopback,
      remoteAddress: client.remoteAddress,
      body: this.#body ?? NO_BODY,
      get signal() {
        return signal()
      },
    }
  }

  async #send(response: RawResponse, onFault: (fault: unknown) => void): Promise<void> {
    const res = this.#res
    const hold = this.#bodyLeftUnread()
    if (hold) res.shouldKeepAlive = false
    const onDraining = (draining: boolean) => (this.#draining = draining)
    try {
      await sendResponse(res, response, { head: this.#req.method === 'HEAD', hold, onDraining })
    } catch (fault) {
      if (!this.#gone) onFault(fault)
      if (this.#gone || res.headersSent) return void res.destroy()
      res.writeHead(FAULT.status, { 'content-length': 0 })
      if (!hold) res.end()
      else res.flushHeaders()
    }
    if (hold && !res.writableEnded) await lingeringClose(this.#req, res)
    else if (this.#body && !this.#req.readableEnded) this.#req.removeAllListeners('data').resume()
  }

  /** True when so much of the body is still to come, or may be, that the connection is not worth keeping. */
  #bodyLeftUnread(): boolean {
    if (!this.#body || this.#req.complete) return false
    if (this.#continueOwed) return true
    const declared = this.#headers['content-length']
    return declared === undefined || Number(declared) - this.#body.received > SMALL_REST
  }

  #sendContinue(): void {
    if (!this.#continueOwed) return
    this.#continueOwed = false
    if (!this.#res.headersSent) this.#res.writeContinue()
  }

  #signal(): AbortSignal {
    this.#abort ??= new AbortController()
    if (this.#gone) this.#abort.abort(disconnected())
    return this.#abort.signal
  }

  #onClose(): void {
    if (this.#res.writableFinished) return
    this.#gone = true
    this.#abort?.abort(disconnected())
  }

  // Node's own timer also runs while we work (a large copy, a slow disk); that is not the client's fault.
  #onIdle(idleTimeout: number): void {
    if (this.#draining || this.#body?.waiting || this.#res.writableEnded) this.#req.socket.destroy()
    else this.#req.socket.setTimeout(idleTimeout)
  }
}

/** RFC 9112 §6.3: a request has a body when it says how long, or that it comes in chunks. */
function hasBody(headers: Record<string, string>): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/** RFC 9110 §5.3: fields of one name are joined by commas; Node's own `headers` would drop some of them. */
function joinedHeaders(raw: readonly string[]): Record<string, string> {
  // Without a prototype, or a header named __proto__ would not be one.
  const headers = Object.create(null) as Record<string, string>
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase()
    const value = raw[i + 1]!
    const earlier = headers[name]
    headers[name] = earlier === undefined ? value : `${earlier}, ${value}`
  }
  return headers
}

function disconnected(): StoreError {
  return new StoreError('ClientDisconnected', 'The client went away before the answer was complete')
}
