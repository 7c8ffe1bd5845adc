import { allOf, keyRoute } from '@/app/_request/key-route'
import { grantJson } from '@/app/_request/reshape-keys'
import { jsonBody } from '@/app/_request/route'
import { createGrantSchema, grantIdQuerySchema } from '@/lib/console/schemas-keys'

export const GET = keyRoute(async ({ runKey, params: { keyId } }) => {
  const grants = await allOf((page) => runKey('ListGrants', { keyId, grantId: undefined, ...page }))
  return { grants: grants.map(grantJson) }
})

/** The grant counts at once, so its token is of no use here and stays behind. */
export const POST = keyRoute(async ({ request, runKey, params: { keyId } }) => {
  const { name, ...wanted } = await jsonBody(request, createGrantSchema)
  await runKey('CreateGrant', { keyId, ...wanted, name, retiringPrincipal: undefined })
  return {}
})

export const DELETE = keyRoute(async ({ query, runKey, params: { keyId } }) => {
  await runKey('RevokeGrant', { keyId, ...grantIdQuerySchema.parse(query) })
  return {}
})
