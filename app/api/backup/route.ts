import { apiRoute } from '@/app/_request/route'
import { requireSignedIn } from '@/app/_request/session'
import { system } from '@/app/_request/system'
import type { BackupAnswer } from '@/lib/console/schemas-backup'

/** How safe the keys of this installation are; for its administrators, who alone can run the backup commands. */
export const GET = apiRoute(async () => {
  const { user } = await requireSignedIn()
  const backup = user.isAdministrator ? await system().backupState() : null
  return { backup } satisfies BackupAnswer
})
