import { describeObject } from '@/app/_request/describe-object'
import { objectAtQuery } from '@/app/_request/object-at'
import { projectRoute } from '@/app/_request/route'

type Params = { bucket: string }

export const GET = projectRoute<Params>(async (api) => describeObject(api, objectAtQuery(api.query)))

export const DELETE = projectRoute<Params>(async ({ run, params, query }) => {
  await run({ name: 'DeleteObject', bucket: params.bucket, ...objectAtQuery(query), conditions: {} })
  return {}
})
