import { jsonBody, projectRoute } from '@/app/_request/route'
import { putPolicySchema } from '@/lib/console/schemas-members'

type Params = { bucket: string }

/** A bucket without a policy is no failure to somebody looking at its settings. */
export const GET = projectRoute<Params>(async ({ run, params: { bucket } }) => {
  try {
    const { policy } = await run({ name: 'GetBucketPolicy', bucket })
    const { isPublic } = await run({ name: 'GetBucketPolicyStatus', bucket })
    return { policy, isPublic }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'NoSuchBucketPolicy')
      return { isPublic: false }
    throw error
  }
})

export const PUT = projectRoute<Params>(async ({ run, request, params: { bucket } }) => {
  const { policy } = await jsonBody(request, putPolicySchema)
  await run({ name: 'PutBucketPolicy', bucket, policy })
  return {}
})

export const DELETE = projectRoute<Params>(async ({ run, params: { bucket } }) => {
  await run({ name: 'DeleteBucketPolicy', bucket })
  return {}
})
