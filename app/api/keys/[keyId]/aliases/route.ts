import { keyRoute } from '@/app/_request/key-route'
import { jsonBody } from '@/app/_request/route'
import { aliasChangeSchema, aliasQuerySchema } from '@/lib/console/schemas-keys'

export const POST = keyRoute(async ({ request, runKey, params: { keyId } }) => {
  const { alias } = await jsonBody(request, aliasChangeSchema)
  await runKey('CreateAlias', { alias: `alias/${alias}`, keyId })
  return {}
})

export const DELETE = keyRoute(async ({ query, runKey }) => {
  await runKey('DeleteAlias', aliasQuerySchema.parse(query))
  return {}
})
