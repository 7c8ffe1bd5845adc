import { randomBytes } from 'node:crypto'
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { RequestBody } from './request-body.ts'

test('few chunks wait for a reader, however small they are, and none is lost', async () => {
  const request = new IncomingMessage(new Socket())
  const body = new RequestBody(request, () => undefined)
  const first = body.next()
  const sent = randomBytes(20_000)
  for (const byte of sent) request.push(Buffer.of(byte))
  request.push(null)
  await new Promise((resolve) => setImmediate(resolve))
  expect(body.received).toBeLessThanOrEqual(1025)
  const chunks = [(await first).value!]
  for await (const chunk of body) chunks.push(chunk)
  expect(Buffer.concat(chunks).equals(sent)).toBe(true)
})
