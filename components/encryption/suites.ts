import type { EncryptionRule, Suite } from '@/lib/console/schemas'
import type { KeySpec } from '@/lib/console/schemas-keys'

/** The cipher behind a suite's name, as crypto/FORMAT.md has it. */
export const CIPHERS: Record<Suite, string> = { AES256: 'AES-256-GCM', SM4: 'SM4-CTR + HMAC-SM3' }

export const SUITE_NAMES: Record<Suite, string> = { AES256: 'AES-256', SM4: 'SM4' }

/** Files under an own key are encrypted with the cipher the key was made for. */
export const SUITE_OF_SPEC: Record<KeySpec, Suite> = { AES_256: 'AES256', SM4: 'SM4' }

/** The default-encryption choices that every project has, by one word each. */
export const RULES = {
  none: { kind: 'none' },
  'service-AES256': { kind: 'service-key', suite: 'AES256' },
  'project-AES256': { kind: 'managed-key', suite: 'AES256' },
  'project-SM4': { kind: 'managed-key', suite: 'SM4' },
} as const satisfies Record<string, EncryptionRule>

export type CommonRule = keyof typeof RULES
/** A key of the project's own: `own:<suite>:<key>`. */
export type OwnRule = `own:${Suite}:${string}`
export type RuleName = CommonRule | OwnRule

export function ownRule(suite: Suite, keyRef: string): OwnRule {
  return `own:${suite}:${keyRef}`
}

export function isOwnRule(name: string): name is OwnRule {
  return name.startsWith('own:')
}

/** The word for a rule, or undefined for one that an S3 client set and the console does not offer. */
export function ruleName(rule: EncryptionRule): RuleName | undefined {
  if (rule.kind === 'none') return 'none'
  if (rule.kind === 'managed-key')
    return rule.keyRef ? ownRule(rule.suite, rule.keyRef) : `project-${rule.suite}`
  return rule.suite === 'AES256' ? 'service-AES256' : undefined
}

/** The rule for a word: the inverse of `ruleName`. */
export function ruleOf(name: RuleName): EncryptionRule {
  if (!isOwnRule(name)) return RULES[name]
  const [, suite, ...keyRef] = name.split(':')
  return { kind: 'managed-key', suite: suite === 'SM4' ? 'SM4' : 'AES256', keyRef: keyRef.join(':') }
}
