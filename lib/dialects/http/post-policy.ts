import { StoreError } from '../../errors.ts'
import type { FormField } from './form-data.ts'

/** What a signed policy of an upload form allows (S3, OSS and COS write it alike). */
export interface PostPolicy {
  /** ms since the epoch */
  expiration: number
  conditions: readonly PostCondition[]
  /** bytes of the file, both inclusive */
  contentLength: { minimum: number; maximum: number } | undefined
}

interface PostCondition {
  kind: 'eq' | 'starts-with' | 'in' | 'not-in'
  /** lower-case, without the dollar sign */
  name: string
  values: readonly string[]
}

/**
 * Reads the JSON of a policy.
 * @throws StoreError InvalidArgument
 */
export function parsePostPolicy(json: string): PostPolicy {
  const policy = parseObject(json)
  const expiration = typeof policy.expiration === 'string' ? Date.parse(policy.expiration) : NaN
  if (Number.isNaN(expiration) || !Array.isArray(policy.conditions)) throw malformedPolicy()
  const conditions: PostCondition[] = []
  let contentLength: PostPolicy['contentLength']
  for (const condition of policy.conditions as unknown[]) {
    if (Array.isArray(condition) && condition[0] === 'content-length-range') {
      contentLength = readRange(condition)
    } else conditions.push(...readCondition(condition))
  }
  return { expiration, conditions, contentLength }
}

function parseObject(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json)
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch {
    // told below
  }
  throw malformedPolicy()
}

function readRange(condition: unknown[]): { minimum: number; maximum: number } {
  const [, minimum, maximum] = condition.map(Number)
  if (!Number.isSafeInteger(minimum) || !Number.isSafeInteger(maximum)) throw malformedPolicy()
  return { minimum: minimum!, maximum: maximum! }
}

function readCondition(condition: unknown): PostCondition[] {
  if (!Array.isArray(condition)) {
    if (typeof condition !== 'object' || condition === null) throw malformedPolicy()
    return Object.entries(condition).map(([name, value]) => {
      if (typeof value !== 'string') throw malformedPolicy()
      return { kind: 'eq', name: name.toLowerCase(), values: [value] }
    })
  }
  const [kind, name, wanted] = condition as unknown[]
  const values = Array.isArray(wanted) ? (wanted as unknown[]) : [wanted]
  const known = kind === 'eq' || kind === 'starts-with' || kind === 'in' || kind === 'not-in'
  if (!known || typeof name !== 'string' || !name.startsWith('$')) throw malformedPolicy()
  if (!values.every((value) => typeof value === 'string')) throw malformedPolicy()
  return [{ kind, name: name.slice(1).toLowerCase(), values }]
}

/**
 * Does the form keep to what was signed?
 * @param fields with what the request itself says, such as `bucket`
 * @param unbound lower-case names that need no condition: the signature's own fields
 * @throws StoreError AccessDenied naming the condition; RequestExpired
 */
export function checkPostPolicy(
  policy: PostPolicy,
  fields: readonly FormField[],
  { now, unbound }: { now: number; unbound: (name: string) => boolean },
): void {
  if (now > policy.expiration) throw new StoreError('RequestExpired', 'Request has expired')
  const values = new Map(fields.map(({ name, value }) => [name.toLowerCase(), value]))
  for (const condition of policy.conditions)
    if (!holds(condition, values.get(condition.name)))
      throw refused(`["${condition.kind}", "$${condition.name}"]`)
  const bound = new Set(policy.conditions.map(({ name }) => name))
  // A field that nobody signed could be put in by whoever holds the form.
  for (const name of values.keys())
    if (!bound.has(name) && !unbound(name)) throw refused(`extra input field: ${name}`)
}

function holds({ kind, values }: PostCondition, value: string | undefined): boolean {
  switch (kind) {
    case 'eq':
      return value === values[0]
    case 'starts-with':
      return value !== undefined ? value.startsWith(values[0]!) : values[0] === ''
    case 'in':
      return value !== undefined && values.includes(value)
    case 'not-in':
      return value === undefined || !values.includes(value)
  }
}

/** The file itself, refused when it is not as long as the policy allows. @throws StoreError EntityTooSmall | EntityTooLarge from the iterator */
export async function* withinLength(
  file: AsyncIterable<Buffer>,
  range: { minimum: number; maximum: number },
): AsyncGenerator<Buffer, void> {
  let size = 0
  for await (const chunk of file) {
    size += chunk.length
    if (size > range.maximum)
      throw new StoreError('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', {
        maximum: range.maximum,
      })
    yield chunk
  }
  if (size < range.minimum)
    throw new StoreError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', {
      size,
    })
}

function refused(condition: string): StoreError {
  return new StoreError('AccessDenied', `Invalid according to Policy: Policy Condition failed: ${condition}`)
}

function malformedPolicy(): StoreError {
  return new StoreError('InvalidArgument', 'The policy of the form is not valid JSON of a policy.', {
    argument: 'policy',
  })
}
