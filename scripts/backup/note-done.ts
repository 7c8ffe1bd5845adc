import { BackupError } from '../../lib/backup/backup-error.ts'
import { explanation } from './command-line.ts'

/**
 * Notes in the database what a command has done. Where that cannot be noted, it is done all the same, and whoever reads
 * the failure must not think otherwise.
 * @param done a sentence, e.g. "The backup /a/b is whole."
 * @throws BackupError NotRecorded
 */
export async function noteDone(done: string, mend: string, note: () => Promise<void>): Promise<void> {
  try {
    await note()
  } catch (error) {
    throw new BackupError(
      'NotRecorded',
      `${done} But the database could not take a note of it:\n${explanation(error)}`,
      mend,
    )
  }
}
