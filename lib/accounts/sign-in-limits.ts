import { isIPv4, isIPv6 } from 'node:net'
import { AttemptLimit, tooManyAttempts } from './attempt-limits.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND

/**
 * Limits of sign-in per e-mail and per address. An e-mail is limited whether or not somebody has it, so the
 * answer tells nothing; its delay stays short, lest a stranger lock the owner out. An address waits longer.
 */
export class SignInLimits {
  readonly #emails: AttemptLimit
  readonly #addresses: AttemptLimit

  constructor(now: () => number) {
    const common = { firstDelayMs: SECOND, forgetAfterMs: 60 * MINUTE, limit: 100_000, now }
    this.#emails = new AttemptLimit({ ...common, free: 5, longestDelayMs: MINUTE })
    this.#addresses = new AttemptLimit({ ...common, free: 20, longestDelayMs: 15 * MINUTE })
  }

  /** Counts the attempt as failed. @throws StoreError TooManyAttempts without looking at the password */
  begin(email: string, remoteAddress: string): void {
    const network = networkOf(remoteAddress)
    const delay = Math.max(this.#emails.delay(email), this.#addresses.delay(network))
    if (delay > 0) throw tooManyAttempts(delay)
    this.#emails.count(email)
    this.#addresses.count(network)
  }

  /** The attempt was never judged, e.g. because the database failed: it counts for nobody. */
  withdraw(email: string, remoteAddress: string): void {
    this.#emails.undo(email)
    this.#addresses.undo(networkOf(remoteAddress))
  }

  /** The address gets back this attempt only: signing in to an own account must not pay for guessing others. */
  succeeded(email: string, remoteAddress: string): void {
    this.#emails.clear(email)
    this.#addresses.undo(networkOf(remoteAddress))
  }
}

/** IPv6 hosts choose freely within their /64, so that is what is counted; mapped IPv4 counts as IPv4. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined && isIPv4(mapped)) return mapped
  const bare = address.split('%')[0] ?? ''
  if (!isIPv6(bare)) return address
  const [head = '', tail] = bare.split('::')
  const front = head === '' ? [] : head.split(':')
  const back = tail === undefined || tail === '' ? [] : tail.split(':')
  const gap = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length)
  const groups = [...front, ...Array.from({ length: gap }, () => '0'), ...back]
  return (
    groups
      .slice(0, 4)
      .map((group) => parseInt(group, 16).toString(16))
      .join(':') + '::/64'
  )
}
