import type { EncryptionRule, Suite } from '@/lib/console/schemas'

/** The cipher behind a suite's name, as crypto/FORMAT.md has it. */
export const CIPHERS: Record<Suite, string> = { AES256: 'AES-256-GCM', SM4: 'SM4-CTR + HMAC-SM3' }

export const SUITE_NAMES: Record<Suite, string> = { AES256: 'AES-256', SM4: 'SM4' }

/** The default-encryption choices a console offers, by one word each. */
export const RULES = {
  none: { kind: 'none' },
  'service-AES256': { kind: 'service-key', suite: 'AES256' },
  'project-AES256': { kind: 'managed-key', suite: 'AES256' },
  'project-SM4': { kind: 'managed-key', suite: 'SM4' },
} as const satisfies Record<string, EncryptionRule>

export type RuleName = keyof typeof RULES

/** The word for a rule, or undefined for one that an S3 client set and the console does not offer. */
export function ruleName(rule: EncryptionRule): RuleName | undefined {
  if (rule.kind === 'none') return 'none'
  if (rule.kind === 'managed-key') return rule.keyRef ? undefined : `project-${rule.suite}`
  return rule.suite === 'AES256' ? 'service-AES256' : undefined
}
