import { randomUUID } from 'node:crypto'
import { StoreError } from '../../errors.ts'
import type { Guard } from '../../store/catalog.ts'
import type { DeleteMarker, ObjectRow } from '../../store/model.ts'
import type { CatalogDb } from './catalog-db.ts'
import { bindMarker, MARKER_COLUMNS, OBJECT_COLUMNS, toObject } from './object-rows.ts'
import { columnList, insertInto } from './sql-text.ts'
import { count, type SqlRow } from './row-values.ts'

/** The version of everything that is written while a bucket keeps no versions. */
const NULL_VERSION = 'null'

/** Where a new version goes, and whose parts are to be collected once its own are stored. */
export interface Place {
  sequence: number
  replaced: string | undefined
}

/** What a deletion did: `existed` tells of a current version, `markerId` of the marker that was made. */
export interface Deletion {
  existed: boolean
  markerId: string | undefined
}

/**
 * Steps of transactions on the versions of one key. The latest version of a key is its one with the highest sequence.
 * If that is an object it is `current`; a delete marker never is, so that look-ups and listings do not meet it, and
 * then no version of the key is.
 */
export interface VersionRows {
  /**
   * Makes room for a version: what it replaces goes, what it only supersedes stays as a version.
   * @throws StoreError NoSuchBucket | ConditionalRequestConflict (versioning was switched on meanwhile) | what the guard throws
   */
  makeRoom(object: ObjectRow, guard: Guard | undefined): Place
  /** Deletes as the bucket's versioning says: for good, or under a marker. Parts are collected. */
  removeLatest(
    bucketId: string,
    key: string,
    guard: Guard | undefined,
    marker: MarkerFacts | undefined,
  ): Deletion
  /** Deletes one version for good; its predecessor becomes the latest. */
  removeVersion(
    bucketId: string,
    key: string,
    versionId: string,
    guard: Guard | undefined,
    options?: { onlyNoncurrent?: boolean },
  ): { marker: boolean } | undefined
  /** The row of one version, a delete marker's too. */
  find(bucketId: string, key: string, versionId: string): SqlRow | undefined
}

/** `versionId` for a marker in a bucket that keeps versions. */
export type MarkerFacts = Pick<DeleteMarker, 'versionId' | 'lastModified'>

export function versionRows({
  writer,
  garbage,
  usage,
}: Pick<CatalogDb, 'writer' | 'garbage' | 'usage'>): VersionRows {
  const select = `SELECT ${columnList(OBJECT_COLUMNS)} FROM object_version`
  const bucket = writer.prepare<[string], { versioning: string | null }>(
    'SELECT versioning FROM bucket WHERE bucket_id = ?',
  )
  const current = writer.prepare<[string, string], SqlRow>(
    `${select} WHERE bucket_id = ? AND key = ? AND current = 1`,
  )
  const older = writer.prepare<[string, string, string], SqlRow>(
    `${select} WHERE bucket_id = ? AND key = ? AND version_id = ? AND current = 0`,
  )
  const newestOlder = writer.prepare<[string, string], SqlRow>(
    `${select} WHERE bucket_id = +? AND key = +? AND current = 0 ORDER BY sequence DESC LIMIT 1`,
  )
  const setCurrent = writer.prepare<[number, string]>(
    'UPDATE object_version SET current = ? WHERE object_id = ?',
  )
  const remove = writer.prepare<[string]>('DELETE FROM object_version WHERE object_id = ?')
  const insertMarker = writer.prepare(insertInto('object_version', MARKER_COLUMNS))

  /** Takes a row away; its parts are still to be collected. */
  const take = (row: SqlRow): string => {
    const objectId = row['object_id'] as string
    remove.run(objectId)
    if (row['delete_marker'] === 0) usage.remove(row)
    return objectId
  }
  const demote = (row: SqlRow): void => void setCurrent.run(0, row['object_id'] as string)

  /** Before a new latest version: the null version goes if that is what is written now, any other stays. */
  const supersede = (bucketId: string, key: string, versionId: string, row: SqlRow | undefined): Place => {
    const latest = row ?? newestOlder.get(bucketId, key)
    const sequence = latest === undefined ? 0 : count(latest, 'sequence') + 1
    if (versionId === NULL_VERSION && row?.['version_id'] === NULL_VERSION)
      return { sequence, replaced: take(row) }
    if (row !== undefined) demote(row)
    const replaced = versionId === NULL_VERSION ? older.get(bucketId, key, NULL_VERSION) : undefined
    return { sequence, replaced: replaced && take(replaced) }
  }
  /** Where no row is current, the newest one is a marker or, after a deletion, what lay beneath. */
  const promote = (bucketId: string, key: string): void => {
    if (current.get(bucketId, key) !== undefined) return
    const row = newestOlder.get(bucketId, key)
    if (row?.['delete_marker'] === 0) setCurrent.run(1, row['object_id'] as string)
  }
  const find = (bucketId: string, key: string, versionId: string): SqlRow | undefined => {
    const row = current.get(bucketId, key)
    return row?.['version_id'] === versionId ? row : older.get(bucketId, key, versionId)
  }

  return {
    find,
    makeRoom: (object, guard) => {
      const { bucketId, key, versionId } = object
      const { versioning } = bucket.get(bucketId) ?? missing()
      // What was begun without versions must not replace what was kept since.
      if (versioning === 'Enabled' && versionId === NULL_VERSION) throw conflict()
      const row = current.get(bucketId, key)
      guard?.(row && toObject(row))
      if (versioning === null) return { sequence: 0, replaced: row && take(row) }
      return supersede(bucketId, key, versionId, row)
    },
    removeLatest: (bucketId, key, guard, marker) => {
      const row = current.get(bucketId, key)
      guard?.(row && toObject(row))
      const existed = row !== undefined
      const versioning = bucket.get(bucketId)?.versioning ?? null
      if (versioning === null) {
        if (row !== undefined) garbage.collectObject(take(row))
        return { existed, markerId: undefined }
      }
      if (marker === undefined) throw conflict()
      const versionId = versioning === 'Enabled' ? marker.versionId : NULL_VERSION
      const { sequence, replaced } = supersede(bucketId, key, versionId, row)
      if (replaced !== undefined) garbage.collectObject(replaced)
      insertMarker.run(bindMarker(randomUUID(), { ...marker, bucketId, key, versionId }, sequence))
      return { existed, markerId: versionId }
    },
    removeVersion: (bucketId, key, versionId, guard, { onlyNoncurrent = false } = {}) => {
      const row = find(bucketId, key, versionId)
      const latest = onlyNoncurrent
        ? (current.get(bucketId, key) ?? newestOlder.get(bucketId, key))
        : undefined
      if (latest !== undefined && latest['version_id'] === versionId) throw nowLatest()
      const marker = row?.['delete_marker'] === 1
      guard?.(row === undefined || marker ? undefined : toObject(row))
      if (row === undefined) return undefined
      garbage.collectObject(take(row))
      promote(bucketId, key)
      return { marker }
    },
  }
}

function missing(): never {
  throw new StoreError('NoSuchBucket', 'The specified bucket does not exist')
}

function conflict(): StoreError {
  return new StoreError(
    'ConditionalRequestConflict',
    'Versioning of the bucket was changed meanwhile. Please try again.',
  )
}

function nowLatest(): StoreError {
  return new StoreError(
    'ConditionalRequestConflict',
    'The version is the latest of its key again. Please try again.',
  )
}
