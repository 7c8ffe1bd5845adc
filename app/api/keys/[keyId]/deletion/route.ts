import { keyRoute } from '@/app/_request/key-route'
import { jsonBody } from '@/app/_request/route'
import { scheduleDeletionSchema } from '@/lib/console/schemas-keys'

/** Schedules; what hangs on the key goes with it only when an owner typed its alias. */
export const POST = keyRoute(async ({ request, runKey, params: { keyId } }) => {
  const { pendingWindowDays, destroyDependents } = await jsonBody(request, scheduleDeletionSchema)
  const { deletionAt } = await runKey('ScheduleKeyDeletion', { keyId, pendingWindowDays, destroyDependents })
  return { deletionAt }
})

export const DELETE = keyRoute(async ({ runKey, params: { keyId } }) => {
  await runKey('CancelKeyDeletion', { keyId })
  return {}
})
