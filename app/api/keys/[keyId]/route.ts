import { allOf, keyRoute, unlessHidden } from '@/app/_request/key-route'
import { managedKeyJson, radiusJson, rotationJson, rotationStatusJson } from '@/app/_request/reshape-keys'
import { jsonBody } from '@/app/_request/route'
import { changeKeySchema, type KeyDetail } from '@/lib/console/schemas-keys'

export const GET = keyRoute(async ({ runKey, params: { keyId } }): Promise<KeyDetail> => {
  const key = await runKey('DescribeKey', { keyId, grantTokens: [] })
  const [rotation, rotations, radius, tags] = await Promise.all([
    unlessHidden(runKey('GetKeyRotationStatus', { keyId })),
    unlessHidden(allOf((page) => runKey('ListKeyRotations', { keyId, ...page }))),
    unlessHidden(runKey('GetBlastRadius', { keyId })),
    unlessHidden(allOf((page) => runKey('ListResourceTags', { keyId, ...page }))),
  ])
  return {
    ...managedKeyJson(key),
    ...(rotation && { rotation: rotationStatusJson(rotation) }),
    ...(rotations && { rotations: rotations.map(rotationJson) }),
    ...(radius && { radius: radiusJson(radius) }),
    ...(tags && { tags: tags.map(({ key, value }) => ({ key, value })) }),
  }
})

export const PATCH = keyRoute(async ({ request, runKey, params: { keyId } }) => {
  const { description, enabled } = await jsonBody(request, changeKeySchema)
  if (description !== undefined) await runKey('UpdateKeyDescription', { keyId, description })
  if (enabled !== undefined) await runKey(enabled ? 'EnableKey' : 'DisableKey', { keyId })
  return {}
})
