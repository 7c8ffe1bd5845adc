import { isStoreError, StoreError } from '../errors.ts'
import type { Catalog, Guard } from './catalog.ts'
import { lifecycleAction, type LifecycleAction, type VersionState } from './lifecycle-rules.ts'
import type { Bucket, ObjectRow, UploadRow } from './model.ts'
import { isObjectVersion, newVersionId } from './version-ids.ts'

export interface LifecycleDeps {
  catalog: Catalog
  /** ms since the epoch */
  now(): number
}

/**
 * Does with a version what a rule says of it. The version is judged once more inside the transaction, as it is there then:
 * what was tagged, locked, replaced or moved since it was listed stays.
 * @returns false when there was nothing to do any more
 */
export async function applyAction(
  deps: LifecycleDeps,
  bucket: Bucket,
  state: VersionState,
  action: LifecycleAction,
): Promise<boolean> {
  try {
    switch (action.kind) {
      case 'expire':
        return await expire(deps, bucket, state)
      case 'remove':
        return await remove(deps, bucket, state)
      case 'transition':
        return await move(deps, bucket, state, action.storageClass)
    }
  } catch (error) {
    if (isStoreError(error) && OVERTAKEN.has(error.code)) return false
    throw error
  }
}

/** Somebody was faster. */
const OVERTAKEN: ReadonlySet<string> = new Set([
  'ConditionalRequestConflict',
  'NoSuchVersion',
  'NoSuchUpload',
  'NoSuchBucket',
])

/** As a deletion without a version id: for good where the bucket keeps no versions, else under a marker. */
async function expire(
  { catalog, now }: LifecycleDeps,
  bucket: Bucket,
  state: VersionState,
): Promise<boolean> {
  const { key } = state.version
  const guard = judging(bucket, state, now, 'expire')
  const marker = { versionId: newVersionId(), lastModified: now() }
  const { existed } = await catalog.deleteObject(bucket.bucketId, key, guard, marker)
  return existed
}

async function remove(
  { catalog, now }: LifecycleDeps,
  bucket: Bucket,
  state: VersionState,
): Promise<boolean> {
  const { key, versionId } = state.version
  // A lone marker may be covered by now, which does no harm; as 'null' it may have been replaced by an object.
  const guard = isObjectVersion(state.version) ? judging(bucket, state, now, 'remove') : refuseObject
  const options = { onlyNoncurrent: !state.isLatest }
  return (await catalog.deleteVersion(bucket.bucketId, key, versionId, guard, options)) !== undefined
}

async function move(
  { catalog, now }: LifecycleDeps,
  bucket: Bucket,
  state: VersionState,
  storageClass: string,
): Promise<boolean> {
  const guard = judging(bucket, state, now, 'transition')
  const { key, versionId } = state.version
  await catalog.changeVersion(bucket.bucketId, key, versionId, (row) => {
    guard(row)
    return { storageClass }
  })
  return true
}

/** A guard that asks the rules again, about the row as it is. */
function judging(
  bucket: Bucket,
  state: VersionState,
  now: () => number,
  kind: LifecycleAction['kind'],
): Guard {
  return (row) => {
    if (row === undefined || row.versionId !== state.version.versionId) throw changed()
    const again = bucket.lifecycle && lifecycleAction(bucket.lifecycle, { ...state, version: row }, now())
    if (again?.kind !== kind) throw changed()
  }
}

function refuseObject(row: ObjectRow | undefined): void {
  if (row !== undefined) throw changed()
}

function changed(): StoreError {
  return new StoreError('ConditionalRequestConflict', 'The version was changed meanwhile.')
}

/** Gives an upload up, as its owner could; its parts are collected. @returns false when it had ended already */
export async function giveUp({ catalog }: LifecycleDeps, { uploadId }: UploadRow): Promise<boolean> {
  try {
    await catalog.abortUpload(uploadId)
    return true
  } catch (error) {
    if (isStoreError(error) && OVERTAKEN.has(error.code)) return false
    throw error
  }
}
