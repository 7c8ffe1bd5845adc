import { rootFromSecret } from '../keys/root/root-key.ts'
import type { RootSource } from '../keys/root/root-source.ts'
import { sameBytes } from '../keys/same-bytes.ts'
import { BackupError } from './backup-error.ts'
import { coveredVersions } from './key-backup.ts'
import type { KeyBackup, StoredKey } from './key-backup.ts'

export interface Restored {
  /** `already`: the same root was there */
  rootKey: 'written' | 'already'
  /** key versions that only the database has: they open, but no backup holds them yet */
  newer: string[]
  /** key versions of the backup that the database has no material of: destroyed since, or its copy is older */
  missing: string[]
}

/** What is known of the database that the root key is for. */
export interface RestoredFor {
  rootCheckValue: Buffer | undefined
  /** undefined: it is of another version, and its keys cannot be compared before Coffer has started on it */
  keys: StoredKey[] | undefined
}

/**
 * Puts the root key back where `source` keeps one. The rows of keys are in the database; they are compared and left alone. Wipes the backup's
 * root secret.
 * @throws BackupError WrongRoot before anything is written; FileExists when another root, or half of one, lies there;
 *   CannotWrite where only a person can put it
 * @throws StartError when the source cannot keep it, or what it has must not be opened
 */
export async function restoreRoot(
  backup: KeyBackup,
  source: RootSource,
  database: RestoredFor | undefined,
): Promise<Restored> {
  try {
    refuseOtherRoot(backup, database)
    const rootKey = await putBack(backup, source)
    return { rootKey, ...compared(backup, database) }
  } finally {
    backup.root.secret.fill(0)
  }
}

function refuseOtherRoot({ root }: KeyBackup, database: RestoredFor | undefined): void {
  const { checkValue } = rootFromSecret(Buffer.from(root.secret), root.version)
  if (!sameBytes(checkValue, root.checkValue))
    throw new BackupError(
      'Damaged',
      'The root key in the backup is not the one it says.',
      'Take another backup.',
    )
  if (database?.rootCheckValue === undefined || sameBytes(database.rootCheckValue, checkValue)) return
  throw new BackupError(
    'WrongRoot',
    'The database in the data folder is encrypted under another root key than this backup holds.',
    'Nothing was written. Bring the backup that belongs to this database, or the database that belongs to it.',
  )
}

async function putBack({ root }: KeyBackup, source: RootSource): Promise<Restored['rootKey']> {
  const found = await source.unseal()
  if (found.kind === 'missing') {
    if (source.byHand !== undefined)
      throw new BackupError(
        'CannotWrite',
        `${source.name} is nothing that Coffer can write to.`,
        source.byHand,
      )
    await source.keep(root.secret, false)
    return 'written'
  }
  const same = found.kind === 'whole' && sameBytes(found.secret, root.secret)
  if (found.kind === 'whole') found.secret.fill(0)
  if (same) return 'already'
  throw new BackupError(
    'FileExists',
    `${source.name} ${found.kind === 'whole' ? 'holds another root key' : 'is half-written, or something else'}.`,
    'It is not overwritten: move it away, or choose another place for the root key with COFFER_ROOT_*.',
  )
}

function compared(backup: KeyBackup, database: RestoredFor | undefined): Pick<Restored, 'newer' | 'missing'> {
  if (database?.keys === undefined) return { newer: [], missing: [] }
  const [held, here] = [coveredVersions(backup.keys), coveredVersions(database.keys)]
  return {
    newer: here.filter((name) => !held.includes(name)),
    missing: held.filter((name) => !here.includes(name)),
  }
}
