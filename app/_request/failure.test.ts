import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { failureResponse, Refusal } from './failure.ts'
import { pieces } from './raw-request.ts'

const logged = vi.spyOn(console, 'error')
beforeEach(() => logged.mockReturnValue(undefined))
afterEach(() => logged.mockReset())

const printed = (): string => logged.mock.calls.map((call) => call.map(String).join(' ')).join('\n')

test('an unforeseen failure is logged by name, code and place, never by its words', async () => {
  const fault = Object.assign(new Error('Argument `passwordHash`: $argon2id$secret'), {
    code: 'P2009',
    meta: { query: 'secret' },
  })
  const response = failureResponse(fault, 'r-1')
  expect({ status: response.status, ...(await response.json()) }).toMatchObject({
    status: 500,
    code: 'InternalError',
  })
  expect(printed()).toMatch(/request r-1 failed: Error P2009\n\s+at /)
  expect(printed()).not.toContain('secret')
})

test('a client that goes away within its upload is no fault of the server', async () => {
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.error(Object.assign(new Error('aborted'), { code: 'ECONNRESET' })),
  })
  const error: unknown = await pieces(body)
    .next()
    .catch((reason: unknown) => reason)
  // The store looks at it on its way, in another copy of its modules.
  expect(error).toMatchObject({ name: 'StoreError', code: 'ClientDisconnected', facts: {} })
  expect(failureResponse(error, 'r-2').status).toBe(400)
  expect(printed()).toBe('')
})

test('what Coffer does not do is told, and is no fault of it either', () => {
  expect(failureResponse(new Refusal('NotImplemented'), 'r-3').status).toBe(501)
  expect(printed()).toBe('')
})
