import { randomUUID } from 'node:crypto'
import { readFile, unlink } from 'node:fs/promises'
import { basename } from 'node:path'
import { rootFromSecret } from '../keys/root/root-key.ts'
import { sameBytes } from '../keys/same-bytes.ts'
import { BackupError } from './backup-error.ts'
import type { BackupRecord } from './backup-record.ts'
import { coveredVersions, encodeBackup } from './key-backup.ts'
import type { KeyBackup, StoredKeys } from './key-backup.ts'
import { writeNewFile } from './new-file.ts'
import { recordOf } from './open-backup.ts'
import { openFile, sealFile } from './sealed-file.ts'
import type { Sealed, SealWith } from './sealed-file.ts'
import { readShareSheet, shareSheet } from './share-sheet.ts'

export interface BackupOrder {
  /** where the sealed file goes; sheets of shares go beside it */
  file: string
  sealWith: SealWith
  /** unsealed, whatever driver keeps it; wiped */
  root: { secret: Buffer; version: number }
  stored: StoredKeys
  servicePeriodDays: number
  now: number
}

export interface BackupMade {
  record: BackupRecord
  /** paths, one a share */
  sheets: string[]
  keys: number
  versions: number
}

/**
 * Seals root and keys into one new file, and reads it back from the disk by every way that shall open it.
 * @throws BackupError WrongRoot | WeakPassphrase | FileExists | CannotWrite | Damaged; then no file is left
 */
export async function makeBackup(order: BackupOrder): Promise<BackupMade> {
  const backup = gather(order)
  const payload = encodeBackup(backup)
  backup.root.secret.fill(0)
  const written: string[] = []
  try {
    const sealed = await sealFile(payload, backup, order.sealWith)
    await write(order.file, sealed.text, written)
    const sheets = await writeSheets(order, backup, sealed, written)
    const text = await readBack(order, sheets, payload)
    return {
      record: recordOf(backup, text),
      sheets,
      keys: backup.keys.length,
      versions: coveredVersions(backup.keys).length,
    }
  } catch (error) {
    for (const path of written) await unlink(path).catch(() => undefined)
    throw error
  } finally {
    payload.fill(0)
  }
}

/** @throws BackupError WrongRoot: a backup under another root than the database's would open nothing */
function gather({ root, stored, servicePeriodDays, now }: BackupOrder): KeyBackup {
  const { checkValue } = rootFromSecret(Buffer.from(root.secret), root.version)
  if (stored.rootCheckValue === undefined || !sameBytes(stored.rootCheckValue, checkValue)) {
    root.secret.fill(0)
    throw new BackupError(
      'WrongRoot',
      'The root key at hand is not the one that this database is encrypted under.',
      'Run the command with the same settings (COFFER_*) as the server.',
    )
  }
  return {
    backupId: randomUUID(),
    createdAt: now,
    root: { ...root, checkValue },
    serviceKeys: { periodDays: servicePeriodDays, projects: stored.projects },
    keys: stored.keys,
  }
}

async function write(path: string, content: Buffer, written: string[]): Promise<void> {
  await writeNewFile(path, content)
  written.push(path)
}

async function writeSheets(
  { file }: BackupOrder,
  { backupId, createdAt }: KeyBackup,
  { shares }: Sealed,
  written: string[],
): Promise<string[]> {
  const facts = { count: shares.length, backupId, madeAt: new Date(createdAt), file: basename(file) }
  const sheets: string[] = []
  for (const share of shares) {
    const path = `${file}.share-${share.index}-of-${shares.length}.txt`
    await write(path, Buffer.from(shareSheet(share, facts)), written)
    share.bytes.fill(0)
    sheets.push(path)
  }
  return sheets
}

/** From the disk, as a restore would: a file that cannot be opened again is no backup. */
async function readBack({ file, sealWith }: BackupOrder, sheets: string[], payload: Buffer): Promise<Buffer> {
  const text = await readFile(file)
  const opened: Buffer[] = []
  if (sealWith.passphrase !== undefined)
    opened.push(await openFile(text, { passphrase: sealWith.passphrase }))
  const threshold = sealWith.shares?.threshold ?? Infinity
  const read = await Promise.all(
    sheets.map(async (path) => readShareSheet(await readFile(path, 'utf8'), path)),
  )
  // Every sheet takes part once at least: the last window ends with the last sheet.
  for (let first = 0; first + threshold <= read.length; first++)
    opened.push(await openFile(text, { shares: read.slice(first, first + threshold) }))
  const same = opened.length > 0 && opened.every((each) => sameBytes(each, payload))
  for (const each of opened) each.fill(0)
  for (const share of read) share.bytes.fill(0)
  if (same) return text
  throw new BackupError(
    'Damaged',
    'The backup that was just written does not read back as it was.',
    'The disk may be failing: write it to another one.',
  )
}
