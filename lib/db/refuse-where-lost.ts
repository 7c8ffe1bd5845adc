import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Sqlite } from './connections.ts'
import { DatabaseError } from './database-error.ts'

/**
 * A database without a table beside stored files is no first start: it was removed, or cut to nothing. Started on, it would
 * take all of them for what a crash left, and sweep them away.
 * @throws DatabaseError
 */
export function refuseWhereLost(db: Sqlite, dataDir: string): void {
  if (db.prepare('SELECT 1 FROM sqlite_master').get() !== undefined) return
  const blobs = join(dataDir, 'blobs')
  if (!holdsFiles(blobs)) return
  throw new DatabaseError(
    `The database ${db.name} is empty, but ${blobs} holds files that it should know.`,
    'Nothing was changed. Restore the whole data folder from a backup; to begin afresh, choose an empty one.',
  )
}

function holdsFiles(folder: string): boolean {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true }).some((entry) => entry.isFile())
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw error
  }
}
