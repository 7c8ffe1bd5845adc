import { StoreError } from '../errors.ts'
import type { Decision } from '../policy/model.ts'
import { authorizedBucket, denied, findBucket, judge, refused, type Asker } from './authorize.ts'
import type { StoreDeps } from './deps.ts'
import type { Bucket, Caller, WriteConditions } from './model.ts'
import { checkObjectKey } from './names.ts'
import type { DeleteObject, DeleteObjects, RequestContext, Results } from './operations.ts'
import { guardOf } from './put-object.ts'

/** Deleting needs no key, not even for SSE-C (aws-s3.md §2.2); deleting what is absent succeeds. */
export async function deleteObject(
  deps: StoreDeps,
  operation: DeleteObject,
  caller: Caller,
  context: RequestContext,
): Promise<Results['DeleteObject']> {
  const need = { action: 's3:DeleteObject', key: operation.key } as const
  const bucket = await authorizedBucket(deps, { caller, context }, operation.bucket, need)
  return { existed: await deleteOne(deps, bucket, operation.key, operation.conditions) }
}

/** Each object by itself: one failure does not stop the others and is reported with its key. */
export async function deleteObjects(
  deps: StoreDeps,
  operation: DeleteObjects,
  caller: Caller,
  context: RequestContext,
): Promise<Results['DeleteObjects']> {
  const asker = { caller, context }
  const bucket = await findBucket(deps, asker, operation.bucket, 's3:DeleteObject')
  const decisions = await Promise.all(
    operation.objects.map(async ({ key }) => judge(deps, asker, bucket, { action: 's3:DeleteObject', key })),
  )
  requireOneAllowed(asker, bucket, operation, decisions)
  const outcomes = await Promise.allSettled(
    operation.objects.map(async ({ key, ifMatch, versionId }, i) => {
      const decision = decisions[i]!
      if (!decision.allowed) throw refused(asker, bucket, { action: 's3:DeleteObject', key }, decision)
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
    if (outcome.status === 'fulfilled') result.deleted.push({ key })
    else result.failed.push({ key, error: outcome.reason })
  })
  return result
}

/** Where nothing of it is allowed the request is, so that its answer tells a stranger nothing of the bucket. */
function requireOneAllowed(
  asker: Asker,
  bucket: Bucket,
  { objects }: DeleteObjects,
  decisions: readonly Decision[],
): void {
  const first = decisions[0]
  if (first === undefined && asker.caller.kind === 'anonymous') throw denied()
  if (first === undefined || decisions.some(({ allowed }) => allowed)) return
  throw refused(asker, bucket, { action: 's3:DeleteObject', key: objects[0]!.key }, first)
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
