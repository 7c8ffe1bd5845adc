import { join } from 'node:path'
import { openFilesystemStore } from '../blobs/filesystem.ts'
import { readyChecksums } from '../crypto/checksums.ts'
import { openDatabase } from '../db/database.ts'
import { createKeyring } from '../keys/keyring-service.ts'
import { FileRoot } from '../keys/root/file.ts'
import { openRoot } from '../keys/root/open-root.ts'
import type { StoreDeps } from './deps.ts'
import type { Caller } from './model.ts'
import { createStore } from './store.ts'

export const PROJECT = 'p1'
const ACCOUNT = '123456789012'
export const OWNER: Caller = {
  kind: 'member',
  userId: 'u',
  projectId: PROJECT,
  role: 'owner',
  account: ACCOUNT,
}

/** The store on a folder that one process after the other opens; the first makes the project. */
export async function openStoreIn(folder: string) {
  await readyChecksums()
  const dataDir = join(folder, 'data')
  const database = await openDatabase({ dataDir, garbageGraceMs: 0 })
  const source = new FileRoot(join(folder, 'root.key'))
  const root = await openRoot({ source, dataDir, repository: database.keys })
  const accountOf = (): Promise<string> => Promise.resolve(ACCOUNT)
  const repository = database.keys
  const keyring = createKeyring({ root, repository, region: 'us-east-1', accountOf, servicePeriodDays: 90 })
  if ((await database.accounts.findProject(PROJECT)) === undefined) {
    const project = { projectId: PROJECT, name: 'P', accountNumber: ACCOUNT, createdAt: 0 }
    await database.accounts.insertProject(project)
    await keyring.createDefaultKey(PROJECT)
  }
  const blobs = await openFilesystemStore({ directory: join(dataDir, 'blobs') })
  const deps: StoreDeps = {
    catalog: database.catalog,
    integrity: database.integrityLog,
    blobs,
    keyring,
    region: 'us-east-1',
    accountOf,
    audit: { record: () => undefined, append: () => Promise.resolve() },
    defaultBucketEncryption: undefined,
    chunkLog2: { AES256: 16, SM4: 16 },
    now: Date.now,
  }
  const close = async (): Promise<void> => {
    await blobs.close()
    await database.close()
  }
  return { deps, store: createStore(deps), close }
}
