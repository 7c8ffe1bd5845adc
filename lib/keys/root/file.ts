import { existsSync, realpathSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import type { KeyRepository } from '../key-repository.ts'
import { sameBytes } from '../same-bytes.ts'
import { StartError } from '../start-error.ts'
import { rootFromSecret } from './root-key.ts'
import type { Root } from './root-key.ts'
import { createRootKeyFile, readRootKeyFile } from './root-key-file.ts'

export interface OpenRootOptions {
  rootKeyFile: string
  dataDir: string
  repository: Pick<KeyRepository, 'rootCheckValue' | 'storeRootCheckValue' | 'hasWrappedKeys'>
}

/** What the database says of the root that it belongs to. */
interface Kept {
  checkValue: Buffer | undefined
  /** something was or may have been wrapped: then a root is never made anew */
  inUse: boolean
}

/**
 * Opens the root key file, or makes it on the very first start. The rules (crypto-and-reliability §4): a root
 * is never made where wrapped keys exist, for that would look like a start and be the loss of every object;
 * a missing, open, half-written or wrong root stops the start and says how to mend it.
 * @throws StartError
 */
export async function openRoot({ rootKeyFile, dataDir, repository }: OpenRootOptions): Promise<Root> {
  const path = resolve(rootKeyFile)
  refuseInsideDataFolder(path, resolve(dataDir))
  const checkValue = await repository.rootCheckValue()
  const kept = { checkValue, inUse: checkValue !== undefined || (await repository.hasWrappedKeys()) }
  const root = rootFromSecret(await secretFrom(path, kept))
  if (checkValue === undefined) await adopt(root, path, kept, repository)
  else if (!sameBytes(checkValue, root.checkValue)) throw wrongRoot(path)
  return root
}

async function secretFrom(path: string, kept: Kept): Promise<Buffer> {
  const file = await readRootKeyFile(path)
  if (file.kind === 'whole') return file.secret
  if (file.kind === 'damaged') throw damaged(path, kept)
  if (kept.inUse) throw missing(path)
  return createRootKeyFile(path)
}

async function adopt(
  root: Root,
  path: string,
  kept: Kept,
  repository: OpenRootOptions['repository'],
): Promise<void> {
  if (kept.inUse) {
    throw new StartError(
      `The database holds wrapped keys but no check value of its root key, so nobody can tell whether ${path} is the right one.`,
      'The database is damaged or was edited: restore it from a backup.',
    )
  }
  await repository.storeRootCheckValue(root.checkValue)
}

function missing(path: string): StartError {
  return new StartError(
    `The root key file ${path} is missing, but this data folder is encrypted under it. A new one is not made: it could not open anything.`,
    'Put the file back from your backup, or point COFFER_ROOT_KEY_FILE to where it lies. To begin afresh instead, choose an empty data folder.',
  )
}

function damaged(path: string, kept: Kept): StartError {
  return new StartError(
    `The root key file ${path} is half-written or not a root key file of Coffer.`,
    kept.inUse
      ? 'Put the whole file back from your backup: without it nothing in this data folder can be decrypted.'
      : 'Nothing is encrypted under it yet: move it away and start again, a new one will be made.',
  )
}

function wrongRoot(path: string): StartError {
  return new StartError(
    `The root key file ${path} holds another root key than the one this data folder is encrypted under.`,
    'Put the right key file back from your backup, or point COFFER_DATA_DIR to the data folder that belongs to this key.',
  )
}

function refuseInsideDataFolder(path: string, dataDir: string): void {
  const way = relative(withoutLinks(dataDir), withoutLinks(path))
  const outside = way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)
  if (outside) return
  throw new StartError(
    `The root key file ${path} lies inside the data folder ${dataDir}: whoever copies that folder would get the key with it.`,
    'Move the key file elsewhere and set COFFER_ROOT_KEY_FILE to its new place.',
  )
}

/** Resolves the links of the part of `path` that exists: a link into the data folder must not slip through. */
function withoutLinks(path: string): string {
  if (existsSync(path)) return realpathSync(path)
  const parent = dirname(path)
  return parent === path ? path : join(withoutLinks(parent), basename(path))
}
