import { randomInt, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase, type Database } from './database.ts'

export interface TestDatabase extends Database {
  dataDir: string
  newProject(): Promise<string>
  /** Closes and removes everything. */
  dispose(): Promise<void>
}

/** A fresh database in a folder of its own; garbage is due at once. */
export async function openTestDatabase(garbageGraceMs = 0): Promise<TestDatabase> {
  const dataDir = mkdtempSync(join(tmpdir(), 'coffer-db-'))
  const database = await openDatabase({ dataDir, garbageGraceMs })
  return {
    ...database,
    dataDir,
    newProject: () => newProject(database),
    dispose: async () => {
      await database.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

export async function newProject({ accounts }: Pick<Database, 'accounts'>): Promise<string> {
  const projectId = randomUUID()
  const accountNumber = String(randomInt(1e11, 1e12))
  await accounts.insertProject({ projectId, name: 'A project', accountNumber, createdAt: 1_700_000_000_000 })
  return projectId
}
