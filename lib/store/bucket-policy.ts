import { StoreError } from '../errors.ts'
import { isPublicPolicy } from '../policy/public-policy.ts'
import { parsePolicy } from '../policy/parse-policy.ts'
import { bucketArn } from '../policy/resources.ts'
import { storedPolicy } from '../policy/stored-policy.ts'
import type { PolicyDocument } from '../policy/model.ts'
import { authorizedBucket } from './authorize.ts'
import type { StoreDeps } from './deps.ts'
import type { Bucket, Caller } from './model.ts'
import type {
  DeleteBucketPolicy,
  GetBucketPolicy,
  GetBucketPolicyStatus,
  PutBucketPolicy,
  RequestContext,
  Results,
} from './operations.ts'

export async function getBucketPolicy(
  deps: StoreDeps,
  operation: GetBucketPolicy,
  caller: Caller,
  context: RequestContext,
): Promise<Results['GetBucketPolicy']> {
  const need = { action: 's3:GetBucketPolicy' } as const
  return { policy: policyOf(await authorizedBucket(deps, { caller, context }, operation.bucket, need)) }
}

/** @throws StoreError MalformedPolicy, also for a policy that speaks of another bucket */
export async function putBucketPolicy(
  deps: StoreDeps,
  operation: PutBucketPolicy,
  caller: Caller,
  context: RequestContext,
): Promise<Results['PutBucketPolicy']> {
  const need = { action: 's3:PutBucketPolicy' } as const
  const bucket = await authorizedBucket(deps, { caller, context }, operation.bucket, need)
  checkResources(parsePolicy(operation.policy, 'bucket'), bucket.name)
  await deps.catalog.setBucketPolicy(bucket.bucketId, operation.policy)
  return {}
}

export async function deleteBucketPolicy(
  deps: StoreDeps,
  operation: DeleteBucketPolicy,
  caller: Caller,
  context: RequestContext,
): Promise<Results['DeleteBucketPolicy']> {
  const need = { action: 's3:DeleteBucketPolicy' } as const
  const bucket = await authorizedBucket(deps, { caller, context }, operation.bucket, need)
  await deps.catalog.setBucketPolicy(bucket.bucketId, undefined)
  return {}
}

export async function getBucketPolicyStatus(
  deps: StoreDeps,
  operation: GetBucketPolicyStatus,
  caller: Caller,
  context: RequestContext,
): Promise<Results['GetBucketPolicyStatus']> {
  const need = { action: 's3:GetBucketPolicyStatus' } as const
  const bucket = await authorizedBucket(deps, { caller, context }, operation.bucket, need)
  return { isPublic: isPublicPolicy(storedPolicy(policyOf(bucket), 'bucket')) }
}

function policyOf({ name, policy }: Bucket): string {
  if (policy !== undefined) return policy
  throw new StoreError('NoSuchBucketPolicy', 'The bucket policy does not exist', { bucket: name })
}

/** Else whoever copies a policy from another bucket would believe this one protected (S3: "Policy has invalid resource"). */
function checkResources({ Statement: statements }: PolicyDocument, bucket: string): void {
  const itself = bucketArn(bucket)
  statements.forEach(({ Resource, NotResource }, i) => {
    const named = [Resource ?? NotResource ?? []].flat()
    if (named.some((resource) => resource !== itself && !resource.startsWith(`${itself}/`)))
      throw new StoreError('MalformedPolicy', 'Policy has invalid resource', {
        where: `Statement[${i}].${Resource === undefined ? 'NotResource' : 'Resource'}`,
      })
  })
}
