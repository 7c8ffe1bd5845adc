import type { BackupAnswer } from '@/lib/console/schemas-backup'
import type { KeyServiceState } from '@/lib/console/schemas-key-service'
import { system } from './system'

/** How safe the keys of this installation are; for its administrators, who alone can run the backup commands. */
export async function backupAnswer({ isAdministrator }: { isAdministrator: boolean }): Promise<BackupAnswer> {
  return { backup: isAdministrator ? await system().backupState() : null }
}

export function keyServiceState(): KeyServiceState {
  const services = system().keyServices()
  return { services: services.map(({ name, since }) => ({ name, ...(since && { awaySince: since }) })) }
}
