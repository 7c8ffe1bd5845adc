import type { Lineage, LineageRepository } from '../jobs/claim-blobs.ts'
import type { Sqlite } from './connections.ts'
import { jsonSetting } from './json-setting.ts'
import type { WriterQueue } from './writer-queue.ts'

export function sqliteLineage(reader: Sqlite, writer: Sqlite, queue: WriterQueue): LineageRepository {
  const { get, set } = jsonSetting<Lineage>('lineage', reader, writer, queue)
  return { lineage: get, keepLineage: set }
}
