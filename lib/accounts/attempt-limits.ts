import { StoreError } from '../errors.ts'

export interface AttemptLimitOptions {
  /** failures that cost nothing */
  free: number
  /** ms of the first delay; it doubles with every further failure */
  firstDelayMs: number
  longestDelayMs: number
  /** ms without an attempt after which a name is forgotten */
  forgetAfterMs: number
  /** most names remembered; the longest unused go first */
  limit: number
  now: () => number
}

interface Attempts {
  failures: number
  lastAt: number
  nextAt: number
}

/** Slows guessing down: after some failures under a name, each further attempt has to wait twice as long. */
export class AttemptLimit {
  readonly #names = new Map<string, Attempts>()
  readonly #options: AttemptLimitOptions

  constructor(options: AttemptLimitOptions) {
    this.#options = options
  }

  /** ms until the next attempt under this name is heard; 0 = now */
  delay(name: string): number {
    return Math.max(0, (this.#recent(name)?.nextAt ?? 0) - this.#options.now())
  }

  /**
   * Counts an attempt as failed before it is verified; otherwise a thousand parallel guesses would all start
   * under the first delay. `undo` or `clear` takes it back.
   */
  count(name: string): void {
    const { free, firstDelayMs, longestDelayMs, limit, now } = this.#options
    const failures = (this.#recent(name)?.failures ?? 0) + 1
    const doublings = failures - free - 1
    const delay = doublings < 0 ? 0 : Math.min(longestDelayMs, firstDelayMs * 2 ** doublings)
    this.#names.delete(name)
    this.#names.set(name, { failures, lastAt: now(), nextAt: now() + delay })
    for (const oldest of this.#names.keys()) {
      if (this.#names.size <= limit) break
      this.#names.delete(oldest)
    }
  }

  /** Takes one counted attempt back: it was a good one. */
  undo(name: string): void {
    const attempts = this.#names.get(name)
    if (attempts === undefined) return
    attempts.failures -= 1
    attempts.nextAt = 0
  }

  clear(name: string): void {
    this.#names.delete(name)
  }

  #recent(name: string): Attempts | undefined {
    const attempts = this.#names.get(name)
    if (attempts === undefined || attempts.lastAt + this.#options.forgetAfterMs > this.#options.now())
      return attempts
    this.#names.delete(name)
    return undefined
  }
}

export function tooManyAttempts(delayMs: number): StoreError {
  const retryAfterSeconds = Math.ceil(delayMs / 1000)
  return new StoreError('TooManyAttempts', 'Too many attempts, try again later', { retryAfterSeconds })
}
