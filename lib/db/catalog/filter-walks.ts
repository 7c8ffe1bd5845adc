import type { Sqlite } from '../connections.ts'
import { ALIKE, bindAlike, type EncryptedAlike } from './encrypted-alike.ts'
import { FILTER_CONDITIONS, type FilterBindings } from './filter-conditions.ts'
import { columnList, OBJECT_COLUMNS } from './rows.ts'
import type { SqlRow } from './row-values.ts'

/** Part of a bucket's keys: lower is included, upper is not. Bound as blobs, because neither need be valid UTF-8. */
export interface KeyRange {
  bucket: string
  lower: Buffer
  upper: Buffer
}

/** A way through some of a bucket's objects in order of their keys. */
export interface Walk {
  /** the key of the entry `skip` entries on; undefined: there are not that many */
  keyAt(range: KeyRange, skip: number): string | undefined
  matching(range: KeyRange, filter: FilterBindings, limit: number): SqlRow[]
}

export interface Walks {
  everyObject: Walk
  tagged: Walk
  encryptedAlike(method: EncryptedAlike): Walk
}

const IN_RANGE =
  'bucket_id = +@bucket AND current = 1 AND key >= CAST(@lower AS TEXT) AND key < CAST(@upper AS TEXT)'

/** The index is named: the choice is made here, by the filter, and not by what the planner guesses of a bucket. */
export function filterWalks(reader: Sqlite): Walks {
  const alike = walk(reader, 'object_version_found', `${ALIKE} AND `)
  return {
    everyObject: walk(reader, 'object_version_current')({}),
    tagged: walk(reader, 'object_version_tagged', `tags <> '{}' AND `)({}),
    encryptedAlike: (method) => alike(bindAlike(method)),
  }
}

function walk(reader: Sqlite, index: string, also = ''): (bound: object) => Walk {
  const from = `FROM object_version INDEXED BY ${index} WHERE ${also}${IN_RANGE}`
  const keyAt = reader
    .prepare<unknown[], string>(`SELECT key ${from} ORDER BY key LIMIT 1 OFFSET @skip`)
    .pluck()
  const matching = reader.prepare<unknown[], SqlRow>(
    `SELECT ${columnList(OBJECT_COLUMNS)} ${from} AND ${FILTER_CONDITIONS} ORDER BY key LIMIT @limit`,
  )
  return (bound) => ({
    keyAt: (range, skip) => keyAt.get({ ...bound, ...range, skip }),
    matching: (range, filter, limit) => matching.all({ ...filter, ...bound, ...range, limit }),
  })
}
