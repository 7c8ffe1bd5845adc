import { meOf } from '@/app/_request/me'
import { apiRoute } from '@/app/_request/route'
import { requireSignedIn } from '@/app/_request/session'

export const GET = apiRoute(async ({ query }) => meOf(await requireSignedIn(), query.project))
