import { randomBytes } from 'node:crypto'
import { existsSync, realpathSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import type { KeyRepository } from '../key-repository.ts'
import { sameBytes } from '../same-bytes.ts'
import { StartError } from '../start-error.ts'
import { ROOT_SECRET_BYTES, rootFromSecret } from './root-key.ts'
import type { Root } from './root-key.ts'
import type { RootSource } from './root-source.ts'

export interface OpenRootOptions {
  source: RootSource
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
 * Opens the root, or makes it on the very first start. The rules (crypto-and-reliability §4): a root is never made
 * where wrapped keys exist, for that would look like a start and be the loss of every object; a missing, open,
 * half-written or wrong root stops the start and says how to mend it.
 * @throws StartError
 */
export async function openRoot({ source, dataDir, repository }: OpenRootOptions): Promise<Root> {
  for (const path of source.files) refuseInsideDataFolder(resolve(path), resolve(dataDir))
  const checkValue = await repository.rootCheckValue()
  const kept = { checkValue, inUse: checkValue !== undefined || (await repository.hasWrappedKeys()) }
  const root = rootFromSecret(await secretFrom(source, kept))
  if (checkValue === undefined) await adopt(root, source, kept, repository)
  else if (!sameBytes(checkValue, root.checkValue)) throw wrongRoot(source)
  return root
}

async function secretFrom(source: RootSource, kept: Kept): Promise<Buffer> {
  const found = await source.unseal()
  if (found.kind === 'whole') return found.secret
  if (found.kind === 'damaged') throw damaged(source, kept)
  if (kept.inUse) throw missing(source)
  return makeRoot(source)
}

/** What was kept is opened again before anything is wrapped under it: a key service may seal what it cannot open. */
async function makeRoot(source: RootSource): Promise<Buffer> {
  const secret = randomBytes(ROOT_SECRET_BYTES)
  await source.keep(secret, false)
  const reread = await source.unseal()
  if (reread.kind === 'whole' && sameBytes(reread.secret, secret)) return secret
  throw new StartError(
    `${source.name} did not give back the root key that was just put into it.`,
    'Nothing is encrypted under it yet: check where it is kept, then move it away and start again.',
  )
}

async function adopt(
  root: Root,
  source: RootSource,
  kept: Kept,
  repository: OpenRootOptions['repository'],
): Promise<void> {
  if (kept.inUse) {
    throw new StartError(
      `The database holds wrapped keys but no check value of its root key, so nobody can tell whether it belongs to this: ${source.name}.`,
      'The database is damaged or was edited: restore it from a backup.',
    )
  }
  await repository.storeRootCheckValue(root.checkValue)
}

function missing(source: RootSource): StartError {
  return new StartError(
    `${source.name} is missing, but this data folder is encrypted under it. A new one is not made: it could not open anything.`,
    source.mend.missing,
  )
}

function damaged(source: RootSource, kept: Kept): StartError {
  return new StartError(
    `${source.name} is half-written or not a root key of Coffer.`,
    kept.inUse
      ? source.mend.damaged
      : 'Nothing is encrypted under it yet: move it away and start again, a new one will be made.',
  )
}

function wrongRoot(source: RootSource): StartError {
  return new StartError(
    `${source.name} holds another root key than the one this data folder is encrypted under.`,
    source.mend.wrong,
  )
}

function refuseInsideDataFolder(path: string, dataDir: string): void {
  const way = relative(withoutLinks(dataDir), withoutLinks(path))
  const outside = way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)
  if (outside) return
  throw new StartError(
    `${path} lies inside the data folder ${dataDir}: whoever copies that folder would get the key with it.`,
    'Move it elsewhere and set the variable that names it, such as COFFER_ROOT_KEY_FILE, to its new place.',
  )
}

/** Resolves the links of the part of `path` that exists: a link into the data folder must not slip through. */
function withoutLinks(path: string): string {
  if (existsSync(path)) return realpathSync(path)
  const parent = dirname(path)
  return parent === path ? path : join(withoutLinks(parent), basename(path))
}
