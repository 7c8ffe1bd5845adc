import { StoreError } from '../../errors.ts'
import type { Catalog } from '../../store/catalog.ts'
import type { ObjectRow } from '../../store/model.ts'
import type { CatalogDb } from './catalog-db.ts'
import type { ObjectRows } from './objects.ts'
import { bindEtag } from './column-groups.ts'
import { OBJECT_COLUMNS, toObject } from './object-rows.ts'
import { assignments, columnList } from './sql-text.ts'
import type { SqlRow } from './row-values.ts'

/** What an append changes; encryption is not among it, so a data key may be wrapped anew meanwhile. */
const GROWN_COLUMNS = [
  'size',
  'etag',
  'sealed_etag',
  'last_modified',
  'object_mac',
  'checksums',
  'part_count',
] as const

function grown(o: ObjectRow) {
  return [o.size, ...bindEtag(o.etag), o.lastModified, o.objectMac ?? null, o.checksums, o.partCount]
}

/** Growth of a version where it lies: one UPDATE, so that no reader sees it gone. */
export function appendMethods(
  { writer, queue, usage, garbage }: CatalogDb,
  rows: Pick<ObjectRows, 'putPart'>,
): Pick<Catalog, 'appendPart'> {
  const current = writer.prepare<[string, string], SqlRow>(
    `SELECT ${columnList(OBJECT_COLUMNS)} FROM object_version WHERE bucket_id = ? AND key = ? AND current = 1`,
  )
  const grow = writer.prepare(`UPDATE object_version SET ${assignments(GROWN_COLUMNS)} WHERE object_id = ?`)
  return {
    appendPart: (from, to, part, guard) =>
      queue.write(() => {
        const row = current.get(from.bucketId, from.key)
        const now = row && toObject(row)
        guard(now)
        if (row === undefined || now?.objectId !== from.objectId || now.size !== from.size) throw conflict()
        usage.grow(row, to.size - from.size)
        garbage.collectPart(part.objectId, part.number)
        rows.putPart(part)
        grow.run(...grown(to), from.objectId)
      }),
  }
}

function conflict(): StoreError {
  return new StoreError('ConditionalRequestConflict', 'The object was changed meanwhile. Please try again.')
}
