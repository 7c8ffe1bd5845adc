import { StoreError } from '../errors.ts'
import type { Keyring } from '../keys/keyring.ts'
import type { ObjectRow } from './model.ts'

/** Which version of which key a link is; the bucket and the key are those of the request. */
type Place = Pick<ObjectRow, 'bucketId' | 'key' | 'versionId'>

/**
 * Where a link points to, as its row keeps it. Sealed under the root, bound to its place: a thief who writes to the
 * database could otherwise send readers of the one object to another that they may read as well, which opens under its
 * own name and proves itself.
 */
export function sealTarget(keyring: Keyring, place: Place, target: string): Buffer {
  return keyring.seal('symlink', bindingOf(place), Buffer.from(target))
}

/** @throws StoreError NotSymlink | ObjectCorrupt */
export function openTarget(keyring: Keyring, place: Place, { symlink }: Pick<ObjectRow, 'symlink'>): string {
  if (symlink === undefined)
    throw new StoreError('NotSymlink', 'The object you specified is not a symbolic link.', { key: place.key })
  return keyring.open('symlink', bindingOf(place), symlink).toString()
}

function bindingOf({ bucketId, key, versionId }: Place): string {
  return JSON.stringify([bucketId, key, versionId])
}
