import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { startPeriodic } from './runner.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('runs after each period, one round at a time', async () => {
  let running = 0
  let rounds = 0
  const job = startPeriodic({
    name: 'slow',
    everyMs: 100,
    run: async () => {
      expect(++running).toBe(1)
      await new Promise((resolve) => setTimeout(resolve, 250))
      running -= 1
      rounds += 1
    },
  })
  await vi.advanceTimersByTimeAsync(99)
  expect(rounds).toBe(0)
  await vi.advanceTimersByTimeAsync(1100)
  expect(rounds).toBe(3)
  await Promise.all([job.stop(), vi.runAllTimersAsync()])
})

it('tells of a failed round and goes on', async () => {
  const told: unknown[] = []
  let rounds = 0
  const job = startPeriodic({
    name: 'shaky',
    everyMs: 10,
    run: async () => {
      rounds += 1
      if (rounds === 1) throw new Error('no luck')
    },
    onError: (name, error) => told.push([name, (error as Error).message]),
  })
  await vi.advanceTimersByTimeAsync(25)
  expect(told).toEqual([['shaky', 'no luck']])
  expect(rounds).toBe(2)
  await job.stop()
})

it('waits for the running round when stopped, and begins no other', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  let rounds = 0
  const job = startPeriodic({ name: 'long', everyMs: 10, run: () => ((rounds += 1), promise) })
  await vi.advanceTimersByTimeAsync(10)
  let stopped = false
  const stopping = job.stop().then(() => (stopped = true))
  await vi.advanceTimersByTimeAsync(100)
  expect(stopped).toBe(false)
  resolve()
  await stopping
  await vi.advanceTimersByTimeAsync(1000)
  expect(rounds).toBe(1)
})

it('prints a failure without its message, which may quote what must not be logged', async () => {
  const printed = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const job = startPeriodic({
    name: 'leaky',
    everyMs: 10,
    run: () => Promise.reject(new Error('the secret')),
  })
  await vi.advanceTimersByTimeAsync(10)
  await job.stop()
  expect(printed).toHaveBeenCalledOnce()
  expect(String(printed.mock.calls[0])).toContain('leaky')
  expect(String(printed.mock.calls[0])).not.toContain('the secret')
  printed.mockRestore()
})
