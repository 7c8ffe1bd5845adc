import { authorizedBucket } from './authorize.ts'
import type { StoreDeps } from './deps.ts'
import type { Caller } from './model.ts'
import type { GetBucketVersioning, PutBucketVersioning, RequestContext, Results } from './operations.ts'

export async function getBucketVersioning(
  deps: StoreDeps,
  operation: GetBucketVersioning,
  caller: Caller,
  context: RequestContext,
): Promise<Results['GetBucketVersioning']> {
  const need = { action: 's3:GetBucketVersioning' } as const
  const bucket = await authorizedBucket(deps, { caller, context }, operation.bucket, need)
  return { state: bucket.versioning }
}

/** Versions that are there stay when it is suspended. @throws StoreError InvalidBucketState (a bucket with object lock) */
export async function putBucketVersioning(
  deps: StoreDeps,
  operation: PutBucketVersioning,
  caller: Caller,
  context: RequestContext,
): Promise<Results['PutBucketVersioning']> {
  const need = { action: 's3:PutBucketVersioning' } as const
  const bucket = await authorizedBucket(deps, { caller, context }, operation.bucket, need)
  await deps.catalog.setBucketVersioning(bucket.bucketId, operation.state)
  return {}
}
