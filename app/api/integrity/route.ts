import { integrityJson } from '@/app/_request/reshape-proof'
import { projectRoute } from '@/app/_request/route'
import { system } from '@/app/_request/system'

/** What the last and the running round saw of the project, and when the next is due. */
export const GET = projectRoute(async ({ caller, origin, person }) =>
  integrityJson(await system().integrity.state(caller, person.user.isAdministrator, origin)),
)

/** A round begins now. */
export const POST = projectRoute(async ({ caller, origin }) => {
  await system().integrity.startRound(caller, origin)
  return {}
})
