import { authorizedBucket, isAllowed, requireMember } from './authorize.ts'
import { coverageOf, type CoverageShare } from './coverage-model.ts'
import type { StoreDeps } from './deps.ts'
import { listingConditions } from './list-objects.ts'
import type { Caller } from './model.ts'
import type { GetBucketCoverage, GetProjectCoverage, RequestContext, Results } from './operations.ts'

/** Of a bucket, or of one folder in it; a policy that allows listing only that folder allows this, too. */
export async function getBucketCoverage(
  deps: StoreDeps,
  operation: GetBucketCoverage,
  caller: Caller,
  context: RequestContext,
): Promise<Results['GetBucketCoverage']> {
  const { folder } = operation
  const bucket = await authorizedBucket(deps, { caller, context }, operation.bucket, {
    action: 's3:ListBucket',
    conditions: () => listingConditions({ prefix: folder, delimiter: '', limit: 0 }),
  })
  return { coverage: coverageOf(await deps.catalog.coverage(bucket.bucketId, folder)) }
}

/** Of all buckets of the caller's project that he may list; the others are only counted. */
export async function getProjectCoverage(
  deps: StoreDeps,
  _operation: GetProjectCoverage,
  caller: Caller,
  context: RequestContext,
): Promise<Results['GetProjectCoverage']> {
  const asker = { caller, context }
  const { projectId } = requireMember(asker, 's3:ListAllMyBuckets')
  const [buckets, byBucket] = await Promise.all([
    deps.catalog.listBuckets(projectId),
    deps.catalog.projectCoverage(projectId),
  ])
  const shares: CoverageShare[] = []
  let hiddenBuckets = 0
  for (const bucket of buckets)
    if (await isAllowed(deps, asker, bucket, { action: 's3:ListBucket' }))
      shares.push(...(byBucket.get(bucket.bucketId) ?? []))
    else hiddenBuckets += 1
  return { coverage: coverageOf(shares), hiddenBuckets }
}
