import { expect, test } from 'vitest'
import {
  everyVersion,
  filterOfPage,
  filterQuery,
  filterQuerySchema,
  isFiltered,
  type ObjectFilter,
} from './object-filter.ts'
import { pages } from './paths.ts'

const FILTERS: ObjectFilter[] = [
  {},
  { modes: ['none'] },
  { modes: ['none', 'managed-key'], suites: ['SM4'], keyId: 'k 1', keyVersionBelow: 3 },
  { minSize: 0, maxSize: 5, modifiedFrom: 1, modifiedTo: 2 },
  { tag: { key: 'a=b&c', value: 'd,e' } },
  { tag: { key: 'ü' } },
  { versions: 'all' },
  { modes: ['none'], versions: 'all' },
]

test.each(FILTERS)('%j survives an address', (filter) => {
  const address = new URL(pages.bucket('b', 'x/', filter), 'http://console.invalid')
  expect(address.searchParams.get('prefix')).toBe('x/')
  expect(filterOfPage(Object.fromEntries(address.searchParams))).toEqual(filter)
  expect(isFiltered(filter)).toBe(Object.keys(filter).length > 0)
})

test('an address that means no filter asks nothing of a page, and is refused by the API', () => {
  for (const wrong of [{ modes: 'everything' }, { minSize: '-1' }, { keyVersionBelow: 'x' }]) {
    expect(filterOfPage(wrong)).toEqual({})
    expect(filterQuerySchema.safeParse(wrong).success).toBe(false)
  }
})

test('current versions are no condition: every list shows them', () => {
  expect(filterOfPage({ versions: 'current' })).toEqual({})
  expect(everyVersion(undefined)).toEqual({})
  expect(everyVersion({ versioning: 'Suspended' })).toEqual({ versions: 'all' })
})

test('nothing is left over of what is not asked', () => {
  expect(Object.values(filterQuery({})).every((value) => value === undefined)).toBe(true)
})
