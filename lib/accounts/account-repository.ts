import type { AccessKey, Membership, Project, ProjectRole, Session, User } from './model.ts'

/** An access key with what its caller needs; nobody has one in a project he left. */
export interface FoundAccessKey extends AccessKey {
  sealedSecret: Buffer
  role: ProjectRole
  /** of the project */
  accountNumber: string
  /** IAM JSON of the membership */
  policy: string | undefined
}

/** What accounts ask of a database. Writes are durable when their promise resolves. */
export interface AccountRepository {
  countUsers(): Promise<number>
  /** @throws StoreError InvalidArgument when the e-mail is taken */
  insertUser(user: User, passwordHash: string): Promise<void>
  findUser(userId: string): Promise<User | undefined>
  findUserByEmail(email: string): Promise<(User & { passwordHash: string }) | undefined>

  insertProject(project: Project): Promise<void>
  findProject(projectId: string): Promise<Project | undefined>
  listProjects(): Promise<Project[]>
  /** Keeps the first time. @returns that time */
  authorizeKms(projectId: string, at: number): Promise<number>
  addMember(projectId: string, userId: string, role: ProjectRole): Promise<void>
  memberships(userId: string): Promise<Membership[]>

  /** Only the SHA-256 of the session id is kept. */
  insertSession(session: Session, idHash: Buffer): Promise<void>
  findSession(idHash: Buffer): Promise<Omit<Session, 'sessionId'> | undefined>
  deleteSession(idHash: Buffer): Promise<void>
  deleteExpiredSessions(now: number): Promise<number>

  /** `sealedSecret` is sealed by the keyring (label 'access-key-secret', bound to the id). */
  insertAccessKey(key: AccessKey, sealedSecret: Buffer): Promise<void>
  findAccessKey(accessKeyId: string): Promise<FoundAccessKey | undefined>
  listAccessKeys(userId: string, projectId: string): Promise<AccessKey[]>
  setAccessKeyState(accessKeyId: string, state: 'Active' | 'Inactive'): Promise<void>
  deleteAccessKey(accessKeyId: string): Promise<void>
  /** May be batched and lost in a crash. */
  touchAccessKey(accessKeyId: string, at: number): void

  /** One-time links, kept as SHA-256 of the token. */
  insertInvitation(tokenHash: Buffer, purpose: string, expiresAt: number): Promise<void>
  /** Whether it is there and has not expired. */
  hasInvitation(tokenHash: Buffer, purpose: string, now: number): Promise<boolean>
  /** Removes, and tells what `hasInvitation` would have told: a link works once. */
  takeInvitation(tokenHash: Buffer, purpose: string, now: number): Promise<boolean>
}
