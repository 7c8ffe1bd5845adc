import { randomUUID } from 'node:crypto'
import type { AuditLog } from '../audit/model.ts'
import { StoreError } from '../errors.ts'
import type { Action } from '../policy/model.ts'
import { parsePolicy } from '../policy/parse-policy.ts'
import { refusal } from '../policy/refusal.ts'
import { memberArn, projectArn } from '../policy/resources.ts'
import { rolePolicies } from '../policy/roles.ts'
import type { Caller } from '../store/model.ts'
import type { AccountRepository } from './account-repository.ts'
import { Acts, type ActOrigin } from './acts.ts'
import { checkedEmail, checkedName } from './identity.ts'
import type { MemberRepository } from './member-repository.ts'
import { assignableRoles, mayManage, ROLES } from './member-rules.ts'
import type { InvitationOffer, MemberList, Members, PendingInvitation } from './members.ts'
import type { MemberInvitation, Project, ProjectRole, Session, User } from './model.ts'
import { checkedPassword, type Passwords } from './passwords.ts'
import { isToken, newToken, tokenHash } from './tokens.ts'

const VALID_MS = 7 * 24 * 3_600_000

type MemberCaller = Caller & { kind: 'member' }

export interface MembersOptions {
  repository: MemberRepository
  people: Pick<AccountRepository, 'findUserByEmail' | 'findProject'>
  passwords: Pick<Passwords, 'hash'>
  audit: AuditLog
  startSession: (userId: string) => Promise<Session>
  createProject: (p: { name: string; ownerUserId: string }) => Promise<Project>
  /** Called when somebody's rights changed: nothing may remember the old ones. */
  forgetCredentials: () => void
  /** ms since the epoch */
  clock?: () => number
}

export function createMembers(options: MembersOptions): Members {
  return new MembersService(options)
}

class MembersService implements Members {
  readonly #with: MembersOptions
  readonly #acts: Acts
  readonly #now: () => number

  constructor(options: MembersOptions) {
    this.#with = options
    this.#now = options.clock ?? Date.now
    this.#acts = new Acts(options.audit, this.#now)
  }

  async list(caller: MemberCaller, origin: ActOrigin): Promise<MemberList> {
    this.#acts.check(caller, 'coffer:ListMembers', projectArn(caller.account), origin)
    const { repository } = this.#with
    const members = await repository.listMembers(caller.projectId)
    const invitations = await repository.listInvitations(caller.projectId, this.#now())
    const mayChange = this.#acts.may(caller, 'coffer:ChangeMemberRole', projectArn(caller.account), origin)
    const roles = mayChange ? assignableRoles(caller.role) : []
    return { members, invitations: invitations.map(pending), assignableRoles: roles }
  }

  async invite(
    caller: MemberCaller,
    { email: given, role }: { email: string; role: ProjectRole },
    origin: ActOrigin,
  ): Promise<PendingInvitation & { token: string }> {
    const email = checkedEmail(given)
    const act = this.#act(caller, 'coffer:InviteMember', undefined, { email, role })
    return this.#acts.perform(caller, act, origin, async () => {
      requireRank(caller, role, act)
      const { repository } = this.#with
      if ((await repository.listMembers(caller.projectId)).some((member) => member.email === email))
        throw alreadyMember()
      const token = newToken()
      const { projectId } = caller
      const invitation = {
        tokenHash: tokenHash(token),
        projectId,
        role,
        email,
        expiresAt: this.#now() + VALID_MS,
      }
      await repository.insertInvitation(invitation)
      return { ...pending(invitation), token }
    })
  }

  async revokeInvitation(caller: MemberCaller, invitationId: string, origin: ActOrigin): Promise<void> {
    const act = this.#act(caller, 'coffer:RevokeInvitation', undefined, {
      invitationId: shortened(invitationId),
    })
    await this.#acts.perform(caller, act, origin, () =>
      this.#with.repository.deleteInvitation(caller.projectId, Buffer.from(invitationId, 'base64url')),
    )
  }

  async offer(token: string): Promise<InvitationOffer> {
    const { email, role, expiresAt, projectId } = await this.#invitation(token)
    const project = await this.#with.people.findProject(projectId)
    if (project === undefined) throw unknownLink()
    const hasAccount = (await this.#with.people.findUserByEmail(email)) !== undefined
    return { email, role, expiresAt, projectName: project.name, hasAccount }
  }

  async acceptAsNewUser(
    { token, name: givenName, password }: { token: string; name: string; password: string },
    origin: ActOrigin,
  ): Promise<{ session: Session; projectId: string }> {
    // Mistakes in the form are told before the link is used up, and an unknown link costs no hashing.
    const name = checkedName('name', givenName)
    checkedPassword(password)
    const { email } = await this.#invitation(token)
    const user = { userId: randomUUID(), email, name, isAdministrator: false, createdAt: this.#now() }
    const passwordHash = await this.#with.passwords.hash(password)
    const { projectId } = await this.#accept(token, user, { user, passwordHash }, origin)
    return { session: await this.#with.startSession(user.userId), projectId }
  }

  async acceptAsUser(user: User, token: string, origin: ActOrigin): Promise<{ projectId: string }> {
    const { email } = await this.#invitation(token)
    if (email !== user.email)
      throw new StoreError('AccessDenied', 'The invitation is for another e-mail address', {
        argument: 'email',
      })
    const { projectId } = await this.#accept(token, user, { userId: user.userId }, origin)
    return { projectId }
  }

  async changeRole(
    caller: MemberCaller,
    userId: string,
    role: ProjectRole,
    origin: ActOrigin,
  ): Promise<void> {
    const act = this.#act(caller, 'coffer:ChangeMemberRole', userId, { member: userId, role })
    await this.#acts.perform(caller, act, origin, () =>
      this.#change(caller.projectId, userId, (member, owners) => {
        requireRank(caller, member.role, act)
        requireRank(caller, role, act)
        if (member.role === 'owner' && role !== 'owner') requireAnotherOwner(owners)
        // What narrows an owner could lock everybody out.
        return role === 'owner' ? { role, policy: undefined } : { role }
      }),
    )
  }

  async setPolicy(
    caller: MemberCaller,
    userId: string,
    policy: string | undefined,
    origin: ActOrigin,
  ): Promise<void> {
    const act = this.#act(caller, 'coffer:SetMemberPolicy', userId, {
      member: userId,
      statements: policy === undefined ? 0 : parsePolicy(policy, 'member').Statement.length,
    })
    await this.#acts.perform(caller, act, origin, () =>
      this.#change(caller.projectId, userId, (member) => {
        // Nobody takes off the rules that were put on him.
        if (userId === caller.userId) throw outranked(caller, act)
        if (member.role === 'owner' && policy !== undefined)
          throw new StoreError('InvalidRequest', 'An owner has no policy of their own', {
            argument: 'policy',
          })
        requireRank(caller, member.role, act)
        return { policy }
      }),
    )
  }

  async remove(caller: MemberCaller, userId: string, origin: ActOrigin): Promise<void> {
    const act = this.#act(caller, 'coffer:RemoveMember', userId, { member: userId })
    const work = () =>
      this.#change(caller.projectId, userId, (member, owners) => {
        if (userId !== caller.userId) requireRank(caller, member.role, act)
        if (member.role === 'owner') requireAnotherOwner(owners)
        return { remove: true }
      })
    if (userId === caller.userId) await this.#acts.reported(caller, act, origin, work)
    else await this.#acts.perform(caller, act, origin, work)
  }

  createProject(user: User, name: string, origin: ActOrigin): Promise<Project> {
    const act = { action: 'coffer:CreateProject' as const, details: { name: shortened(name) } }
    const who = { projectId: undefined, userId: user.userId }
    return this.#acts.reported(who, act, origin, () => {
      if (!user.isAdministrator)
        throw refusal({ allowed: false, layer: 'role', rule: undefined }, act.action, '*')
      return this.#with.createProject({ name, ownerUserId: user.userId })
    })
  }

  roles(): { role: ProjectRole; allows: string[]; denies: string[] }[] {
    const actions = (role: ProjectRole, effect: 'Allow' | 'Deny'): string[] =>
      rolePolicies[role].Statement.filter(({ Effect }) => Effect === effect).flatMap(
        ({ Action = [] }) => Action,
      )
    return ROLES.map((role) => ({ role, allows: actions(role, 'Allow'), denies: actions(role, 'Deny') }))
  }

  #act(
    { account }: MemberCaller,
    action: Action,
    userId: string | undefined,
    details: Record<string, string | number>,
  ) {
    const resource = userId === undefined ? projectArn(account) : memberArn(account, userId)
    return { action, resource, details }
  }

  /** The new rights hold from here on, for requests under way too: they were judged before. */
  async #change(...change: Parameters<MemberRepository['changeMember']>): Promise<void> {
    try {
      await this.#with.repository.changeMember(...change)
    } finally {
      // After a failure too: a commit that reported an error may have reached the disk.
      this.#with.forgetCredentials()
    }
  }

  async #invitation(token: string): Promise<MemberInvitation> {
    const found = isToken(token)
      ? await this.#with.repository.findInvitation(tokenHash(token), this.#now())
      : undefined
    if (found === undefined) throw unknownLink()
    return found
  }

  async #accept(
    token: string,
    { userId, email }: User,
    invited: Parameters<MemberRepository['acceptInvitation']>[2],
    origin: ActOrigin,
  ): Promise<MemberInvitation> {
    const { projectId, role } = await this.#invitation(token)
    const act = { action: 'coffer:AcceptInvitation' as const, details: { email, role } }
    return this.#acts.reported({ projectId, userId }, act, origin, () =>
      this.#with.repository.acceptInvitation(tokenHash(token), this.#now(), invited),
    )
  }
}

type ActOn = { action: Action; resource: string }

function requireRank(caller: MemberCaller, target: ProjectRole, act: ActOn): void {
  if (!mayManage(caller.role, target)) throw outranked(caller, act)
}

function outranked({ role }: MemberCaller, { action, resource }: ActOn): StoreError {
  return refusal({ allowed: false, layer: 'role', rule: role }, action, resource)
}

function requireAnotherOwner(owners: number): void {
  if (owners <= 1) throw new StoreError('LastOwner', 'A project keeps at least one owner')
}

function alreadyMember(): StoreError {
  return new StoreError('InvalidRequest', 'This person is a member of the project already', {
    argument: 'email',
  })
}

function unknownLink(): StoreError {
  return new StoreError('InvalidCredentials', 'The link was used already, has expired or is unknown')
}

function pending({ tokenHash: hash, email, role, expiresAt }: MemberInvitation): PendingInvitation {
  return { invitationId: hash.toString('base64url'), email, role, expiresAt }
}

/** Text of a request in the log: it must not fill it. */
function shortened(text: string): string {
  return text.slice(0, 64)
}
