import { bucketJson, encryptionRule } from '@/app/_request/reshape'
import { jsonBody, projectRoute } from '@/app/_request/route'
import { createBucketSchema } from '@/lib/console/schemas'

export const GET = projectRoute(async ({ run }) => {
  const { buckets } = await run({ name: 'ListBuckets' })
  return { buckets: buckets.map((bucket) => bucketJson(bucket, bucket.usage)) }
})

export const POST = projectRoute(async ({ request, run }) => {
  const { name, encryption } = await jsonBody(request, createBucketSchema)
  const { bucket } = await run({ name: 'CreateBucket', bucket: name, encryption: encryptionRule(encryption) })
  return bucketJson(bucket, { objects: 0, bytes: 0, plaintextObjects: 0 })
})
