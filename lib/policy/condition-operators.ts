import { isConditionKey } from './condition-keys.ts'
import { inRange, parseRange } from './ip-ranges.ts'
import { matchesArn, matchesTemplate, parseTemplate, splitArn, variablesOf } from './patterns.ts'
import type { Template, TemplateSyntax, VariableLookup } from './patterns.ts'

/** Does a value of the request match one value of the policy? */
export type ValueMatcher = (have: string, lookup: VariableLookup) => boolean

export interface ConditionOperator {
  /** `StringNotEquals` and its like: true when no value of the policy matches */
  negated: boolean
  /** undefined: the policy's value is malformed. @param variables the policy's version knows variables */
  prepare: (want: string, variables: boolean) => ValueMatcher | undefined
}

/** IAM User Guide, "Condition operators". A name that is not here is refused. */
const OPERATORS: ReadonlyMap<string, ConditionOperator> = new Map(
  Object.entries({
    ...pair('StringEquals', 'StringNotEquals', text({ wildcards: false, ignoreCase: false })),
    ...pair(
      'StringEqualsIgnoreCase',
      'StringNotEqualsIgnoreCase',
      text({ wildcards: false, ignoreCase: true }),
    ),
    ...pair('StringLike', 'StringNotLike', text({ wildcards: true, ignoreCase: false })),
    ...pair('ArnEquals', 'ArnNotEquals', arn),
    ...pair('ArnLike', 'ArnNotLike', arn),
    ...pair('IpAddress', 'NotIpAddress', ipRange),
    ...comparisons('Numeric', number),
    ...comparisons('Date', moment),
    Bool: { negated: false, prepare: truth },
  }),
)

export function conditionOperator(name: string): ConditionOperator | undefined {
  return OPERATORS.get(name)
}

type Prepare = ConditionOperator['prepare']

function pair(positive: string, negative: string, prepare: Prepare): Record<string, ConditionOperator> {
  return { [positive]: { negated: false, prepare }, [negative]: { negated: true, prepare } }
}

function text({ wildcards, ignoreCase }: { wildcards: boolean; ignoreCase: boolean }): Prepare {
  return (want, variables) => {
    const template = knownTemplate(want, { wildcards, variables })
    return template && ((have, lookup) => matchesTemplate(template, have, lookup, ignoreCase))
  }
}

function arn(want: string, variables: boolean): ValueMatcher | undefined {
  const template = knownTemplate(want, { wildcards: true, variables })
  const parts = template && splitArn(template)
  return parts && ((have, lookup) => matchesArn(parts, have, lookup))
}

/** A variable that the server never fills would make a rule that never holds. */
function knownTemplate(text: string, syntax: TemplateSyntax): Template | undefined {
  const template = parseTemplate(text, syntax)
  return template && variablesOf(template).every(isConditionKey) ? template : undefined
}

function ipRange(want: string): ValueMatcher | undefined {
  const range = parseRange(want)
  return range && ((have) => inRange(range, have))
}

function truth(want: string): ValueMatcher | undefined {
  const wanted = want.toLowerCase()
  if (wanted !== 'true' && wanted !== 'false') return undefined
  return (have) => have.toLowerCase() === wanted
}

function comparisons(
  family: string,
  read: (text: string) => number | undefined,
): Record<string, ConditionOperator> {
  const by = (holds: (have: number, want: number) => boolean): Prepare => {
    return (text) => {
      const want = read(text)
      if (want === undefined) return undefined
      return (have) => {
        const value = read(have)
        return value !== undefined && holds(value, want)
      }
    }
  }
  return {
    ...pair(
      `${family}Equals`,
      `${family}NotEquals`,
      by((have, want) => have === want),
    ),
    [`${family}LessThan`]: { negated: false, prepare: by((have, want) => have < want) },
    [`${family}LessThanEquals`]: { negated: false, prepare: by((have, want) => have <= want) },
    [`${family}GreaterThan`]: { negated: false, prepare: by((have, want) => have > want) },
    [`${family}GreaterThanEquals`]: { negated: false, prepare: by((have, want) => have >= want) },
  }
}

function number(text: string): number | undefined {
  return /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined
}

const ISO = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/

/** ISO 8601, or seconds since the epoch (IAM User Guide, "Date condition operators"). @returns ms */
function moment(text: string): number | undefined {
  if (/^\d+$/.test(text) && text.length > 4) return Number(text) * 1000
  if (!ISO.test(text)) return undefined
  // Without a zone it is UTC, wherever the server stands.
  const zoned = text.includes('T') && !/(Z|[+-]\d\d:?\d\d)$/.test(text) ? `${text}Z` : text
  const time = Date.parse(zoned)
  return Number.isNaN(time) ? undefined : time
}
