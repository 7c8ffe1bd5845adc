import type { Lineage, LineageRepository } from '../jobs/claim-blobs.ts'
import type { Sqlite } from './connections.ts'
import type { WriterQueue } from './writer-queue.ts'

/** Row of the setting table; JSON. */
const LINEAGE = 'lineage'

export function sqliteLineage(reader: Sqlite, writer: Sqlite, queue: WriterQueue): LineageRepository {
  const get = reader.prepare<[], Buffer>(`SELECT value FROM setting WHERE name = '${LINEAGE}'`).pluck()
  const set = writer.prepare(
    `INSERT INTO setting (name, value) VALUES ('${LINEAGE}', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
  )
  return {
    lineage: async () => {
      const value = get.get()
      return value && (JSON.parse(value.toString()) as Lineage)
    },
    keepLineage: (lineage) => queue.write(() => void set.run(Buffer.from(JSON.stringify(lineage)))),
  }
}
