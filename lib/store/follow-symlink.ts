import { isStoreError, StoreError } from '../errors.ts'
import type { Asker } from './authorize.ts'
import type { ReadPurpose } from './authorize-read.ts'
import type { StoreDeps } from './deps.ts'
import type { ObjectRow } from './model.ts'
import { readableVersion, type ReadableVersion } from './readable-version.ts'
import { openTarget } from './symlink-target.ts'

/** What a request to read turned out to be about. */
export interface Found extends ReadableVersion {
  /** as the request names it, or as a link does */
  key: string
  /** of which `row` is the target */
  link?: ObjectRow
}

/**
 * Goes on to what a link points to: the target's current version, once, and only for who may read both ("the permissions
 * follow the principle of least privilege", Aliyun, "Symbolic links"). All readers go on, whichever API they use: they
 * find the link in listings, and an empty object in its place would be content that nobody wrote.
 * @throws StoreError SymlinkTargetNotExist | InvalidTargetType | ObjectCorrupt | AccessDenied
 */
export async function followed(
  deps: StoreDeps,
  asker: Asker,
  found: Found,
  purpose: ReadPurpose,
): Promise<Found> {
  const { bucket, row: link } = found
  if (link.symlink === undefined) return found
  const key = openTarget(deps.keyring, { ...bucket, key: found.key, versionId: link.versionId }, link)
  const at = { bucket: bucket.name, key }
  const target = await readableVersion(deps, asker, at, purpose).catch((error: unknown) => {
    throw isStoreError(error) && error.code === 'NoSuchKey' ? noTarget(found.key) : error
  })
  const { row, mayReadContent } = target
  if (row.symlink !== undefined)
    throw new StoreError('InvalidTargetType', 'The symbolic link points to another symbolic link.', {
      key: found.key,
    })
  return { bucket, key, row, link, mayReadContent: mayReadContent && found.mayReadContent }
}

function noTarget(key: string): StoreError {
  return new StoreError('SymlinkTargetNotExist', 'The target of the symbolic link does not exist.', { key })
}
