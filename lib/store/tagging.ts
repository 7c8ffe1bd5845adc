import { StoreError } from '../errors.ts'
import type { StoreDeps } from './deps.ts'
import { authorizedVersion } from './find-version.ts'
import type { Caller, Tags } from './model.ts'
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
  const need = { action: tagAction('Get', operation) } as const
  const { row, answered } = await authorizedVersion(deps, { caller, context }, operation, need)
  return { tags: row.tags, ...answered }
}

export async function putObjectTagging(
  deps: StoreDeps,
  operation: PutObjectTagging,
  caller: Caller,
  context: RequestContext,
): Promise<Results['PutObjectTagging']> {
  const { tags } = operation
  checkTags(tags)
  const need = { action: tagAction('Put', operation), conditions: () => tagConditions(tags) } as const
  const { row, answered } = await authorizedVersion(deps, { caller, context }, operation, need)
  await deps.catalog.changeVersion(row.bucketId, row.key, row.versionId, () => ({ tags }))
  return answered
}

export async function deleteObjectTagging(
  deps: StoreDeps,
  operation: DeleteObjectTagging,
  caller: Caller,
  context: RequestContext,
): Promise<Results['DeleteObjectTagging']> {
  const need = { action: tagAction('Delete', operation) } as const
  const { row, answered } = await authorizedVersion(deps, { caller, context }, operation, need)
  await deps.catalog.changeVersion(row.bucketId, row.key, row.versionId, () => ({ tags: {} }))
  return answered
}

/** Tags of a version that was asked for by its id need a right of their own (Service Authorization Reference, S3). */
function tagAction(verb: 'Get' | 'Put' | 'Delete', { versionId }: { versionId?: string }): `s3:${string}` {
  return `s3:${verb}Object${versionId === undefined ? '' : 'Version'}Tagging`
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
