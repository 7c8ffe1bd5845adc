import { randomUUID } from 'node:crypto'
import { StoreError } from '../errors.ts'
import { authorizedBucket, requireMember, type Asker } from './authorize.ts'
import { refuseBlockedAcl } from './authorize-acl.ts'
import { isPublicAcl } from './canned-acl.ts'
import type { StoreDeps } from './deps.ts'
import type { BucketEncryptionRule } from './encryption-model.ts'
import type { Bucket, BucketUsage, Caller } from './model.ts'
import { checkBucketName } from './names.ts'
import type {
  CreateBucket,
  DeleteBucket,
  DeleteBucketEncryption,
  GetBucketEncryption,
  HeadBucket,
  ListBuckets,
  PutBucketEncryption,
  RequestContext,
  Results,
} from './operations.ts'

const NO_USAGE: BucketUsage = { objects: 0, bytes: 0, plaintextObjects: 0 }

export async function listBuckets(
  deps: StoreDeps,
  _operation: ListBuckets,
  caller: Caller,
  context: RequestContext,
): Promise<Results['ListBuckets']> {
  const { projectId } = requireMember({ caller, context }, 's3:ListAllMyBuckets')
  const [buckets, usage] = await Promise.all([
    deps.catalog.listBuckets(projectId),
    deps.catalog.projectUsage(projectId),
  ])
  return { buckets: buckets.map((bucket) => ({ ...bucket, usage: usage.get(bucket.bucketId) ?? NO_USAGE })) }
}

export async function createBucket(
  deps: StoreDeps,
  operation: CreateBucket,
  caller: Caller,
  context: RequestContext,
): Promise<Results['CreateBucket']> {
  const { projectId } = requireMember({ caller, context }, 's3:CreateBucket', operation.bucket)
  const { acl } = operation
  if (acl !== undefined && isPublicAcl(acl)) {
    requireMember({ caller, context }, 's3:PutBucketAcl', operation.bucket)
    refuseBlockedAcl(deps, acl)
  }
  if (operation.objectLock) requireLocking({ caller, context }, operation.bucket)
  checkBucketName(operation.bucket)
  if (operation.region !== undefined && operation.region !== deps.region)
    throw new StoreError('InvalidArgument', 'The specified location-constraint is not valid', {
      argument: 'LocationConstraint',
      value: operation.region,
    })
  const encryption = operation.encryption ?? deps.defaultBucketEncryption
  if (encryption) await checkRule(deps, projectId, encryption)
  const bucket: Bucket = {
    bucketId: randomUUID(),
    name: operation.bucket,
    projectId,
    region: deps.region,
    createdAt: deps.now(),
    encryption,
    customerKeysBlocked: false,
    policy: undefined,
    ...(acl && { acl }),
    ...(operation.objectLock && { versioning: 'Enabled', objectLock: {} }),
  }
  await deps.catalog.createBucket(bucket)
  return { bucket }
}

/** Besides making a bucket, he switches versions and object lock on (S3 API reference, CreateBucket, "Permissions"). */
function requireLocking(asker: Asker, bucket: string): void {
  requireMember(asker, 's3:PutBucketVersioning', bucket)
  requireMember(asker, 's3:PutBucketObjectLockConfiguration', bucket)
}

export async function headBucket(
  deps: StoreDeps,
  operation: HeadBucket,
  caller: Caller,
  context: RequestContext,
): Promise<Results['HeadBucket']> {
  return {
    bucket: await authorizedBucket(deps, { caller, context }, operation.bucket, { action: 's3:ListBucket' }),
  }
}

export async function deleteBucket(
  deps: StoreDeps,
  operation: DeleteBucket,
  caller: Caller,
  context: RequestContext,
): Promise<Results['DeleteBucket']> {
  const bucket = await authorizedBucket(deps, { caller, context }, operation.bucket, {
    action: 's3:DeleteBucket',
  })
  await deps.catalog.deleteBucket(bucket.bucketId)
  return {}
}

export async function getBucketEncryption(
  deps: StoreDeps,
  operation: GetBucketEncryption,
  caller: Caller,
  context: RequestContext,
): Promise<Results['GetBucketEncryption']> {
  const bucket = await authorizedBucket(deps, { caller, context }, operation.bucket, {
    action: 's3:GetEncryptionConfiguration',
  })
  return { rule: bucket.encryption, customerKeysBlocked: bucket.customerKeysBlocked }
}

export async function putBucketEncryption(
  deps: StoreDeps,
  operation: PutBucketEncryption,
  caller: Caller,
  context: RequestContext,
): Promise<Results['PutBucketEncryption']> {
  const bucket = await authorizedBucket(deps, { caller, context }, operation.bucket, {
    action: 's3:PutEncryptionConfiguration',
  })
  if (operation.rule.kind === 'managed-key') await context.beforeManagedKey?.(bucket)
  await deps.catalog.setBucketEncryption(bucket.bucketId, operation.rule)
  if (operation.customerKeysBlocked !== undefined)
    await deps.catalog.setCustomerKeysBlocked(bucket.bucketId, operation.customerKeysBlocked)
  return {}
}

export async function deleteBucketEncryption(
  deps: StoreDeps,
  operation: DeleteBucketEncryption,
  caller: Caller,
  context: RequestContext,
): Promise<Results['DeleteBucketEncryption']> {
  const bucket = await authorizedBucket(deps, { caller, context }, operation.bucket, {
    action: 's3:PutEncryptionConfiguration',
  })
  await deps.catalog.setBucketEncryption(bucket.bucketId, undefined)
  return {}
}

/**
 * A bucket made with a rule that names a key must name one that exists. PutBucketEncryption does not check
 * (S3 API reference: the key is validated at the first PutObject).
 */
async function checkRule(deps: StoreDeps, projectId: string, rule: BucketEncryptionRule): Promise<void> {
  if (rule.kind === 'managed-key') await deps.keyring.resolveKey(projectId, rule.keyRef)
}
