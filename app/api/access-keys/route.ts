import { accessKeyJson } from '@/app/_request/reshape'
import { jsonBody, projectRoute } from '@/app/_request/route'
import { system } from '@/app/_request/system'
import { accessKeyIdQuerySchema, changeAccessKeySchema, createAccessKeySchema } from '@/lib/console/schemas'

export const GET = projectRoute(async ({ caller }) => {
  const keys = await system().accounts.listAccessKeys(caller.userId, caller.projectId)
  return { accessKeys: keys.map(accessKeyJson) }
})

/** The answer holds the secret, this once. */
export const POST = projectRoute(async ({ request, caller }) => {
  const { description } = await jsonBody(request, createAccessKeySchema)
  const { userId, projectId } = caller
  const created = await system().accounts.createAccessKey({ userId, projectId, description })
  return { ...accessKeyJson(created), secretAccessKey: created.secretAccessKey }
})

export const PATCH = projectRoute(async ({ request, caller }) => {
  const { accessKeyId, state } = await jsonBody(request, changeAccessKeySchema)
  await system().accounts.setAccessKeyState(caller.userId, accessKeyId, state)
  return {}
})

export const DELETE = projectRoute(async ({ query, caller }) => {
  const { accessKeyId } = accessKeyIdQuerySchema.parse(query)
  await system().accounts.deleteAccessKey(caller.userId, accessKeyId)
  return {}
})
