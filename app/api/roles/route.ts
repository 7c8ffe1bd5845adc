import { apiRoute } from '@/app/_request/route'
import { requireSignedIn } from '@/app/_request/session'
import { system } from '@/app/_request/system'

/** What each role may do. */
export const GET = apiRoute(async () => {
  await requireSignedIn()
  return { roles: system().members.roles() }
})
