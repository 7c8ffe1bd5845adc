import type { Sqlite } from './connections.ts'

/**
 * Runs writes whose deleted bytes must go at once: SQLite leaves them in the file until their place is needed. The
 * journal keeps the pages as they were until it is written over.
 */
export function overwriting<T>(writer: Sqlite, work: () => T): T {
  writer.pragma('secure_delete = ON')
  try {
    return work()
  } finally {
    writer.pragma('secure_delete = OFF')
  }
}
