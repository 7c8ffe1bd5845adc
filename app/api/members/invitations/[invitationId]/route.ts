import { projectRoute } from '@/app/_request/route'
import { system } from '@/app/_request/system'

export const DELETE = projectRoute<{ invitationId: string }>(async ({ params, caller, origin }) => {
  await system().members.revokeInvitation(caller, params.invitationId, origin)
  return {}
})
