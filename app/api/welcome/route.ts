import { apiRoute, jsonBody } from '@/app/_request/route'
import { keepSession } from '@/app/_request/session'
import { system } from '@/app/_request/system'
import { welcomeSchema } from '@/lib/console/schemas'

/** Makes the first administrator, by the one-time link, and signs in. */
export const POST = apiRoute(async ({ request, origin }) => {
  const person = await jsonBody(request, welcomeSchema)
  await keepSession(await system().accounts.createFirstAdministrator({ ...person, origin }))
  return {}
})
