import { fileURLToPath } from 'node:url'
import type { AccountRepository } from '../accounts/account-repository.ts'
import type { MemberRepository } from '../accounts/member-repository.ts'
import type { AuditRepository } from '../audit/audit-repository.ts'
import type { BackupRecords } from '../backup/backup-record.ts'
import type { BatchRepository } from '../batch/batch-repository.ts'
import type { KeyRepository } from '../keys/key-repository.ts'
import type { KeyDependents } from '../kms/dependents.ts'
import type { LineageRepository } from '../jobs/claim-blobs.ts'
import type { LifecycleRepository } from '../jobs/lifecycle-repository.ts'
import type { ScrubRepository } from '../jobs/scrub-repository.ts'
import type { IntegrityRepository } from '../proof/integrity-repository.ts'
import type { Catalog } from '../store/catalog.ts'
import type { IntegrityLog } from '../store/integrity-log.ts'
import { prismaAccounts } from './accounts.ts'
import { sqliteAudit } from './audit/audit.ts'
import { sqliteBackupRecords } from './backup-records.ts'
import { sqliteBatch } from './batch/batch.ts'
import { sqliteCatalog } from './catalog/catalog.ts'
import { openConnections } from './connections.ts'
import { explained } from './explain-sqlite.ts'
import { PrismaClient } from './generated/client.ts'
import { sqliteKeyDependents } from './keys/key-dependents.ts'
import { sqliteKeys } from './keys/keys.ts'
import { sqliteMembers } from './members.ts'
import { sqliteLifecycleRuns } from './lifecycle-runs.ts'
import { sqliteLineage } from './lineage.ts'
import { migrate } from './migrate.ts'
import { queuedPrismaAdapter } from './prisma-adapter.ts'
import { sqliteIntegrity } from './proof/findings.ts'
import { sqliteIntegrityLog } from './proof/integrity-log.ts'
import { sqliteScrub } from './proof/scrub.ts'
import { WalSync } from './wal-sync.ts'
import { WriterQueue } from './writer-queue.ts'

const MIGRATIONS = fileURLToPath(new URL('../../prisma/migrations/sqlite', import.meta.url))

/** Readers of a replaced object version may still be running; its blobs go after this. */
const GARBAGE_GRACE_MS = 15 * 60_000

export interface Database {
  catalog: Catalog
  keys: KeyRepository
  keyDependents: KeyDependents
  accounts: AccountRepository
  members: MemberRepository
  backups: BackupRecords
  audit: AuditRepository
  batch: BatchRepository
  /** findings, written by checks and read by the console */
  integrityLog: IntegrityLog
  integrity: IntegrityRepository
  scrub: ScrubRepository
  lifecycle: LifecycleRepository
  lineage: LineageRepository
  close(): Promise<void>
}

/**
 * Opens the embedded database of a data folder and brings it to this version.
 * @throws DatabaseError when another process uses it, it is newer than this code, or it cannot be used
 */
export async function openDatabase(p: { dataDir: string; garbageGraceMs?: number }): Promise<Database> {
  const connections = openConnections(p.dataDir)
  try {
    migrate(connections.writer, MIGRATIONS)
    const log = new WalSync(connections.file)
    const queue = new WriterQueue(connections.writer, () => log.sync())
    const prisma = new PrismaClient({ adapter: queuedPrismaAdapter(connections.file, queue) })
    return {
      catalog: sqliteCatalog(connections, queue, p.garbageGraceMs ?? GARBAGE_GRACE_MS),
      keys: sqliteKeys(connections.reader, connections.writer, queue),
      keyDependents: sqliteKeyDependents(connections.reader),
      accounts: prismaAccounts(prisma, connections.reader, connections.writer, queue),
      members: sqliteMembers(connections.reader, connections.writer, queue),
      backups: sqliteBackupRecords(connections.reader),
      audit: sqliteAudit(connections.reader, connections.writer, queue),
      batch: sqliteBatch(connections.reader, connections.writer, queue),
      integrityLog: sqliteIntegrityLog(connections.reader, connections.writer, queue),
      integrity: sqliteIntegrity(connections.reader),
      scrub: sqliteScrub(connections.reader, connections.writer, queue),
      lifecycle: sqliteLifecycleRuns(connections.reader, connections.writer, queue),
      lineage: sqliteLineage(connections.reader, connections.writer, queue),
      close: async () => {
        // A log in doubt keeps nobody from closing, which writes it to the database.
        const release = await queue.acquire().catch(() => () => undefined)
        await prisma.$disconnect()
        log.close()
        connections.close()
        release()
      },
    }
  } catch (error) {
    connections.close()
    throw explained(connections.file, error)
  }
}
