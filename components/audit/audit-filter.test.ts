import { expect, test } from 'vitest'
import { fieldsInUse, filterOf, NO_SEARCH } from './audit-filter'

const NOW = Date.UTC(2026, 10, 21, 12, 0, 31)

test('an untouched form asks for the last week', () => {
  expect(filterOf(NO_SEARCH, NOW)).toEqual({ from: Date.UTC(2026, 10, 14, 12, 0) })
  expect(fieldsInUse(NO_SEARCH)).toBe(0)
})

test('all time asks for no time', () => {
  expect(filterOf({ ...NO_SEARCH, period: 'all' }, NOW)).toEqual({})
})

test('both days of a range are included, in the reader’s zone', () => {
  const range = { ...NO_SEARCH, period: 'range' as const, fromDay: '2026-02-28', toDay: '2026-02-28' }
  const { from, to } = filterOf(range, NOW)
  expect(from).toBe(new Date(2026, 1, 28).getTime())
  expect(to).toBe(new Date(2026, 2, 1).getTime())
})

test('a range half open', () => {
  const range = { ...NO_SEARCH, period: 'range' as const, fromDay: '2026-01-01' }
  expect(filterOf(range, NOW)).toEqual({ from: new Date(2026, 0, 1).getTime() })
})

test.each([
  ['lab', { bucket: 'lab' }],
  ['lab/a/b.txt', { bucket: 'lab', objectKey: 'a/b.txt' }],
  ['s3://lab/a//b', { bucket: 'lab', objectKey: 'a//b' }],
])('an object as %s', (object, expected) => {
  const search = { ...NO_SEARCH, period: 'all' as const, object }
  expect(filterOf(search, NOW)).toEqual(expected)
  expect(fieldsInUse(search)).toBe(1)
})
