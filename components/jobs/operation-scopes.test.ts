import { expect, test } from 'vitest'
import { jobSelectionSchema } from '@/lib/console/schemas-jobs'
import { operationScopes, type ObjectListState } from './operation-scopes'

const LIST: ObjectListState = { bucket: 'b', prefix: '', search: '', selected: [] }
const scopes = (part: Partial<ObjectListState>) =>
  operationScopes({ ...LIST, ...part }).map(({ name, selection }) => [name, selection])

test('a bucket by itself', () => {
  expect(scopes({})).toEqual([['bucket', { kind: 'filter', bucket: 'b' }]])
})

test('an open folder, a search in it, and a filter over it: the narrowest first', () => {
  const folder = ['folder', { kind: 'filter', bucket: 'b', prefix: '2026/' }]
  const bucket = ['bucket', { kind: 'filter', bucket: 'b' }]
  expect(scopes({ prefix: '2026/' })).toEqual([folder, bucket])
  expect(scopes({ prefix: '2026/', search: 'run' })).toEqual([
    ['search', { kind: 'filter', bucket: 'b', prefix: '2026/run' }],
    folder,
    bucket,
  ])
  expect(scopes({ prefix: '2026/', search: 'run', filter: { modes: ['none'] } })).toEqual([
    ['filter', { kind: 'filter', bucket: 'b', prefix: '2026/run', modes: ['none'] }],
    folder,
    bucket,
  ])
  expect(scopes({ filter: { modes: undefined } })).toHaveLength(1)
})

test('what is ticked is meant alone, folders with all that is below them', () => {
  expect(scopes({ prefix: 'p/', selected: ['p/a', 'p/f/', 'p/z'] })).toEqual([
    ['selected', { kind: 'keys', bucket: 'b', keys: ['p/a', 'p/z'], prefixes: ['p/f/'] }],
  ])
  expect(scopes({ selected: ['a'] })).toEqual([['selected', { kind: 'keys', bucket: 'b', keys: ['a'] }]])
  expect(scopes({ selected: ['f/'] })).toEqual([['selected', { kind: 'filter', bucket: 'b', prefix: 'f/' }]])
})

test('more than a job can name is no selection, and what is one the API takes', () => {
  const keys = Array.from({ length: 1000 }, (_, index) => `k${index}`)
  const [most] = operationScopes({ ...LIST, selected: keys })
  expect(jobSelectionSchema.safeParse(most?.selection).success).toBe(true)
  expect(scopes({ selected: [...keys, 'one more'] })).toEqual([['selected', undefined]])
})
