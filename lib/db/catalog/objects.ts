import type { Catalog, Guard } from '../../store/catalog.ts'
import type { ObjectRow, PartRow } from '../../store/model.ts'
import type { CatalogDb } from './catalog-db.ts'
import { encryptionMethods, type EncryptionMethods } from './object-encryption.ts'
import { bindObject, OBJECT_COLUMNS, toObject } from './object-rows.ts'
import { bindPart, PART_COLUMNS, toPart } from './part-rows.ts'
import { columnList, insertInto } from './sql-text.ts'
import type { SqlRow } from './row-values.ts'

type ObjectMethods = Pick<Catalog, 'findObject' | 'parts' | 'part' | 'commitObject'> & EncryptionMethods

/** Steps of other transactions (multipart completion) on the versions of a key. */
export interface ObjectRows {
  /** Makes this version the current one; counts and collects. @throws what `VersionRows.makeRoom` throws */
  replace(object: ObjectRow, guard: Guard | undefined, storeParts: () => void): void
  putPart(part: PartRow): void
}

export function objectRows({ writer, garbage, usage, versions }: CatalogDb): ObjectRows {
  const insert = writer.prepare(insertInto('object_version', OBJECT_COLUMNS))
  const insertPart = writer.prepare(insertInto('part', PART_COLUMNS))
  return {
    replace: (object, guard, storeParts) => {
      const { sequence, replaced } = versions.makeRoom(object, guard)
      insert.run(bindObject(object, sequence))
      usage.add(object)
      storeParts()
      // Last, because the new version may name blobs of the one it replaces: those are no garbage.
      if (replaced !== undefined) garbage.collectObject(replaced)
    },
    putPart: (part) => void insertPart.run(bindPart(part)),
  }
}

export function objectMethods(db: CatalogDb, rows: ObjectRows): ObjectMethods {
  const { reader, queue } = db
  const select = `SELECT ${columnList(PART_COLUMNS)} FROM part`
  const find = reader.prepare<[string, string], SqlRow>(
    `SELECT ${columnList(OBJECT_COLUMNS)} FROM object_version WHERE bucket_id = ? AND key = ? AND current = 1`,
  )
  const allParts = reader.prepare<[string], SqlRow>(`${select} WHERE object_id = +? ORDER BY number`)
  // Begins at the last part that starts at or before the range, so the index visits only what overlaps.
  const overlapping = reader.prepare<{ id: string; start: number; end: number }, SqlRow>(
    `${select} WHERE object_id = +@id AND "offset" >= (SELECT MAX("offset") FROM part WHERE object_id = +@id AND "offset" <= @start) AND "offset" <= @end ORDER BY "offset", number`,
  )
  const onePart = reader.prepare<[string, number], SqlRow>(`${select} WHERE object_id = ? AND number = ?`)
  return {
    ...encryptionMethods(db, rows),
    findObject: async (bucketId, key) => optional(find.get(bucketId, key), toObject),
    parts: async (objectId, range) =>
      (range
        ? overlapping.all({ id: objectId, start: range.start, end: range.endInclusive })
        : allParts.all(objectId)
      ).map(toPart),
    part: async (objectId, number) => optional(onePart.get(objectId, number), toPart),
    commitObject: (object, parts, guard) =>
      queue.write(() =>
        rows.replace(object, guard, () => {
          for (const part of parts) rows.putPart(part)
        }),
      ),
  }
}

function optional<T>(row: SqlRow | undefined, convert: (row: SqlRow) => T): T | undefined {
  return row && convert(row)
}
