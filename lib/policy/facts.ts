import type { ConditionFacts, Principal } from './model.ts'

/** Facts of a request by condition key, whose names have no case (IAM User Guide, "Condition"). */
export class RequestFacts {
  readonly #values = new Map<string, string[]>()

  constructor(conditions: ConditionFacts, principal: Principal | 'anonymous') {
    // A rule about time must never find no time: it would let a denial lapse.
    const now = new Date()
    this.#add('aws:CurrentTime', now.toISOString().replace(/\.\d+Z$/, 'Z'))
    this.#add('aws:EpochTime', String(Math.floor(now.getTime() / 1000)))
    for (const [name, value] of Object.entries(conditions)) {
      if (value === undefined) continue
      if (TIMES.has(name.toLowerCase())) this.#values.delete(name.toLowerCase())
      for (const one of typeof value === 'string' ? [value] : value) this.#add(name, one)
    }
    for (const [name, value] of principalFacts(principal)) this.#set(name, value)
  }

  /** undefined: the request has no such fact */
  values(key: string): readonly string[] | undefined {
    return this.#values.get(key.toLowerCase())
  }

  /** The value of a policy variable: only a key with exactly one value can stand in for text. */
  readonly variable = (key: string): string | undefined => {
    const values = this.values(key)
    return values?.length === 1 ? values[0] : undefined
  }

  /** Pairs of the encryption context, with lower-case names. */
  encryptionContext(): [name: string, value: string][] {
    const pairs: [string, string][] = []
    for (const [key, values] of this.#values) {
      if (!key.startsWith(CONTEXT)) continue
      for (const value of values) pairs.push([key.slice(CONTEXT.length), value])
    }
    return pairs
  }

  #add(name: string, value: string): void {
    const key = name.toLowerCase()
    const known = this.#values.get(key)
    if (known) known.push(value)
    else this.#values.set(key, [value])
  }

  #set(name: string, value: string): void {
    this.#values.set(name.toLowerCase(), [value])
  }
}

const CONTEXT = 'kms:encryptioncontext:'
const TIMES: ReadonlySet<string> = new Set(['aws:currenttime', 'aws:epochtime'])

/** Who asks is not for the asker to say: these replace whatever a caller of the policy room put in. */
function principalFacts(principal: Principal | 'anonymous'): [string, string][] {
  if (principal === 'anonymous') return [['aws:PrincipalType', 'Anonymous']]
  const userId = principal.arn.slice(principal.arn.lastIndexOf('/') + 1)
  return [
    ['aws:PrincipalArn', principal.arn],
    ['aws:PrincipalAccount', principal.account],
    ['aws:PrincipalType', 'User'],
    ['aws:userid', userId],
    ['aws:username', userId],
    ['kms:CallerAccount', principal.account],
    ['coffer:Role', principal.role],
  ]
}
