import { connect, type Socket } from 'node:net'

const HEAD_END = Buffer.from('\r\n\r\n')
const NOTHING = Buffer.alloc(0)

/** A block that large bodies are made of, and how often. */
export interface RepeatedBody {
  block: Buffer
  times: number
}

/**
 * One keep-alive connection that speaks just enough HTTP/1.1 to measure: requests are ready-made bytes, of
 * answers only status and length are read. An HTTP client library would cost more than the server.
 */
export class Connection {
  readonly #socket: Socket
  #head: Buffer = NOTHING
  #remaining = -1
  #status = 0
  #settle: { resolve: (status: number) => void; reject: (error: Error) => void } | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (data: Buffer) => this.#onData(data))
    socket.on('error', (error) => this.#settle?.reject(error))
    socket.on('close', () => this.#settle?.reject(new Error('the server closed the connection')))
  }

  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1' }, () => resolve(new Connection(socket)))
      socket.once('error', reject)
    })
  }

  /** Sends a whole request and resolves with the status when its answer has come whole. @throws when it is not 2xx */
  async roundTrip(request: Buffer, body?: RepeatedBody): Promise<number> {
    const answer = new Promise<number>((resolve, reject) => {
      this.#settle = { resolve, reject }
    })
    this.#remaining = -1
    this.#socket.write(request)
    if (body) await Promise.race([this.#send(body), answer])
    const status = await answer
    this.#settle = undefined
    if (status < 200 || status > 299) throw new Error(`the server answered ${status}`)
    return status
  }

  close(): void {
    this.#settle = undefined
    this.#socket.destroy()
  }

  async #send({ block, times }: RepeatedBody): Promise<void> {
    for (let sent = 0; sent < times; sent++) {
      if (this.#socket.write(block)) continue
      await new Promise<void>((resolve) => this.#socket.once('drain', resolve))
    }
  }

  #onData(data: Buffer): void {
    if (this.#remaining >= 0) return this.#count(data.length)
    const seen = this.#head.length > 0 ? Buffer.concat([this.#head, data]) : data
    const end = seen.indexOf(HEAD_END)
    if (end < 0) {
      this.#head = seen
      return
    }
    this.#head = NOTHING
    const text = seen.toString('latin1', 0, end)
    this.#status = Number(text.slice(9, 12))
    const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1]
    if (length === undefined && this.#status !== 204) {
      this.#settle?.reject(new Error('an answer without content-length'))
      return
    }
    this.#remaining = Number(length ?? 0)
    this.#count(seen.length - end - HEAD_END.length)
  }

  #count(bytes: number): void {
    this.#remaining -= bytes
    if (this.#remaining <= 0) this.#settle?.resolve(this.#status)
  }
}
