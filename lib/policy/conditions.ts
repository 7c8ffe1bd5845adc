import { isConditionKey } from './condition-keys.ts'
import { conditionOperator } from './condition-operators.ts'
import type { ValueMatcher } from './condition-operators.ts'
import type { RequestFacts } from './facts.ts'

/** One line of a Condition block; all must hold. */
export type Condition = (facts: RequestFacts) => boolean

const NAME = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/

/**
 * Prepares `{ operator: { key: values } }` once.
 * @throws the words of `refuse` for an operator, a key or a value that is unknown or malformed
 */
export function prepareCondition(
  operator: string,
  key: string,
  values: readonly string[],
  { variables, refuse }: { variables: boolean; refuse: (why: string) => Error },
): Condition {
  if (!isConditionKey(key)) throw refuse(`the condition key ${key} is not known here`)
  const [, set, name = '', ifExists] = NAME.exec(operator) ?? []
  if (name === 'Null' && set === undefined && ifExists === undefined)
    return nullCondition(key, values, refuse)
  const known = conditionOperator(name)
  if (known === undefined) throw refuse(`the condition operator ${operator} is not known here`)
  const matchers = values.map((value) => {
    const matcher = known.prepare(value, variables)
    if (matcher === undefined) throw refuse(`the value ${value} does not suit ${operator}`)
    return matcher
  })
  const holds = heldBy(set, known.negated, matchers)
  return (facts) => {
    const have = facts.values(key)
    if (have === undefined && ifExists !== undefined) return true
    return holds(have, facts)
  }
}

type Holds = (have: readonly string[] | undefined, facts: RequestFacts) => boolean

/**
 * What an absent key means: nothing matches it, so negated operators hold; ForAllValues holds for no values at
 * all and ForAnyValue for none (IAM User Guide, "Multivalued context keys").
 */
function heldBy(set: string | undefined, negated: boolean, matchers: readonly ValueMatcher[]): Holds {
  const passes = (value: string, facts: RequestFacts): boolean =>
    matchers.some((matches) => matches(value, facts.variable)) !== negated
  if (set === 'ForAllValues') return (have, facts) => (have ?? []).every((value) => passes(value, facts))
  if (set === 'ForAnyValue') return (have, facts) => (have ?? []).some((value) => passes(value, facts))
  if (negated) return (have, facts) => (have ?? []).every((value) => passes(value, facts))
  return (have, facts) => (have ?? []).some((value) => passes(value, facts))
}

function nullCondition(key: string, values: readonly string[], refuse: (why: string) => Error): Condition {
  const wanted = values.map((value) => value.toLowerCase())
  if (wanted.length === 0 || wanted.some((value) => value !== 'true' && value !== 'false'))
    throw refuse('Null takes true or false')
  return (facts) => wanted.includes(String(facts.values(key) === undefined))
}
