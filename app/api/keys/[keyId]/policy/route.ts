import { keyRoute } from '@/app/_request/key-route'
import { jsonBody } from '@/app/_request/route'
import { putKeyPolicySchema } from '@/lib/console/schemas-keys'

export const GET = keyRoute(async ({ runKey, params: { keyId } }) => ({
  policy: await runKey('GetKeyPolicy', { keyId }),
}))

export const PUT = keyRoute(async ({ request, runKey, params: { keyId } }) => {
  const { policy } = await jsonBody(request, putKeyPolicySchema)
  // The console never offers to lock oneself out of a key.
  await runKey('PutKeyPolicy', { keyId, policy, bypassLockoutCheck: false })
  return {}
})
