import { createHash, randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Sqlite } from './connections.ts'
import { DatabaseError } from './database-error.ts'

interface Migration {
  name: string
  sql: string
  checksum: string
}

const HISTORY = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" TEXT PRIMARY KEY NOT NULL, "checksum" TEXT NOT NULL, "finished_at" DATETIME, "migration_name" TEXT NOT NULL, "logs" TEXT,
  "rolled_back_at" DATETIME, "started_at" DATETIME NOT NULL DEFAULT current_timestamp, "applied_steps_count" INTEGER UNSIGNED NOT NULL DEFAULT 0)`

/**
 * Applies the reviewed SQL that is not applied yet, each file and its row of Prisma's own history table in one
 * transaction, so that `prisma migrate status` sees the same history.
 * @throws DatabaseError when an applied migration changed or the database is newer than this code
 */
export function migrate(db: Sqlite, folder: string): void {
  db.exec(HISTORY)
  const known = readMigrations(folder)
  const applied = db
    .prepare(
      'SELECT migration_name AS name, checksum FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY migration_name',
    )
    .all() as { name: string; checksum: string }[]
  for (const { name, checksum } of applied) {
    const migration = known.find((candidate) => candidate.name === name)
    if (migration === undefined)
      throw new DatabaseError(
        `The database was made by a newer Coffer (it has migration ${name}).`,
        'Start that version, or restore a backup made by this one.',
      )
    if (migration.checksum !== checksum)
      throw new DatabaseError(
        `Migration ${name} is not the one that made this database.`,
        'Restore the file prisma/migrations/sqlite/' + name + '/migration.sql as it was released.',
      )
  }
  const done = new Set(applied.map(({ name }) => name))
  for (const migration of known) if (!done.has(migration.name)) apply(db, migration)
}

/**
 * For commands that only read: they leave a database of another version as it is.
 * @throws DatabaseError unless exactly the migrations of this code were applied
 */
export function refuseUnlessMigrated(db: Sqlite, folder: string): void {
  if (db.prepare('SELECT 1 FROM sqlite_master').get() === undefined)
    throw new DatabaseError(
      `The database ${db.name} is empty: perhaps it was copied without its coffer.db-wal.`,
      'Take the whole data folder, or restore it from a backup.',
    )
  const table = db
    .prepare(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '_prisma_migrations'`)
    .get()
  const names = (sql: string): string[] => db.prepare<[], string>(sql).pluck().all()
  const applied =
    table === undefined
      ? []
      : names(
          'SELECT migration_name FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY migration_name',
        )
  const known = readMigrations(folder).map(({ name }) => name)
  if (applied.join() === known.join()) return
  throw new DatabaseError(
    'The database was made by another version of Coffer than this one.',
    'If it is older, start Coffer once on it (or on a copy of the folder), which brings it up to date; if it is newer, use that version.',
  )
}

function readMigrations(folder: string): Migration[] {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
  return names.sort().map((name) => {
    const sql = readFileSync(join(folder, name, 'migration.sql'), 'utf8')
    return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
  })
}

/**
 * Foreign keys go off before BEGIN: rebuilding a table under ON DELETE CASCADE would delete every child row. What
 * was not checked meanwhile is checked before COMMIT.
 */
function apply(db: Sqlite, { name, sql, checksum }: Migration): void {
  db.pragma('foreign_keys = OFF')
  try {
    db.transaction(() => {
      db.exec(sql)
      if ((db.pragma('foreign_key_check') as unknown[]).length > 0)
        throw new DatabaseError(
          `Migration ${name} would leave rows that refer to nothing.`,
          'The database is as it was. Start the version that made it, and report this.',
        )
      db.prepare(
        'INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count) VALUES (?, ?, ?, ?, 1)',
      ).run(randomUUID(), checksum, Date.now(), name)
    }).immediate()
  } finally {
    db.pragma('foreign_keys = ON')
  }
}
