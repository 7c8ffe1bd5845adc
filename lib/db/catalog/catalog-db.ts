import type { Sqlite } from '../connections.ts'
import type { WriterQueue } from '../writer-queue.ts'
import type { GarbageRows } from './garbage.ts'
import type { UsageRows } from './usage.ts'
import type { VersionRows } from './version-rows.ts'

/**
 * What the parts of the catalog share. Statements of `writer` run only inside `queue.write`.
 *
 * Statements with a join or ORDER BY say `column = +?`. SQLite 3.54 plans those with a bare `column = ?` anew
 * whenever the parameters are cleared, which the driver does after each run: a look-up of parts cost 37 µs
 * instead of 14. The sign changes neither the value nor the use of an index (query-plans.test.ts).
 */
export interface CatalogDb {
  writer: Sqlite
  reader: Sqlite
  queue: WriterQueue
  garbage: GarbageRows
  usage: UsageRows
  versions: VersionRows
}
