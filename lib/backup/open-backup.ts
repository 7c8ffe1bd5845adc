import { open } from 'node:fs/promises'
import { BackupError } from './backup-error.ts'
import type { BackupRecord } from './backup-record.ts'
import { coveredVersions, decodeBackup } from './key-backup.ts'
import type { KeyBackup } from './key-backup.ts'
import { fingerprintOf, LARGEST_FILE, openFile } from './sealed-file.ts'
import type { OpenWith } from './sealed-file.ts'

/** The whole file, still sealed. @throws BackupError Unreadable | NotABackup */
export async function readBackupFile(path: string): Promise<Buffer> {
  try {
    const file = await open(path, 'r')
    try {
      const { size } = await file.stat()
      if (size > LARGEST_FILE)
        throw new BackupError('NotABackup', `${path} is no key backup.`, 'It is far too large.')
      return await file.readFile()
    } finally {
      await file.close()
    }
  } catch (error) {
    if (error instanceof BackupError) throw error
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    throw new BackupError(
      'Unreadable',
      `${path} cannot be read (${code}).`,
      'Check its name and who may read it.',
    )
  }
}

/**
 * What was sealed; the caller wipes `root.secret`.
 * @throws BackupError as `openFile` and `decodeBackup`
 */
export async function openBackup(text: Buffer, openWith: OpenWith): Promise<KeyBackup> {
  return decodeBackup(await openFile(text, openWith))
}

/** What the database shall remember of an opened file. */
export function recordOf({ backupId, createdAt, root, keys }: KeyBackup, text: Buffer): BackupRecord {
  return {
    backupId,
    fingerprint: fingerprintOf(text),
    createdAt,
    rootCheckValue: root.checkValue.toString('hex'),
    covers: coveredVersions(keys),
  }
}
