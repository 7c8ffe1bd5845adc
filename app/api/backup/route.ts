import { apiRoute } from '@/app/_request/route'
import { backupAnswer } from '@/app/_request/safety'
import { requireSignedIn } from '@/app/_request/session'

/** How safe the keys of this installation are; `backup` is null for all but its administrators. */
export const GET = apiRoute(async () => backupAnswer((await requireSignedIn()).user))
