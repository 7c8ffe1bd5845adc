import type { LifecyclePosition, LifecycleRepository } from '../jobs/lifecycle-repository.ts'
import { count, flag, json, optional, type SqlRow } from './catalog/row-values.ts'
import type { Sqlite } from './connections.ts'
import type { WriterQueue } from './writer-queue.ts'

/** One row: only the last run counts. */
export function sqliteLifecycleRuns(reader: Sqlite, writer: Sqlite, queue: WriterQueue): LifecycleRepository {
  const last = reader.prepare<[], SqlRow>(
    'SELECT slot, finished, position FROM lifecycle_run ORDER BY slot DESC LIMIT 1',
  )
  const clear = writer.prepare('DELETE FROM lifecycle_run')
  const insert = writer.prepare('INSERT INTO lifecycle_run (slot, finished, position) VALUES (?, ?, ?)')
  return {
    lastRun: async () => {
      const row = last.get()
      return (
        row && {
          slot: count(row, 'slot'),
          finished: flag(row, 'finished'),
          position: optional(row, 'position', json<LifecyclePosition>),
        }
      )
    },
    keepRun: ({ slot, finished, position }) =>
      queue.write(() => {
        clear.run()
        insert.run(slot, Number(finished), position ? JSON.stringify(position) : null)
      }),
  }
}
