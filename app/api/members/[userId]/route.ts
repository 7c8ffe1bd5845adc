import { jsonBody, projectRoute } from '@/app/_request/route'
import { system } from '@/app/_request/system'
import { changeMemberSchema } from '@/lib/console/schemas-members'

type Params = { userId: string }

/** The role first: whoever becomes owner loses the policy, and a policy for an owner is refused. */
export const PATCH = projectRoute<Params>(async ({ request, params, caller, origin }) => {
  const { role, policy } = await jsonBody(request, changeMemberSchema)
  const { members } = system()
  if (role !== undefined) await members.changeRole(caller, params.userId, role, origin)
  if (policy !== undefined) await members.setPolicy(caller, params.userId, policy ?? undefined, origin)
  return {}
})

export const DELETE = projectRoute<Params>(async ({ params, caller, origin }) => {
  await system().members.remove(caller, params.userId, origin)
  return {}
})
