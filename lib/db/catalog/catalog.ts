import type { Catalog } from '../../store/catalog.ts'
import type { Connections } from '../connections.ts'
import type { WriterQueue } from '../writer-queue.ts'
import { bucketMethods } from './buckets.ts'
import type { CatalogDb } from './catalog-db.ts'
import { filterMethods } from './filter.ts'
import { garbageMethods, garbageRows } from './garbage.ts'
import { listingMethods } from './listing.ts'
import { objectMethods, objectRows } from './objects.ts'
import { uploadMethods } from './uploads.ts'
import { usageMethods, usageRows } from './usage.ts'

/** The object catalog on SQLite: prepared statements on the driver, writes through the queue. */
export function sqliteCatalog(
  { writer, reader }: Connections,
  queue: WriterQueue,
  garbageGraceMs: number,
): Catalog {
  const db: CatalogDb = {
    writer,
    reader,
    queue,
    garbage: garbageRows(writer, garbageGraceMs),
    usage: usageRows(writer),
  }
  const objects = objectRows(db)
  return {
    ...bucketMethods(db),
    ...objectMethods(db, objects),
    ...listingMethods(reader),
    ...filterMethods(reader),
    ...uploadMethods(db, objects),
    ...garbageMethods(reader, writer, queue),
    ...usageMethods(reader),
  }
}
