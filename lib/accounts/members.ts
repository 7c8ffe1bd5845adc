import type { Caller } from '../store/model.ts'
import type { ActOrigin } from './acts.ts'
import type { ListedMember, MemberInvitation, Project, ProjectRole, Session, User } from './model.ts'

type MemberCaller = Caller & { kind: 'member' }

/** A pending invitation as people see it; `invitationId` opens nothing. */
export interface PendingInvitation {
  invitationId: string
  email: string
  role: ProjectRole
  /** ms since the epoch */
  expiresAt: number
}

export interface MemberList {
  members: ListedMember[]
  invitations: PendingInvitation[]
  assignableRoles: ProjectRole[]
}

/** What the holder of a link is told before he accepts. */
export interface InvitationOffer extends Pick<MemberInvitation, 'email' | 'role' | 'expiresAt'> {
  projectName: string
  /** somebody with this e-mail address has an account here: he signs in and accepts */
  hasAccount: boolean
}

/**
 * Members of projects and what they may do. Every act is allowed by role or policy (`coffer:*`), bounded by rank
 * (member-rules.ts), written to the audit log, and bites at once: sessions ask for the membership in each request,
 * and remembered credentials are forgotten.
 */
export interface Members {
  /** coffer:ListMembers. `assignableRoles`: those the caller may give, and whose holders he may change. */
  list(caller: MemberCaller, origin: ActOrigin): Promise<MemberList>
  /**
   * coffer:InviteMember. The token leaves in this answer only; it is good for seven days and once.
   * @throws StoreError InvalidArgument (e-mail) | InvalidRequest (a member already) | AccessDenied
   */
  invite(
    caller: MemberCaller,
    p: { email: string; role: ProjectRole },
    origin: ActOrigin,
  ): Promise<PendingInvitation & { token: string }>
  /** coffer:RevokeInvitation. Revoking what is gone succeeds. */
  revokeInvitation(caller: MemberCaller, invitationId: string, origin: ActOrigin): Promise<void>
  /** @throws StoreError InvalidCredentials when the link was used, has expired or is unknown */
  offer(token: string): Promise<InvitationOffer>
  /** For somebody without an account: makes it under the invitation's e-mail, and signs in. @throws StoreError InvalidCredentials | InvalidArgument */
  acceptAsNewUser(
    p: { token: string; name: string; password: string },
    origin: ActOrigin,
  ): Promise<{ session: Session; projectId: string }>
  /** For somebody signed in whose e-mail is the invitation's. @throws StoreError InvalidCredentials | AccessDenied | InvalidRequest */
  acceptAsUser(user: User, token: string, origin: ActOrigin): Promise<{ projectId: string }>
  /** coffer:ChangeMemberRole. An owner loses his policy. @throws StoreError NoSuchMember | LastOwner | AccessDenied */
  changeRole(caller: MemberCaller, userId: string, role: ProjectRole, origin: ActOrigin): Promise<void>
  /**
   * coffer:SetMemberPolicy; undefined takes it away.
   * @throws StoreError MalformedPolicy | NoSuchMember | InvalidRequest (an owner's) | AccessDenied (one's own)
   */
  setPolicy(
    caller: MemberCaller,
    userId: string,
    policy: string | undefined,
    origin: ActOrigin,
  ): Promise<void>
  /** coffer:RemoveMember; everybody may leave. @throws StoreError NoSuchMember | LastOwner | AccessDenied */
  remove(caller: MemberCaller, userId: string, origin: ActOrigin): Promise<void>
  /** coffer:CreateProject, for administrators of this Coffer, who own what they make. @throws StoreError AccessDenied | InvalidArgument */
  createProject(user: User, name: string, origin: ActOrigin): Promise<Project>
  /** What the roles give and never give, for people to read. */
  roles(): { role: ProjectRole; allows: string[]; denies: string[] }[]
}
