import { isStoreError } from '../errors.ts'
import type { Action } from '../policy/model.ts'
import type { AccountRepository } from './account-repository.ts'
import type { Origin } from './accounts.ts'
import type { Act, Acts, Who } from './acts.ts'
import type { Session } from './model.ts'

type Repository = Pick<AccountRepository, 'findUserByEmail' | 'memberships'>
type NamedAct = Pick<Act, 'action' | 'details'>

/** Sign-ins on the audit log, also those that failed, and never a secret. */
export class SignInActs {
  readonly #repository: Repository
  readonly #acts: Acts

  constructor(repository: Repository, acts: Acts) {
    this.#repository = repository
    this.#acts = acts
  }

  /** @throws whatever `work` throws */
  async signingIn(
    action: Action,
    email: string,
    origin: Origin,
    work: () => Promise<Session>,
  ): Promise<Session> {
    let session: Session
    try {
      session = await work()
    } catch (error) {
      await this.#refused(action, email, origin, resultOf(error))
      throw error
    }
    await this.#done({ action, details: {} }, session.userId, origin)
    return session
  }

  signedOut(userId: string, origin: Origin): Promise<void> {
    return this.#done({ action: 'coffer:SignOut', details: {} }, userId, origin)
  }

  /**
   * Nobody has proved who he is, so nobody is named as who did it; whose account was tried stands in the details. What
   * was typed is not kept: people type their password into the wrong field.
   */
  async #refused(action: Action, email: string, origin: Origin, result: string): Promise<void> {
    const user = await this.#repository.findUserByEmail(email)
    const details: Act['details'] = user === undefined ? {} : { account: user.userId }
    for (const projectId of await this.#projectsOf(user?.userId))
      this.#acts.note({ projectId, userId: undefined }, { action, details }, origin, result)
  }

  /** Every project hears of its members. */
  async #done(act: NamedAct, userId: string, origin: Origin): Promise<void> {
    const everywhere = (await this.#projectsOf(userId)).map((projectId): Who => ({ projectId, userId }))
    await Promise.all(everywhere.map((who) => this.#acts.reported(who, act, origin, async () => undefined)))
  }

  async #projectsOf(userId: string | undefined): Promise<(string | undefined)[]> {
    const memberships = userId === undefined ? [] : await this.#repository.memberships(userId)
    return memberships.length === 0 ? [undefined] : memberships.map(({ project }) => project.projectId)
  }
}

function resultOf(error: unknown): string {
  return isStoreError(error) ? error.code : 'InternalError'
}
