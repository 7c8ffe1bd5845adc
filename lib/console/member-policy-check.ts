import { parse, type ParseError } from 'jsonc-parser'

/**
 * Reads a member's policy while somebody types it. The server judges it again and completely (lib/policy); this is so
 * that a slip is seen where it stands, before anything is sent.
 */
export type MemberPolicyProblem =
  | { kind: 'syntax'; line: number; column: number }
  | { kind: 'notObject' | 'version' | 'noStatement' | 'tooLong' }
  | { kind: 'effect' | 'principal' | 'action' | 'resource'; statement: number }

type Json = Record<string, unknown>

/** bytes of UTF-8, as the server's (IAM, managed policies) */
export const MEMBER_POLICY_BYTES = 6144
const VERSIONS: unknown[] = ['2012-10-17', '2008-10-17', undefined]
const ACTION = /^(\*|(s3|kms|coffer):[a-z*?]+)$/i

/** The first problem of each kind and statement, in the order of the text. */
export function checkMemberPolicy(text: string): MemberPolicyProblem[] {
  if (new TextEncoder().encode(text).length > MEMBER_POLICY_BYTES) return [{ kind: 'tooLong' }]
  // JSON.parse says that something is wrong, and in most browsers not where.
  const slips: ParseError[] = []
  const value: unknown = parse(text, slips, { disallowComments: true })
  if (slips[0]) return [{ kind: 'syntax', ...placeOf(slips[0].offset, text) }]
  if (!isObject(value)) return [{ kind: 'notObject' }]
  const problems: MemberPolicyProblem[] = VERSIONS.includes(value['Version']) ? [] : [{ kind: 'version' }]
  const statements = listOf(value['Statement'])
  if (statements.length === 0) problems.push({ kind: 'noStatement' })
  return [...problems, ...statements.flatMap((statement, index) => problemsOf(statement, index + 1))]
}

function problemsOf(value: unknown, statement: number): MemberPolicyProblem[] {
  if (!isObject(value)) return [{ kind: 'effect', statement }]
  const problems: MemberPolicyProblem[] = []
  if (value['Effect'] !== 'Allow' && value['Effect'] !== 'Deny') problems.push({ kind: 'effect', statement })
  if (value['Principal'] !== undefined || value['NotPrincipal'] !== undefined)
    problems.push({ kind: 'principal', statement })
  const actions = [...listOf(value['Action']), ...listOf(value['NotAction'])]
  if (
    !oneOf(value, 'Action') ||
    !actions.every((action) => typeof action === 'string' && ACTION.test(action))
  )
    problems.push({ kind: 'action', statement })
  if (!oneOf(value, 'Resource')) problems.push({ kind: 'resource', statement })
  return problems
}

/** Exactly one of an element and its negation. */
function oneOf(statement: Json, element: string): boolean {
  return (statement[element] === undefined) !== (statement[`Not${element}`] === undefined)
}

function placeOf(offset: number, text: string): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}

function listOf(value: unknown): unknown[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
