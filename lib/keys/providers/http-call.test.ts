import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { HttpCaller } from './http-call.ts'

let server: Server
let port: number
let answered: number

beforeEach(async () => {
  answered = 0
  server = createServer((request, response) => {
    answered += 1
    response.end(request.url === '/long' ? 'x'.repeat(200_000) : 'ok')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const call = { method: 'POST' as const, path: '/', headers: {}, body: '' }

/** A resolver that answers as an attacker's name server would. */
const resolvesTo =
  (...addresses: string[]): ConstructorParameters<typeof HttpCaller>[0]['resolve'] =>
  (_host, _options, found) =>
    found(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )

test.each([
  'http://169.254.169.254',
  'http://[::ffff:169.254.169.254]',
  'http://[::ffff:a9fe:a9fe]',
  'http://[fe80::1]',
  'http://[fd00:ec2::254]',
  'http://100.100.100.200',
  // Other spellings of 169.254.169.254, which URL makes one.
  'http://2852039166',
  'http://0xa9.0xfe.0xa9.0xfe',
])('never dials %s, where clouds keep credentials', async (origin) => {
  await expect(new HttpCaller({ origin }).call(call)).rejects.toMatchObject({ reason: 'address not allowed' })
})

test('never dials them by a name either, whenever it is resolved', async () => {
  const origin = `http://vault.example.org:${port}`
  const bad = new HttpCaller({ origin, resolve: resolvesTo('169.254.169.254', '::ffff:169.254.169.254') })
  await expect(bad.call(call)).rejects.toMatchObject({ reason: 'address not allowed' })
  // Judged where it is dialled: what is left of the answer is what is connected to.
  const good = new HttpCaller({ origin, resolve: resolvesTo('169.254.169.254', '127.0.0.1') })
  expect(await good.call(call)).toMatchObject({ status: 200, body: 'ok' })
  expect(answered).toBe(1)
})

test('reads no more than a key service can have to say', async () => {
  const caller = new HttpCaller({ origin: `http://127.0.0.1:${port}` })
  await expect(caller.call({ ...call, path: '/long' })).rejects.toMatchObject({ reason: 'answer too long' })
})
