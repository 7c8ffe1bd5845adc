import { invitationJson, memberJson } from '@/app/_request/reshape-members'
import { projectRoute } from '@/app/_request/route'
import { system } from '@/app/_request/system'

export const GET = projectRoute(async ({ caller, origin }) => {
  const { members, invitations, assignableRoles } = await system().members.list(caller, origin)
  return {
    members: members.map((member) => memberJson(member, caller, assignableRoles)),
    invitations: invitations.map(invitationJson),
    assignableRoles,
  }
})
