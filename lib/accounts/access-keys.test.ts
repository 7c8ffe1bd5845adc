import { describe, expect, test } from 'vitest'
import { settledAccounts } from './accounts.test-support.ts'

async function withKey() {
  const made = await settledAccounts()
  const { accounts, userId, project } = made
  const key = await accounts.createAccessKey({
    userId,
    projectId: project.projectId,
    description: ' laptop ',
  })
  const own = { userId, projectId: project.projectId, accessKeyId: key.accessKeyId }
  return { ...made, key, own }
}

describe('access keys', () => {
  test('are made, changed and deleted on the audit log, refusals too, and never with a secret', async () => {
    const { key, own, accounts, audit } = await withKey()
    const origin = { requestId: 'r', remoteAddress: '192.0.2.7', secure: true }
    await accounts.setAccessKeyState({ ...own, origin }, 'Inactive')
    await accounts.deleteAccessKey({ ...own, origin })
    await expect(accounts.deleteAccessKey(own)).rejects.toMatchObject({ code: 'NoSuchAccessKey' })
    const { accessKeyId: accessKey, projectId } = own
    const seen = audit.events.filter(({ action }) => action.endsWith('AccessKey'))
    expect(seen.map(({ action, result, details }) => ({ action, result, details }))).toEqual([
      { action: 'coffer:CreateAccessKey', result: 'Success', details: { accessKey } },
      { action: 'coffer:UpdateAccessKey', result: 'Success', details: { accessKey, state: 'Inactive' } },
      { action: 'coffer:DeleteAccessKey', result: 'Success', details: { accessKey } },
      { action: 'coffer:DeleteAccessKey', result: 'NoSuchAccessKey', details: { accessKey } },
    ])
    expect(seen[1]).toMatchObject({ projectId, actor: { userId: own.userId, sourceAddress: '192.0.2.7' } })
    expect(JSON.stringify(audit.events)).not.toContain(key.secretAccessKey)
  })

  test('can be denied to a member by his policy', async () => {
    const { own, accounts, repository, audit } = await withKey()
    const Statement = [{ Effect: 'Deny', Action: 'coffer:*AccessKey', Resource: '*' }]
    repository.members[0]!.policy = JSON.stringify({ Version: '2012-10-17', Statement })
    repository.members[0]!.role = 'member'
    await expect(accounts.createAccessKey({ ...own, description: '' })).rejects.toMatchObject({
      code: 'AccessDenied',
      facts: { action: 'coffer:CreateAccessKey' },
    })
    expect(audit.events.at(-1)).toMatchObject({ action: 'coffer:CreateAccessKey', result: 'AccessDenied' })
  })

  test('have the shape S3 clients expect, and a secret that lies sealed', async () => {
    const { key, repository, accounts, userId, project } = await withKey()
    expect(key.accessKeyId).toMatch(/^CFR[A-Z2-7]{17}$/)
    expect(key.secretAccessKey).toMatch(/^[A-Za-z0-9]{40}$/)
    expect(key.description).toBe('laptop')
    const stored = repository.accessKeys.get(key.accessKeyId)!
    expect(stored.sealedSecret.includes(key.secretAccessKey)).toBe(false)
    const listed = await accounts.listAccessKeys(userId, project.projectId)
    expect(JSON.stringify(listed)).not.toContain(key.secretAccessKey)
  })

  test('name their caller', async () => {
    const { key, accounts, userId, project } = await withKey()
    expect(await accounts.credentials(key.accessKeyId)).toEqual({
      secretAccessKey: key.secretAccessKey,
      caller: {
        kind: 'member',
        userId,
        projectId: project.projectId,
        role: 'owner',
        account: project.accountNumber,
        accessKeyId: key.accessKeyId,
      },
    })
  })

  test.each(['', 'CFR', 'AKIAIOSFODNN7EXAMPLE', 'CFR' + 'A'.repeat(17), '__proto__'])(
    'unknown ids have no credentials: %j',
    async (id) => {
      const { accounts } = await withKey()
      expect(await accounts.credentials(id)).toBeUndefined()
    },
  )

  test('switched off, deleted or sealed for another id, a key is worth nothing at once', async () => {
    const { key, own, accounts, repository, userId, project } = await withKey()
    expect(await accounts.credentials(key.accessKeyId)).toBeDefined()
    await accounts.setAccessKeyState(own, 'Inactive')
    expect(await accounts.credentials(key.accessKeyId)).toBeUndefined()
    await accounts.setAccessKeyState(own, 'Active')
    expect(await accounts.credentials(key.accessKeyId)).toBeDefined()
    await accounts.deleteAccessKey(own)
    expect(await accounts.credentials(key.accessKeyId)).toBeUndefined()

    const [a, b] = await Promise.all(
      ['a', 'b'].map((description) =>
        accounts.createAccessKey({ userId, projectId: project.projectId, description }),
      ),
    )
    repository.accessKeys.get(a!.accessKeyId)!.sealedSecret = repository.accessKeys.get(
      b!.accessKeyId,
    )!.sealedSecret
    await expect(accounts.credentials(a!.accessKeyId)).rejects.toThrow()
  })

  test('a row read before it was switched off is not remembered after', async () => {
    const { key, own, accounts, repository } = await withKey()
    const find = repository.findAccessKey.bind(repository)
    const reading = Promise.withResolvers<void>()
    const release = Promise.withResolvers<void>()
    repository.findAccessKey = async (id) => {
      const row = await find(id)
      reading.resolve()
      await release.promise
      return row
    }
    const slow = accounts.credentials(key.accessKeyId)
    await reading.promise
    repository.findAccessKey = find
    await accounts.setAccessKeyState(own, 'Inactive')
    release.resolve()
    await slow
    expect(await accounts.credentials(key.accessKeyId)).toBeUndefined()
  })

  test('are read from the database once in 30 seconds, and their use written once a minute', async () => {
    const { key, accounts, repository, time } = await withKey()
    const before = repository.accessKeyReads
    for (let i = 0; i < 100; i++) await accounts.credentials(key.accessKeyId)
    expect(repository.accessKeyReads - before).toBe(1)
    expect(repository.touches).toEqual([{ accessKeyId: key.accessKeyId, at: time.now }])
    time.now += 30_000
    await accounts.credentials(key.accessKeyId)
    expect(repository.accessKeyReads - before).toBe(2)
    expect(repository.touches).toHaveLength(1)
    time.now += 30_000
    await accounts.credentials(key.accessKeyId)
    expect(repository.touches).toHaveLength(2)
  })

  test('belong to their member: others can neither make, change nor delete them', async () => {
    const { key, own, accounts, project, repository } = await withKey()
    const stranger = 'b1f5a6de-0000-4000-8000-000000000000'
    const { projectId: elsewhere } = await accounts.createProject({ name: 'Q', ownerUserId: own.userId })
    const neighbour = 'c2f5a6de-0000-4000-8000-000000000000'
    await repository.addMember(project.projectId, neighbour, 'owner')
    for (const [asked, code] of [
      [{ ...own, userId: stranger }, 'NoSuchProject'],
      [{ ...own, userId: neighbour }, 'NoSuchAccessKey'],
      [{ ...own, projectId: elsewhere }, 'NoSuchAccessKey'],
      [{ ...own, accessKeyId: 'CFR' + 'A'.repeat(17) }, 'NoSuchAccessKey'],
    ] as const) {
      await expect(accounts.setAccessKeyState(asked, 'Inactive')).rejects.toMatchObject({ code })
      await expect(accounts.deleteAccessKey(asked)).rejects.toMatchObject({ code })
    }
    const made = accounts.createAccessKey({ userId: stranger, projectId: project.projectId, description: '' })
    await expect(made).rejects.toMatchObject({ code: 'NoSuchProject' })
    expect(await accounts.credentials(key.accessKeyId)).toBeDefined()
  })

  test.each(['x'.repeat(129), 'two\nlines'])('a description is one short line', async (description) => {
    const { accounts, userId, project } = await withKey()
    const made = accounts.createAccessKey({ userId, projectId: project.projectId, description })
    await expect(made).rejects.toMatchObject({ code: 'InvalidArgument' })
  })
})
