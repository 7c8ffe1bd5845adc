import type { ListedMember, Member, MemberInvitation, ProjectRole, User } from './model.ts'

/** What becomes of a membership. */
export interface MemberChange {
  role?: ProjectRole
  /** IAM JSON; undefined takes it away */
  policy?: string | undefined
  /** his access keys in the project go with him */
  remove?: true
}

/** Sees the member and the number of owners inside the transaction; answers what to change, or throws to refuse. */
export type DecideMemberChange = (member: Member, owners: number) => MemberChange

/** Who somebody is who accepts an invitation: one with an account, or a new one. */
export type Invited = { userId: string } | { user: User; passwordHash: string }

/** What the administration of members asks of a database. Writes are durable when their promise resolves. */
export interface MemberRepository {
  /** Ordered by name. */
  listMembers(projectId: string): Promise<ListedMember[]>
  findMember(projectId: string, userId: string): Promise<Member | undefined>
  /** In one transaction. @throws StoreError NoSuchMember, and whatever `decide` throws */
  changeMember(projectId: string, userId: string, decide: DecideMemberChange): Promise<void>

  /** Takes the place of an earlier invitation of the same person to the same project. */
  insertInvitation(invitation: MemberInvitation): Promise<void>
  /** Those that are still good, the newest last. */
  listInvitations(projectId: string, now: number): Promise<MemberInvitation[]>
  findInvitation(tokenHash: Buffer, now: number): Promise<MemberInvitation | undefined>
  /** False when there is none. */
  deleteInvitation(projectId: string, tokenHash: Buffer): Promise<boolean>
  /**
   * Uses the invitation up and makes the member, and the user when it is a new one, in one transaction.
   * @throws StoreError InvalidCredentials (used, expired, unknown) | InvalidArgument (e-mail taken) |
   *   InvalidRequest (a member already)
   */
  acceptInvitation(tokenHash: Buffer, now: number, invited: Invited): Promise<MemberInvitation>
}
