import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Caller } from '../store/model.ts'
import { openMembers, ORIGIN, type MembersBench } from './members.test-support.ts'

const DAY = 24 * 3_600_000
const EMAIL = 'nina@example.org'

let bench: MembersBench
let owner: Caller & { kind: 'member' }
beforeEach(async () => {
  bench = await openMembers()
  owner = await bench.join('Olga', 'owner')
})
afterEach(() => bench.database.dispose())

const invite = (email = EMAIL) => bench.members.invite(owner, { email, role: 'member' }, ORIGIN)
const accept = (token: string, changes: { name?: string; password?: string } = {}) =>
  bench.members.acceptAsNewUser({ token, name: 'Nina', password: bench.PASSWORD, ...changes }, ORIGIN)

test('a link makes a new account a member, signed in', async () => {
  const { token, expiresAt } = await invite(' Nina@Example.org')
  expect(expiresAt).toBe(bench.time.now + 7 * DAY)
  expect(await bench.members.offer(token)).toEqual({
    projectName: 'Research',
    email: EMAIL,
    role: 'member',
    expiresAt,
    hasAccount: false,
  })
  const { session, projectId } = await accept(token)
  expect(projectId).toBe(bench.projectId)
  expect(await bench.accounts.sessionUser(session.sessionId)).toMatchObject({
    email: EMAIL,
    isAdministrator: false,
  })
  expect((await bench.again(session.userId)).role).toBe('member')
  const signedIn = { email: EMAIL, password: bench.PASSWORD, remoteAddress: '192.0.2.1' }
  expect((await bench.accounts.signIn(signedIn)).userId).toBe(session.userId)
})

test('a link makes somebody with an account a member, and only the one it is for', async () => {
  const [nina, eve] = [await bench.newUser('Nina'), await bench.newUser('Eve')]
  const { token } = await invite()
  expect((await bench.members.offer(token)).hasAccount).toBe(true)
  await expect(bench.members.acceptAsUser(eve, token, ORIGIN)).rejects.toMatchObject({ code: 'AccessDenied' })
  await expect(accept(token)).rejects.toMatchObject({ code: 'InvalidArgument', facts: { argument: 'email' } })
  expect(await bench.members.acceptAsUser(nina, token, ORIGIN)).toEqual({ projectId: bench.projectId })
  expect((await bench.again(nina.userId)).role).toBe('member')
})

describe('a link is good once', () => {
  test('one after the other', async () => {
    const { token } = await invite()
    await accept(token)
    await expect(accept(token)).rejects.toMatchObject({ code: 'InvalidCredentials' })
    await expect(bench.members.offer(token)).rejects.toMatchObject({ code: 'InvalidCredentials' })
  })

  test('and both at once', async () => {
    const { token } = await invite()
    const outcomes = await Promise.allSettled([accept(token), accept(token, { name: 'Other' })])
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await bench.database.members.listMembers(bench.projectId)).toHaveLength(2)
  })

  test('a mistake in the form does not use it up', async () => {
    const { token } = await invite()
    await expect(accept(token, { password: 'short' })).rejects.toMatchObject({ code: 'InvalidArgument' })
    await expect(accept(token, { name: ' ' })).rejects.toMatchObject({ code: 'InvalidArgument' })
    await accept(token)
  })
})

describe('a link is good for nothing', () => {
  test('after seven days', async () => {
    const { token } = await invite()
    bench.time.now += 7 * DAY
    await expect(accept(token)).rejects.toMatchObject({ code: 'InvalidCredentials' })
    expect((await bench.members.list(owner, ORIGIN)).invitations).toEqual([])
  })

  test('after it was revoked', async () => {
    const { token, invitationId } = await invite()
    await bench.members.revokeInvitation(owner, invitationId, ORIGIN)
    await expect(accept(token)).rejects.toMatchObject({ code: 'InvalidCredentials' })
    await bench.members.revokeInvitation(owner, invitationId, ORIGIN)
  })

  test('after another for the same address', async () => {
    const [first, second] = [await invite(), await invite()]
    await expect(accept(first.token)).rejects.toMatchObject({ code: 'InvalidCredentials' })
    await accept(second.token)
  })

  test('when it is the public id of one, another kind of link, or nonsense', async () => {
    const { invitationId } = await invite()
    const welcome = await bench.accounts.createWelcomeToken()
    for (const token of [invitationId, welcome, '', 'x'.repeat(43), '__proto__'])
      await expect(accept(token), token).rejects.toMatchObject({ code: 'InvalidCredentials' })
  })
})

test('somebody in the project already is not invited, and joins once only', async () => {
  const { userId } = await bench.join('Mia', 'member')
  await expect(invite('mia@example.org')).rejects.toMatchObject({ code: 'InvalidRequest' })
  const nina = await bench.newUser('Nina')
  const { token } = await invite()
  await bench.database.accounts.addMember(bench.projectId, nina.userId, 'reader')
  await expect(bench.members.acceptAsUser(nina, token, ORIGIN)).rejects.toMatchObject({
    code: 'InvalidRequest',
  })
  expect((await bench.again(nina.userId)).role).toBe('reader')
  expect((await bench.again(userId)).role).toBe('member')
})

test('the list shows who is there, who is awaited, and which roles the asker may give', async () => {
  const auditor = await bench.join('Aude', 'auditor')
  const administrator = await bench.join('Adam', 'administrator')
  const { token, ...shown } = await invite()
  const seen = await bench.members.list(auditor, ORIGIN)
  expect(seen.members.map(({ name, role }) => [name, role])).toEqual([
    ['Adam', 'administrator'],
    ['Aude', 'auditor'],
    ['Olga', 'owner'],
  ])
  expect(seen.invitations).toEqual([shown])
  expect(JSON.stringify(seen)).not.toContain(token)
  expect(seen.assignableRoles).toEqual([])
  expect((await bench.members.list(administrator, ORIGIN)).assignableRoles).toEqual([
    'member',
    'reader',
    'auditor',
  ])
  expect((await bench.members.list(owner, ORIGIN)).assignableRoles).toHaveLength(5)
})
