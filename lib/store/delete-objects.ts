import {
  authorizedBucket,
  denied,
  findBucket,
  judge,
  refused,
  type Asker,
  type Judged,
  type Need,
} from './authorize.ts'
import type { Guard } from './catalog.ts'
import type { StoreDeps } from './deps.ts'
import { answeredVersion } from './find-version.ts'
import type { Bucket, Caller, WriteConditions } from './model.ts'
import { checkObjectKey } from './names.ts'
import { mayBypass, refuseLocked } from './object-lock.ts'
import type {
  DeletedObject,
  DeletedVersion,
  DeleteObject,
  DeleteObjects,
  RequestContext,
  Results,
} from './operations.ts'
import { guardOf } from './put-object.ts'
import { checkVersionId, newVersionId } from './version-ids.ts'
import { versionCondition } from './write-conditions.ts'

/**
 * Deleting needs no key, not even for SSE-C (aws-s3.md §2.2); deleting what is absent succeeds, and in a bucket that
 * keeps versions leaves a marker even so.
 * @throws StoreError ObjectLocked | PreconditionFailed | AccessDenied | NoSuchBucket
 */
export async function deleteObject(
  deps: StoreDeps,
  operation: DeleteObject,
  caller: Caller,
  context: RequestContext,
): Promise<Results['DeleteObject']> {
  const asker = { caller, context }
  const bucket = await authorizedBucket(deps, asker, operation.bucket, deletion(operation))
  return deleteOne(deps, asker, bucket, operation)
}

/** Each object by itself: one failure does not stop the others and is reported with its key. */
export async function deleteObjects(
  deps: StoreDeps,
  operation: DeleteObjects,
  caller: Caller,
  context: RequestContext,
): Promise<Results['DeleteObjects']> {
  const asker = { caller, context }
  const { objects, bypassGovernance } = operation
  const bucket = await findBucket(deps, asker, operation.bucket, 's3:DeleteObject')
  const decisions = await Promise.all(
    objects.map(async (object) => judge(deps, asker, bucket, deletion(object))),
  )
  requireOneAllowed(asker, bucket, operation, decisions)
  const outcomes = await Promise.allSettled(
    objects.map(async ({ key, ifMatch, versionId }, i) => {
      const decision = decisions[i]!
      if (!decision.allowed) throw refused(asker, bucket, deletion({ key, versionId }), decision)
      const conditions = ifMatch === undefined ? {} : { ifMatch }
      return deleteOne(deps, asker, bucket, { key, versionId, conditions, bypassGovernance })
    }),
  )
  const result: Results['DeleteObjects'] = { deleted: [], failed: [] }
  outcomes.forEach((outcome, i) => {
    const { key, versionId } = objects[i]!
    const named = { key, ...(versionId !== undefined && { versionId }) }
    if (outcome.status === 'fulfilled') result.deleted.push({ ...named, ...markerOf(outcome.value) })
    else result.failed.push({ ...named, error: outcome.reason })
  })
  return result
}

/** A version that is named by its id needs a right of its own: who has it deletes for good. */
function deletion({ key, versionId }: { key: string; versionId?: string | undefined }): Need {
  const action = versionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion'
  return { action, key, conditions: () => versionCondition({ versionId }) }
}

function markerOf({ deleteMarker, versionId }: DeletedVersion): Partial<DeletedObject> {
  return deleteMarker ? { deleteMarker, ...(versionId && { deleteMarkerVersionId: versionId }) } : {}
}

/** Where nothing of it is allowed the request is, so that its answer tells a stranger nothing of the bucket. */
function requireOneAllowed(
  asker: Asker,
  bucket: Bucket,
  { objects }: DeleteObjects,
  decisions: readonly Judged[],
): void {
  const first = decisions[0]
  if (first === undefined && asker.caller.kind === 'anonymous') throw denied()
  if (first === undefined || decisions.some(({ allowed }) => allowed)) return
  throw refused(asker, bucket, deletion(objects[0]!), first)
}

interface Deletion {
  key: string
  versionId?: string | undefined
  conditions: WriteConditions
  bypassGovernance?: boolean | undefined
}

async function deleteOne(
  deps: StoreDeps,
  asker: Asker,
  bucket: Bucket,
  { key, versionId, conditions, bypassGovernance }: Deletion,
): Promise<Results['DeleteObject']> {
  checkObjectKey(key)
  const guard = guardOf(deps, conditions)
  if (versionId === undefined) {
    const marker = { versionId: newVersionId(), lastModified: deps.now() }
    const { existed, markerId } = await deps.catalog.deleteObject(bucket.bucketId, key, guard, marker)
    return { existed, ...(markerId !== undefined && { versionId: markerId, deleteMarker: true }) }
  }
  checkVersionId(versionId)
  const bypass = await mayBypass(deps, asker, bucket, key, bypassGovernance)
  const unlocked: Guard = (row) => {
    guard?.(row)
    if (row !== undefined) refuseLocked(row, deps.now(), bypass)
  }
  // A row that cannot be read can still be deleted, unless somebody must be asked about it.
  const asked = guard !== undefined || bucket.objectLock !== undefined ? unlocked : undefined
  const deleted = await deps.catalog.deleteVersion(bucket.bucketId, key, versionId, asked)
  return {
    existed: deleted !== undefined,
    ...answeredVersion(bucket, versionId),
    ...(deleted?.marker && { deleteMarker: true }),
  }
}
