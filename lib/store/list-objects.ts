import type { ConditionFacts } from '../policy/model.ts'
import { restoreStatus } from './archive.ts'
import { authorizedBucket } from './authorize.ts'
import type { StoreDeps } from './deps.ts'
import { EncryptionDescriber } from './encryption.ts'
import { openEtag } from './etag.ts'
import type { Caller, ObjectRow } from './model.ts'
import { typeOf } from './object-type.ts'
import type { ListObjects, ObjectSummary, RequestContext, Results } from './operations.ts'

const MAX_PAGE = 1000

export async function listObjects(
  deps: StoreDeps,
  operation: ListObjects,
  caller: Caller,
  context: RequestContext,
): Promise<Results['ListObjects']> {
  const { prefix, delimiter, after, afterIsKey = false } = operation
  const bucket = await authorizedBucket(deps, { caller, context }, operation.bucket, {
    action: 's3:ListBucket',
    conditions: () => listingConditions(operation),
  })
  const limit = Math.min(operation.limit, MAX_PAGE)
  if (limit <= 0) return { objects: [], commonPrefixes: [], next: undefined }
  const { bucketId } = bucket
  const page = await deps.catalog.list({ bucketId, prefix, delimiter, after, afterIsKey, limit })
  const objects = await summaries(deps, bucket.projectId, page.objects)
  return { objects, commonPrefixes: page.commonPrefixes, next: page.next }
}

export async function summaries(
  deps: StoreDeps,
  projectId: string,
  rows: readonly ObjectRow[],
): Promise<ObjectSummary[]> {
  const describer = new EncryptionDescriber(deps)
  const objects: ObjectSummary[] = []
  for (const row of rows) {
    const { key, size, lastModified, storageClass } = row
    const encryption = await describer.describe(projectId, row.encryption)
    const restore = restoreStatus(row, deps.now())
    objects.push({
      key,
      size,
      etag: openEtag(deps.keyring, row.objectId, row.etag),
      lastModified,
      storageClass,
      ...(restore && { restore }),
      encryption,
      ...typeOf(row),
    })
  }
  return objects
}

/** A listing as condition keys of S3 name it. */
export function listingConditions(listing: {
  prefix: string
  delimiter: string
  limit: number
}): ConditionFacts {
  const { prefix, delimiter, limit } = listing
  return { 's3:prefix': prefix, 's3:delimiter': delimiter, 's3:max-keys': String(limit) }
}
