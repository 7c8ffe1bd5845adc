import Database from 'better-sqlite3'
import { DatabaseError } from './database-error.ts'

const RESTORE = 'Restore the whole data folder from a backup (README, "Back up the keys").'
const OWNER =
  'Give the data folder and all that is in it to the account that runs Coffer; on a read-only disk, choose another place with COFFER_DATA_DIR.'
const ROOM = 'Make room on it, then try again: what was acknowledged is there.'

/** By the beginning of SQLite's code; the first that fits says it. */
const EXPLANATIONS: readonly (readonly [code: string, what: string, mend: string])[] = [
  ['SQLITE_NOTADB', 'is no database: something was written over it', RESTORE],
  ['SQLITE_CORRUPT', 'is damaged: it was cut short or written over, or its disk failed', RESTORE],
  ['SQLITE_FULL', 'cannot be written: the disk is full', ROOM],
  ['SQLITE_IOERR_SHM', 'cannot be opened: the disk has no room for its index, or does not allow one', ROOM],
  [
    'SQLITE_IOERR',
    'cannot be read or written: its disk fails',
    'See what the system says of the disk (dmesg), and copy the data folder away before anything else.',
  ],
  ['SQLITE_CANTOPEN', 'or a file beside it cannot be opened by this user', OWNER],
  ['SQLITE_READONLY', 'or a file beside it may not be written by this user', OWNER],
  ['SQLITE_PERM', 'or a file beside it may not be opened by this user', OWNER],
]

/** What SQLite says of a file that an operator can mend, as a DatabaseError that names it; anything else as it is. */
export function explained(file: string, error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error
  const found = EXPLANATIONS.find(([code]) => error.code.startsWith(code))
  if (found === undefined) return error
  const [, what, mend] = found
  return new DatabaseError(`${file} ${what} (${error.code}).`, mend, { cause: error })
}
