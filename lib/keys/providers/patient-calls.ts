import { setTimeout as sleep } from 'node:timers/promises'
import { RemoteError } from './remote-cipher.ts'
import type { RemoteCipher } from './remote-cipher.ts'

export interface PatienceOptions {
  now?: () => number
  wait?: (ms: number) => Promise<unknown>
  /** 0…1 */
  random?: () => number
}

const ATTEMPTS = 3
const FIRST_PAUSE_MS = 100
/** Calls that failed one after the other before the service is left alone. */
const FAILURES_TO_OPEN = 3
/** How long it is left alone; then one call looks whether it is back. */
const OPEN_MS = 5000

/**
 * Repeats calls that may succeed later, with growing pauses and jitter; and after some that failed leaves the service
 * alone for a while, so that a request fails at once instead of waiting for every timeout. Wraps any RemoteCipher.
 */
export class PatientCalls implements RemoteCipher {
  readonly createKey?: (name: string) => Promise<void>
  readonly rotateKey?: (name: string) => Promise<void>
  readonly #inner: RemoteCipher
  readonly #options: Required<PatienceOptions>
  #failures = 0
  #closedUntil = 0
  #probing = false

  constructor(inner: RemoteCipher, options: PatienceOptions = {}) {
    this.#inner = inner
    this.#options = { now: Date.now, wait: (ms) => sleep(ms), random: Math.random, ...options }
    const { createKey, rotateKey } = inner
    if (createKey) this.createKey = (name) => this.#patiently(() => createKey.call(inner, name), ATTEMPTS)
    // Not repeated: an answer that got lost would rotate twice.
    if (rotateKey) this.rotateKey = (name) => this.#patiently(() => rotateKey.call(inner, name), 1)
  }

  encrypt(...args: Parameters<RemoteCipher['encrypt']>): Promise<Buffer> {
    return this.#patiently(() => this.#inner.encrypt(...args), ATTEMPTS)
  }

  decrypt(...args: Parameters<RemoteCipher['decrypt']>): Promise<Buffer> {
    return this.#patiently(() => this.#inner.decrypt(...args), ATTEMPTS)
  }

  async #patiently<T>(call: () => Promise<T>, attempts: number): Promise<T> {
    const probe = this.#enter()
    try {
      return await this.#repeat(call, probe ? 1 : attempts)
    } finally {
      if (probe) this.#probing = false
    }
  }

  /** @returns true when this call is the one that looks whether the service is back */
  #enter(): boolean {
    if (this.#failures < FAILURES_TO_OPEN) return false
    if (this.#probing || this.#options.now() < this.#closedUntil) throw new RemoteError('away', 'left alone')
    this.#probing = true
    return true
  }

  async #repeat<T>(call: () => Promise<T>, attempts: number): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        const result = await call()
        this.#failures = 0
        return result
      } catch (error) {
        if (attempt >= attempts || !this.#mayPass(error)) throw this.#noted(error)
        // Full jitter: many requests that failed together do not come back together.
        await this.#options.wait(FIRST_PAUSE_MS * 2 ** attempt * (0.5 + this.#options.random() / 2))
      }
    }
  }

  #mayPass(error: unknown): boolean {
    return error instanceof RemoteError && (error.failure === 'away' || error.failure === 'busy')
  }

  #noted(error: unknown): unknown {
    // A refusal is an answer: leaving the service alone would only delay that a mended permission is noticed.
    if (!this.#mayPass(error)) this.#failures = 0
    else {
      this.#failures += 1
      this.#closedUntil = this.#options.now() + OPEN_MS
    }
    return error
  }
}
