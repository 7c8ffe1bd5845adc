import { StoreError } from '../errors.ts'
import { authorizedBucket, type Asker, type Need } from './authorize.ts'
import { absent } from './authorize-read.ts'
import type { StoreDeps } from './deps.ts'
import type { Caller, ObjectRow, Tags } from './model.ts'
import { checkObjectKey } from './names.ts'
import type {
  DeleteObjectTagging,
  GetObjectTagging,
  PutObjectTagging,
  RequestContext,
  Results,
} from './operations.ts'
import { tagConditions } from './write-conditions.ts'

export async function getObjectTagging(
  deps: StoreDeps,
  operation: GetObjectTagging,
  caller: Caller,
  context: RequestContext,
): Promise<Results['GetObjectTagging']> {
  return {
    tags: (await tagged(deps, operation, { caller, context }, { action: 's3:GetObjectTagging' })).tags,
  }
}

export async function putObjectTagging(
  deps: StoreDeps,
  operation: PutObjectTagging,
  caller: Caller,
  context: RequestContext,
): Promise<Results['PutObjectTagging']> {
  checkTags(operation.tags)
  const { objectId } = await tagged(
    deps,
    operation,
    { caller, context },
    {
      action: 's3:PutObjectTagging',
      conditions: () => tagConditions(operation.tags),
    },
  )
  await deps.catalog.setTags(objectId, operation.tags)
  return {}
}

export async function deleteObjectTagging(
  deps: StoreDeps,
  operation: DeleteObjectTagging,
  caller: Caller,
  context: RequestContext,
): Promise<Results['DeleteObjectTagging']> {
  const { objectId } = await tagged(
    deps,
    operation,
    { caller, context },
    { action: 's3:DeleteObjectTagging' },
  )
  await deps.catalog.setTags(objectId, {})
  return {}
}

/** At most 10 tags, keys of 1…128 and values of 0…256 characters (S3 user guide, "Object tagging"). @throws StoreError InvalidTag */
export function checkTags(tags: Tags): void {
  const entries = Object.entries(tags)
  if (entries.length > 10) throw new StoreError('InvalidTag', 'Object tags cannot be greater than 10')
  for (const [key, value] of entries) {
    if (key === '' || key.length > 128)
      throw new StoreError('InvalidTag', 'The TagKey you have provided is invalid')
    if (value.length > 256) throw new StoreError('InvalidTag', 'The TagValue you have provided is invalid')
  }
}

async function tagged(
  deps: StoreDeps,
  at: { bucket: string; key: string },
  asker: Asker,
  need: Need,
): Promise<ObjectRow> {
  checkObjectKey(at.key)
  const bucket = await authorizedBucket(deps, asker, at.bucket, { ...need, key: at.key })
  const row = await deps.catalog.findObject(bucket.bucketId, at.key)
  if (row === undefined) throw await absent(deps, asker, bucket, at.key)
  return row
}
