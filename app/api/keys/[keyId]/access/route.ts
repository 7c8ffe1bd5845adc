import { keyRoute } from '@/app/_request/key-route'
import { keyAccessJson } from '@/app/_request/reshape-keys'
import { system } from '@/app/_request/system'
import { ASKED_ACTIONS } from '@/lib/console/key-actions'

/** Who may do what with the key, and through which rule; the reader's own answers apart. */
export const GET = keyRoute(async ({ caller, origin, params: { keyId } }) => {
  const members = await system().keyAccess.whoMayUse(keyId, ASKED_ACTIONS, caller, origin)
  return keyAccessJson(members, caller.userId)
})
