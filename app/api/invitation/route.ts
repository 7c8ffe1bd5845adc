import { offerJson } from '@/app/_request/reshape-members'
import { apiRoute, jsonBody } from '@/app/_request/route'
import { keepSession, requireSignedIn } from '@/app/_request/session'
import { system } from '@/app/_request/system'
import { acceptInvitationSchema, tokenQuerySchema } from '@/lib/console/schemas-members'

/** What the link offers; whoever has it may ask, signed in or not. */
export const GET = apiRoute(async ({ query }) =>
  offerJson(await system().members.offer(tokenQuerySchema.parse(query).token)),
)

/** Accepts, with a new account, which is then signed in, or as the person who is. */
export const POST = apiRoute(async ({ request, origin }) => {
  const { token, account } = await jsonBody(request, acceptInvitationSchema)
  const { members } = system()
  if (account === undefined) {
    const person = await requireSignedIn()
    const { projectId } = await members.acceptAsUser(person.user, token, origin)
    await keepSession(person, projectId)
    return { projectId }
  }
  const { session, projectId } = await members.acceptAsNewUser({ token, ...account }, origin)
  await keepSession(session, projectId)
  return { projectId }
})
