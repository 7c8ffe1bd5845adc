import { randomUUID } from 'node:crypto'
import { StoreError } from '../errors.ts'
import type { AccountRepository } from './account-repository.ts'
import { checkedEmail, checkedName } from './identity.ts'
import type { User } from './model.ts'
import { checkedPassword } from './passwords.ts'
import type { Passwords } from './passwords.ts'
import type { Projects } from './projects.ts'
import { isToken, newToken, tokenHash } from './tokens.ts'

const PURPOSE = 'first-administrator'
const VALID_MS = 24 * 3_600_000

export interface FirstAdministratorOptions {
  repository: AccountRepository
  passwords: Passwords
  projects: Projects
  now: () => number
}

/** How an empty Coffer gets its first administrator: by a one-time link that only who started it can see. */
export class FirstAdministrator {
  readonly #with: FirstAdministratorOptions
  #last: Promise<unknown> = Promise.resolve()

  constructor(options: FirstAdministratorOptions) {
    this.#with = options
  }

  async needed(): Promise<boolean> {
    return (await this.#with.repository.countUsers()) === 0
  }

  async createToken(): Promise<string> {
    const token = newToken()
    await this.#with.repository.insertInvitation(tokenHash(token), PURPOSE, this.#with.now() + VALID_MS)
    return token
  }

  /** Whether a link would still be taken. */
  async isOpen(token: string): Promise<boolean> {
    const { repository, now } = this.#with
    const known = isToken(token) && (await repository.hasInvitation(tokenHash(token), PURPOSE, now()))
    return known && (await this.needed())
  }

  /** One at a time: two links opened together must not make two administrators. */
  create(p: { token: string; email: string; name: string; password: string }): Promise<User> {
    const turn = this.#last.then(() => this.#create(p))
    this.#last = turn.catch(() => undefined)
    return turn
  }

  /** Finishes what a crash between making the user and making them owner left undone. */
  async repair(user: User): Promise<void> {
    const { repository } = this.#with
    if (!user.isAdministrator || (await repository.countUsers()) !== 1) return
    if ((await repository.memberships(user.userId)).length === 0) await this.#makeOwner(user)
  }

  async #create(p: { token: string; email: string; name: string; password: string }): Promise<User> {
    const { repository, passwords, now } = this.#with
    // Mistakes in the form are told before the link is used up.
    const [email, name] = [checkedEmail(p.email), checkedName('name', p.name)]
    checkedPassword(p.password)
    const valid = isToken(p.token) && (await this.needed())
    if (!valid || !(await repository.takeInvitation(tokenHash(p.token), PURPOSE, now()))) throw unknownLink()
    const user = { userId: randomUUID(), email, name, isAdministrator: true, createdAt: now() }
    await repository.insertUser(user, await passwords.hash(p.password))
    await this.#makeOwner(user)
    return user
  }

  async #makeOwner({ userId }: User): Promise<void> {
    const project = await this.#with.projects.first()
    if (project !== undefined) await this.#with.repository.addMember(project.projectId, userId, 'owner')
  }
}

function unknownLink(): StoreError {
  return new StoreError('InvalidCredentials', 'The link was used already, has expired or is unknown')
}
