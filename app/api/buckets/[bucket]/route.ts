import { Refusal } from '@/app/_request/failure'
import { bucketJson, encryptionRule } from '@/app/_request/reshape'
import { jsonBody, projectRoute, type ProjectRequest } from '@/app/_request/route'
import { changeBucketSchema } from '@/lib/console/schemas'

type Params = { bucket: string }

export const GET = projectRoute(describe)

export const PATCH = projectRoute<Params>(async (api) => {
  const { encryption } = await jsonBody(api.request, changeBucketSchema)
  const { bucket } = api.params
  if (encryption.kind === 'none') await api.run({ name: 'DeleteBucketEncryption', bucket })
  else await api.run({ name: 'PutBucketEncryption', bucket, rule: encryptionRule(encryption) })
  return describe(api)
})

export const DELETE = projectRoute<Params>(async ({ run, params }) => {
  await run({ name: 'DeleteBucket', bucket: params.bucket })
  return {}
})

/** HeadBucket tells why a bucket cannot be seen; how much lies in it, only the list knows. */
async function describe({ run, params }: ProjectRequest<Params>) {
  const { bucket } = await run({ name: 'HeadBucket', bucket: params.bucket })
  const { buckets } = await run({ name: 'ListBuckets' })
  const found = buckets.find(({ bucketId }) => bucketId === bucket.bucketId)
  if (!found) throw new Refusal('NoSuchBucket', { bucket: params.bucket })
  return bucketJson(bucket, found.usage)
}
