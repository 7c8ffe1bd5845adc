import { expect, test } from 'vitest'
import { streamResponse } from './stream-response.ts'

/** A body of three pieces that says whether it was let go of. */
function heldBody() {
  const state = { letGo: false }
  async function* pieces(): AsyncGenerator<Buffer> {
    try {
      for (const piece of ['one ', 'two ', 'three']) yield Buffer.from(piece)
    } finally {
      state.letGo = true
    }
  }
  const rest = pieces()
  return { state, rest, first: () => rest.next() }
}

function asked(method = 'GET') {
  const client = new AbortController()
  const request = new Request('http://coffer.example/', { method, signal: client.signal })
  return { client, request }
}

/** A body as the store hands it over: its first piece was read, so its blob is open. */
async function opened() {
  const { state, rest, first } = heldBody()
  await first()
  return { state, body: rest }
}

const head = (): ResponseInit => ({ headers: { 'content-length': '9' } })
const settled = () => new Promise((resolve) => setImmediate(resolve))

test('a body that is read to its end', async () => {
  const { state, body } = await opened()
  const response = streamResponse(asked().request, body, () => ({ ...head(), status: 206 }))
  expect([response.status, await response.text(), state.letGo]).toEqual([206, 'two three', true])
})

test('HEAD has the head alone, and the body is let go of', async () => {
  const { state, body } = await opened()
  const response = streamResponse(asked('HEAD').request, body, head)
  await settled()
  expect([response.body, response.headers.get('x-coffer-content-length'), state.letGo]).toEqual([
    null,
    '9',
    true,
  ])
})

test('a client that went before the answer: the body is let go of and is no short success', async () => {
  const { state, body } = await opened()
  const { client, request } = asked()
  client.abort()
  const response = streamResponse(request, body, head)
  await settled()
  expect(state.letGo).toBe(true)
  await expect(response.text()).rejects.toThrow('The client went away')
})

test('a client that goes before or while the answer is sent', async () => {
  for (const begun of [false, true]) {
    const { state, body } = await opened()
    const { client, request } = asked()
    const response = streamResponse(request, body, head)
    const reader = response.body!.getReader()
    if (begun) expect((await reader.read()).value).toEqual(Buffer.from('two '))
    client.abort()
    await settled()
    expect(state.letGo).toBe(true)
    await expect(reader.read()).rejects.toThrow('The client went away')
  }
})

test('an answer that cannot be made', async () => {
  const failing = (): ResponseInit => {
    throw new Error('no head')
  }
  // what Headers take and Node does not, what Headers refuse, what has no body
  const unsendable: (() => ResponseInit)[] = [
    failing,
    () => ({ headers: { 'content-type': 'text/\x01' } }),
    () => ({ headers: { 'content-type': 'text/文' } }),
    () => ({ status: 304 }),
  ]
  for (const bad of unsendable) {
    const { state, body } = await opened()
    expect(() => streamResponse(asked().request, body, bad)).toThrow()
    await settled()
    expect(state.letGo).toBe(true)
  }
})

test('a body that fails while it is let go of harms nobody', async () => {
  const body: AsyncIterableIterator<Buffer> = {
    [Symbol.asyncIterator]: () => body,
    next: () => Promise.resolve({ value: Buffer.alloc(1), done: false }),
    return: () => Promise.reject(new Error('the disk')),
  }
  expect(streamResponse(asked('HEAD').request, body, head).body).toBeNull()
  await settled()
})
