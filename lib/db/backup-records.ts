import type { BackupFacts, BackupRecord, BackupRecords, VerifiedRecord } from '../backup/backup-record.ts'
import type { Sqlite } from './connections.ts'

/** Rows of the setting table; JSON of the records. */
export const BACKUP_MADE = 'key-backup-made'
export const BACKUP_VERIFIED = 'key-backup-verified'

/** What the running server may know of backups: the records that the commands left, and what lies here now. */
export function sqliteBackupRecords(reader: Sqlite): BackupRecords {
  const facts = backupFactsOf(reader)
  return { backupFacts: async () => facts() }
}

/** One moment of the database, on the connection it is given. */
export function backupFactsOf(db: Sqlite): () => BackupFacts {
  const setting = db.prepare<[string], { value: Buffer }>('SELECT value FROM setting WHERE name = ?')
  const versions = db
    .prepare<[], string>(
      `SELECT key_id || '/' || version FROM key_version WHERE length(wrapped_material) > 0 ORDER BY key_id, version`,
    )
    .pluck()
  const record = <T>(name: string): T | undefined => {
    const value = setting.get(name)?.value
    return value && (JSON.parse(value.toString()) as T)
  }
  return db.transaction(() => ({
    made: record<BackupRecord>(BACKUP_MADE),
    verified: record<VerifiedRecord>(BACKUP_VERIFIED),
    rootCheckValue: setting.get('root-check-value')?.value.toString('hex'),
    versions: versions.all(),
  }))
}
