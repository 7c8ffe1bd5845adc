import { userInfo } from 'node:os'
import { createAuditLog } from '../../lib/audit/log.ts'
import { openOfflineAudit } from '../../lib/db/offline-audit.ts'
import { rootFromSecret } from '../../lib/keys/root/root-key.ts'

/** What seals the end of the audit log; the secret is left as it is. */
export function auditKeyOf(secret: Buffer): Buffer {
  return rootFromSecret(Buffer.from(secret)).derive('audit')
}

export interface CommandAct {
  /** `coffer:BackupKeys` */
  action: string
  details: Readonly<Record<string, string | number | boolean>>
}

/**
 * Adds what a command did to the audit log of every project, for it concerns the keys of all. A command knows no member:
 * the log names the account of the machine.
 * @throws DatabaseError
 */
export async function recordAct(databaseFile: string, headKey: Buffer, act: CommandAct): Promise<void> {
  const { repository, projectIds, close } = openOfflineAudit(databaseFile)
  try {
    const log = createAuditLog({ repository, headKey })
    const events = projectIds.map((projectId) => ({
      at: Date.now(),
      projectId,
      actor: { userId: undefined, accessKeyId: undefined, sourceAddress: undefined },
      action: act.action,
      keyId: undefined,
      keyVersion: undefined,
      bucket: undefined,
      objectKey: undefined,
      result: 'Success',
      requestId: undefined,
      details: { ...act.details, account: userInfo().username },
    }))
    await Promise.all(events.map((event) => log.append(event)))
  } finally {
    close()
  }
}
