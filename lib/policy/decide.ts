import { statementsOf, type CompiledStatement } from './compile.ts'
import { RequestFacts } from './facts.ts'
import type { Decision, PolicyDocument, Question } from './model.ts'
import { roleEffect } from './roles.ts'

export interface ResourceRules {
  /** the policy of the bucket */
  resourcePolicy?: PolicyDocument | undefined
  /** the account the bucket belongs to; undefined: the principal's own */
  resourceAccount?: string | undefined
}

/**
 * IAM's evaluation (IAM User Guide, "Policy evaluation logic"): an explicit denial anywhere wins; then either
 * side may allow within one account, and both must across accounts; what nobody allows is denied.
 */
export function decide(question: Question, rules: ResourceRules = {}): Decision {
  const facts = new RequestFacts(question.conditions, question.principal)
  const identity = judgeIdentity(question, facts)
  const resource = judgeResource(question, facts, rules.resourcePolicy)
  const denial = denialIn(identity) ?? denialIn(resource)
  if (denial) return denial
  const { principal } = question
  if (principal === 'anonymous') return resource.direct ?? implicit('bucket-policy')
  const away = rules.resourceAccount !== undefined && rules.resourceAccount !== principal.account
  if (!away) return identity.allow ?? resource.direct ?? implicit('role')
  const invited = resource.direct ?? resource.throughAccount
  if (identity.allow === undefined) return implicit('role')
  return invited ?? implicit('bucket-policy')
}

/** What one side says. */
export interface Judgement {
  deny?: Decision
  /** names him */
  direct?: Decision
  /** names only his account */
  throughAccount?: Decision
}

/** The role together with the member's own policy. */
export function judgeIdentity(
  { principal, action, resource }: Question,
  facts: RequestFacts,
): { deny?: Decision; allow?: Decision } {
  if (principal === 'anonymous') return {}
  const { role, memberPolicy } = principal
  const judgement: { deny?: Decision; allow?: Decision } = {}
  const byRole = roleEffect(role, action)
  if (byRole === 'Deny') judgement.deny = { allowed: false, layer: 'role', rule: role }
  if (byRole === 'Allow') judgement.allow = { allowed: true, layer: 'role', rule: role }
  for (const statement of memberPolicy ? statementsOf(memberPolicy) : []) {
    if (!statement.applies(action, resource, facts)) continue
    const said: Decision = {
      allowed: statement.effect === 'Allow',
      layer: 'member-policy',
      rule: statement.rule,
    }
    if (said.allowed) judgement.allow ??= said
    else judgement.deny ??= said
  }
  return judgement
}

/** The policy of a bucket or key. */
export function judgeResource(
  question: Question,
  facts: RequestFacts,
  policy: PolicyDocument | undefined,
  layer: 'bucket-policy' | 'key-policy' = 'bucket-policy',
): Judgement {
  const judgement: Judgement = {}
  for (const statement of policy ? statementsOf(policy) : [])
    note(judgement, statement, question, facts, layer)
  return judgement
}

function note(
  judgement: Judgement,
  statement: CompiledStatement,
  { principal, action, resource }: Question,
  facts: RequestFacts,
  layer: Decision['layer'],
): void {
  const naming = statement.naming(principal)
  if (naming === 'not' || !statement.applies(action, resource, facts)) return
  const said: Decision = { allowed: statement.effect === 'Allow', layer, rule: statement.rule }
  if (!said.allowed) judgement.deny ??= said
  else if (naming === 'himself') judgement.direct ??= said
  else judgement.throughAccount ??= said
}

function denialIn({ deny }: { deny?: Decision }): Decision | undefined {
  return deny
}

/** Nothing allows it. */
export function implicit(layer: Decision['layer']): Decision {
  return { allowed: false, layer, rule: undefined }
}
