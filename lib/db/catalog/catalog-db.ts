import type { Sqlite } from '../connections.ts'
import type { WriterQueue } from '../writer-queue.ts'
import type { GarbageRows } from './garbage.ts'
import type { UsageRows } from './usage.ts'

/** What the parts of the catalog share. Statements of `writer` run only inside `queue.write`. */
export interface CatalogDb {
  writer: Sqlite
  reader: Sqlite
  queue: WriterQueue
  garbage: GarbageRows
  usage: UsageRows
}
