import type { Sqlite } from '../connections.ts'
import { ALIKE, bindAlike, type EncryptedAlike } from './encrypted-alike.ts'
import { FILTER_CONDITIONS, type FilterBindings } from './filter-conditions.ts'
import { OBJECT_COLUMNS } from './object-rows.ts'
import { columnList } from './sql-text.ts'
import type { SqlRow } from './row-values.ts'

/** Part of a bucket's keys: lower is included, upper is not. Bound as blobs, because neither need be valid UTF-8. */
export interface KeyRange {
  bucket: string
  lower: Buffer
  upper: Buffer
}

/** Part of a key's versions, by sequence: from is included, below is not. */
export interface VersionRange {
  bucket: string
  key: string
  from: number
  below: number
}

export type Span = KeyRange | VersionRange

/** A way through some of a bucket's versions in order of their keys, those of a key newest first. */
export interface Walk {
  /** the key of the entry `skip` entries on; undefined: there are not that many */
  keyAt(range: KeyRange, skip: number): string | undefined
  matching(span: Span, filter: FilterBindings, limit: number): SqlRow[]
}

export interface Walks {
  everyObject: Walk
  tagged: Walk
  encryptedAlike(method: EncryptedAlike): Walk
}

/** Current versions and all others lie in indexes, or parts of one, of their own. */
interface Versions {
  are: string
  every: string
  tagged: string
  orderOfKeys: string
  orderInKey: string
}
const CURRENT: Versions = {
  are: 'current = 1',
  every: 'object_version_current',
  tagged: 'object_version_tagged',
  orderOfKeys: 'ORDER BY key',
  orderInKey: '',
}
const OLDER: Versions = {
  are: 'current = 0',
  every: 'object_version_noncurrent',
  tagged: 'object_version_noncurrent_tagged',
  orderOfKeys: 'ORDER BY key, sequence DESC',
  orderInKey: 'ORDER BY sequence DESC',
}

const IN_KEYS = 'bucket_id = +@bucket AND key >= CAST(@lower AS TEXT) AND key < CAST(@upper AS TEXT)'
const IN_KEY = 'bucket_id = +@bucket AND key = +@key AND sequence >= @from AND sequence < @below'

/** The index is named: the choice is made here, by the filter, and not by what the planner guesses of a bucket. */
export function filterWalks(reader: Sqlite): { current: Walks; older: Walks } {
  const of = (versions: Versions): Walks => {
    const alike = walk(reader, versions, 'object_version_found', `delete_marker = 0 AND ${ALIKE} AND `)
    return {
      everyObject: walk(reader, versions, versions.every)({}),
      tagged: walk(reader, versions, versions.tagged, `tags <> '{}' AND `)({}),
      encryptedAlike: (method) => alike(bindAlike(method)),
    }
  }
  return { current: of(CURRENT), older: of(OLDER) }
}

function walk(reader: Sqlite, versions: Versions, index: string, also = ''): (bound: object) => Walk {
  const from = `FROM object_version INDEXED BY ${index} WHERE ${also}${versions.are} AND `
  const select = `SELECT ${columnList(OBJECT_COLUMNS)} ${from}`
  const keyAt = reader
    .prepare<unknown[], string>(`SELECT key ${from}${IN_KEYS} ORDER BY key LIMIT 1 OFFSET @skip`)
    .pluck()
  const ofKeys = reader.prepare<unknown[], SqlRow>(
    `${select}${IN_KEYS} AND ${FILTER_CONDITIONS} ${versions.orderOfKeys} LIMIT @limit`,
  )
  const ofKey = reader.prepare<unknown[], SqlRow>(
    `${select}${IN_KEY} AND ${FILTER_CONDITIONS} ${versions.orderInKey} LIMIT @limit`,
  )
  return (bound) => ({
    keyAt: (range, skip) => keyAt.get({ ...bound, ...range, skip }),
    matching: (span, filter, limit) =>
      ('key' in span ? ofKey : ofKeys).all({ ...filter, ...bound, ...span, limit }),
  })
}

/** The sequence of a key's newest version that is not current and comes before `below`; markers count. */
export type NewestOlder = (bucket: string, key: string, below: number) => number | undefined

export function newestOlder(reader: Sqlite): NewestOlder {
  const find = reader
    .prepare<unknown[], number>(
      `SELECT sequence FROM object_version INDEXED BY ${OLDER.every}
       WHERE bucket_id = +@bucket AND key = +@key AND current = 0 AND sequence < @below ORDER BY sequence DESC LIMIT 1`,
    )
    .pluck()
  return (bucket, key, below) => find.get({ bucket, key, below })
}
