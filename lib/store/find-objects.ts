import { authorizedBucket } from './authorize.ts'
import type { StoreDeps } from './deps.ts'
import { listingConditions, summaries } from './list-objects.ts'
import type { Caller } from './model.ts'
import type { FindObjects, RequestContext, Results } from './operations.ts'

const MAX_PAGE = 1000

/** A listing of what a filter leaves, over all folders below its prefix; older versions are seen by those who may list them. */
export async function findObjects(
  deps: StoreDeps,
  operation: FindObjects,
  caller: Caller,
  context: RequestContext,
): Promise<Results['FindObjects']> {
  const { filter, after } = operation
  const limit = Math.min(Math.max(operation.limit, 1), MAX_PAGE)
  const bucket = await authorizedBucket(deps, { caller, context }, operation.bucket, {
    action: filter.versions === 'all' ? 's3:ListBucketVersions' : 's3:ListBucket',
    conditions: () => listingConditions({ prefix: filter.prefix ?? '', delimiter: '', limit }),
  })
  const { bucketId, projectId } = bucket
  const { objects, next } = await deps.catalog.find({ ...filter, bucketId }, after, limit)
  const described = await summaries(deps, projectId, objects)
  const withVersion = objects.map(({ versionId, isLatest }, at) => ({
    ...described[at]!,
    versionId,
    isLatest,
  }))
  return { objects: withVersion, next }
}
