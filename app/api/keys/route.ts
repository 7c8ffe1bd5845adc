import { allOf, keyRoute, unlessHidden, type KeyRouteRequest } from '@/app/_request/key-route'
import { managedKeyJson, rotationStatusJson } from '@/app/_request/reshape-keys'
import { jsonBody } from '@/app/_request/route'
import { createKeySchema, type ListedKey } from '@/lib/console/schemas-keys'
import type { KeyMetadata } from '@/lib/kms/operations'

type Api = KeyRouteRequest<Record<never, string>>

/** `?names=1`: what is needed to choose one, without asking what hangs on each. */
export const GET = keyRoute<Record<never, string>>(async (api) => {
  const keys = await allOf((page) => api.runKey('ListKeys', page))
  if (api.query.names) return { keys: keys.map(managedKeyJson) }
  return { keys: await Promise.all(keys.map((key) => rowOf(api, key))) }
})

async function rowOf({ runKey }: Api, key: KeyMetadata): Promise<ListedKey> {
  const { keyId } = key
  const [rotation, radius] = await Promise.all([
    unlessHidden(runKey('GetKeyRotationStatus', { keyId })),
    unlessHidden(runKey('GetBlastRadius', { keyId })),
  ])
  return {
    ...managedKeyJson(key),
    ...(rotation && { rotation: rotationStatusJson(rotation) }),
    ...(radius && { usage: { objects: radius.objects, bytes: radius.bytes } }),
  }
}

/** KMS turns rotation on in a call of its own: should that fail, the key is there and its page says it does not rotate. */
export const POST = keyRoute<Record<never, string>>(async ({ request, runKey }) => {
  const { alias, rotationDays, ...wanted } = await jsonBody(request, createKeySchema)
  const key = await runKey('CreateKey', {
    ...wanted,
    alias: `alias/${alias}`,
    tags: [],
    policy: undefined,
    provider: wanted.provider,
  })
  if (rotationDays !== undefined)
    await runKey('EnableKeyRotation', { keyId: key.keyId, periodDays: rotationDays })
  return managedKeyJson(key)
})
