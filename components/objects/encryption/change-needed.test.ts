import { expect, test } from 'vitest'
import type { TargetDraft } from '@/components/encryption/target-draft'
import type { EncryptionProperties } from '@/lib/console/schemas'
import { currentDraft, effectOf, weakens } from './change-needed'

const AT = { encryptedAt: 0 }
const CURRENT = {
  none: { mode: 'none' },
  service: { mode: 'service-key', suite: 'AES256', keyVersion: 1, ...AT },
  managed: {
    mode: 'managed-key',
    suite: 'AES256',
    keyId: 'k1',
    keyArn: 'arn:k1',
    keyVersion: 1,
    context: { team: 'a' },
    ...AT,
  },
  customer: { mode: 'customer-key', suite: 'SM4', ...AT },
} as const satisfies Record<string, EncryptionProperties>

const draft = (part: Partial<TargetDraft>): TargetDraft => ({
  method: 'managed-key',
  suite: 'AES256',
  keyRef: undefined,
  context: [],
  ...part,
})

test.each([
  ['none', {}, 'rewritten'],
  ['none', { method: 'none' }, 'unchanged'],
  ['service', { method: 'service-key' }, 'unchanged'],
  ['service', { method: 'service-key', suite: 'SM4' }, 'rewritten'],
  ['service', {}, 'rewrapped'],
  ['service', { method: 'none' }, 'rewritten'],
  ['managed', { context: [{ name: 'team', value: 'a' }] }, 'unchanged'],
  ['managed', { keyRef: 'arn:k1', context: [{ name: 'team', value: 'a' }] }, 'unchanged'],
  ['managed', { context: [{ name: 'team', value: 'b' }] }, 'rewrapped'],
  ['managed', {}, 'rewrapped'],
  ['managed', { keyRef: 'k2', context: [{ name: 'team', value: 'a' }] }, 'rewrapped'],
  ['managed', { method: 'customer-key' }, 'rewrapped'],
  ['customer', { method: 'customer-key', suite: 'SM4' }, 'rewrapped'],
  ['customer', { method: 'service-key' }, 'rewritten'],
] as const)('%s to %j: %s', (current, part, effect) => {
  expect(effectOf(CURRENT[current], draft(part as Partial<TargetDraft>), 'k1')).toBe(effect)
})

test('what an object has is no change, but for a customer’s key, which may be another', () => {
  for (const current of Object.values(CURRENT)) {
    const same = currentDraft(current, 'k1')
    expect(effectOf(current, same, 'k1')).toBe(current.mode === 'customer-key' ? 'rewrapped' : 'unchanged')
    expect(weakens(current, same)).toBe(false)
    expect(weakens(current, { ...same, method: 'none' })).toBe(current.mode !== 'none')
  }
})
