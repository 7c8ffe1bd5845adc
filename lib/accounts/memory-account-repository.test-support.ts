import { StoreError } from '../errors.ts'
import type { AccountRepository, FoundAccessKey } from './account-repository.ts'
import type { AccessKey, Membership, Project, ProjectRole, Session, User } from './model.ts'

/** An AccountRepository in memory, for tests of what lies above it. */
export class MemoryAccountRepository implements AccountRepository {
  readonly users = new Map<string, User & { passwordHash: string }>()
  readonly projects = new Map<string, Project>()
  readonly members: { projectId: string; userId: string; role: ProjectRole; policy: string | undefined }[] =
    []
  readonly sessions = new Map<string, Omit<Session, 'sessionId'>>()
  readonly accessKeys = new Map<string, AccessKey & { sealedSecret: Buffer }>()
  readonly invitations = new Map<string, { purpose: string; expiresAt: number }>()
  readonly touches: { accessKeyId: string; at: number }[] = []
  /** how often an access key was read */
  accessKeyReads = 0

  async countUsers(): Promise<number> {
    return this.users.size
  }
  async insertUser(user: User, passwordHash: string): Promise<void> {
    if ([...this.users.values()].some(({ email }) => email === user.email)) {
      throw new StoreError('InvalidArgument', 'The e-mail is taken', { field: 'email' })
    }
    this.users.set(user.userId, { ...user, passwordHash })
  }
  async findUser(userId: string): Promise<User | undefined> {
    return this.users.get(userId)
  }
  async findUserByEmail(email: string): Promise<(User & { passwordHash: string }) | undefined> {
    return [...this.users.values()].find((user) => user.email === email)
  }

  async insertProject(project: Project): Promise<void> {
    this.projects.set(project.projectId, project)
  }
  async findProject(projectId: string): Promise<Project | undefined> {
    return this.projects.get(projectId)
  }
  async listProjects(): Promise<Project[]> {
    return [...this.projects.values()]
  }
  async authorizeKms(projectId: string, at: number): Promise<number> {
    const project = this.projects.get(projectId)!
    const kmsAuthorizedAt = project.kmsAuthorizedAt ?? at
    this.projects.set(projectId, { ...project, kmsAuthorizedAt })
    return kmsAuthorizedAt
  }
  async addMember(projectId: string, userId: string, role: ProjectRole): Promise<void> {
    this.members.push({ projectId, userId, role, policy: undefined })
  }
  async memberships(userId: string): Promise<Membership[]> {
    return this.members
      .filter((member) => member.userId === userId)
      .map(({ projectId, role, policy }) => ({ project: this.projects.get(projectId)!, role, policy }))
  }

  async insertSession({ userId, createdAt, expiresAt }: Session, idHash: Buffer): Promise<void> {
    this.sessions.set(idHash.toString('hex'), { userId, createdAt, expiresAt })
  }
  async findSession(idHash: Buffer): Promise<Omit<Session, 'sessionId'> | undefined> {
    return this.sessions.get(idHash.toString('hex'))
  }
  async deleteSession(idHash: Buffer): Promise<void> {
    this.sessions.delete(idHash.toString('hex'))
  }
  async deleteExpiredSessions(now: number): Promise<number> {
    const expired = [...this.sessions].filter(([, session]) => session.expiresAt <= now)
    for (const [id] of expired) this.sessions.delete(id)
    return expired.length
  }

  async insertAccessKey(key: AccessKey, sealedSecret: Buffer): Promise<void> {
    this.accessKeys.set(key.accessKeyId, { ...key, sealedSecret })
  }
  async findAccessKey(accessKeyId: string): Promise<FoundAccessKey | undefined> {
    this.accessKeyReads += 1
    const key = this.accessKeys.get(accessKeyId)
    const member = this.members.find((m) => m.projectId === key?.projectId && m.userId === key.userId)
    const account = member && this.projects.get(member.projectId)!.accountNumber
    return key && member && { ...key, role: member.role, accountNumber: account!, policy: member.policy }
  }
  async listAccessKeys(userId: string, projectId: string): Promise<AccessKey[]> {
    return [...this.accessKeys.values()].filter((key) => key.userId === userId && key.projectId === projectId)
  }
  async setAccessKeyState(accessKeyId: string, state: 'Active' | 'Inactive'): Promise<void> {
    this.accessKeys.get(accessKeyId)!.state = state
  }
  async deleteAccessKey(accessKeyId: string): Promise<void> {
    this.accessKeys.delete(accessKeyId)
  }
  touchAccessKey(accessKeyId: string, at: number): void {
    this.touches.push({ accessKeyId, at })
  }

  async insertInvitation(tokenHash: Buffer, purpose: string, expiresAt: number): Promise<void> {
    this.invitations.set(tokenHash.toString('hex'), { purpose, expiresAt })
  }
  async hasInvitation(tokenHash: Buffer, purpose: string, now: number): Promise<boolean> {
    const invitation = this.invitations.get(tokenHash.toString('hex'))
    return invitation?.purpose === purpose && invitation.expiresAt > now
  }
  async takeInvitation(tokenHash: Buffer, purpose: string, now: number): Promise<boolean> {
    const id = tokenHash.toString('hex')
    const invitation = this.invitations.get(id)
    if (invitation === undefined || invitation.purpose !== purpose) return false
    this.invitations.delete(id)
    return invitation.expiresAt > now
  }
}
