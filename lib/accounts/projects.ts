import { randomUUID } from 'node:crypto'
import { StoreError } from '../errors.ts'
import { storedPolicy } from '../policy/stored-policy.ts'
import type { Caller } from '../store/model.ts'
import type { AccountRepository } from './account-repository.ts'
import { checkedName } from './identity.ts'
import type { KmsAuthorizationRule } from './kms-authorization.ts'
import type { Membership, Project } from './model.ts'
import { newAccountNumber } from './tokens.ts'

export type CreateProjectKey = (projectId: string) => Promise<void>

/** Projects and who acts in them. A project is ready once it has its default key. */
export class Projects {
  readonly #repository: AccountRepository
  readonly #createProjectKey: CreateProjectKey
  readonly #now: () => number
  readonly #kmsAuthorization: KmsAuthorizationRule

  constructor(
    repository: AccountRepository,
    createProjectKey: CreateProjectKey,
    now: () => number,
    kmsAuthorization: KmsAuthorizationRule = 'automatic',
  ) {
    this.#repository = repository
    this.#createProjectKey = createProjectKey
    this.#now = now
    this.#kmsAuthorization = kmsAuthorization
  }

  /** @throws StoreError InvalidArgument */
  async create(name: string, ownerUserId?: string): Promise<Project> {
    const createdAt = this.#now()
    const project: Project = {
      projectId: randomUUID(),
      name: checkedName('name', name),
      accountNumber: await this.#freeAccountNumber(),
      createdAt,
      ...(this.#kmsAuthorization === 'automatic' && { kmsAuthorizedAt: createdAt }),
    }
    await this.#repository.insertProject(project)
    await this.#createProjectKey(project.projectId)
    if (ownerUserId !== undefined) await this.#repository.addMember(project.projectId, ownerUserId, 'owner')
    return project
  }

  /**
   * The oldest project, made when there is none. Also gives a key to every project that a crash left without
   * one (making a key that is there already does nothing).
   */
  async ensureFirst(name: string): Promise<Project> {
    const projects = await this.#repository.listProjects()
    for (const { projectId } of projects) await this.#createProjectKey(projectId)
    return oldest(projects) ?? this.create(name)
  }

  async first(): Promise<Project | undefined> {
    return oldest(await this.#repository.listProjects())
  }

  /** @throws StoreError NoSuchProject when not a member */
  async callerFor(userId: string, projectId: string): Promise<Caller & { kind: 'member' }> {
    const memberships = await this.#repository.memberships(userId)
    const membership = memberships.find(({ project }) => project.projectId === projectId)
    if (membership === undefined)
      throw new StoreError('NoSuchProject', 'The project does not exist or you are not a member of it')
    return callerOf(userId, membership)
  }

  async #freeAccountNumber(): Promise<string> {
    const taken = new Set((await this.#repository.listProjects()).map(({ accountNumber }) => accountNumber))
    for (;;) {
      const number = newAccountNumber()
      if (!taken.has(number)) return number
    }
  }
}

function callerOf(userId: string, { project, role, policy }: Membership): Caller & { kind: 'member' } {
  const { projectId, accountNumber: account } = project
  const memberPolicy = policy === undefined ? undefined : storedPolicy(policy, 'member')
  return { kind: 'member', userId, projectId, role, account, ...(memberPolicy && { memberPolicy }) }
}

function oldest(projects: readonly Project[]): Project | undefined {
  return [...projects].sort((a, b) => a.createdAt - b.createdAt)[0]
}
