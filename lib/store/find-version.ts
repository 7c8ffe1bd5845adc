import { StoreError } from '../errors.ts'
import { authorizedBucket, type Asker, type Need } from './authorize.ts'
import { absent } from './authorize-read.ts'
import type { StoreDeps } from './deps.ts'
import type { Bucket, ObjectRow } from './model.ts'
import { checkObjectKey } from './names.ts'
import { checkVersionId, isObjectVersion, NULL_VERSION } from './version-ids.ts'
import { versionCondition } from './write-conditions.ts'

/** Which version is asked for; without an id, the current one. */
export interface VersionName {
  key: string
  versionId?: string | undefined
}

/**
 * The version that a request names, in a bucket whose rights its caller has proved to have.
 * @throws StoreError NoSuchKey | NoSuchVersion | MethodNotAllowed (a delete marker by its id) | AccessDenied (who may
 *   not list does not learn what is not there); of a delete marker with `deleteMarker`, `versionId` and `lastModified`
 */
export async function findVersion(
  deps: StoreDeps,
  asker: Asker,
  bucket: Bucket,
  { key, versionId }: VersionName,
): Promise<ObjectRow> {
  if (versionId !== undefined) return namedVersion(deps, asker, bucket, { key, versionId })
  const row = await deps.catalog.findObject(bucket.bucketId, key)
  if (row !== undefined) return row
  const error = await absent(deps, asker, bucket, key)
  const marker =
    bucket.versioning === undefined || error.code !== 'NoSuchKey'
      ? undefined
      : await deps.catalog.latestMarker(bucket.bucketId, key)
  if (marker === undefined) throw error
  throw new StoreError(error.code, error.message, {
    ...error.facts,
    deleteMarker: true,
    versionId: marker.versionId,
  })
}

async function namedVersion(
  deps: StoreDeps,
  asker: Asker,
  bucket: Bucket,
  { key, versionId }: { key: string; versionId: string },
): Promise<ObjectRow> {
  checkVersionId(versionId)
  const version = await deps.catalog.findVersion(bucket.bucketId, key, versionId)
  if (version === undefined) {
    const error = await absent(deps, asker, bucket, key)
    if (error.code !== 'NoSuchKey') throw error
    throw new StoreError('NoSuchVersion', 'The specified version does not exist.', { key, versionId })
  }
  if (isObjectVersion(version)) return version
  throw new StoreError('MethodNotAllowed', 'The specified method is not allowed against this resource.', {
    deleteMarker: true,
    versionId,
    lastModified: version.lastModified,
  })
}

export interface FoundVersion {
  bucket: Bucket
  row: ObjectRow
  /** for the answer: which version it speaks of */
  answered: { versionId?: string }
}

/** The version, if the caller may do this to it. @throws StoreError AccessDenied | NoSuchBucket | as `findVersion` */
export async function authorizedVersion(
  deps: StoreDeps,
  asker: Asker,
  at: VersionName & { bucket: string },
  need: Omit<Need, 'key'>,
): Promise<FoundVersion> {
  checkObjectKey(at.key)
  const bucket = await authorizedBucket(deps, asker, at.bucket, {
    ...need,
    key: at.key,
    conditions: async (of) => ({ ...(await need.conditions?.(of)), ...versionCondition(at) }),
  })
  const row = await findVersion(deps, asker, bucket, at)
  return { bucket, row, answered: answeredVersion(bucket, row.versionId) }
}

/** S3 names the version in its answers once versioning was switched on (S3 user guide, "Using versioning"). */
export function answeredVersion(bucket: Bucket, versionId: string): { versionId?: string } {
  return bucket.versioning === undefined && versionId === NULL_VERSION ? {} : { versionId }
}
