import type { Caller } from '../store/model.ts'
import type { ActOrigin } from './acts.ts'
import type { AccessKey, Membership, Session, User } from './model.ts'

/** Where a request came from, for the audit log. */
export type Origin = Partial<ActOrigin>

/** An access key that its member asks for, to work in a project. */
export interface NewAccessKey {
  userId: string
  projectId: string
  description: string
  origin?: Origin
}

/** An access key as its member names it. */
export interface OwnAccessKey {
  userId: string
  projectId: string
  accessKeyId: string
  origin?: Origin
}

/** People, projects, sessions and access keys: what the console and request authentication need. */
export interface Accounts {
  /** True until the first administrator exists. */
  needsFirstAdministrator(): Promise<boolean>
  /** A fresh one-time token for the first administrator (valid 24 h, kept only as a hash). */
  createWelcomeToken(): Promise<string>
  /** False for one that was used, has expired or never was, and for all once there is an administrator. */
  isWelcomeToken(token: string): Promise<boolean>
  /**
   * Makes the first administrator and owner of the first project, and signs in.
   * @throws StoreError InvalidCredentials (token used, expired or unknown) | InvalidArgument (e-mail, password under 12 characters)
   */
  createFirstAdministrator(p: {
    token: string
    email: string
    name: string
    password: string
    origin?: Origin
  }): Promise<Session>
  /** One answer and one duration for unknown e-mail and wrong password. @throws StoreError InvalidCredentials | TooManyAttempts */
  signIn(p: { email: string; password: string; remoteAddress: string; requestId?: string }): Promise<Session>
  signOut(sessionId: string, origin?: Origin): Promise<void>
  /** The signed-in person, or undefined when the session is unknown or expired. */
  sessionUser(sessionId: string): Promise<User | undefined>
  memberships(userId: string): Promise<Membership[]>
  /** The caller for a member acting in a project. @throws StoreError NoSuchProject when not a member */
  callerFor(userId: string, projectId: string): Promise<Caller & { kind: 'member' }>

  listAccessKeys(userId: string, projectId: string): Promise<AccessKey[]>
  /** The secret is returned this once. */
  createAccessKey(asked: NewAccessKey): Promise<AccessKey & { secretAccessKey: string }>
  setAccessKeyState(own: OwnAccessKey, state: AccessKey['state']): Promise<void>
  deleteAccessKey(own: OwnAccessKey): Promise<void>
  /**
   * Secret and caller of an active access key, for signature checks; undefined when unknown or inactive.
   * Cheap: an opened secret may be cached in memory for a short time, invalidated by state changes.
   */
  credentials(
    accessKeyId: string,
  ): Promise<{ secretAccessKey: string; caller: Caller & { kind: 'member' } } | undefined>
}
