export type ProjectRole = 'owner' | 'administrator' | 'member' | 'reader' | 'auditor'

export interface User {
  userId: string
  /** lower-case */
  email: string
  name: string
  isAdministrator: boolean
  createdAt: number
}

export interface Project {
  projectId: string
  name: string
  /** 12 digits, the account in ARNs */
  accountNumber: string
  createdAt: number
  /** since when COS clients may have objects encrypted under its keys (kms-authorization.ts); undefined: not yet */
  kmsAuthorizedAt?: number | undefined
}

export interface Membership {
  project: Project
  role: ProjectRole
  /** IAM JSON, as it was written */
  policy: string | undefined
}

export interface AccessKey {
  accessKeyId: string
  userId: string
  projectId: string
  description: string
  state: 'Active' | 'Inactive'
  createdAt: number
  lastUsedAt: number | undefined
}

export interface Session {
  sessionId: string
  userId: string
  createdAt: number
  expiresAt: number
}

/** Somebody in a project. */
export interface Member {
  userId: string
  email: string
  name: string
  role: ProjectRole
  /** IAM JSON, as it was written; an owner has none */
  policy: string | undefined
}

/** A member with what his programs do in the project. */
export interface ListedMember extends Member {
  /** how many he has */
  accessKeys: number
  /** when one of them was used last, ms since the epoch */
  lastUsedAt: number | undefined
}

/** A one-time link into a project, for one e-mail address. */
export interface MemberInvitation {
  /** SHA-256 of the token */
  tokenHash: Buffer
  projectId: string
  role: ProjectRole
  /** lower-case */
  email: string
  expiresAt: number
}
