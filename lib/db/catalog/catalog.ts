import type { Catalog } from '../../store/catalog.ts'
import type { Connections } from '../connections.ts'
import type { WriterQueue } from '../writer-queue.ts'
import { appendMethods } from './appends.ts'
import { bucketMethods } from './buckets.ts'
import type { CatalogDb } from './catalog-db.ts'
import { coverageMethods } from './coverage.ts'
import { filterMethods } from './filter.ts'
import { garbageMethods, garbageRows } from './garbage.ts'
import { listingMethods } from './listing.ts'
import { objectMethods, objectRows } from './objects.ts'
import { uploadMethods } from './uploads.ts'
import { usageMethods, usageRows } from './usage.ts'
import { versionRows } from './version-rows.ts'
import { versionMethods } from './versions.ts'

/** The object catalog on SQLite: prepared statements on the driver, writes through the queue. */
export function sqliteCatalog(
  { writer, reader }: Connections,
  queue: WriterQueue,
  garbageGraceMs: number,
): Catalog {
  const counted = { writer, garbage: garbageRows(writer, garbageGraceMs), usage: usageRows(writer) }
  const db: CatalogDb = { ...counted, reader, queue, versions: versionRows(counted) }
  const objects = objectRows(db)
  return {
    settled: () => queue.settled(),
    ...bucketMethods(db),
    ...objectMethods(db, objects),
    ...appendMethods(db, objects),
    ...versionMethods(db),
    ...listingMethods(reader),
    ...filterMethods(reader),
    ...uploadMethods(db, objects),
    ...garbageMethods(reader, writer, queue),
    ...usageMethods(reader),
    ...coverageMethods(reader),
  }
}
