import { judgeIdentity, judgeResource, implicit } from './decide.ts'
import { RequestFacts } from './facts.ts'
import type { Action, Decision, PolicyDocument, Principal, Question } from './model.ts'
import { namingOf } from './principals.ts'

/** A grant as far as it decides (KMS API reference, GrantListEntry). */
export interface GrantRule {
  grantId: string
  /** ARN of a user or role */
  granteePrincipal: string
  /** `Decrypt`, `GenerateDataKey`, … */
  operations: readonly string[]
  constraints: {
    encryptionContextSubset?: Readonly<Record<string, string>>
    encryptionContextEquals?: Readonly<Record<string, string>>
  }
}

export interface KeyRules {
  /** undefined: the default policy, which leaves the key to the roles of its project */
  policy: PolicyDocument | undefined
  grants: readonly GrantRule[]
  /** the account the key belongs to; undefined: the principal's own */
  keyAccount?: string | undefined
}

/**
 * KMS's evaluation (KMS Developer Guide, "Determining access to KMS keys"). Nobody, not even an owner, may use a
 * key unless its policy says so: it names him, or names the account and so leaves it to roles and members'
 * policies; or a grant does. An explicit denial anywhere wins over all of them.
 */
export function decideKeyUse(question: Question, { policy, grants, keyAccount }: KeyRules): Decision {
  const { principal } = question
  // Whatever a bucket says to the world, a key is never used for nobody.
  if (principal === 'anonymous') return implicit('key-policy')
  const facts = new RequestFacts(question.conditions, principal)
  const identity = judgeIdentity(question, facts)
  const away = keyAccount !== undefined && keyAccount !== principal.account
  const key = judgeResource(question, facts, policy, 'key-policy')
  const denial = identity.deny ?? key.deny
  if (denial) return denial
  const delegated = policy === undefined ? !away : key.throughAccount !== undefined
  const granted = grantFor(question.action, principal, grants, facts)
  if (away) {
    if (!key.direct && !delegated && !granted) return implicit('key-policy')
    return identity.allow ? (key.direct ?? granted ?? identity.allow) : implicit('role')
  }
  if (delegated && identity.allow) return identity.allow
  return key.direct ?? granted ?? implicit(delegated ? 'role' : 'key-policy')
}

/** Operations whose requests have no encryption context: constraints do not apply to them (GrantConstraints). */
const WITHOUT_CONTEXT: ReadonlySet<string> = new Set(['DescribeKey', 'RetireGrant', 'CreateGrant'])

function grantFor(
  action: Action,
  principal: Principal,
  grants: readonly GrantRule[],
  facts: RequestFacts,
): Decision | undefined {
  const operation = action.startsWith('kms:') ? action.slice('kms:'.length) : ''
  const grant = grants.find(
    ({ granteePrincipal, operations, constraints }) =>
      operations.includes(operation) &&
      namingOf([granteePrincipal], principal) === 'himself' &&
      (WITHOUT_CONTEXT.has(operation) || contextMeets(constraints, facts)),
  )
  return grant && { allowed: true, layer: 'grant', rule: grant.grantId }
}

/** Names in a constraint have no case, values have (KMS API reference, GrantConstraints). */
function contextMeets(
  { encryptionContextSubset: subset, encryptionContextEquals: equals }: GrantRule['constraints'],
  facts: RequestFacts,
): boolean {
  const pairs = facts.encryptionContext()
  const includes = (wanted: Readonly<Record<string, string>>): boolean =>
    Object.entries(wanted).every(([name, value]) =>
      pairs.some(([has, with_]) => has === name.toLowerCase() && with_ === value),
    )
  if (subset !== undefined && !includes(subset)) return false
  if (equals === undefined) return true
  return Object.keys(equals).length === pairs.length && includes(equals)
}
