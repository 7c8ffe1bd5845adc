import type { AccountRepository } from './account-repository.ts'
import type { Session, User } from './model.ts'
import { isToken, newToken, tokenHash } from './tokens.ts'

const HOUR = 3_600_000

/** Sessions end at a fixed time, however much they are used (OWASP: absolute timeout). Only a hash of the id is kept. */
export class Sessions {
  readonly #repository: AccountRepository
  readonly #lifetimeMs: number
  readonly #now: () => number
  #sweptAt = 0

  constructor(repository: AccountRepository, sessionHours: number, now: () => number) {
    this.#repository = repository
    this.#lifetimeMs = sessionHours * HOUR
    this.#now = now
  }

  /** The id is always new, so one that an attacker planted before signing in opens nothing (session fixation). */
  async start(userId: string): Promise<Session> {
    await this.#sweep()
    const createdAt = this.#now()
    const session = { sessionId: newToken(), userId, createdAt, expiresAt: createdAt + this.#lifetimeMs }
    await this.#repository.insertSession(session, tokenHash(session.sessionId))
    return session
  }

  async end(sessionId: string): Promise<void> {
    if (isToken(sessionId)) await this.#repository.deleteSession(tokenHash(sessionId))
  }

  async user(sessionId: string): Promise<User | undefined> {
    if (!isToken(sessionId)) return undefined
    const session = await this.#repository.findSession(tokenHash(sessionId))
    if (session === undefined || session.expiresAt <= this.#now()) return undefined
    return this.#repository.findUser(session.userId)
  }

  async #sweep(): Promise<void> {
    if (this.#now() - this.#sweptAt < HOUR) return
    this.#sweptAt = this.#now()
    await this.#repository.deleteExpiredSessions(this.#sweptAt)
  }
}
