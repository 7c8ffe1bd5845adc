import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { ListedAudit } from '../audit/audit.test-support.ts'
import { openTestDatabase } from '../db/db.test-support.ts'
import { createAccounts } from './accounts-service.ts'

const sealer = {
  seal: (_label: string, _binding: string, bytes: Buffer) => bytes,
  open: (_label: string, _binding: string, bytes: Buffer) => bytes,
}

test('sign-ins are on the log of every project of the person, refused ones without what was typed', async () => {
  const database = await openTestDatabase()
  const audit = new ListedAudit()
  const repository = database.accounts
  const accounts = createAccounts({
    repository,
    sealer,
    sessionHours: 1,
    createProjectKey: async () => undefined,
    audit,
  })
  try {
    const { projectId } = await accounts.ensureFirstProject({ name: 'P' })
    const token = await accounts.createWelcomeToken()
    const origin = { requestId: randomUUID(), remoteAddress: '192.0.2.7' }
    const person = { email: 'a@example.org', name: 'A', password: 'a long password that is never kept' }
    const { userId } = await accounts.createFirstAdministrator({ token, ...person, origin })
    const other = await accounts.createProject({ name: 'Q', ownerUserId: userId })
    const { sessionId } = await accounts.signIn({ ...person, remoteAddress: '192.0.2.8' })
    await accounts.signOut(sessionId, origin)
    await accounts.signOut('x'.repeat(43), origin)
    const wrong = { password: 'another wrong password', remoteAddress: '192.0.2.9' }
    for (const email of [person.email, 'typed a password here by mistake'])
      await expect(accounts.signIn({ email, ...wrong })).rejects.toMatchObject({ code: 'InvalidCredentials' })

    const seen = audit.events.map(({ action, result, projectId: project, actor, details }) => ({
      action,
      result,
      project,
      userId: actor.userId,
      from: actor.sourceAddress,
      details,
    }))
    const both = [projectId, other.projectId].sort()
    const inBoth = (event: object) => both.map((project) => ({ ...event, project }))
    const ordered = seen.toSorted((a, b) => (a.project ?? 'zz').localeCompare(b.project ?? 'zz'))
    const of = (action: string, result: string) =>
      ordered.filter((event) => event.action === action && event.result === result)
    expect(of('coffer:CreateFirstAdministrator', 'Success')).toEqual([
      {
        action: 'coffer:CreateFirstAdministrator',
        result: 'Success',
        project: projectId,
        userId,
        from: '192.0.2.7',
        details: {},
      },
    ])
    const signIn = { action: 'coffer:SignIn', result: 'Success', userId, from: '192.0.2.8', details: {} }
    expect(of('coffer:SignIn', 'Success')).toEqual(inBoth(signIn))
    const signOut = { action: 'coffer:SignOut', result: 'Success', userId, from: '192.0.2.7', details: {} }
    expect(of('coffer:SignOut', 'Success')).toEqual(inBoth(signOut))
    const refused = {
      action: 'coffer:SignIn',
      result: 'InvalidCredentials',
      userId: undefined,
      from: '192.0.2.9',
    }
    expect(of('coffer:SignIn', 'InvalidCredentials')).toEqual([
      ...inBoth({ ...refused, details: { account: userId } }),
      { ...refused, details: {}, project: undefined },
    ])
    expect(seen).toHaveLength(8)
    expect(JSON.stringify(audit.events)).not.toMatch(/password|example/)
  } finally {
    await database.dispose()
  }
})
