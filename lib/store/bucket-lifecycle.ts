import { authorizedBucket } from './authorize.ts'
import type { StoreDeps } from './deps.ts'
import { checkLifecycle } from './lifecycle-check.ts'
import type { Caller } from './model.ts'
import type {
  DeleteBucketLifecycle,
  GetBucketLifecycle,
  PutBucketLifecycle,
  RequestContext,
  Results,
} from './operations.ts'

export async function getBucketLifecycle(
  deps: StoreDeps,
  operation: GetBucketLifecycle,
  caller: Caller,
  context: RequestContext,
): Promise<Results['GetBucketLifecycle']> {
  const need = { action: 's3:GetLifecycleConfiguration' } as const
  const { lifecycle } = await authorizedBucket(deps, { caller, context }, operation.bucket, need)
  return { configuration: lifecycle }
}

/**
 * Replaces all rules of the bucket; they count from the lifecycle job's next run on (lib/jobs/lifecycle.ts).
 * @throws StoreError InvalidRequest | InvalidArgument | InvalidTag | MalformedXML | EntityTooLarge
 */
export async function putBucketLifecycle(
  deps: StoreDeps,
  operation: PutBucketLifecycle,
  caller: Caller,
  context: RequestContext,
): Promise<Results['PutBucketLifecycle']> {
  const need = { action: 's3:PutLifecycleConfiguration' } as const
  const { bucketId } = await authorizedBucket(deps, { caller, context }, operation.bucket, need)
  checkLifecycle(operation.configuration)
  await deps.catalog.setBucketLifecycle(bucketId, operation.configuration)
  return {}
}

export async function deleteBucketLifecycle(
  deps: StoreDeps,
  operation: DeleteBucketLifecycle,
  caller: Caller,
  context: RequestContext,
): Promise<Results['DeleteBucketLifecycle']> {
  const need = { action: 's3:PutLifecycleConfiguration' } as const
  const { bucketId } = await authorizedBucket(deps, { caller, context }, operation.bucket, need)
  await deps.catalog.setBucketLifecycle(bucketId, undefined)
  return {}
}
