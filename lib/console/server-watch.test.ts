import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ServerWatch } from './server-watch.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A server that is there or not, or has only its proxy left. */
function serverThat() {
  const server = { is: 'up' as 'up' | 'down' | 'behind a proxy', asked: [] as string[] }
  const watch = new ServerWatch((input) => {
    server.asked.push(input as string)
    if (server.is === 'down') return Promise.reject(new TypeError('Failed to fetch'))
    return Promise.resolve(new Response(null, { status: server.is === 'up' ? 200 : 502 }))
  }, '/probe')
  return { server, watch }
}

const NAVIGATION = { headers: { rsc: '1' } }

test('a request fails at once, and the watch tells when the server is back', async () => {
  const { server, watch } = serverThat()
  const told: boolean[] = []
  watch.subscribe(() => told.push(watch.away))
  server.is = 'down'
  await expect(watch.fetch('/api/me')).rejects.toThrow('Failed to fetch')
  await vi.advanceTimersByTimeAsync(5_000)
  expect(told).toEqual([true])
  server.is = 'up'
  await vi.advanceTimersByTimeAsync(2_000)
  expect(told).toEqual([true, false])
})

test.each(['down', 'behind a proxy'] as const)(
  'a navigation waits until the server, %s, is back',
  async (is) => {
    const { server, watch } = serverThat()
    server.is = is
    const page = watch.fetch('/buckets', NAVIGATION)
    await vi.advanceTimersByTimeAsync(3_000)
    expect(watch.away).toBe(true)
    server.is = 'up'
    await vi.advanceTimersByTimeAsync(3_000)
    expect((await page).status).toBe(200)
    expect(server.asked.at(-1)).toBe('/buckets')
  },
)

test('one broken connection is no absence', async () => {
  const { server, watch } = serverThat()
  server.is = 'down'
  const failed = watch.fetch('/api/me').catch(() => undefined)
  server.is = 'up'
  await failed
  await vi.advanceTimersByTimeAsync(10)
  expect(watch.away).toBe(false)
})

test('what is fetched ahead, or given up, waits for nothing', async () => {
  const { server, watch } = serverThat()
  server.is = 'down'
  const ahead = { headers: { rsc: '1', 'next-router-prefetch': '1' } }
  await expect(watch.fetch('/jobs', ahead)).rejects.toThrow('Failed to fetch')
  await expect(watch.fetch('/jobs', { ...NAVIGATION, signal: AbortSignal.abort() })).rejects.toThrow()
})
