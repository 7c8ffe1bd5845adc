import { describe, expect, test } from 'vitest'
import { createAccounts } from './accounts-service.ts'
import { settledAccounts, testAccounts, testSealer } from './accounts.test-support.ts'
import { MemoryAccountRepository } from './memory-account-repository.test-support.ts'

describe('projects', () => {
  test('the first is made once, with its key and an account number', async () => {
    const { accounts, repository, projectKeys } = testAccounts()
    const project = await accounts.ensureFirstProject({ name: 'Default project' })
    expect(project.accountNumber).toMatch(/^[1-9]\d{11}$/)
    expect(projectKeys).toEqual([project.projectId])
    expect(await accounts.ensureFirstProject({ name: 'Another' })).toEqual(project)
    expect(repository.projects.size).toBe(1)
  })

  test('a crash between the project and its key is mended at the next start', async () => {
    const repository = new MemoryAccountRepository()
    const keys = new Set<string>()
    let crash = true
    const accounts = createAccounts({
      repository,
      sealer: testSealer(),
      sessionHours: 1,
      createProjectKey: async (projectId) => {
        if (crash) throw new Error('power cut')
        keys.add(projectId)
      },
    })
    await expect(accounts.ensureFirstProject({ name: 'P' })).rejects.toThrow('power cut')
    crash = false
    const project = await accounts.ensureFirstProject({ name: 'P' })
    expect(repository.projects.size).toBe(1)
    expect([...keys]).toEqual([project.projectId])
  })

  test('a further one belongs to who made it', async () => {
    const { accounts, userId, projectKeys } = await settledAccounts()
    const project = await accounts.createProject({ name: 'Second', ownerUserId: userId })
    expect(projectKeys).toContain(project.projectId)
    const account = project.accountNumber
    const caller = { kind: 'member', userId, projectId: project.projectId, role: 'owner', account }
    expect(await accounts.callerFor(userId, project.projectId)).toEqual(caller)
    await expect(accounts.callerFor('stranger', project.projectId)).rejects.toMatchObject({
      code: 'NoSuchProject',
    })
    await expect(accounts.callerFor(userId, 'nowhere')).rejects.toMatchObject({ code: 'NoSuchProject' })
  })
})
