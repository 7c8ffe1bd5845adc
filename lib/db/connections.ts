import { accessSync, closeSync, constants, openSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { makeFolder } from '../make-folder.ts'
import { DatabaseError } from './database-error.ts'
import { explained } from './explain-sqlite.ts'
import { hasCode } from './has-code.ts'

export type Sqlite = Database.Database

/** The connections of one open data folder. All of them use the one SQLite library of the process. */
export interface Connections {
  file: string
  /** every write of the catalog, through the writer queue */
  writer: Sqlite
  /** query_only: sees what was committed, never waits for the writer (WAL) */
  reader: Sqlite
  close(): void
}

/**
 * Opens `<dataDir>/coffer.db`: WAL with synchronous=NORMAL, which keeps the database whole at a power cut but not the last
 * commits: those are synced by the writer queue before anybody is answered. Foreign keys on. A second process is kept out
 * by an exclusive lock on `coffer.lock`, which the system releases when this process dies.
 * @throws DatabaseError when another process uses the folder, or its files cannot be used; the system's error, with the
 *   path, when this user may not
 */
export function openConnections(dataDir: string): Connections {
  makeFolder(dataDir, 0o700)
  const opened: Sqlite[] = [takeLock(ownersOnly(join(dataDir, 'coffer.lock')))]
  const file = join(dataDir, 'coffer.db')
  const close = (): void => {
    for (const connection of opened.reverse()) connection.close()
  }
  try {
    const writer = new Database(ownersOnly(file))
    opened.push(writer)
    writer.pragma('journal_mode = WAL')
    writer.pragma('synchronous = NORMAL')
    writer.pragma('foreign_keys = ON')
    writer.pragma('temp_store = MEMORY')
    writer.pragma('cache_size = -65536')
    const reader = new Database(file)
    opened.push(reader)
    reader.pragma('query_only = ON')
    reader.pragma('temp_store = MEMORY')
    reader.pragma('cache_size = -65536')
    return { file, writer, reader, close }
  } catch (error) {
    close()
    throw explained(file, error)
  }
}

function takeLock(path: string): Sqlite {
  let lock: Sqlite | undefined
  try {
    lock = new Database(path, { timeout: 0 })
    lock.pragma('locking_mode = EXCLUSIVE')
    lock.exec('BEGIN EXCLUSIVE')
    return lock
  } catch (error) {
    lock?.close()
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY'))
      throw new DatabaseError(
        'Another Coffer is running on this data folder.',
        'Stop it first, or choose another folder with COFFER_DATA_DIR.',
      )
    throw explained(path, error)
  }
}

/**
 * Makes the file readable by its owner only, whatever the folder and the umask say; SQLite gives its journals the
 * same mode. A file that exists is not opened: closing it would drop the locks this process may hold on it.
 */
function ownersOnly(path: string): string {
  try {
    closeSync(openSync(path, 'ax', 0o600))
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  }
  // SQLite would open for reading what it may not write, and then an exclusive lock keeps nobody out.
  accessSync(path, constants.R_OK | constants.W_OK)
  return path
}
