import { StoreError } from '../../errors.ts'
import type { Catalog, Guard } from '../../store/catalog.ts'
import type { ObjectRow, PartRow } from '../../store/model.ts'
import type { CatalogDb } from './catalog-db.ts'
import { encryptionMethods, type EncryptionMethods } from './object-encryption.ts'
import {
  bindObject,
  bindPart,
  columnList,
  insertInto,
  OBJECT_COLUMNS,
  PART_COLUMNS,
  toObject,
  toPart,
} from './rows.ts'
import type { SqlRow } from './row-values.ts'

type ObjectMethods = Pick<
  Catalog,
  'findObject' | 'parts' | 'part' | 'commitObject' | 'deleteObject' | 'setTags'
> &
  EncryptionMethods

/** Steps of other transactions (multipart completion) on the current version of a key. */
export interface ObjectRows {
  /** Replaces the current version by this one; counts and collects. @throws StoreError NoSuchBucket | what the guard throws */
  replace(object: ObjectRow, guard: Guard | undefined, storeParts: () => void): void
  putPart(part: PartRow): void
}

export function objectRows({ writer, garbage, usage }: CatalogDb): ObjectRows & {
  removeCurrent(bucketId: string, key: string, guard: Guard | undefined): boolean
} {
  const current = writer.prepare<[string, string], SqlRow>(
    `SELECT ${columnList(OBJECT_COLUMNS)} FROM object_version WHERE bucket_id = ? AND key = ? AND current = 1`,
  )
  const bucketExists = writer.prepare('SELECT 1 FROM bucket WHERE bucket_id = ?')
  const insert = writer.prepare(insertInto('object_version', OBJECT_COLUMNS))
  const insertPart = writer.prepare(insertInto('part', PART_COLUMNS))
  const remove = writer.prepare('DELETE FROM object_version WHERE object_id = ?')

  /** Takes the current version away; its parts are still to be collected. A damaged row can be replaced too. */
  const takeCurrent = (bucketId: string, key: string, guard: Guard | undefined): string | undefined => {
    const row = current.get(bucketId, key)
    guard?.(row && toObject(row))
    if (row === undefined) return undefined
    const objectId = row['object_id'] as string
    remove.run(objectId)
    usage.remove(row)
    return objectId
  }
  return {
    removeCurrent: (bucketId, key, guard) => {
      const taken = takeCurrent(bucketId, key, guard)
      if (taken !== undefined) garbage.collectObject(taken)
      return taken !== undefined
    },
    replace: (object, guard, storeParts) => {
      if (bucketExists.get(object.bucketId) === undefined)
        throw new StoreError('NoSuchBucket', 'The specified bucket does not exist')
      const replaced = takeCurrent(object.bucketId, object.key, guard)
      insert.run(bindObject(object))
      usage.add(object)
      storeParts()
      // Last, because the new version may name blobs of the one it replaces: those are no garbage.
      if (replaced !== undefined) garbage.collectObject(replaced)
    },
    putPart: (part) => void insertPart.run(bindPart(part)),
  }
}

export function objectMethods(db: CatalogDb, rows: ReturnType<typeof objectRows>): ObjectMethods {
  const { reader, writer, queue } = db
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
  const setTags = writer.prepare('UPDATE object_version SET tags = ? WHERE object_id = ?')
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
    deleteObject: (bucketId, key, guard) => queue.write(() => rows.removeCurrent(bucketId, key, guard)),
    setTags: (objectId, tags) => queue.write(() => void setTags.run(JSON.stringify(tags), objectId)),
  }
}

function optional<T>(row: SqlRow | undefined, convert: (row: SqlRow) => T): T | undefined {
  return row && convert(row)
}
