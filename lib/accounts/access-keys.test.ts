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
  return { ...made, key }
}

describe('access keys', () => {
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
    const { key, accounts, repository, userId, project } = await withKey()
    expect(await accounts.credentials(key.accessKeyId)).toBeDefined()
    await accounts.setAccessKeyState(userId, key.accessKeyId, 'Inactive')
    expect(await accounts.credentials(key.accessKeyId)).toBeUndefined()
    await accounts.setAccessKeyState(userId, key.accessKeyId, 'Active')
    expect(await accounts.credentials(key.accessKeyId)).toBeDefined()
    await accounts.deleteAccessKey(userId, key.accessKeyId)
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
    const { key, accounts, repository, userId } = await withKey()
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
    await accounts.setAccessKeyState(userId, key.accessKeyId, 'Inactive')
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
    const { key, accounts, project } = await withKey()
    const stranger = 'b1f5a6de-0000-4000-8000-000000000000'
    await expect(accounts.setAccessKeyState(stranger, key.accessKeyId, 'Inactive')).rejects.toMatchObject({
      code: 'NoSuchAccessKey',
    })
    await expect(accounts.deleteAccessKey(stranger, key.accessKeyId)).rejects.toMatchObject({
      code: 'NoSuchAccessKey',
    })
    await expect(accounts.deleteAccessKey(stranger, 'CFR' + 'A'.repeat(17))).rejects.toMatchObject({
      code: 'NoSuchAccessKey',
    })
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
