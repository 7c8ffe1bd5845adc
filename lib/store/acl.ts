import { authorizedBucket } from './authorize.ts'
import { refuseBlockedAcl } from './authorize-acl.ts'
import { effectiveAcl, storedAcl } from './canned-acl.ts'
import type { StoreDeps } from './deps.ts'
import { authorizedVersion } from './find-version.ts'
import type { Caller } from './model.ts'
import type {
  GetBucketAcl,
  GetObjectAcl,
  PutBucketAcl,
  PutObjectAcl,
  RequestContext,
  Results,
} from './operations.ts'
import { aclConditions } from './write-conditions.ts'

export async function getBucketAcl(
  deps: StoreDeps,
  operation: GetBucketAcl,
  caller: Caller,
  context: RequestContext,
): Promise<Results['GetBucketAcl']> {
  const need = { action: 's3:GetBucketAcl' } as const
  const bucket = await authorizedBucket(deps, { caller, context }, operation.bucket, need)
  return { acl: bucket.acl ?? 'private', bucket, publicAccessBlocked: deps.publicAccess !== 'allowed' }
}

/** @throws StoreError AccessDenied, also for a public one where public access is blocked */
export async function putBucketAcl(
  deps: StoreDeps,
  operation: PutBucketAcl,
  caller: Caller,
  context: RequestContext,
): Promise<Results['PutBucketAcl']> {
  const { acl } = operation
  const need = { action: 's3:PutBucketAcl', conditions: () => aclConditions(acl) } as const
  const { bucketId } = await authorizedBucket(deps, { caller, context }, operation.bucket, need)
  refuseBlockedAcl(deps, acl)
  await deps.catalog.setBucketAcl(bucketId, acl)
  return {}
}

export async function getObjectAcl(
  deps: StoreDeps,
  operation: GetObjectAcl,
  caller: Caller,
  context: RequestContext,
): Promise<Results['GetObjectAcl']> {
  const need = { action: aclAction('Get', operation) } as const
  const { bucket, row, answered } = await authorizedVersion(deps, { caller, context }, operation, need)
  return { acl: row.acl ?? 'default', effective: effectiveAcl(bucket, row), ...answered }
}

/**
 * Changes neither the version's date nor its content (S3 API reference, PutObjectAcl); a locked version can be changed, too.
 * @throws StoreError AccessDenied, also for a public one where public access is blocked
 */
export async function putObjectAcl(
  deps: StoreDeps,
  operation: PutObjectAcl,
  caller: Caller,
  context: RequestContext,
): Promise<Results['PutObjectAcl']> {
  const { acl } = operation
  const need = { action: aclAction('Put', operation), conditions: () => aclConditions(acl) } as const
  const { row, answered } = await authorizedVersion(deps, { caller, context }, operation, need)
  refuseBlockedAcl(deps, acl)
  await deps.catalog.changeVersion(row.bucketId, row.key, row.versionId, () => ({ acl: storedAcl(acl) }))
  return answered
}

/** The ACL of a version that was asked for by its id needs a right of its own (Service Authorization Reference, S3). */
function aclAction(verb: 'Get' | 'Put', { versionId }: { versionId?: string }): `s3:${string}` {
  return `s3:${verb}Object${versionId === undefined ? '' : 'Version'}Acl`
}
