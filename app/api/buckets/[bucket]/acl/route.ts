import { jsonBody, projectRoute, type ProjectRequest } from '@/app/_request/route'
import { changeBucketAccessSchema, type BucketAccess } from '@/lib/console/schemas-acl'

type Params = { bucket: string }

export const GET = projectRoute(describe)

export const PUT = projectRoute<Params>(async (api) => {
  const { acl } = await jsonBody(api.request, changeBucketAccessSchema)
  await api.run({ name: 'PutBucketAcl', bucket: api.params.bucket, acl })
  return describe(api)
})

async function describe({ run, params }: ProjectRequest<Params>): Promise<BucketAccess> {
  const { acl, publicAccessBlocked: blocked } = await run({ name: 'GetBucketAcl', bucket: params.bucket })
  return { acl, blocked }
}
