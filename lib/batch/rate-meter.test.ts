import { expect, test } from 'vitest'
import { FIRST_RATES, EMPTY_PLAN, estimatedSeconds } from './plan.ts'
import { RateMeter } from './rate-meter.ts'

const REWRAPS = { objects: 100, bytes: 1000, rewrapped: 100, rewritten: 0, rewrittenBytes: 0 }

test('rates shown are those of the last seconds', () => {
  let now = 0
  const meter = new RateMeter(() => now)
  expect(meter.shown()).toBeUndefined()
  now = 1000
  meter.add({ ...REWRAPS, ms: 900 })
  expect(meter.shown()).toEqual({ objectsPerSecond: 100, bytesPerSecond: 1000 })
  now = 20_000
  meter.add({ ...REWRAPS, ms: 900 })
  expect(meter.shown()).toEqual({ objectsPerSecond: 10, bytesPerSecond: 100 })
  now = 60_000
  expect(meter.shown()).toBeUndefined()
})

test('later estimates go half by what a job reached, and not by a handful of objects', () => {
  const meter = new RateMeter(() => 0)
  meter.add({ ...REWRAPS, ms: 50 })
  expect(meter.learned(FIRST_RATES)).toEqual(FIRST_RATES)
  meter.add({ ...REWRAPS, ms: 50 })
  const { rewrapsPerSecond, ...rest } = meter.learned({ ...FIRST_RATES, rewrapsPerSecond: 1000 })
  expect(rewrapsPerSecond).toBe(1500)
  expect(rest).toMatchObject({ rewritesPerSecond: FIRST_RATES.rewritesPerSecond })
})

test('rewriting that took twice as long as thought halves both of its rates, by half', () => {
  const meter = new RateMeter(() => 0)
  const rates = { rewrapsPerSecond: 1, rewritesPerSecond: 100, rewrittenBytesPerSecond: 1000 }
  meter.add({ objects: 200, bytes: 2000, rewrapped: 0, rewritten: 200, rewrittenBytes: 2000, ms: 8000 })
  expect(meter.learned(rates)).toEqual({
    rewrapsPerSecond: 1,
    rewritesPerSecond: 75,
    rewrittenBytesPerSecond: 750,
  })
})

test('an estimate adds what must be done, and a throttle only lengthens it', () => {
  const rates = { rewrapsPerSecond: 100, rewritesPerSecond: 10, rewrittenBytesPerSecond: 1000 }
  const plan = {
    ...EMPTY_PLAN,
    total: { objects: 330, bytes: 5000 },
    rewrapped: { objects: 300, bytes: 1000 },
    rewritten: { objects: 20, bytes: 4000 },
  }
  expect(estimatedSeconds(plan, rates, {})).toBe(3 + 2 + 4)
  expect(estimatedSeconds(plan, rates, { objectsPerSecond: 1000 })).toBe(9)
  expect(estimatedSeconds(plan, rates, { objectsPerSecond: 11 })).toBe(30)
  expect(estimatedSeconds(plan, rates, { bytesPerSecond: 100 })).toBe(40)
})
