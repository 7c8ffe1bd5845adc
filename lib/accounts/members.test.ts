import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Caller } from '../store/model.ts'
import { mayManage, ROLES } from './member-rules.ts'
import { openMembers, ORIGIN, type MembersBench } from './members.test-support.ts'
import type { ProjectRole } from './model.ts'

type MemberCaller = Caller & { kind: 'member' }

let bench: MembersBench
let owner: MemberCaller
beforeEach(async () => {
  bench = await openMembers()
  owner = await bench.join('Olga', 'owner')
})
afterEach(() => bench.database.dispose())

async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work
    return undefined
  } catch (error) {
    return (error as { code: string }).code
  }
}

const policyOf = (Effect: string, Action: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: { Effect, Action, Resource: '*' } })

describe('who may change whom', () => {
  const cases = ROLES.flatMap((actor) =>
    ROLES.flatMap((target) => ROLES.map((to) => [actor, target, to] as const)),
  )

  test('every role on every role, to every role', async () => {
    await bench.join('Olaf', 'owner')
    const actors = new Map<ProjectRole, MemberCaller>()
    for (const role of ROLES) actors.set(role, await bench.join(`Actor-${role}`, role))
    const target = await bench.join('Target', 'member')
    for (const [actor, from, to] of cases) {
      await bench.database.accounts.addMember(bench.projectId, target.userId, from)
      const may =
        (actor === 'owner' || actor === 'administrator') && mayManage(actor, from) && mayManage(actor, to)
      const code = await codeOf(bench.members.changeRole(actors.get(actor)!, target.userId, to, ORIGIN))
      expect(code, `${actor}: ${from} to ${to}`).toBe(may ? undefined : 'AccessDenied')
      expect((await bench.again(target.userId)).role).toBe(may ? to : from)
    }
  }, 30_000)

  test('an administrator lifts nobody to his own height and touches no owner', async () => {
    const administrator = await bench.join('Adam', 'administrator')
    const member = await bench.join('Mia', 'member')
    const { members } = bench
    const lift = (role: ProjectRole) => codeOf(members.changeRole(administrator, member.userId, role, ORIGIN))
    expect(await lift('owner')).toBe('AccessDenied')
    expect(await lift('administrator')).toBe('AccessDenied')
    expect(await lift('auditor')).toBeUndefined()
    expect(await codeOf(members.remove(administrator, owner.userId, ORIGIN))).toBe('AccessDenied')
    expect(
      await codeOf(members.invite(administrator, { email: 'e@x.org', role: 'administrator' }, ORIGIN)),
    ).toBe('AccessDenied')
  })

  test('a policy may let a member invite, yet only below himself', async () => {
    const { userId } = await bench.join('Mia', 'member')
    await bench.members.setPolicy(owner, userId, policyOf('Allow', 'coffer:*'), ORIGIN)
    const member = await bench.again(userId)
    const invite = (role: ProjectRole) =>
      codeOf(bench.members.invite(member, { email: `${role}@x.org`, role }, ORIGIN))
    expect([
      await invite('reader'),
      await invite('auditor'),
      await invite('member'),
      await invite('owner'),
    ]).toEqual([undefined, undefined, 'AccessDenied', 'AccessDenied'])
  })

  test('a refusal names the layer and the rule', async () => {
    const reader = await bench.join('Rita', 'reader')
    await expect(bench.members.remove(reader, owner.userId, ORIGIN)).rejects.toMatchObject({
      code: 'AccessDenied',
      facts: { layer: 'role', rule: undefined, action: 'coffer:RemoveMember' },
    })
    const { userId } = await bench.join('Adam', 'administrator')
    await bench.members.setPolicy(owner, userId, policyOf('Deny', 'coffer:Invite*'), ORIGIN)
    const invited = bench.members.invite(
      await bench.again(userId),
      { email: 'e@x.org', role: 'reader' },
      ORIGIN,
    )
    await expect(invited).rejects.toMatchObject({ facts: { layer: 'member-policy', rule: '1' } })
  })

  test('an owner of another project reaches nobody here', async () => {
    const { projectId } = await bench.accounts.createProject({ name: 'Other', ownerUserId: owner.userId })
    const stranger = await bench.join('Sven', 'owner', projectId)
    const { userId } = await bench.join('Mia', 'member')
    expect(await codeOf(bench.members.remove(stranger, userId, ORIGIN))).toBe('NoSuchMember')
    expect(await codeOf(bench.members.changeRole(stranger, userId, 'reader', ORIGIN))).toBe('NoSuchMember')
    expect(await codeOf(bench.members.setPolicy(stranger, userId, undefined, ORIGIN))).toBe('NoSuchMember')
    const { invitationId } = await bench.members.invite(owner, { email: 'e@x.org', role: 'reader' }, ORIGIN)
    await bench.members.revokeInvitation(stranger, invitationId, ORIGIN)
    expect((await bench.members.list(owner, ORIGIN)).invitations).toHaveLength(1)
  })
})

describe('the last owner', () => {
  test('stays, whoever asks and however often at once', async () => {
    const { members } = bench
    const leave = () => codeOf(members.remove(owner, owner.userId, ORIGIN))
    const stepDown = () => codeOf(members.changeRole(owner, owner.userId, 'member', ORIGIN))
    expect(await leave()).toBe('LastOwner')
    expect(await stepDown()).toBe('LastOwner')
    const second = await bench.join('Olaf', 'owner')
    const outcomes = await Promise.all([
      leave(),
      codeOf(members.remove(second, second.userId, ORIGIN)),
      stepDown(),
    ])
    expect(outcomes.filter((code) => code === undefined)).toHaveLength(1)
    const left = (await bench.database.members.listMembers(bench.projectId)).filter(
      ({ role }) => role === 'owner',
    )
    expect(left).toHaveLength(1)
  })

  test('everybody else may leave, whatever their role', async () => {
    for (const role of ['administrator', 'member', 'reader', 'auditor'] as const) {
      const caller = await bench.join(`Leaving-${role}`, role)
      await bench.members.remove(caller, caller.userId, ORIGIN)
      await expect(bench.again(caller.userId)).rejects.toMatchObject({ code: 'NoSuchProject' })
    }
  })
})

describe('policies of members', () => {
  test('bite in the next request, and go with null', async () => {
    const { userId } = await bench.join('Mia', 'member')
    await bench.members.setPolicy(owner, userId, policyOf('Deny', 's3:*'), ORIGIN)
    expect((await bench.again(userId)).memberPolicy?.Statement[0]?.Effect).toBe('Deny')
    await bench.members.setPolicy(owner, userId, undefined, ORIGIN)
    expect((await bench.again(userId)).memberPolicy).toBeUndefined()
  })

  test('nobody sets his own, and no owner has one', async () => {
    const administrator = await bench.join('Adam', 'administrator')
    const { members } = bench
    const deny = policyOf('Deny', '*')
    expect(await codeOf(members.setPolicy(administrator, administrator.userId, undefined, ORIGIN))).toBe(
      'AccessDenied',
    )
    expect(await codeOf(members.setPolicy(owner, owner.userId, deny, ORIGIN))).toBe('AccessDenied')
    const second = await bench.join('Olaf', 'owner')
    expect(await codeOf(members.setPolicy(owner, second.userId, deny, ORIGIN))).toBe('InvalidRequest')
    await members.setPolicy(owner, administrator.userId, deny, ORIGIN)
    await members.changeRole(owner, administrator.userId, 'owner', ORIGIN)
    expect((await bench.again(administrator.userId)).memberPolicy).toBeUndefined()
  })

  test('are checked before they are stored', async () => {
    const { userId } = await bench.join('Mia', 'member')
    const setting = bench.members.setPolicy(owner, userId, policyOf('Deny', 'iam:*'), ORIGIN)
    await expect(setting).rejects.toMatchObject({
      code: 'MalformedPolicy',
      facts: { where: 'Statement[0].Action' },
    })
  })
})

describe('remembered credentials', () => {
  test.each<[string, (userId: string) => Promise<void>, (caller: MemberCaller | undefined) => void]>([
    [
      'have the new role at once',
      (userId) => bench.members.changeRole(owner, userId, 'reader', ORIGIN),
      (caller) => expect(caller?.role).toBe('reader'),
    ],
    [
      'have the new policy at once',
      (userId) => bench.members.setPolicy(owner, userId, policyOf('Deny', '*'), ORIGIN),
      (caller) => expect(caller?.memberPolicy?.Statement).toHaveLength(1),
    ],
    [
      'are gone at once with their member',
      (userId) => bench.members.remove(owner, userId, ORIGIN),
      (caller) => expect(caller).toBeUndefined(),
    ],
  ])('%s', async (_, change, check) => {
    const { userId } = await bench.join('Mia', 'member')
    const p = { userId, projectId: bench.projectId, description: '' }
    const { accessKeyId } = await bench.accounts.createAccessKey(p)
    expect((await bench.accounts.credentials(accessKeyId))?.caller.role).toBe('member')
    await change(userId)
    check((await bench.accounts.credentials(accessKeyId))?.caller)
  })

  test('of somebody who left do not wake when he is invited again', async () => {
    const caller = await bench.join('Mia', 'member')
    const { userId, projectId } = caller
    const { accessKeyId } = await bench.accounts.createAccessKey({ userId, projectId, description: '' })
    await bench.members.remove(owner, userId, ORIGIN)
    await bench.database.accounts.addMember(projectId, userId, 'member')
    expect(await bench.accounts.credentials(accessKeyId)).toBeUndefined()
    expect(await bench.accounts.listAccessKeys(userId, projectId)).toEqual([])
  })
})

describe('the log', () => {
  test('has every act with who, whence and what, refusals too, and no token', async () => {
    const { members, audit } = bench
    const reader = await bench.join('Rita', 'reader')
    const { token } = await members.invite(owner, { email: 'New@x.org', role: 'member' }, ORIGIN)
    const { session } = await members.acceptAsNewUser(
      { token, name: 'Nina', password: bench.PASSWORD },
      ORIGIN,
    )
    await members.changeRole(owner, session.userId, 'reader', ORIGIN)
    await codeOf(members.remove(reader, session.userId, ORIGIN))
    await members.remove(owner, session.userId, ORIGIN)
    expect(
      audit.events.map(({ action, result, actor, projectId }) => ({ action, result, ...actor, projectId })),
    ).toEqual(
      [
        ['coffer:InviteMember', 'Success', owner.userId],
        ['coffer:AcceptInvitation', 'Success', session.userId],
        ['coffer:ChangeMemberRole', 'Success', owner.userId],
        ['coffer:RemoveMember', 'AccessDenied', reader.userId],
        ['coffer:RemoveMember', 'Success', owner.userId],
      ].map(([action, result, userId]) => ({
        action,
        result,
        userId,
        accessKeyId: undefined,
        sourceAddress: '192.0.2.1',
        projectId: bench.projectId,
      })),
    )
    expect(audit.events[2]!.details).toEqual({ member: session.userId, role: 'reader' })
    expect(JSON.stringify(audit.events)).not.toContain(token)
  })
})

describe('projects', () => {
  test('are made by administrators of this Coffer, who own them', async () => {
    const user = await bench.newUser('Ada')
    const refused = bench.members.createProject(user, 'Mine', ORIGIN)
    await expect(refused).rejects.toMatchObject({ code: 'AccessDenied' })
    const { projectId } = await bench.members.createProject(
      { ...user, isAdministrator: true },
      'Mine',
      ORIGIN,
    )
    expect((await bench.accounts.callerFor(user.userId, projectId)).role).toBe('owner')
    expect(bench.audit.events.map(({ action, result }) => [action, result])).toEqual([
      ['coffer:CreateProject', 'AccessDenied'],
      ['coffer:CreateProject', 'Success'],
    ])
  })
})
