import type { StoreDeps } from './deps.ts'
import type { Bucket, ObjectLock } from './model.ts'
import { lockOf } from './object-lock.ts'
import { newVersionId, NULL_VERSION } from './version-ids.ts'

/** What a version is called and how it is locked, from the moment it becomes one. */
export interface VersionFacts extends ObjectLock {
  versionId: string
}

/**
 * Decided last, when the bytes are durable: an upload may take hours, and the bucket may have begun to keep versions
 * since. The commit still refuses what is too late (Catalog.commitObject).
 */
export async function newVersion(
  deps: StoreDeps,
  { name, bucketId }: Bucket,
  lock: ObjectLock | undefined,
): Promise<VersionFacts> {
  const bucket = await deps.catalog.findBucket(name)
  // Gone, or another one of that name: the commit finds out, too.
  if (bucket?.bucketId !== bucketId) return { versionId: NULL_VERSION }
  const versionId = bucket.versioning === 'Enabled' ? newVersionId() : NULL_VERSION
  return { versionId, ...lockOf(bucket, lock, deps.now()) }
}
