import { jsonBody, projectRoute, type ProjectRequest } from '@/app/_request/route'
import { keyQuerySchema } from '@/lib/console/schemas'
import { changeObjectAccessSchema, type ObjectAccess } from '@/lib/console/schemas-acl'

type Params = { bucket: string }

export const GET = projectRoute<Params>(async (api) => describe(api, keyQuerySchema.parse(api.query).key))

export const PUT = projectRoute<Params>(async (api) => {
  const { key, acl } = await jsonBody(api.request, changeObjectAccessSchema)
  await api.run({ name: 'PutObjectAcl', bucket: api.params.bucket, key, acl })
  return describe(api, key)
})

async function describe({ run, params }: ProjectRequest<Params>, key: string): Promise<ObjectAccess> {
  const { bucket } = params
  const [{ acl, effective }, { publicAccessBlocked: blocked }] = await Promise.all([
    run({ name: 'GetObjectAcl', bucket, key }),
    run({ name: 'GetBucketAcl', bucket }),
  ])
  return { acl, effective, blocked }
}
