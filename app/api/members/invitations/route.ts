import { invitationJson } from '@/app/_request/reshape-members'
import { jsonBody, projectRoute } from '@/app/_request/route'
import { system } from '@/app/_request/system'
import { inviteSchema } from '@/lib/console/schemas-members'
import { pages } from '@/lib/console/paths'

/** The answer holds the one-time link, this once. */
export const POST = projectRoute(async ({ request, caller, origin }) => {
  const wanted = await jsonBody(request, inviteSchema)
  const invitation = await system().members.invite(caller, wanted, origin)
  const url = `${system().config.publicConsoleUrl}${pages.join(invitation.token)}`
  return { ...invitationJson(invitation), url }
})
