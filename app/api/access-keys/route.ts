import { accessKeyJson } from '@/app/_request/reshape'
import { jsonBody, projectRoute } from '@/app/_request/route'
import { system } from '@/app/_request/system'
import { accessKeyIdQuerySchema, changeAccessKeySchema, createAccessKeySchema } from '@/lib/console/schemas'

export const GET = projectRoute(async ({ caller }) => {
  const keys = await system().accounts.listAccessKeys(caller.userId, caller.projectId)
  return { accessKeys: keys.map(accessKeyJson) }
})

/** The answer holds the secret, this once. */
export const POST = projectRoute(async ({ request, caller, origin }) => {
  const { description } = await jsonBody(request, createAccessKeySchema)
  const { userId, projectId } = caller
  const created = await system().accounts.createAccessKey({ userId, projectId, description, origin })
  return { ...accessKeyJson(created), secretAccessKey: created.secretAccessKey }
})

export const PATCH = projectRoute(async ({ request, caller, origin }) => {
  const { accessKeyId, state } = await jsonBody(request, changeAccessKeySchema)
  const { userId, projectId } = caller
  await system().accounts.setAccessKeyState({ userId, projectId, accessKeyId, origin }, state)
  return {}
})

export const DELETE = projectRoute(async ({ query, caller, origin }) => {
  const { accessKeyId } = accessKeyIdQuerySchema.parse(query)
  const { userId, projectId } = caller
  await system().accounts.deleteAccessKey({ userId, projectId, accessKeyId, origin })
  return {}
})
