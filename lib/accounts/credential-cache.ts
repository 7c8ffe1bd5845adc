import type { Caller } from '../store/model.ts'

export interface Credentials {
  secretAccessKey: string
  caller: Caller & { kind: 'member' }
}

/** A role taken away or a key switched off by another process bites within this time. */
const LIFETIME_MS = 30_000
const LIMIT = 1000

/** Opened secrets of access keys in use, for a short time: every signed request needs one. */
export class CredentialCache {
  readonly #entries = new Map<string, { credentials: Credentials; expiresAt: number }>()
  readonly #now: () => number
  #changes = 0

  constructor(now: () => number) {
    this.#now = now
  }

  /** The remembered credentials, or what `load` finds; nothing is remembered of keys that are not there. */
  async get(
    accessKeyId: string,
    load: () => Promise<Credentials | undefined>,
  ): Promise<Credentials | undefined> {
    const entry = this.#entries.get(accessKeyId)
    if (entry !== undefined && entry.expiresAt > this.#now()) return entry.credentials
    const changesBefore = this.#changes
    const credentials = await load()
    // Loaded before a key was switched off and remembered after it, it would stay on for 30 s.
    if (credentials !== undefined && changesBefore === this.#changes) this.#remember(accessKeyId, credentials)
    return credentials
  }

  /** To be called after a change is stored. */
  forget(accessKeyId: string): void {
    this.#changes += 1
    this.#entries.delete(accessKeyId)
  }

  /** To be called after rights changed: nobody's old ones are used again. */
  forgetAll(): void {
    this.#changes += 1
    this.#entries.clear()
  }

  #remember(accessKeyId: string, credentials: Credentials): void {
    this.#entries.delete(accessKeyId)
    this.#entries.set(accessKeyId, { credentials, expiresAt: this.#now() + LIFETIME_MS })
    const oldest = this.#entries.keys().next().value
    if (this.#entries.size > LIMIT && oldest !== undefined) this.#entries.delete(oldest)
  }
}
