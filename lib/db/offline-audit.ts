import type { AuditRepository } from '../audit/audit-repository.ts'
import { chainLast, chainWriter } from './audit/audit.ts'
import { explained } from './explain-sqlite.ts'
import { connectOffline } from './offline-database.ts'

/** The chain and the projects, as a command beside the server adds to it. */
export interface OfflineAudit {
  repository: Pick<AuditRepository, 'extend'>
  projectIds: readonly string[]
  close(): void
}

/**
 * Opens the audit log for adding to it. The transaction looks at the end of the chain itself, and SQLite lets one
 * process write at a time, so a running server and a command never link to the same record.
 * @throws DatabaseError when there is no database, or it cannot be used
 */
export function openOfflineAudit(file: string): OfflineAudit {
  const db = connectOffline(file, { readonly: false })
  try {
    db.pragma('synchronous = FULL')
    const write = chainWriter(db)
    const last = chainLast(db)
    return {
      repository: {
        extend: async (extendFrom) => {
          try {
            db.transaction(() => {
              const extension = extendFrom(last.get())
              if (extension !== undefined) write(extension)
            }).immediate()
          } catch (error) {
            throw explained(file, error)
          }
        },
      },
      projectIds: db.prepare<[], string>('SELECT project_id FROM project ORDER BY project_id').pluck().all(),
      close: () => void db.close(),
    }
  } catch (error) {
    db.close()
    throw explained(file, error)
  }
}
