import { expect, test } from 'vitest'
import { secondsLeft } from './time-left.ts'

test('the rest at the speed of the samples', () => {
  const samples = [
    { at: 1000, sentBytes: 1_000_000 },
    { at: 3000, sentBytes: 1_500_000 },
    { at: 6000, sentBytes: 6_000_000 },
  ]
  expect(secondsLeft(samples, 26_000_000)).toBe(20)
  expect(secondsLeft(samples, 6_000_000)).toBe(0)
})

test('nothing is said too early, nor while nothing moves', () => {
  expect(secondsLeft([], 10)).toBeUndefined()
  expect(secondsLeft([{ at: 0, sentBytes: 5 }], 10)).toBeUndefined()
  const early = [
    { at: 0, sentBytes: 0 },
    { at: 2000, sentBytes: 5 },
  ]
  expect(secondsLeft(early, 10)).toBeUndefined()
  // a part was sent anew: less is there than was
  for (const sentBytes of [5, 4]) {
    const stuck = [
      { at: 0, sentBytes: 5 },
      { at: 9000, sentBytes },
    ]
    expect(secondsLeft(stuck, 10)).toBeUndefined()
  }
})
