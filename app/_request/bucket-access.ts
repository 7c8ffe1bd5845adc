import type { BucketAccess } from '@/lib/console/schemas-acl'
import type { ProjectRequest } from './route'

/** What lets others than the project's members into a bucket: its ACL, its policy, and whether either has any effect. */
export async function bucketAccess({
  run,
  params,
}: ProjectRequest<{ bucket: string }>): Promise<BucketAccess> {
  const { bucket } = params
  const [{ acl, publicAccessBlocked: blocked }, publicPolicy] = await Promise.all([
    run({ name: 'GetBucketAcl', bucket }),
    run({ name: 'GetBucketPolicyStatus', bucket }).then(({ isPublic }) => isPublic, noPolicy),
  ])
  return { acl, publicPolicy, blocked }
}

function noPolicy(error: unknown): false {
  if (error instanceof Error && 'code' in error && error.code === 'NoSuchBucketPolicy') return false
  throw error
}
