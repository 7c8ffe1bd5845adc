import { once } from 'node:events'
import { createServer, request, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { carryFraming, restoreFraming } from './framing.ts'

/** The headers that a client gets of an answer whose route set these. */
async function sent(headers: Record<string, string>, method: string): Promise<IncomingMessage['headers']> {
  const server = createServer((_, res) => {
    restoreFraming(res)
    res.setHeaders(carryFraming(new Headers(headers)))
    res.end(method === 'HEAD' ? undefined : 'hello')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const [response] = (await once(request({ port, method }).end(), 'response')) as [IncomingMessage]
  response.resume()
  server.close().closeAllConnections()
  return response.headers
}

test.each(['GET', 'HEAD'])('what a route says of its body reaches the client of a %s', async (method) => {
  const headers = await sent({ 'content-length': '5', 'content-encoding': 'gzip', etag: '"e"' }, method)
  expect(headers).toMatchObject({ 'content-length': '5', 'content-encoding': 'gzip', etag: '"e"' })
  expect(Object.keys(headers).join()).not.toContain('x-coffer')
})

test('Next sees nothing that it would take off', () => {
  const carried = carryFraming(new Headers({ 'content-length': '5', 'content-type': 'text/plain' }))
  expect([...carried.keys()]).toEqual(['content-type', 'x-coffer-content-length'])
})

test('what a route does not say is not made up', async () => {
  const headers = await sent({}, 'HEAD')
  expect([headers['content-encoding'], headers['x-coffer-content-encoding']]).toEqual([undefined, undefined])
})
