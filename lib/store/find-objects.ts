import { authorizedBucket } from './authorize.ts'
import type { StoreDeps } from './deps.ts'
import { listingConditions, summaries } from './list-objects.ts'
import type { Caller } from './model.ts'
import type { FindObjects, RequestContext, Results } from './operations.ts'

const MAX_PAGE = 1000

/** A listing of what a filter leaves, over all folders below its prefix. */
export async function findObjects(
  deps: StoreDeps,
  operation: FindObjects,
  caller: Caller,
  context: RequestContext,
): Promise<Results['FindObjects']> {
  const { filter, after } = operation
  const limit = Math.min(Math.max(operation.limit, 1), MAX_PAGE)
  const bucket = await authorizedBucket(deps, { caller, context }, operation.bucket, {
    action: 's3:ListBucket',
    conditions: () => listingConditions({ prefix: filter.prefix ?? '', delimiter: '', limit }),
  })
  const { bucketId, projectId } = bucket
  const found = await deps.catalog.find({ ...filter, bucketId }, after, limit)
  return { objects: await summaries(deps, projectId, found.objects), next: found.next }
}
