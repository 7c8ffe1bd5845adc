import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startPeriodic } from './runner.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('rounds follow each other, never two at once, counted from the end of one', async () => {
  let running = 0
  let rounds = 0
  const job = startPeriodic({
    name: 'j',
    everyMs: 100,
    run: async () => {
      running += 1
      expect(running).toBe(1)
      rounds += 1
      await new Promise((resolve) => setTimeout(resolve, 250))
      running -= 1
    },
  })
  await vi.advanceTimersByTimeAsync(99)
  expect(rounds).toBe(0)
  await vi.advanceTimersByTimeAsync(1)
  expect(rounds).toBe(1)
  await vi.advanceTimersByTimeAsync(349)
  expect(rounds).toBe(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(rounds).toBe(2)
  const stopped = job.stop()
  await vi.advanceTimersByTimeAsync(10_000)
  await stopped
  expect([rounds, running]).toEqual([2, 0])
})

test('a failed round is told and tried again; stopping before the first runs none', async () => {
  const told: unknown[] = []
  let rounds = 0
  const run = async (): Promise<void> => {
    rounds += 1
    throw new Error(`round ${rounds}`)
  }
  const job = startPeriodic({
    name: 'j',
    everyMs: 10,
    run,
    onError: (name, error) => told.push([name, String(error)]),
  })
  await vi.advanceTimersByTimeAsync(25)
  await job.stop()
  expect(told).toEqual([
    ['j', 'Error: round 1'],
    ['j', 'Error: round 2'],
  ])
  await startPeriodic({ name: 'j', everyMs: 10, run }).stop()
  await vi.advanceTimersByTimeAsync(100)
  expect(rounds).toBe(2)
})
