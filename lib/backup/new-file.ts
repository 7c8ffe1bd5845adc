import { constants } from 'node:fs'
import { open, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { BackupError } from './backup-error.ts'

/**
 * Makes a file of mode 0600 that is on the disk, name and all, when this resolves. Never overwrites: what lies there may
 * be the only backup.
 * @throws BackupError FileExists | CannotWrite; then the file is not there
 */
export async function writeNewFile(path: string, content: Buffer): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600).catch(
    (error: unknown) => {
      throw cannotWrite(path, error)
    },
  )
  try {
    // FileHandle.writeFile continues short writes; FileHandle.write would not.
    await file.writeFile(content)
    await file.sync()
    await file.close()
    await syncFolder(dirname(path))
  } catch (error) {
    await file.close().catch(() => undefined)
    await unlink(path).catch(() => undefined)
    throw cannotWrite(path, error)
  }
}

/** A name survives a power cut only when its folder was synced. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}

export function cannotWrite(path: string, error: unknown): BackupError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
  if (code === 'EEXIST')
    return new BackupError(
      'FileExists',
      `${path} exists already.`,
      'It is not overwritten: choose another name.',
    )
  return new BackupError(
    'CannotWrite',
    `${path} cannot be written (${code}).`,
    'Choose a folder that this user may write to, with room on its disk.',
  )
}
