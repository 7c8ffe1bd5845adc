import { malformedPolicy, statementsOf } from './compile.ts'
import type { PolicyDocument, Statement } from './model.ts'
import { isPrincipalName, principalNames } from './principals.ts'

export type PolicyKind = 'member' | 'bucket' | 'key'

interface PolicyRules {
  /** bytes of UTF-8 (S3 user guide, "Bucket policies": 20 KB; KMS "Resource quotas": 32 KB; IAM: 6,144 for a managed policy) */
  maximumBytes: number
  namesPrincipals: boolean
  services: readonly string[]
}

export const POLICY_RULES: Readonly<Record<PolicyKind, PolicyRules>> = {
  member: { maximumBytes: 6144, namesPrincipals: false, services: ['s3', 'kms', 'coffer'] },
  bucket: { maximumBytes: 20 * 1024, namesPrincipals: true, services: ['s3'] },
  key: { maximumBytes: 32 * 1024, namesPrincipals: true, services: ['kms'] },
}

const POLICY_ELEMENTS = ['Version', 'Id', 'Statement']
const STATEMENT_ELEMENTS = [
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]
const SID = /^[\p{L}\p{N} _.:/-]{1,128}$/u
const MOST_STATEMENTS = 100

/**
 * Reads a policy in IAM's JSON and checks all of it: an element, operator or condition key that is not known is
 * refused, because a rule that is not understood cannot be kept.
 * @throws StoreError MalformedPolicy with `where`
 */
export function parsePolicy(json: string, kind: PolicyKind): PolicyDocument {
  const rules = POLICY_RULES[kind]
  if (Buffer.byteLength(json) > rules.maximumBytes)
    throw malformedPolicy('policy', `it is longer than ${rules.maximumBytes} bytes`)
  const policy = object(parsedJson(json), 'policy', POLICY_ELEMENTS)
  const version = policy.Version ?? '2008-10-17'
  if (version !== '2012-10-17' && version !== '2008-10-17')
    throw malformedPolicy('Version', 'it is 2012-10-17 or 2008-10-17')
  if (policy.Id !== undefined && typeof policy.Id !== 'string') throw malformedPolicy('Id', 'it is text')
  const listed = Array.isArray(policy.Statement) ? policy.Statement : [policy.Statement]
  if (policy.Statement === undefined || listed.length === 0)
    throw malformedPolicy('Statement', 'there is none')
  if (listed.length > MOST_STATEMENTS)
    throw malformedPolicy('Statement', `there are more than ${MOST_STATEMENTS}`)
  const document: PolicyDocument = {
    Version: version,
    ...(policy.Id !== undefined && { Id: policy.Id }),
    Statement: listed.map((statement, i) => readStatement(statement, `Statement[${i}]`, rules)),
  }
  checkSids(document)
  // Preparing it finds what is wrong in its patterns and conditions.
  statementsOf(document)
  return document
}

function parsedJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    throw malformedPolicy('policy', 'it is not JSON')
  }
}

function readStatement(value: unknown, where: string, rules: PolicyRules): Statement {
  const given = object(value, where, STATEMENT_ELEMENTS)
  if (given.Effect !== 'Allow' && given.Effect !== 'Deny')
    throw malformedPolicy(`${where}.Effect`, 'it is Allow or Deny')
  if (given.Sid !== undefined && (typeof given.Sid !== 'string' || !SID.test(given.Sid)))
    throw malformedPolicy(`${where}.Sid`, 'it is 1 to 128 letters, digits and spaces')
  const statement: Statement = { Effect: given.Effect }
  if (given.Sid !== undefined) statement.Sid = given.Sid
  readPrincipals(statement, given, where, rules)
  readActions(statement, given, where, rules)
  const resource = oneOf(given, 'Resource', 'NotResource', where)
  statement[resource] = texts(given[resource], `${where}.${resource}`)
  if (given.Condition !== undefined) statement.Condition = readCondition(given.Condition, where)
  return statement
}

function readPrincipals(
  statement: Statement,
  given: Record<string, unknown>,
  where: string,
  { namesPrincipals }: PolicyRules,
): void {
  if (!namesPrincipals) {
    if (given.Principal !== undefined || given.NotPrincipal !== undefined)
      throw malformedPolicy(`${where}.Principal`, 'the policy of a member names nobody else')
    return
  }
  const element = oneOf(given, 'Principal', 'NotPrincipal', where)
  const place = `${where}.${element}`
  // Everybody but one would be allowed, strangers included (IAM User Guide, "NotPrincipal").
  if (element === 'NotPrincipal' && statement.Effect === 'Allow')
    throw malformedPolicy(place, 'it goes with Deny only')
  const value = given[element]
  const principal = value === '*' ? '*' : { AWS: texts(object(value, place, ['AWS']).AWS, `${place}.AWS`) }
  const unknown = principalNames(principal).find((name) => !isPrincipalName(name))
  if (unknown !== undefined)
    throw malformedPolicy(place, 'it is *, an account, or the ARN of an account, user or role')
  statement[element] = principal
}

function readActions(
  statement: Statement,
  given: Record<string, unknown>,
  where: string,
  { services }: PolicyRules,
): void {
  const element = oneOf(given, 'Action', 'NotAction', where)
  const actions = texts(given[element], `${where}.${element}`)
  const known = new RegExp(`^(\\*|(${services.join('|')}):[a-z*?]+)$`, 'i')
  if (!actions.every((action) => known.test(action)))
    throw malformedPolicy(`${where}.${element}`, `an action is * or begins with ${services.join(':, ')}:`)
  statement[element] = actions
}

function readCondition(value: unknown, where: string): NonNullable<Statement['Condition']> {
  const blocks = Object.entries(object(value, `${where}.Condition`))
  return Object.fromEntries(
    blocks.map(([operator, block]) => {
      const place = `${where}.Condition.${operator}`
      const lines = Object.entries(object(block, place))
      if (lines.length === 0) throw malformedPolicy(place, 'it names no condition key')
      return [
        operator,
        Object.fromEntries(lines.map(([key, values]) => [key, scalars(values, `${place}.${key}`)])),
      ]
    }),
  )
}

function checkSids({ Statement: statements }: PolicyDocument): void {
  const seen = new Set<string>()
  statements.forEach(({ Sid }, i) => {
    if (Sid === undefined) return
    if (seen.has(Sid)) throw malformedPolicy(`Statement[${i}].Sid`, 'another statement has it already')
    seen.add(Sid)
  })
}

/** Exactly one of an element and its negation. */
function oneOf<A extends string, B extends string>(
  given: Record<string, unknown>,
  element: A,
  negation: B,
  where: string,
): A | B {
  if ((given[element] === undefined) === (given[negation] === undefined))
    throw malformedPolicy(`${where}.${element}`, `there is one of ${element} and ${negation}`)
  return given[element] === undefined ? negation : element
}

function object(value: unknown, where: string, elements?: readonly string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw malformedPolicy(where, 'it is a JSON object')
  const unknown = elements && Object.keys(value).find((name) => !elements.includes(name))
  if (unknown !== undefined) throw malformedPolicy(where, 'it has an element that policies do not have')
  return value as Record<string, unknown>
}

function texts(value: unknown, where: string): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value]
  if (list.length === 0 || !list.every((item) => typeof item === 'string' && item !== ''))
    throw malformedPolicy(where, 'it is text or a list of texts')
  return list as string[]
}

/** Values of conditions; JSON's own true, false and numbers mean their text. */
function scalars(value: unknown, where: string): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value]
  if (list.length === 0 || !list.every((item) => ['string', 'boolean', 'number'].includes(typeof item)))
    throw malformedPolicy(where, 'it is text or a list of texts')
  return list.map(String)
}
