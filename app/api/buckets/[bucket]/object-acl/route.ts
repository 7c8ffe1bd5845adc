import { bucketAccess } from '@/app/_request/bucket-access'
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

async function describe(api: ProjectRequest<Params>, key: string): Promise<ObjectAccess> {
  const [{ acl, effective }, { publicPolicy, blocked }] = await Promise.all([
    api.run({ name: 'GetObjectAcl', bucket: api.params.bucket, key }),
    bucketAccess(api),
  ])
  return { acl, effective, publicPolicy, blocked }
}
