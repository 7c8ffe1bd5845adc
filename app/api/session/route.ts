import { remoteAddress } from '@/app/_request/remote-address'
import { apiRoute, jsonBody } from '@/app/_request/route'
import { forgetSession, keepSession, projectOf, requireSignedIn, signedIn } from '@/app/_request/session'
import { system } from '@/app/_request/system'
import { chooseProjectSchema, signInSchema } from '@/lib/console/schemas'

/** Signs in. */
export const POST = apiRoute(async ({ request, requestId }) => {
  const credentials = await jsonBody(request, signInSchema)
  await keepSession(
    await system().accounts.signIn({
      ...credentials,
      remoteAddress: remoteAddress(request.headers),
      requestId,
    }),
  )
  return {}
})

/** Chooses the project to work in. */
export const PATCH = apiRoute(async ({ request }) => {
  const person = await requireSignedIn()
  const { projectId } = await jsonBody(request, chooseProjectSchema)
  await projectOf(person, projectId)
  await keepSession(person, projectId)
  return {}
})

/** Signs out: the session ends on the server too, so a copied cookie is worth nothing. */
export const DELETE = apiRoute(async ({ origin }) => {
  const person = await signedIn()
  if (person) await system().accounts.signOut(person.sessionId, origin)
  await forgetSession()
  return {}
})
