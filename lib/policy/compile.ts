import { StoreError } from '../errors.ts'
import { prepareCondition, type Condition } from './conditions.ts'
import type { RequestFacts } from './facts.ts'
import type { PolicyDocument, Principal, Statement } from './model.ts'
import { matchesArn, matchesTemplate, parseTemplate, splitArn, variablesOf } from './patterns.ts'
import { isConditionKey } from './condition-keys.ts'
import { namingOf, principalNames, type Naming } from './principals.ts'

/** A statement ready to be asked. */
export interface CompiledStatement {
  /** its Sid, or its number from 1 */
  rule: string
  effect: 'Allow' | 'Deny'
  naming: (principal: Principal | 'anonymous') => Naming
  /** Does it speak of this action on this resource in this request? */
  applies: (action: string, resource: string, facts: RequestFacts) => boolean
}

const compiled = new WeakMap<PolicyDocument, readonly CompiledStatement[]>()

/** The statements of a policy, prepared once for each document. @throws StoreError MalformedPolicy */
export function statementsOf(policy: PolicyDocument): readonly CompiledStatement[] {
  const known = compiled.get(policy)
  if (known !== undefined) return known
  const variables = policy.Version === '2012-10-17'
  const statements = policy.Statement.map((statement, i) => compile(statement, i, variables))
  compiled.set(policy, statements)
  return statements
}

/** @param where e.g. `Statement[0].Action` */
export function malformedPolicy(where: string, why: string): StoreError {
  return new StoreError('MalformedPolicy', `${where}: ${why}`, { where })
}

function compile(statement: Statement, index: number, variables: boolean): CompiledStatement {
  const place = `Statement[${index}]`
  const action = matcherOf(statement.Action, statement.NotAction, (text) => actionMatcher(text))
  const resource = matcherOf(statement.Resource, statement.NotResource, (text) =>
    resourceMatcher(text, variables, `${place}.${statement.Resource ? 'Resource' : 'NotResource'}`),
  )
  const conditions = conditionsOf(statement, place, variables)
  return {
    rule: statement.Sid ?? String(index + 1),
    effect: statement.Effect,
    naming: namingIn(statement),
    applies: (asked, on, facts) =>
      action(asked, facts) && resource(on, facts) && conditions.every((holds) => holds(facts)),
  }
}

type Matches = (text: string, facts: RequestFacts) => boolean

/** `Action` or `NotAction`, `Resource` or `NotResource`; parsePolicy made sure that one of the two is there. */
function matcherOf(
  listed: string | string[] | undefined,
  excepted: string | string[] | undefined,
  matcher: (text: string) => Matches,
): Matches {
  const matchers = asList(listed ?? excepted ?? []).map(matcher)
  const exception = listed === undefined
  return (text, facts) => matchers.some((matches) => matches(text, facts)) !== exception
}

/** Actions have no case (IAM User Guide, "Action"). */
function actionMatcher(text: string): Matches {
  const template = parseTemplate(text, { wildcards: true, variables: false })!
  return (action, facts) => matchesTemplate(template, action, facts.variable, true)
}

function resourceMatcher(text: string, variables: boolean, where: string): Matches {
  if (text === '*') return () => true
  const template = parseTemplate(text, { wildcards: true, variables })
  if (template === undefined) throw malformedPolicy(where, 'the policy variable is malformed')
  const unknown = variablesOf(template).find((key) => !isConditionKey(key))
  if (unknown !== undefined) throw malformedPolicy(where, `the policy variable ${unknown} is not known here`)
  const parts = splitArn(template)
  if (parts === undefined) throw malformedPolicy(where, 'a resource is * or an ARN')
  return (resource, facts) => matchesArn(parts, resource, facts.variable)
}

function conditionsOf(statement: Statement, place: string, variables: boolean): Condition[] {
  const conditions: Condition[] = []
  for (const [operator, block] of Object.entries(statement.Condition ?? {})) {
    for (const [key, values] of Object.entries(block)) {
      const refuse = (why: string) => malformedPolicy(`${place}.Condition.${operator}.${key}`, why)
      conditions.push(prepareCondition(operator, key, asList(values), { variables, refuse }))
    }
  }
  return conditions
}

/** A policy without principals belongs to somebody already: it names its owner. */
function namingIn(statement: Statement): CompiledStatement['naming'] {
  const { Principal: listed, NotPrincipal: excepted } = statement
  if (listed !== undefined) {
    const names = principalNames(listed)
    return (principal) => namingOf(names, principal)
  }
  if (excepted !== undefined) {
    const names = principalNames(excepted)
    return (principal) => (namingOf(names, principal) === 'not' ? 'himself' : 'not')
  }
  return () => 'himself'
}

function asList(value: string | string[]): string[] {
  return typeof value === 'string' ? [value] : value
}
