import { expect, test } from 'vitest'
import type { JobTarget } from '@/lib/console/schemas-jobs'
import { contextOf, draftOf, isContextSound, jobTargetOf, USUAL_TARGET } from './target-draft'

const ARN = 'arn:aws:kms:us-east-1:123456789012:key/61977a00-ebf4-46b8-8aa5-dd6abfd8df08'

test.each<JobTarget>([
  { kind: 'none' },
  { kind: 'newest-version' },
  { kind: 'service-key', suite: 'SM4' },
  { kind: 'managed-key', suite: 'AES256' },
  { kind: 'managed-key', suite: 'SM4', keyRef: ARN, context: { study: 'spring', '': 'no name' } },
])('%j becomes a draft and is itself again', (target) => {
  expect(jobTargetOf(draftOf(target))).toEqual(target)
})

test('a customer key is no target of a job', () =>
  expect(() => jobTargetOf({ ...USUAL_TARGET, method: 'customer-key' })).toThrow(/never stored/))

test('rows left empty are no context', () => {
  const empty = { name: '', value: '' }
  expect(contextOf([empty])).toBeUndefined()
  expect(isContextSound([empty, empty])).toBe(true)
})

test.each([
  [[{ name: '', value: 'x' }]],
  [
    [
      { name: 'a', value: '1' },
      { name: 'a', value: '2' },
    ],
  ],
])('%j is not a context', (context) => expect(isContextSound(context)).toBe(false))
