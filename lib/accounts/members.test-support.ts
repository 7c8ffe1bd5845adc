import { randomUUID } from 'node:crypto'
import type { AuditEvent, AuditLog } from '../audit/model.ts'
import { openTestDatabase } from '../db/db.test-support.ts'
import { PASSWORD, testAccounts } from './accounts.test-support.ts'
import { createMembers } from './members-service.ts'
import type { ProjectRole, User } from './model.ts'
import { Passwords } from './passwords.ts'

export const ORIGIN = { requestId: 'r-1', remoteAddress: '192.0.2.1', secure: true }

/** Keeps what it is told. */
export class KeptAudit implements AuditLog {
  readonly events: AuditEvent[] = []
  record(event: AuditEvent): void {
    this.events.push(event)
  }
  async append(event: AuditEvent): Promise<void> {
    this.events.push(event)
  }
  async flush(): Promise<void> {}
}

/** Members over a real database, with a project and its first owner. */
export async function openMembers() {
  const database = await openTestDatabase()
  const { accounts, time } = testAccounts(database.accounts)
  const audit = new KeptAudit()
  const members = createMembers({
    repository: database.members,
    people: database.accounts,
    passwords: new Passwords(),
    audit,
    startSession: (userId) => accounts.startSession(userId),
    createProject: (p) => accounts.createProject(p),
    forgetCredentials: () => accounts.forgetCredentials(),
    clock: () => time.now,
  })
  const project = await accounts.ensureFirstProject({ name: 'Research' })
  const { projectId } = project

  /** An account without any project. */
  const newUser = async (name: string): Promise<User> => {
    const user = {
      userId: randomUUID(),
      email: `${name.toLowerCase()}@example.org`,
      name,
      isAdministrator: false,
      createdAt: time.now,
    }
    await database.accounts.insertUser(user, 'no password matches this')
    return user
  }
  /** The caller of a new account with this role in the project. */
  const join = async (name: string, role: ProjectRole, at = projectId) => {
    const { userId } = await newUser(name)
    await database.accounts.addMember(at, userId, role)
    return accounts.callerFor(userId, at)
  }
  const again = (userId: string) => accounts.callerFor(userId, projectId)
  return { database, accounts, members, audit, time, project, projectId, newUser, join, again, PASSWORD }
}

export type MembersBench = Awaited<ReturnType<typeof openMembers>>
