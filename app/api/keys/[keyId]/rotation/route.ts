import { keyRoute } from '@/app/_request/key-route'
import { jsonBody } from '@/app/_request/route'
import { changeRotationSchema } from '@/lib/console/schemas-keys'

export const PUT = keyRoute(async ({ request, runKey, params: { keyId } }) => {
  const wanted = await jsonBody(request, changeRotationSchema)
  if (wanted.enabled) await runKey('EnableKeyRotation', { keyId, periodDays: wanted.periodDays })
  else await runKey('DisableKeyRotation', { keyId })
  return {}
})

/** Rotates now. */
export const POST = keyRoute(async ({ runKey, params: { keyId } }) => {
  await runKey('RotateKeyOnDemand', { keyId })
  return {}
})
