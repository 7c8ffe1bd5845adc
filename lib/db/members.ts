import type { DecideMemberChange, Invited, MemberRepository } from '../accounts/member-repository.ts'
import type { ListedMember, Member, MemberInvitation, ProjectRole } from '../accounts/model.ts'
import { StoreError } from '../errors.ts'
import type { Sqlite } from './connections.ts'
import type { WriterQueue } from './writer-queue.ts'

/** Invitations of members share their table with other one-time links. */
const PURPOSE = 'member'

const SELECT_MEMBER = `SELECT u.user_id, u.email, u.name, m.role, m.policy
  FROM membership m JOIN user u USING (user_id) WHERE m.project_id = ?`
const LIST_MEMBERS = `SELECT u.user_id, u.email, u.name, m.role, m.policy,
    COUNT(k.access_key_id) AS access_keys, MAX(k.last_used_at) AS last_used_at
  FROM membership m JOIN user u USING (user_id)
  LEFT JOIN access_key k ON k.project_id = m.project_id AND k.user_id = m.user_id
  WHERE m.project_id = ? GROUP BY u.user_id ORDER BY u.name, u.email`
const SELECT_INVITATION = `SELECT token_hash, project_id, role, email, expires_at FROM invitation
  WHERE purpose = '${PURPOSE}'`

interface MemberRow {
  user_id: string
  email: string
  name: string
  role: ProjectRole
  policy: string | null
}

interface ListedRow extends MemberRow {
  access_keys: number
  last_used_at: number | null
}

interface InvitationRow {
  token_hash: Buffer
  project_id: string
  role: ProjectRole
  email: string
  expires_at: number
}

/** Members and their invitations: plain SQL, because "the last owner stays" must be decided inside the transaction. */
export function sqliteMembers(reader: Sqlite, writer: Sqlite, queue: WriterQueue): MemberRepository {
  const all = reader.prepare<[string], ListedRow>(LIST_MEMBERS)
  const one = reader.prepare<[string, string], MemberRow>(`${SELECT_MEMBER} AND m.user_id = ?`)
  const pending = reader.prepare<[string, number], InvitationRow>(
    `${SELECT_INVITATION} AND project_id = ? AND expires_at > ? ORDER BY expires_at, email`,
  )
  const byToken = reader.prepare<[Buffer, number], InvitationRow>(
    `${SELECT_INVITATION} AND token_hash = ? AND expires_at > ?`,
  )
  const change = memberChange(writer)
  const invite = newInvitation(writer)
  const accept = acceptance(writer)
  const revoke = writer.prepare(
    `DELETE FROM invitation WHERE purpose = '${PURPOSE}' AND project_id = ? AND token_hash = ?`,
  )
  return {
    listMembers: async (projectId) => all.all(projectId).map(toListed),
    findMember: async (projectId, userId) => optional(one.get(projectId, userId), toMember),
    changeMember: (projectId, userId, decide) => queue.write(() => change(projectId, userId, decide)),
    insertInvitation: (invitation) => queue.write(() => invite(invitation)),
    listInvitations: async (projectId, now) => pending.all(projectId, now).map(toInvitation),
    findInvitation: async (tokenHash, now) => optional(byToken.get(tokenHash, now), toInvitation),
    deleteInvitation: (projectId, tokenHash) =>
      queue.write(() => revoke.run(projectId, tokenHash).changes === 1),
    acceptInvitation: (tokenHash, now, invited) => queue.write(() => accept(tokenHash, now, invited)),
  }
}

function memberChange(writer: Sqlite) {
  const find = writer.prepare<[string, string], MemberRow>(`${SELECT_MEMBER} AND m.user_id = ?`)
  const owners = writer.prepare<[string], { owners: number }>(
    "SELECT COUNT(*) AS owners FROM membership WHERE project_id = ? AND role = 'owner'",
  )
  const update = writer.prepare(
    'UPDATE membership SET role = ?, policy = ? WHERE project_id = ? AND user_id = ?',
  )
  const remove = writer.prepare('DELETE FROM membership WHERE project_id = ? AND user_id = ?')
  // Somebody invited again must not find his old keys awake.
  const removeKeys = writer.prepare('DELETE FROM access_key WHERE project_id = ? AND user_id = ?')
  return (projectId: string, userId: string, decide: DecideMemberChange): void => {
    const row = find.get(projectId, userId)
    if (row === undefined)
      throw new StoreError('NoSuchMember', 'There is no such member in the project', { member: userId })
    const member = toMember(row)
    const change = decide(member, owners.get(projectId)!.owners)
    if (change.remove) {
      removeKeys.run(projectId, userId)
      remove.run(projectId, userId)
      return
    }
    const policy = 'policy' in change ? change.policy : member.policy
    update.run(change.role ?? member.role, policy ?? null, projectId, userId)
  }
}

function newInvitation(writer: Sqlite) {
  const replace = writer.prepare(
    `DELETE FROM invitation WHERE purpose = '${PURPOSE}' AND project_id = ? AND email = ?`,
  )
  const insert = writer.prepare(
    `INSERT INTO invitation (token_hash, purpose, project_id, role, email, expires_at)
     VALUES (?, '${PURPOSE}', ?, ?, ?, ?)`,
  )
  return ({ tokenHash, projectId, role, email, expiresAt }: MemberInvitation): void => {
    replace.run(projectId, email)
    insert.run(tokenHash, projectId, role, email, expiresAt)
  }
}

function acceptance(writer: Sqlite) {
  // One statement: two people with one link cannot both be let in.
  const take = writer.prepare<[Buffer, number], InvitationRow>(
    `DELETE FROM invitation WHERE purpose = '${PURPOSE}' AND token_hash = ? AND expires_at > ?
     RETURNING token_hash, project_id, role, email, expires_at`,
  )
  const taken = writer.prepare<[string]>('SELECT 1 FROM user WHERE email = ?')
  const insertUser = writer.prepare(
    `INSERT INTO user (user_id, email, name, password_hash, is_administrator, created_at)
     VALUES (?, ?, ?, ?, 0, ?)`,
  )
  const isMember = writer.prepare<[string, string]>(
    'SELECT 1 FROM membership WHERE project_id = ? AND user_id = ?',
  )
  const insertMember = writer.prepare('INSERT INTO membership (project_id, user_id, role) VALUES (?, ?, ?)')
  return (tokenHash: Buffer, now: number, invited: Invited): MemberInvitation => {
    const row = take.get(tokenHash, now)
    if (row === undefined)
      throw new StoreError('InvalidCredentials', 'The link was used already, has expired or is unknown')
    const invitation = toInvitation(row)
    if ('user' in invited) {
      const { userId, email, name, createdAt } = invited.user
      if (taken.get(email) !== undefined)
        throw new StoreError('InvalidArgument', 'This e-mail address is taken', { argument: 'email' })
      insertUser.run(userId, email, name, invited.passwordHash, createdAt)
    }
    const userId = 'user' in invited ? invited.user.userId : invited.userId
    if (isMember.get(invitation.projectId, userId) !== undefined)
      throw new StoreError('InvalidRequest', 'This person is a member of the project already', {
        argument: 'email',
      })
    insertMember.run(invitation.projectId, userId, invitation.role)
    return invitation
  }
}

function toMember({ user_id: userId, email, name, role, policy }: MemberRow): Member {
  return { userId, email, name, role, policy: policy ?? undefined }
}

function toListed(row: ListedRow): ListedMember {
  return { ...toMember(row), accessKeys: row.access_keys, lastUsedAt: row.last_used_at ?? undefined }
}

function toInvitation({ token_hash, project_id, role, email, expires_at }: InvitationRow): MemberInvitation {
  return { tokenHash: token_hash, projectId: project_id, role, email, expiresAt: expires_at }
}

function optional<R, T>(row: R | undefined, convert: (row: R) => T): T | undefined {
  return row && convert(row)
}
