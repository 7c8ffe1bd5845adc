import { expect, test } from 'vitest'
import { draftOf, filterOf } from './filter-draft.ts'

test('an empty form asks nothing', () => {
  expect(filterOf(draftOf({}))).toEqual({})
})

test('what is in the form is asked, and stands in it again', () => {
  const filter = {
    modes: ['managed-key' as const],
    suites: ['SM4' as const],
    keyId: 'k',
    keyVersionBelow: 3,
    minSize: 1_572_864,
    maxSize: 0,
    modifiedFrom: new Date(2026, 1, 28).getTime(),
    modifiedTo: new Date(2026, 2, 1).getTime(),
    tag: { key: 'stage', value: 'final' },
  }
  const draft = draftOf(filter)
  expect([draft.minSize, draft.fromDay, draft.toDay]).toEqual(['1.5', '2026-02-28', '2026-02-28'])
  expect(filterOf(draft)).toEqual(filter)
})

test('no version without its key, no size or day that is none', () => {
  const draft = {
    ...draftOf({}),
    keyVersionBelow: 3,
    minSize: 'x',
    maxSize: '-1',
    fromDay: '2026-',
    tagKey: ' ',
  }
  expect(filterOf(draft)).toEqual({})
})
