import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { RawRequest, RawResponse, Serve } from '../raw.ts'
import type { NodeListenerOptions } from './node-listener.ts'
import { objectServer } from './object-server.ts'

const servers: Server[] = []
const sockets: Socket[] = []
const faults: unknown[] = []

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
  for (const server of servers.splice(0)) server.close().closeAllConnections()
  faults.length = 0
})

async function start(serve: Serve, options: NodeListenerOptions = {}): Promise<number> {
  const server = objectServer(serve, { onFault: (fault) => faults.push(fault), ...options })
  servers.push(server.listen(0, '127.0.0.1'))
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** A client that shows the very bytes of the wire. */
class Wire {
  readonly socket: Socket
  received = ''
  readonly closed: Promise<void>

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    sockets.push(this.socket)
    this.socket.setEncoding('latin1')
    this.socket.on('data', (text: string) => (this.received += text))
    this.socket.on('error', () => undefined)
    this.closed = new Promise((resolve) => {
      this.socket.on('close', () => resolve()).on('end', () => resolve())
    })
  }

  send(text: string): this {
    this.socket.write(text, 'latin1')
    return this
  }

  /** Everything up to and with the first match of `end`. */
  async until(end: string): Promise<string> {
    while (!this.received.includes(end)) {
      const ended = await Promise.race([
        once(this.socket, 'data').then(() => false),
        this.closed.then(() => true),
      ])
      if (ended && !this.received.includes(end))
        throw new Error(`closed after ${JSON.stringify(this.received)}`)
    }
    return this.received
  }
}

async function readAll(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const text = (status: number, body: string): RawResponse => ({ status, headers: {}, body: Buffer.from(body) })

describe('a request', () => {
  it('arrives exactly as it was on the wire', async () => {
    let seen: RawRequest | undefined
    const port = await start((raw) => {
      seen = raw
      return Promise.resolve(text(200, 'ok'))
    })
    const url = '/b//a/../%2F+%zz?uploads&x=%20&nxtP=1'
    await new Wire(port)
      .send(`PROPFIND ${url} HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nx-a: 2\r\n__proto__: p\r\n\r\n`)
      .until('ok')
    expect(seen?.method).toBe('PROPFIND')
    expect(seen?.rawUrl).toBe(url)
    expect(seen?.headers['x-a']).toBe('1, 2')
    expect(seen?.headers['__proto__']).toBe('p')
    expect(seen?.rawHeaders.slice(0, 4)).toEqual(['Host', 'h', 'X-A', '1'])
    expect(seen).toMatchObject({ secure: false, loopback: true, remoteAddress: '127.0.0.1' })
    expect(await readAll(seen!.body)).toHaveLength(0)
  })

  it('gives its body, however slowly it is read', async () => {
    const port = await start(async (raw) => {
      let bytes = 0
      for await (const chunk of raw.body) {
        bytes += chunk.length
        await new Promise((resolve) => setImmediate(resolve))
      }
      return text(200, `<${bytes}>`)
    })
    const response = await put(port, Buffer.alloc(20_000_000, 7))
    expect(await readAll(response)).toEqual(Buffer.from('<20000000>'))
  })

  it('does not pile up in memory while its reader waits', async () => {
    let proceed: () => void = () => undefined
    const gate = new Promise<void>((resolve) => (proceed = resolve))
    const port = await start(async (raw) => {
      const body = raw.body[Symbol.asyncIterator]()
      await body.next()
      await gate
      return text(200, 'ok')
    })
    const client = request({ port, method: 'PUT', headers: { 'content-length': 64 * 1024 * 1024 } })
    client.on('error', () => undefined)
    let accepted = 0
    while (client.write(Buffer.alloc(1024 * 1024)) || (await drainedSoon(client))) accepted++
    // 1 MiB of queue, 256 KiB of socket buffer, the rest is the kernel's on both sides.
    expect(accepted).toBeLessThan(24)
    proceed()
    client.destroy()
  })

  it('ends its body with an error when the client goes away', async () => {
    const failed = Promise.withResolvers<unknown>()
    const port = await start(async (raw) => {
      await readAll(raw.body).catch(failed.resolve)
      return text(200, 'ok')
    })
    const wire = new Wire(port).send('PUT /b/k HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n12345')
    setTimeout(() => wire.socket.destroy(), 50)
    expect(await failed.promise).toMatchObject({ name: 'StoreError', code: 'ClientDisconnected' })
    expect(faults).toEqual([])
  })

  it('tells through its signal that the client went away', async () => {
    const seen = Promise.withResolvers<AbortSignal>()
    const port = await start((raw) => {
      seen.resolve(raw.signal)
      return new Promise((resolve) => raw.signal.addEventListener('abort', () => resolve(text(200, 'ok'))))
    })
    const wire = new Wire(port).send('GET /b/k HTTP/1.1\r\nHost: h\r\n\r\n')
    const signal = await seen.promise
    expect(signal.aborted).toBe(false)
    wire.socket.destroy()
    await once(signal, 'abort')
    expect(signal.reason).toMatchObject({ code: 'ClientDisconnected' })
  })

  it('hands over a copy with a working signal when spread', async () => {
    const port = await start((raw) => Promise.resolve(text(200, String({ ...raw }.signal.aborted))))
    expect(await new Wire(port).send('GET / HTTP/1.1\r\nHost: h\r\n\r\n').until('false')).toContain('200 OK')
  })
})

describe('Expect: 100-continue', () => {
  const head = 'PUT /b/k HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n'

  it('is answered when the body is first pulled', async () => {
    const mayProceed = Promise.withResolvers<undefined>()
    const port = await start(async (raw) => {
      await mayProceed.promise
      return text(200, `got ${(await readAll(raw.body)).toString()}`)
    })
    const wire = new Wire(port).send(head)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(wire.received).toBe('')
    mayProceed.resolve(undefined)
    expect(await wire.until('\r\n\r\n')).toBe('HTTP/1.1 100 Continue\r\n\r\n')
    wire.send('12345')
    expect(await wire.until('got 12345')).toContain('HTTP/1.1 200 OK\r\n')
  })

  it('is withheld from a refused request, and the connection closes', async () => {
    const port = await start(() => Promise.resolve(text(403, 'refused')))
    const wire = new Wire(port).send(head)
    const received = await wire.until('refused')
    expect(received).toMatch(/^HTTP\/1\.1 403 /)
    expect(received).toContain('Connection: close\r\n')
    wire.socket.end()
    await wire.closed
    expect(wire.received).not.toContain('100')
  })
})

describe('an unread body', () => {
  it('that is small leaves the connection usable', async () => {
    const port = await start((raw) => Promise.resolve(text(400, `<${raw.rawUrl}>`)))
    const wire = new Wire(port).send(`PUT /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 60000\r\n\r\n`)
    await wire.until('</1>')
    wire.send('x'.repeat(60_000)).send('GET /2 HTTP/1.1\r\nHost: h\r\n\r\n')
    expect(await wire.until('</2>')).not.toContain('Connection: close')
  })

  it('that was begun and left leaves the connection usable too', async () => {
    const port = await start(async (raw) => {
      for await (const chunk of raw.body) return text(400, `<${raw.rawUrl} ${chunk.length > 0}>`)
      return text(200, `<${raw.rawUrl}>`)
    })
    const wire = new Wire(port)
      .send(`PUT /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 60000\r\n\r\n`)
      .send('x'.repeat(100))
    await wire.until('</1 true>')
    wire.send('x'.repeat(59_900)).send('GET /2 HTTP/1.1\r\nHost: h\r\n\r\n')
    await wire.until('</2>')
  })

  it('that is large does not stop the answer from arriving', async () => {
    const port = await start(() => Promise.resolve(text(403, 'refused')))
    const response = await put(port, Buffer.alloc(4 * 1024 * 1024))
    expect(response.statusCode).toBe(403)
    expect(response.headers.connection).toBe('close')
    expect(await readAll(response)).toEqual(Buffer.from('refused'))
  })

  it('that never ends is cut off', async () => {
    const port = await start(() => Promise.resolve(text(403, 'refused')))
    const wire = new Wire(port).send(`PUT /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 9999999999\r\n\r\n`)
    const pump = setInterval(() => wire.send('x'.repeat(1024 * 1024)), 2)
    await wire.closed
    clearInterval(pump)
    expect(wire.received).toContain('refused')
  })
})

describe('an answer', () => {
  it('keeps Content-Length and sends no body for HEAD', async () => {
    const port = await start((raw) =>
      Promise.resolve({
        status: 200,
        headers: { 'Content-Length': 12345, ETag: '"e"' },
        body: raw.rawUrl === '/stream' ? pieces('never sent') : null,
      }),
    )
    const wire = new Wire(port).send('HEAD /null HTTP/1.1\r\nHost: h\r\n\r\n')
    expect(await wire.until('\r\n\r\n')).toContain('Content-Length: 12345\r\n')
    wire.received = ''
    wire.send('HEAD /stream HTTP/1.1\r\nHost: h\r\n\r\nGET /close HTTP/1.0\r\n\r\n')
    await wire.closed
    expect(wire.received).not.toContain('never sent')
  })

  it.each([
    [200, 'content-length: 0'],
    [204, undefined],
    [304, undefined],
  ])('without a body says so: %i', async (status, length) => {
    const port = await start(() => Promise.resolve({ status, headers: {}, body: null }))
    const received = await new Wire(port).send('GET / HTTP/1.1\r\nHost: h\r\n\r\n').until('\r\n\r\n')
    expect(received.match(/content-length: \d+/i)?.[0]).toBe(length)
    expect(received.toLowerCase()).not.toContain('transfer-encoding')
  })

  it('streams many small and large pieces in order', async () => {
    const sizes = [1, 0, 70_000, 3, 3, 300_000, 16_384, 1]
    const whole = Buffer.concat(sizes.map((size, i) => Buffer.alloc(size, i + 1)))
    const port = await start(() =>
      Promise.resolve({
        status: 200,
        headers: { 'content-length': whole.length },
        body: each(sizes.map((size, i) => Buffer.alloc(size, i + 1))),
      }),
    )
    expect(await readAll(await get(port))).toEqual(whole)
  })

  it('waits for a client that reads slowly', async () => {
    let made = 0
    const port = await start(() =>
      Promise.resolve({
        status: 200,
        headers: {},
        body: (async function* () {
          for (; made < 200; made++) yield await Promise.resolve(Buffer.alloc(1024 * 1024))
        })(),
      }),
    )
    const response = await get(port)
    response.pause()
    const settled = await steady(() => made)
    expect(settled).toBeLessThan(50)
    let bytes = 0
    for await (const chunk of response) bytes += (chunk as Buffer).length
    expect(bytes).toBe(200 * 1024 * 1024)
  })

  it('stops its source when the client goes away', async () => {
    const stopped = Promise.withResolvers<string>()
    const port = await start(() =>
      Promise.resolve({
        status: 200,
        headers: {},
        body: (async function* () {
          try {
            for (;;) yield await Promise.resolve(Buffer.alloc(1024 * 1024))
          } finally {
            stopped.resolve('stopped')
          }
        })(),
      }),
    )
    const response = await get(port)
    response.on('error', () => undefined).destroy()
    expect(await stopped.promise).toBe('stopped')
    expect(faults).toEqual([])
  })

  it.each([
    [
      'fails',
      async function* () {
        yield await Promise.resolve(Buffer.from('part'))
        throw new Error('chunk 2 is not authentic')
      },
    ],
    ['is too short', () => pieces('part')],
    ['is too long', () => pieces('part', ' and much, much more')],
  ])('breaks the connection when its body %s after the head', async (_, body) => {
    const port = await start(() =>
      Promise.resolve({ status: 200, headers: { 'content-length': 10 }, body: body() }),
    )
    await expect(get(port).then(readAll)).rejects.toThrow(/aborted|hang up/)
    expect(faults).toHaveLength(1)
  })

  it('never ends a chunked body that failed', async () => {
    const port = await start(() =>
      Promise.resolve({
        status: 200,
        headers: {},
        body: (async function* () {
          yield await Promise.resolve(Buffer.from('part'))
          throw new Error('broken')
        })(),
      }),
    )
    const wire = new Wire(port).send('GET / HTTP/1.1\r\nHost: h\r\n\r\n')
    await wire.closed
    expect(wire.received).not.toContain('0\r\n\r\n')
  })

  it('is a 500 when the body fails before its first byte', async () => {
    const port = await start(() =>
      Promise.resolve({
        status: 200,
        headers: { 'content-length': 10 },
        // eslint-disable-next-line require-yield -- a body that fails at once
        body: (async function* () {
          await Promise.resolve()
          throw new Error('not authentic')
        })(),
      }),
    )
    const response = await get(port)
    expect(response.statusCode).toBe(500)
    expect(await readAll(response)).toHaveLength(0)
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('secret detail')
      },
    ],
    ['rejects', () => Promise.reject(new Error('secret detail'))],
    [
      'gives a header that would split the answer',
      () => Promise.resolve({ status: 200, headers: { 'x-a': 'b\r\nSet-Cookie: c' }, body: null }),
    ],
    [
      'gives a body that is not as long as it says',
      () => Promise.resolve({ status: 200, headers: { 'content-length': 3 }, body: Buffer.from('four') }),
    ],
  ] as [string, Serve][])('is an empty 500 when the pipeline %s', async (_, serve) => {
    const port = await start(serve)
    const received = await new Wire(port).send('GET / HTTP/1.1\r\nHost: h\r\n\r\n').until('\r\n\r\n')
    expect(received).toMatch(/^HTTP\/1\.1 500 /)
    expect(received).not.toMatch(/secret|Set-Cookie/)
    expect(faults).toHaveLength(1)
  })
})

describe('the idle timeout', () => {
  it('destroys a connection whose upload stands still', async () => {
    const failed = Promise.withResolvers<unknown>()
    const port = await start(
      async (raw) => {
        await readAll(raw.body).catch(failed.resolve)
        return text(200, 'ok')
      },
      { idleTimeout: 100 },
    )
    new Wire(port).send('PUT /b/k HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n12345')
    expect(await failed.promise).toMatchObject({ code: 'ClientDisconnected' })
  })

  it('spares a client that waits for our own work', async () => {
    const port = await start(
      () => new Promise((resolve) => setTimeout(() => resolve(text(200, 'done')), 500)),
      { idleTimeout: 100 },
    )
    await new Wire(port).send('GET / HTTP/1.1\r\nHost: h\r\n\r\n').until('done')
  })
})

async function* each(buffers: Buffer[]): AsyncGenerator<Buffer> {
  for (const buffer of buffers) yield await Promise.resolve(buffer)
}

function pieces(...texts: string[]): AsyncGenerator<Buffer> {
  return each(texts.map((piece) => Buffer.from(piece)))
}

async function get(port: number): Promise<IncomingMessage> {
  const [response] = (await once(request({ port, agent: false }).end(), 'response')) as [IncomingMessage]
  return response
}

async function put(port: number, body: Buffer): Promise<IncomingMessage> {
  const client = request({ port, method: 'PUT', agent: false, headers: { 'content-length': body.length } })
  client.on('error', () => undefined)
  const [response] = (await once(client.end(body), 'response')) as [IncomingMessage]
  return response
}

async function drainedSoon(client: NodeJS.EventEmitter): Promise<boolean> {
  return Promise.race([
    once(client, 'drain').then(() => true),
    new Promise<false>((resolve) => setTimeout(() => resolve(false), 300)),
  ])
}

/** The value once it has stood still for 200 ms. */
async function steady(value: () => number): Promise<number> {
  for (let last = -1; last !== value();) {
    last = value()
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  return value()
}
