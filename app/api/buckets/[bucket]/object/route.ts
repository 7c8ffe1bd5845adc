import { describeObject } from '@/app/_request/describe-object'
import { projectRoute } from '@/app/_request/route'
import { keyQuerySchema } from '@/lib/console/schemas'

type Params = { bucket: string }

export const GET = projectRoute<Params>(async (api) =>
  describeObject(api, keyQuerySchema.parse(api.query).key),
)

export const DELETE = projectRoute<Params>(async ({ run, params, query }) => {
  const { key } = keyQuerySchema.parse(query)
  await run({ name: 'DeleteObject', bucket: params.bucket, key, conditions: {} })
  return {}
})
