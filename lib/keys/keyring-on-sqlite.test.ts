import { randomInt, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openDatabase } from '../db/database.ts'
import { keyringSuite } from './keyring-suite.test-support.ts'
import type { KeyHarness } from './keyring.test-support.ts'
import { createKeyring } from './keyring-service.ts'
import { FileRoot } from './root/file.ts'
import { openRoot } from './root/open-root.ts'
import { StartError } from './start-error.ts'

keyringSuite('SQLite', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'coffer-keys-'))
  const database = await openDatabase({ dataDir })
  const harness: KeyHarness = {
    repository: database.keys,
    async newProject() {
      const project = { projectId: randomUUID(), accountNumber: String(randomInt(1e11, 1e12)) }
      await database.accounts.insertProject({ ...project, name: 'A project', createdAt: Date.now() })
      return project
    },
    async close() {
      await database.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
  return harness
})

test('a data folder, its root and its keys outlive the process, and no other root opens them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-start-'))
  const dataDir = join(folder, 'data')
  const projectId = randomUUID()
  const place = { bucketId: randomUUID(), objectKey: 'a', objectId: randomUUID() }
  const start = async (rootKeyFile: string) => {
    const database = await openDatabase({ dataDir })
    try {
      const root = await openRoot({ source: new FileRoot(rootKeyFile), dataDir, repository: database.keys })
      const accountOf = async () => '123456789012'
      const keyring = createKeyring({
        root,
        repository: database.keys,
        region: 'us-east-1',
        accountOf,
        servicePeriodDays: 90,
      })
      return { database, keyring }
    } catch (error) {
      await database.close()
      throw error
    }
  }
  try {
    const first = await start(join(folder, 'root.key'))
    const project = { projectId, name: 'P', accountNumber: '123456789012', createdAt: 0 }
    await first.database.accounts.insertProject(project)
    await first.keyring.createDefaultKey(projectId)
    const asked = { mode: 'managed-key', suite: 'SM4', context: { a: 'b' } } as const
    const { dataKey, record } = await first.keyring.generateDataKey(projectId, asked, place)
    await first.database.close()
    await expect(start(join(folder, 'another.key'))).rejects.toThrow(StartError)
    const second = await start(join(folder, 'root.key'))
    expect(await second.keyring.decryptDataKey(projectId, record, place)).toEqual(dataKey)
    await second.database.close()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
