import { expect, test } from 'vitest'
import { ThrottleMeter } from './pace.ts'

/** A clock that stands still until it is moved. */
function clock(): { now: () => number; pass: (ms: number) => void } {
  let ms = 0
  return { now: () => ms, pass: (more) => void (ms += more) }
}

test('without a throttle nothing waits', () => {
  const meter = new ThrottleMeter({}, clock().now)
  expect(meter.most(128)).toBe(128)
  meter.spend(1e6, 1e12)
  expect(meter.waitMs(128)).toBe(0)
})

test('objects pass at their rate, a few at a time, and idle time is worth a second at the most', () => {
  const { now, pass } = clock()
  const meter = new ThrottleMeter({ objectsPerSecond: 20 }, now)
  expect(meter.most(128)).toBe(5)
  expect(meter.waitMs(5)).toBe(250)
  pass(250)
  expect(meter.waitMs(5)).toBe(0)
  meter.spend(5, 0)
  expect(meter.waitMs(5)).toBe(250)
  pass(60_000)
  meter.spend(20, 0)
  expect(meter.waitMs(1)).toBe(50)
})

test('a large object is paid off before the next', () => {
  const { now, pass } = clock()
  const meter = new ThrottleMeter({ bytesPerSecond: 1000 }, now)
  expect(meter.waitMs(1)).toBe(0)
  meter.spend(1, 5000)
  expect(meter.waitMs(1)).toBe(5000)
  pass(4000)
  expect(meter.waitMs(1)).toBe(1000)
})

test('another throttle holds from then on; none ends the waiting', () => {
  const { now } = clock()
  const meter = new ThrottleMeter({ objectsPerSecond: 1 }, now)
  expect(meter.waitMs(1)).toBe(1000)
  meter.set({ objectsPerSecond: 10 })
  expect(meter.waitMs(1)).toBe(100)
  meter.set({})
  expect(meter.waitMs(1)).toBe(0)
})
