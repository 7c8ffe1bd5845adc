import { StoreError } from '../../errors.ts'
import type { Catalog } from '../../store/catalog.ts'
import type { CatalogDb } from './catalog-db.ts'
import { bindState, OBJECT_COLUMNS, STATE_COLUMNS, toMarker, toObject, toVersion } from './object-rows.ts'
import { columnList } from './sql-text.ts'
import type { SqlRow } from './row-values.ts'
import { versionLister } from './version-listing.ts'

type VersionMethods = Pick<
  Catalog,
  'findVersion' | 'latestMarker' | 'deleteObject' | 'deleteVersion' | 'changeVersion' | 'listVersions'
>

export function versionMethods(db: CatalogDb): VersionMethods {
  const { reader, writer, queue, versions } = db
  const { current, older, newestOlder } = lookUps(db)
  const setState = writer.prepare(
    `UPDATE object_version SET tags = ?, storage_class = ?, ${STATE_COLUMNS.map((column) => `${column} = ?`).join(', ')} WHERE object_id = ?`,
  )
  return {
    findVersion: async (bucketId, key, versionId) => {
      const row = current.get(bucketId, key)
      const found = row?.['version_id'] === versionId ? row : older.get(bucketId, key, versionId)
      return found && toVersion(found)
    },
    latestMarker: async (bucketId, key) => {
      const row = newestOlder.get(bucketId, key)
      return row?.['delete_marker'] === 1 ? toMarker(row) : undefined
    },
    deleteObject: (bucketId, key, guard, marker) =>
      queue.write(() => versions.removeLatest(bucketId, key, guard, marker)),
    deleteVersion: (bucketId, key, versionId, guard, options) =>
      queue.write(() => versions.removeVersion(bucketId, key, versionId, guard, options)),
    changeVersion: (bucketId, key, versionId, change) =>
      queue.write(() => {
        const row = versions.find(bucketId, key, versionId)
        if (row === undefined || row['delete_marker'] === 1)
          throw new StoreError('NoSuchVersion', 'The specified version does not exist.', { key, versionId })
        const before = toObject(row)
        const after = { ...before, ...change(before) }
        setState.run(JSON.stringify(after.tags), after.storageClass, ...bindState(after), row['object_id'])
      }),
    listVersions: versionLister(reader),
  }
}

function lookUps({ reader }: CatalogDb) {
  const select = `SELECT ${columnList(OBJECT_COLUMNS)} FROM object_version`
  return {
    current: reader.prepare<[string, string], SqlRow>(
      `${select} WHERE bucket_id = ? AND key = ? AND current = 1`,
    ),
    older: reader.prepare<[string, string, string], SqlRow>(
      `${select} WHERE bucket_id = ? AND key = ? AND version_id = ? AND current = 0`,
    ),
    newestOlder: reader.prepare<[string, string], SqlRow>(
      `${select} WHERE bucket_id = +? AND key = +? AND current = 0 ORDER BY sequence DESC LIMIT 1`,
    ),
  }
}
