import { apiRoute } from '@/app/_request/route'
import { keyServiceState } from '@/app/_request/safety'
import { requireSignedIn } from '@/app/_request/session'

/** For everybody who is signed in: their encrypted files are what waits. */
export const GET = apiRoute(async () => {
  await requireSignedIn()
  return keyServiceState()
})
