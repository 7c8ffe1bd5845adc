import { expect, test } from 'vitest'
import { Pace } from './scrub-pace.ts'

/** Time that passes only when somebody sleeps; each sleep takes `late` ms longer than asked. */
function clock(late: () => number) {
  let now = 0
  const slept: number[] = []
  const sleep = async (ms: number): Promise<void> => {
    slept.push(ms)
    now += ms + late()
  }
  return { slept, now: () => now, pass: (ms: number) => (now += ms), sleep }
}

const { signal } = new AbortController()
const MIB = 2 ** 20

test('reads so many bytes a second, whatever the size of the pieces', async () => {
  const time = clock(() => 0)
  const pace = new Pace({ bytesPerSecond: MIB, ...time })
  for (let read = 0; read < 10 * MIB; read += 64 * 1024) await pace.spend(64 * 1024, signal)
  expect(time.now()).toBeGreaterThan(9900)
  expect(time.now()).toBeLessThanOrEqual(10_000)
})

test('what was not read for long is not caught up at once', async () => {
  const time = clock(() => 0)
  const pace = new Pace({ bytesPerSecond: MIB, ...time })
  time.pass(3_600_000)
  for (let i = 0; i < 10; i++) await pace.spend(MIB, signal)
  expect(time.now() - 3_600_000).toBeGreaterThanOrEqual(9000)
})

test('stands aside while the event loop is late, and not for ever', async () => {
  let busy = 3
  const calming = clock(() => (busy-- > 0 ? 100 : 0))
  await new Pace({ bytesPerSecond: MIB, ...calming }).spend(MIB, signal)
  expect(calming.slept).toEqual([1000, 250, 250, 250])

  const endless = clock(() => 100)
  const pace = new Pace({ bytesPerSecond: MIB, ...endless })
  await pace.spend(MIB, signal)
  expect(endless.slept).toHaveLength(9)
})

test('a stop ends its sleep', async () => {
  const stopping = new AbortController()
  const pace = new Pace({ bytesPerSecond: 1 })
  setTimeout(() => stopping.abort(), 20)
  await pace.spend(1000, stopping.signal)
  expect(stopping.signal.aborted).toBe(true)
})
