import { expect, test } from 'vitest'
import type { EncryptionRule } from '@/lib/console/schemas'
import { ruleName, ruleOf } from './suites'

const ARN = 'arn:aws:kms:us-east-1:123456789012:key/61977a00-ebf4-46b8-8aa5-dd6abfd8df08'

test.each<EncryptionRule>([
  { kind: 'none' },
  { kind: 'service-key', suite: 'AES256' },
  { kind: 'managed-key', suite: 'AES256' },
  { kind: 'managed-key', suite: 'SM4' },
  { kind: 'managed-key', suite: 'AES256', keyRef: ARN },
  { kind: 'managed-key', suite: 'SM4', keyRef: 'alias/research/genomics' },
])('%j has a word, and the word means it', (rule) => {
  const name = ruleName(rule)
  expect(name && ruleOf(name)).toEqual(rule)
})

test('SM4 under the service key is for S3 clients to set', () =>
  expect(ruleName({ kind: 'service-key', suite: 'SM4' })).toBeUndefined())
