import { bucketAccess } from '@/app/_request/bucket-access'
import { jsonBody, projectRoute } from '@/app/_request/route'
import { changeBucketAccessSchema } from '@/lib/console/schemas-acl'

type Params = { bucket: string }

export const GET = projectRoute<Params>(bucketAccess)

export const PUT = projectRoute<Params>(async (api) => {
  const { acl } = await jsonBody(api.request, changeBucketAccessSchema)
  await api.run({ name: 'PutBucketAcl', bucket: api.params.bucket, acl })
  return bucketAccess(api)
})
