import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { open, rename, unlink } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { makeFolder } from '../../make-folder.ts'
import { StartError } from '../start-error.ts'

/** More than any of these files: a wrong path, such as a log, is not read into memory. */
const LARGEST_FILE = 8192

export interface PrivateFile {
  /** e.g. "root key file" */
  what: string
  path: string
  /** the variable that names it */
  setting: string
  /** permission bits that nobody may have; others' and the group's unless told */
  forbidden?: number
}

/**
 * Reads a file that holds a secret and that nobody but its owner may read.
 * @returns its bytes, which the caller wipes; undefined when it does not exist
 * @throws StartError when others may read it, it is larger than any secret, or it cannot be read
 */
export async function readPrivateFile(file: PrivateFile): Promise<Buffer | undefined> {
  const handle = await openForReading(file)
  if (handle === undefined) return undefined
  try {
    await refuseUnlessPrivate(handle, file)
    const bytes = Buffer.alloc(LARGEST_FILE)
    const { bytesRead } = await handle.read(bytes, 0, LARGEST_FILE, 0)
    return bytes.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

/**
 * Reads a secret of one line.
 * @throws StartError also when it is missing or empty
 */
export async function readPrivateLine(file: PrivateFile): Promise<string> {
  const bytes = await readPrivateFile(file)
  const text = bytes?.toString('utf8').replace(/\r?\n$/, '') ?? ''
  bytes?.fill(0)
  if (text !== '') return text
  throw new StartError(
    `The ${file.what} ${file.path} ${bytes === undefined ? 'is missing' : 'is empty'}.`,
    `Put it there with: umask 077 and your editor — or point ${file.setting} to where it lies.`,
  )
}

/**
 * Writes a file of mode 0600 in a folder of mode 0700, durable with its folders before anything may depend on it.
 * Without `replace` it never overwrites (O_EXCL); with it, the old file stays until the new one is whole.
 * @throws StartError
 */
export async function writePrivateFile(file: PrivateFile, text: string, replace: boolean): Promise<void> {
  const folder = dirname(file.path)
  try {
    const firstMade = makeFolder(folder, 0o700)
    if (replace) await replaceWhole(file.path, text)
    else await writeWhole(file.path, text)
    await syncFolders(folder, firstMade === undefined ? folder : dirname(firstMade))
  } catch (error) {
    throw cannotWrite(file, error)
  }
}

async function replaceWhole(path: string, text: string): Promise<void> {
  const draft = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`)
  await writeWhole(draft, text)
  try {
    await rename(draft, path)
  } catch (error) {
    await unlink(draft).catch(() => undefined)
    throw error
  }
}

async function writeWhole(path: string, text: string): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
  try {
    // FileHandle.writeFile continues short writes; FileHandle.write would not.
    await file.writeFile(text)
    await file.sync()
    await file.close()
  } catch (error) {
    await file.close().catch(() => undefined)
    await unlink(path).catch(() => undefined)
    throw error
  }
}

/** A new file survives a power cut only when every folder made on the way to it does. */
async function syncFolders(from: string, upTo: string): Promise<void> {
  if (process.platform === 'win32') return
  for (let folder = from; ; folder = dirname(folder)) {
    const handle = await open(folder, 'r')
    await handle.sync().finally(() => handle.close())
    if (folder === upTo || folder === dirname(folder)) return
  }
}

async function openForReading({ what, path }: PrivateFile): Promise<FileHandle | undefined> {
  try {
    // O_NONBLOCK: opening a named pipe must not wait for a writer.
    return await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw new StartError(
      `The ${what} ${path} cannot be read (${systemCode(error)}).`,
      `Give the account that runs Coffer read access to it and to its folder: chown and chmod 600 ${path}`,
    )
  }
}

async function refuseUnlessPrivate(handle: FileHandle, file: PrivateFile): Promise<void> {
  const { what, path, setting, forbidden = 0o077 } = file
  const stat = await handle.stat()
  if (!stat.isFile()) {
    throw new StartError(`The ${what} ${path} is not a regular file.`, `Point ${setting} to the file itself.`)
  }
  if (stat.size > LARGEST_FILE) {
    throw new StartError(
      `The ${what} ${path} is half-written or something else: ${stat.size} bytes are more than it can have.`,
      `Point ${setting} to the right file, or put it back from your backup.`,
    )
  }
  if (process.platform === 'win32' || (stat.mode & forbidden) === 0) return
  const mode = (stat.mode & 0o777).toString(8).padStart(3, '0')
  throw new StartError(
    `The ${what} ${path} is open to other users of this machine (mode ${mode}): whoever reads it can decrypt everything.`,
    `Close it with: chmod 600 ${path} — and if someone may have read it, treat it as leaked.`,
  )
}

function cannotWrite({ what, path, setting }: PrivateFile, error: unknown): StartError {
  if (systemCode(error) === 'EEXIST') {
    return new StartError(
      `The ${what} ${path} is there already, and is not overwritten.`,
      'Another Coffer may be starting, or the file belongs to another data folder: make sure that only one runs, or choose another place.',
    )
  }
  return new StartError(
    `The ${what} ${path} cannot be made (${systemCode(error)}).`,
    `Let the account that runs Coffer write to ${dirname(path)}, or choose another place with ${setting}.`,
  )
}

function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
}
