import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { consoleServer } from './console-server.ts'
import { closeGracefully, listen } from './listen.ts'

const servers: Server[] = []
afterEach(() => servers.splice(0).forEach((server) => server.close().closeAllConnections()))

/** What Next would see of a request, and what the browser gets. */
async function ask(trustedProxies: string[], headers: Record<string, string>, path = '/') {
  let seen: IncomingHttpHeaders = {}
  let target: string | undefined
  const server = consoleServer(
    (req, res) => {
      seen = req.headers
      target = req.url
      res.end()
      return Promise.resolve()
    },
    { trustedProxies, development: false },
  )
  servers.push(server)
  await listen(server, 0, '127.0.0.1')
  const { port } = server.address() as AddressInfo
  const [response] = (await once(request({ port, headers, path }).end(), 'response')) as [IncomingMessage]
  response.resume()
  return {
    status: response.statusCode,
    target,
    seen,
    policy: String(response.headers['content-security-policy']),
  }
}

const CLAIMS = {
  'x-forwarded-for': '192.0.2.1',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'evil.example',
  'x-coffer-remote-address': '192.0.2.9',
  'x-nonce': 'chosen',
  'content-security-policy': "script-src 'nonce-chosen'",
}

describe('consoleServer', () => {
  it('lets nobody but a trusted proxy say where a request comes from', async () => {
    const { seen } = await ask([], CLAIMS)
    expect(seen['x-coffer-remote-address']).toBe('127.0.0.1')
    expect(seen['x-forwarded-proto']).toBe('http')
    expect(seen['x-forwarded-host']).toBeUndefined()
    expect(seen['x-forwarded-for']).toBeUndefined()
  })

  it('believes a trusted proxy', async () => {
    const { seen } = await ask(['127.0.0.1'], CLAIMS)
    expect(seen['x-coffer-remote-address']).toBe('192.0.2.1')
    expect(seen['x-forwarded-proto']).toBe('https')
    expect(seen['x-forwarded-host']).toBe('evil.example')
  })

  it('tells the address that was asked for, whatever a header claims', async () => {
    const claim = { 'x-coffer-address': '/claimed' }
    const told = async (path: string) => (await ask([], claim, path)).seen['x-coffer-address']
    expect(await told('/keys?tab=usage&project=p1')).toBe('/keys?tab=usage&project=p1')
    expect(await told('/keys?tab=usage&_rsc=1x')).toBe('/keys?tab=usage')
    expect(await told('http://elsewhere.example/keys')).toBe('/keys')
  })

  it.each(['//', '///', '//a:99999999/', '/\\'])('takes %s for a path', async (path) => {
    expect((await ask([], {}, path)).seen['x-coffer-address']).toBe(path.replace('\\', '/'))
  })

  it.each(['http://[', 'ftp://a/', '*', 'keys', '/%', '/keys/%ff'])(
    'refuses %s, which is no address',
    async (path) => {
      expect(await ask([], {}, path)).toMatchObject({ status: 400, seen: {} })
    },
  )

  it('takes the path of an address in full', async () => {
    expect((await ask([], {}, 'http://elsewhere.example/keys?a=%2F')).target).toBe('/keys?a=%2F')
  })

  it('gives every answer a nonce that no client can choose', async () => {
    const [first, second] = [await ask([], CLAIMS), await ask([], CLAIMS)]
    expect(first.seen['x-nonce']).toMatch(/^[\w+/]{24}$/)
    expect(first.seen['x-nonce']).not.toBe(second.seen['x-nonce'])
    expect(first.policy).toContain(
      `script-src 'nonce-${String(first.seen['x-nonce'])}' 'strict-dynamic';`.slice(0, -1),
    )
    expect(first.policy).toBe(first.seen['content-security-policy'])
    expect(first.policy).not.toMatch(/script-src[^;]*('self'|'unsafe)/)
  })
})

describe('listen', () => {
  it('names the port that is in use', async () => {
    const { first, second } = {
      first: consoleServer(() => Promise.resolve(), none),
      second: consoleServer(() => Promise.resolve(), none),
    }
    servers.push(first, second)
    await listen(first, 0, '127.0.0.1')
    const { port } = first.address() as AddressInfo
    await expect(listen(second, port, '127.0.0.1')).rejects.toMatchObject({ code: 'EADDRINUSE', port })
  })
})

describe('closeGracefully', () => {
  it('lets a running request finish', async () => {
    const begun = Promise.withResolvers<undefined>()
    const finish = Promise.withResolvers<undefined>()
    const server = consoleServer(async (_, res) => {
      begun.resolve(undefined)
      await finish.promise
      res.end('whole')
    }, none)
    await listen(server, 0, '127.0.0.1')
    const answer = once(request({ port: (server.address() as AddressInfo).port }).end(), 'response')
    await begun.promise
    const closed = closeGracefully(server, 60_000)
    finish.resolve(undefined)
    const [response] = (await answer) as [IncomingMessage]
    expect((await response.toArray()).join('')).toBe('whole')
    await closed
  })

  it('cuts off what takes longer than its grace', async () => {
    const server = consoleServer(() => new Promise(() => undefined), none)
    await listen(server, 0, '127.0.0.1')
    const client = request({ port: (server.address() as AddressInfo).port }).end()
    const failed = once(client, 'error')
    await once(server, 'request')
    await closeGracefully(server, 50)
    expect((await failed)[0]).toMatchObject({ code: 'ECONNRESET' })
  })
})

const none = { trustedProxies: [], development: false }
