import { expect, test } from 'vitest'
import { newObjectId } from './object-ids.ts'

test('is a UUID of version 7 that tells the millisecond (RFC 9562, appendix A.6)', () => {
  const id = newObjectId(0x017f22e279b0)
  expect(id).toMatch(/^017f22e2-79b0-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

test('follows the time, and is never the same', () => {
  const times = [0, 1, 1_700_000_000_000, 1_700_000_000_001, 2 ** 48 - 1]
  const ids = times.map((time) => newObjectId(time))
  expect(ids.toSorted()).toEqual(ids)
  const many = Array.from({ length: 10_000 }, () => newObjectId(1_700_000_000_000))
  expect(new Set(many).size).toBe(many.length)
})
