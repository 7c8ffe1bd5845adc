import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { openOffline } from '../db/offline-database.ts'
import type { OfflineDatabase } from '../db/offline-database.ts'
import { createKeyring } from '../keys/keyring-service.ts'
import { newKeyVersion } from '../keys/new-keys.ts'
import { EmbeddedKeyProvider } from '../keys/providers/embedded.ts'
import { decodeRootKey } from '../keys/root/root-key-text.ts'
import { rootFromSecret } from '../keys/root/root-key.ts'
import { createStore } from '../store/store.ts'
import type { Bench } from '../store/store.test-support.ts'
import { makeBackup } from './make-backup.ts'
import type { BackupMade } from './make-backup.ts'
import { openBackup } from './open-backup.ts'
import type { KeyBackup, StoredKeys } from './key-backup.ts'
import type { SealWith } from './sealed-file.ts'
import { readShareSheet } from './share-sheet.ts'

export const THREE_OF_FIVE: SealWith = { shares: { threshold: 3, count: 5 } }

export function databaseFileOf(bench: Bench): string {
  return join(dirname(bench.blobFolder), 'coffer.db')
}

export function rootSecretOf(bench: Bench): Buffer {
  return decodeRootKey(readFileSync(join(dirname(dirname(bench.blobFolder)), 'root.key'), 'latin1'))!
}

/** Opens the database beside the store that runs on it. */
export function offline<T>(bench: Bench, use: (database: OfflineDatabase) => T): T {
  const database = openOffline(databaseFileOf(bench))
  try {
    return use(database)
  } finally {
    database.close()
  }
}

export function storedKeysOf(bench: Bench): StoredKeys {
  return offline(bench, (database) => database.storedKeys())
}

/** Shares open it without scrypt, so that tests are quick. */
export function backUp(bench: Bench, file: string, sealWith = THREE_OF_FIVE): Promise<BackupMade> {
  return makeBackup({
    file,
    sealWith,
    root: { secret: rootSecretOf(bench), version: 1 },
    stored: storedKeysOf(bench),
    servicePeriodDays: 90,
    now: Date.now(),
  })
}

export function openWithSheets(made: BackupMade, file: string): Promise<KeyBackup> {
  const shares = made.sheets.slice(-3).map((sheet) => readShareSheet(readFileSync(sheet, 'utf8'), sheet))
  return openBackup(readFileSync(file), { shares })
}

/**
 * The next version of the project's default key, as a rotation makes it; the store gets a keyring that remembers no
 * older one.
 */
export async function rotate(bench: Bench): Promise<string> {
  const provider = new EmbeddedKeyProvider(rootFromSecret(rootSecretOf(bench)))
  const key = (await bench.database.keys.findDefaultKey(bench.projectId))!
  const version = key.currentVersion + 1
  const addVersion = await newKeyVersion(provider, key, version, 'ON_DEMAND', Date.now())
  await bench.database.keys.changeKey(key.keyId, () => ({ addVersion, set: { currentVersion: version } }))
  bench.deps.keyring = createKeyring({
    root: rootFromSecret(rootSecretOf(bench)),
    repository: bench.database.keys,
    region: 'us-east-1',
    accountOf: bench.deps.accountOf,
    servicePeriodDays: 90,
  })
  bench.store = createStore(bench.deps)
  return `${key.keyId}/${version}`
}
