import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { mkdir, open, unlink } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { StartError } from '../start-error.ts'
import { ROOT_SECRET_BYTES } from './root-key.ts'
import { decodeRootKey, encodeRootKey } from './root-key-text.ts'

/** More than any root key file: a wrong path, such as a log, is not read into memory. */
const LARGEST_FILE = 4096

/** What lies at a path: nothing, a root secret, or something that is not a whole root key file. */
export type RootKeyFile = { kind: 'missing' } | { kind: 'damaged' } | { kind: 'whole'; secret: Buffer }

/**
 * Reads a root key file that nobody but its owner may read.
 * @throws StartError when others may read it, or it cannot be read
 */
export async function readRootKeyFile(path: string): Promise<RootKeyFile> {
  const file = await openForReading(path)
  if (file === undefined) return { kind: 'missing' }
  try {
    await refuseUnlessPrivate(file, path)
    const bytes = Buffer.alloc(LARGEST_FILE)
    const { bytesRead } = await file.read(bytes, 0, LARGEST_FILE, 0)
    const secret = decodeRootKey(bytes.toString('latin1', 0, bytesRead))
    bytes.fill(0)
    return secret === undefined ? { kind: 'damaged' } : { kind: 'whole', secret }
  } finally {
    await file.close()
  }
}

/**
 * Makes a new root key: 32 random bytes in a file of mode 0600 in a folder of mode 0700, durable with its
 * folders before anything can be wrapped by it. Never overwrites (O_EXCL).
 * @throws StartError
 */
export async function createRootKeyFile(path: string): Promise<Buffer> {
  const secret = randomBytes(ROOT_SECRET_BYTES)
  try {
    const firstMade = await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await writeWhole(path, encodeRootKey(secret))
    await syncFolders(dirname(path), firstMade === undefined ? dirname(path) : dirname(firstMade))
    return secret
  } catch (error) {
    throw cannotCreate(path, error)
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

async function openForReading(path: string): Promise<FileHandle | undefined> {
  try {
    // O_NONBLOCK: opening a named pipe must not wait for a writer.
    return await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw new StartError(
      `The root key file ${path} cannot be read (${systemCode(error)}).`,
      `Give the account that runs Coffer read access to it and to its folder: chown and chmod 600 ${path}`,
    )
  }
}

async function refuseUnlessPrivate(file: FileHandle, path: string): Promise<void> {
  const stat = await file.stat()
  if (!stat.isFile()) {
    throw new StartError(
      `The root key file ${path} is not a regular file.`,
      'Point COFFER_ROOT_KEY_FILE to the key file itself.',
    )
  }
  if (process.platform === 'win32' || (stat.mode & 0o077) === 0) return
  const mode = (stat.mode & 0o777).toString(8).padStart(3, '0')
  throw new StartError(
    `The root key file ${path} is open to other users of this machine (mode ${mode}): whoever reads it can decrypt everything.`,
    `Close it with: chmod 600 ${path} — and if someone may have read it, treat the key as leaked.`,
  )
}

function cannotCreate(path: string, error: unknown): StartError {
  if (systemCode(error) === 'EEXIST') {
    return new StartError(
      `The root key file ${path} appeared while it was being made.`,
      'Another Coffer may be starting: make sure that only one runs, then start again.',
    )
  }
  return new StartError(
    `The root key file ${path} cannot be made (${systemCode(error)}).`,
    `Let the account that runs Coffer write to ${dirname(path)}, or choose another place with COFFER_ROOT_KEY_FILE.`,
  )
}

function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
}
