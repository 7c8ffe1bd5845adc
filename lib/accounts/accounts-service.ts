import type { AuditLog } from '../audit/model.ts'
import { StoreError } from '../errors.ts'
import type { Caller } from '../store/model.ts'
import { AccessKeyActs } from './access-key-acts.ts'
import { AccessKeys } from './access-keys.ts'
import { Acts, UNHEARD } from './acts.ts'
import type { SecretSealer } from './access-keys.ts'
import type { AccountRepository } from './account-repository.ts'
import { SignInActs } from './sign-in-acts.ts'
import type { Accounts, Origin, NewAccessKey, OwnAccessKey } from './accounts.ts'
import type { Credentials } from './credential-cache.ts'
import { FirstAdministrator } from './first-administrator.ts'
import { LONGEST_EMAIL, normalizedEmail } from './identity.ts'
import type { KmsAuthorizationRule } from './kms-authorization.ts'
import type { AccessKey, Membership, Project, Session, User } from './model.ts'
import { Passwords } from './passwords.ts'
import { Projects } from './projects.ts'
import type { CreateProjectKey } from './projects.ts'
import { Sessions } from './sessions.ts'
import { SignInLimits } from './sign-in-limits.ts'

export interface AccountsOptions {
  repository: AccountRepository
  /** the keyring */
  sealer: SecretSealer
  sessionHours: number
  /** Makes a project's default key, or does nothing when it has one. */
  createProjectKey: CreateProjectKey
  /** shared with whoever else hashes passwords, so that they take turns */
  passwords?: Passwords
  /** whether new projects still need the COS_QCSRole step; default: they do not */
  kmsAuthorization?: KmsAuthorizationRule
  /** hears of sign-ins and access keys; undefined: nobody listens */
  audit?: AuditLog
  /** ms since the epoch */
  clock?: () => number
}

/** Accounts, and what only the start of the system does. */
export interface AccountsService extends Accounts {
  /** The oldest project with its key; made when there is none, mended when a crash left it without a key. */
  ensureFirstProject(p: { name: string }): Promise<Project>
  /** @throws StoreError InvalidArgument */
  createProject(p: { name: string; ownerUserId: string }): Promise<Project>
  /** For somebody who just proved who he is. */
  startSession(userId: string): Promise<Session>
  /** To be called after somebody's role, policy or membership changed. */
  forgetCredentials(): void
}

export function createAccounts(options: AccountsOptions): AccountsService {
  return new AccountsOverRepository(options)
}

class AccountsOverRepository implements AccountsService {
  readonly #repository: AccountRepository
  readonly #passwords: Passwords
  readonly #limits: SignInLimits
  readonly #sessions: Sessions
  readonly #projects: Projects
  readonly #firstAdministrator: FirstAdministrator
  readonly #accessKeys: AccessKeys
  readonly #accessKeyActs: AccessKeyActs
  readonly #signInActs: SignInActs

  constructor(options: AccountsOptions) {
    const { repository, sealer, sessionHours, createProjectKey, clock = Date.now } = options
    this.#repository = repository
    this.#passwords = options.passwords ?? new Passwords()
    this.#limits = new SignInLimits(clock)
    const acts = new Acts(options.audit ?? UNHEARD, clock)
    this.#signInActs = new SignInActs(repository, acts)
    this.#sessions = new Sessions(repository, sessionHours, clock)
    this.#projects = new Projects(repository, createProjectKey, clock, options.kmsAuthorization)
    this.#accessKeys = new AccessKeys(repository, sealer, clock)
    this.#accessKeyActs = new AccessKeyActs({ keys: this.#accessKeys, projects: this.#projects, acts })
    this.#firstAdministrator = new FirstAdministrator({
      repository,
      passwords: this.#passwords,
      projects: this.#projects,
      now: clock,
    })
  }

  ensureFirstProject({ name }: { name: string }): Promise<Project> {
    return this.#projects.ensureFirst(name)
  }

  createProject({ name, ownerUserId }: { name: string; ownerUserId: string }): Promise<Project> {
    return this.#projects.create(name, ownerUserId)
  }

  startSession(userId: string): Promise<Session> {
    return this.#sessions.start(userId)
  }

  forgetCredentials(): void {
    this.#accessKeys.forgetCredentials()
  }

  needsFirstAdministrator(): Promise<boolean> {
    return this.#firstAdministrator.needed()
  }

  createWelcomeToken(): Promise<string> {
    return this.#firstAdministrator.createToken()
  }

  isWelcomeToken(token: string): Promise<boolean> {
    return this.#firstAdministrator.isOpen(token)
  }

  async createFirstAdministrator(p: {
    token: string
    email: string
    name: string
    password: string
    origin?: Origin
  }): Promise<Session> {
    return this.#signInActs.signingIn(
      'coffer:CreateFirstAdministrator',
      p.email,
      p.origin ?? {},
      async () => {
        const user = await this.#firstAdministrator.create(p)
        return this.#sessions.start(user.userId)
      },
    )
  }

  signIn(p: {
    email: string
    password: string
    remoteAddress: string
    requestId?: string
  }): Promise<Session> {
    const email = normalizedEmail(p.email).slice(0, LONGEST_EMAIL)
    const { remoteAddress, requestId } = p
    const origin = { remoteAddress, ...(requestId !== undefined && { requestId }) }
    return this.#signInActs.signingIn('coffer:SignIn', email, origin, () => this.#signIn(email, p))
  }

  async #signIn(email: string, p: { password: string; remoteAddress: string }): Promise<Session> {
    this.#limits.begin(email, p.remoteAddress)
    const user = await this.#userWithPassword(email, p.password).catch((error: unknown) => {
      this.#limits.withdraw(email, p.remoteAddress)
      throw error
    })
    if (user === undefined) throw new StoreError('InvalidCredentials', 'The e-mail or the password is wrong')
    this.#limits.succeeded(email, p.remoteAddress)
    await this.#firstAdministrator.repair(user)
    return this.#sessions.start(user.userId)
  }

  async signOut(sessionId: string, origin: Origin = {}): Promise<void> {
    const user = await this.#sessions.user(sessionId)
    await this.#sessions.end(sessionId)
    if (user !== undefined) await this.#signInActs.signedOut(user.userId, origin)
  }

  sessionUser(sessionId: string): Promise<User | undefined> {
    return this.#sessions.user(sessionId)
  }

  memberships(userId: string): Promise<Membership[]> {
    return this.#repository.memberships(userId)
  }

  callerFor(userId: string, projectId: string): Promise<Caller & { kind: 'member' }> {
    return this.#projects.callerFor(userId, projectId)
  }

  listAccessKeys(userId: string, projectId: string): Promise<AccessKey[]> {
    return this.#repository.listAccessKeys(userId, projectId)
  }

  createAccessKey(asked: NewAccessKey): Promise<AccessKey & { secretAccessKey: string }> {
    return this.#accessKeyActs.create(asked)
  }

  setAccessKeyState(own: OwnAccessKey, state: AccessKey['state']): Promise<void> {
    return this.#accessKeyActs.setState(own, state)
  }

  deleteAccessKey(own: OwnAccessKey): Promise<void> {
    return this.#accessKeyActs.delete(own)
  }

  credentials(accessKeyId: string): Promise<Credentials | undefined> {
    return this.#accessKeys.credentials(accessKeyId)
  }

  async #userWithPassword(email: string, password: string): Promise<User | undefined> {
    const user = await this.#repository.findUserByEmail(email)
    return (await this.#passwords.matches(user?.passwordHash, password)) ? user : undefined
  }
}
