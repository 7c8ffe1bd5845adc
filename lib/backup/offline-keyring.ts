import { createKeyring } from '../keys/keyring-service.ts'
import type { Keyring } from '../keys/keyring.ts'
import { rootFromSecret } from '../keys/root/root-key.ts'
import type { Root } from '../keys/root/root-key.ts'
import { sameBytes } from '../keys/same-bytes.ts'
import { BackupError } from './backup-error.ts'
import type { KeyBackup, StoredKey } from './key-backup.ts'
import { storedKeyRepository } from './stored-key-repository.ts'

/**
 * The root in a backup; its secret is wiped.
 * @throws BackupError Damaged when it is not the root that the backup says
 */
export function rootOf({ root }: KeyBackup): Root {
  const opened = rootFromSecret(root.secret, root.version)
  if (sameBytes(opened.checkValue, root.checkValue)) return opened
  throw new BackupError(
    'Damaged',
    'The root key in the backup is not the one it says.',
    'Take another backup.',
  )
}

/** A keyring that opens what is wrapped under the root and these keys, without a server. */
export function offlineKeyring(root: Root, keys: readonly StoredKey[], servicePeriodDays: number): Keyring {
  return createKeyring({
    root,
    repository: storedKeyRepository(keys),
    // Names of ARNs, which nobody asks for here.
    region: 'us-east-1',
    accountOf: async () => '000000000000',
    servicePeriodDays,
  })
}

/**
 * The keys of a backup, and those versions that only the database has: the same root wraps them, so that what was
 * encrypted after the backup opens too. Where both have a version the backup counts.
 */
export function withNewerVersions(backup: readonly StoredKey[], database: readonly StoredKey[]): StoredKey[] {
  const held = new Map(backup.map((key) => [key.keyId, key]))
  const newer = database.map((key) => {
    const known = held.get(key.keyId)
    held.delete(key.keyId)
    if (known === undefined) return key
    const has = new Set(known.versions.filter(hasMaterial).map(({ version }) => version))
    const more = key.versions.filter(({ version }) => !has.has(version))
    return { ...known, versions: [...known.versions.filter(hasMaterial), ...more] }
  })
  return [...newer, ...held.values()]
}

function hasMaterial({ wrappedMaterial }: StoredKey['versions'][number]): boolean {
  return wrappedMaterial.length > 0
}

/**
 * Keys of external services open nothing here: their material is wrapped by that service alone.
 * @throws BackupError NotFound
 */
export function refuseExternalKey(keys: readonly StoredKey[], keyId: string): void {
  const key = keys.find((candidate) => candidate.keyId === keyId)
  if (key === undefined || key.provider === 'embedded') return
  throw new BackupError(
    'NotFound',
    `The object is encrypted under a key that the external key service "${key.provider}" holds.`,
    'No backup has it. Restore the root key and start Coffer with that service at hand, then download the object.',
  )
}
