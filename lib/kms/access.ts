import type { KeyEntry } from '../keys/key-directory.ts'
import type { ConditionFacts, Decision } from '../policy/model.ts'
import type { Caller } from '../store/model.ts'
import type { KeyRequestContext } from './operations.ts'

export type Member = Caller & { kind: 'member' }

/** One use of a key, or one act on it, that somebody asks for. */
export interface KeyAccessQuestion {
  caller: Member
  /** IAM's name: `kms:Decrypt` */
  action: `kms:${string}`
  /** undefined: an act on no key in particular (CreateKey, ListKeys, GenerateRandom) */
  key: KeyEntry | undefined
  encryptionContext?: Readonly<Record<string, string>>
  /** what policies may ask besides, by the name of the condition key: `kms:GranteePrincipal` … */
  conditions?: ConditionFacts
  request: KeyRequestContext
}

/** May he? Roles, member policies, key policies and grants, in one answer. */
export interface KeyAccess {
  /**
   * @returns which rule of which layer allowed it
   * @throws StoreError AccessDenied with the facts `layer` and `rule`
   */
  authorize(question: KeyAccessQuestion): Promise<Decision>
}
