import { parse, type ParseError } from 'jsonc-parser'

/**
 * Reads a key policy while somebody types it. The key service judges it again and completely (lib/policy); this is so
 * that a slip is seen where it stands, before anything is sent.
 */
export type PolicyProblem =
  | { kind: 'syntax'; line: number; column: number }
  | { kind: 'notObject' | 'noStatement' | 'version' | 'tooLong' }
  | { kind: 'unknownElement'; statement: number; element: string }
  | { kind: 'effect' | 'principal' | 'action' | 'resource'; statement: number }
  | { kind: 'actionService'; statement: number; action: string }
/** Not wrong, but most likely not meant. */
export type PolicyWarning = 'lockout' | 'everybody'

export interface PolicyCheck {
  problems: PolicyProblem[]
  warnings: PolicyWarning[]
}

type Json = Record<string, unknown>

const ELEMENTS = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
])
const VERSIONS: unknown[] = ['2012-10-17', '2008-10-17', undefined]

export function checkKeyPolicy(text: string, maximumBytes: number): PolicyCheck {
  if (new TextEncoder().encode(text).length > maximumBytes)
    return { problems: [{ kind: 'tooLong' }], warnings: [] }
  // JSON.parse says that something is wrong, and in most browsers not where.
  const slips: ParseError[] = []
  const value: unknown = parse(text, slips, { disallowComments: true })
  if (slips[0]) return { problems: [{ kind: 'syntax', ...placeOf(slips[0].offset, text) }], warnings: [] }
  if (!isObject(value)) return { problems: [{ kind: 'notObject' }], warnings: [] }
  const problems: PolicyProblem[] = VERSIONS.includes(value['Version']) ? [] : [{ kind: 'version' }]
  const statements = listOf(value['Statement'])
  if (statements.length === 0) problems.push({ kind: 'noStatement' })
  problems.push(...statements.flatMap((statement, index) => problemsOf(statement, index + 1)))
  return { problems, warnings: problems.length === 0 ? warningsOf(statements.filter(isObject)) : [] }
}

function problemsOf(statement: unknown, number: number): PolicyProblem[] {
  if (!isObject(statement)) return [{ kind: 'effect', statement: number }]
  const problems: PolicyProblem[] = Object.keys(statement)
    .filter((element) => !ELEMENTS.has(element))
    .map((element) => ({ kind: 'unknownElement', statement: number, element }))
  if (statement['Effect'] !== 'Allow' && statement['Effect'] !== 'Deny')
    problems.push({ kind: 'effect', statement: number })
  const pairs = { principal: 'Principal', action: 'Action', resource: 'Resource' } as const
  for (const [kind, element] of Object.entries(pairs) as [keyof typeof pairs, string][])
    if ((statement[element] === undefined) === (statement[`Not${element}`] === undefined))
      problems.push({ kind, statement: number })
  for (const action of [...listOf(statement['Action']), ...listOf(statement['NotAction'])])
    if (typeof action !== 'string' || !/^(\*|kms:[a-z*?]+)$/i.test(action))
      problems.push({ kind: 'actionService', statement: number, action: String(action) })
  return problems
}

/** Everybody locked out, or everybody let in. */
function warningsOf(statements: Json[]): PolicyWarning[] {
  const allowing = statements.filter((statement) => statement['Effect'] === 'Allow')
  const warnings: PolicyWarning[] = []
  if (!allowing.some(mayChangePolicy)) warnings.push('lockout')
  if (allowing.some((statement) => namesEverybody(statement['Principal']) && !statement['Condition']))
    warnings.push('everybody')
  return warnings
}

function mayChangePolicy(statement: Json): boolean {
  return listOf(statement['Action']).some(
    (action) => typeof action === 'string' && matches(action, 'kms:PutKeyPolicy'),
  )
}

function namesEverybody(principal: unknown): boolean {
  return principal === '*' || (isObject(principal) && listOf(principal['AWS']).includes('*'))
}

/** `*` and `?` as policies have them; actions have no case. */
function matches(pattern: string, action: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 'i').test(action)
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
