import { StoreError } from '../errors.ts'
import { authorizedBucket } from './authorize.ts'
import type { StoreDeps } from './deps.ts'
import type { Bucket, Caller, WriteConditions } from './model.ts'
import { checkObjectKey } from './names.ts'
import type { DeleteObject, DeleteObjects, Results } from './operations.ts'
import { guardOf } from './put-object.ts'

/** Deleting needs no key, not even for SSE-C (aws-s3.md §2.2); deleting what is absent succeeds. */
export async function deleteObject(
  deps: StoreDeps,
  operation: DeleteObject,
  caller: Caller,
): Promise<Results['DeleteObject']> {
  const bucket = await authorizedBucket(deps, caller, operation.bucket, 'object:delete')
  return { existed: await deleteOne(deps, bucket, operation.key, operation.conditions) }
}

/** Each object by itself: one failure does not stop the others and is reported with its key. */
export async function deleteObjects(
  deps: StoreDeps,
  operation: DeleteObjects,
  caller: Caller,
): Promise<Results['DeleteObjects']> {
  const bucket = await authorizedBucket(deps, caller, operation.bucket, 'object:delete')
  const outcomes = await Promise.allSettled(
    operation.objects.map(async ({ key, ifMatch, versionId }) => {
      if (versionId !== undefined && versionId !== 'null')
        throw new StoreError('InvalidArgument', 'Invalid version id specified', {
          argument: 'versionId',
          value: versionId,
        })
      await deleteOne(deps, bucket, key, ifMatch === undefined ? {} : { ifMatch })
    }),
  )
  const result: Results['DeleteObjects'] = { deleted: [], failed: [] }
  outcomes.forEach((outcome, i) => {
    const key = operation.objects[i]!.key
    if (outcome.status === 'fulfilled') result.deleted.push(key)
    else result.failed.push({ key, error: outcome.reason })
  })
  return result
}

async function deleteOne(
  deps: StoreDeps,
  bucket: Bucket,
  key: string,
  conditions: WriteConditions,
): Promise<boolean> {
  checkObjectKey(key)
  return deps.catalog.deleteObject(bucket.bucketId, key, guardOf(deps, conditions))
}
