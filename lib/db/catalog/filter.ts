import { setImmediate as others } from 'node:timers/promises'
import type { Catalog } from '../../store/catalog.ts'
import type { FoundObjects } from '../../store/object-filter.ts'
import type { Sqlite } from '../connections.ts'
import { FILTER_CONDITIONS, filterBindings, type FilterBindings } from './filter-conditions.ts'
import { afterPrefix } from './key-order.ts'
import { columnList, OBJECT_COLUMNS, toObject } from './rows.ts'
import type { SqlRow } from './row-values.ts'

/** Entries looked at before the event loop has its turn, and in one request. */
const SLICE = 2_000
const MOST_A_REQUEST = 50_000

/** Above every key: UTF-8 never holds this byte. */
const NO_UPPER = Buffer.from([0xff])

/** lower is included, upper is not; bound as blobs, because neither need be valid UTF-8 */
interface Range {
  bucket: string
  lower: Buffer
  upper: Buffer
}

const KEYS =
  'bucket_id = +@bucket AND current = 1 AND key >= CAST(@lower AS TEXT) AND key < CAST(@upper AS TEXT)'

/** Finding objects by what they are: slice by slice along the keys, so that a rare match blocks nobody. */
export function filterMethods(reader: Sqlite): Pick<Catalog, 'find'> {
  const keyAt = reader
    .prepare<Range & { skip: number }, string>(
      `SELECT key FROM object_version WHERE ${KEYS} ORDER BY key LIMIT 1 OFFSET @skip`,
    )
    .pluck()
  const matching = reader.prepare<Range & FilterBindings & { limit: number }, SqlRow>(
    `SELECT ${columnList(OBJECT_COLUMNS)} FROM object_version WHERE ${KEYS} AND ${FILTER_CONDITIONS} ORDER BY key LIMIT @limit`,
  )
  return {
    find: async (filter, after, limit): Promise<FoundObjects> => {
      const { bucketId: bucket, prefix = '' } = filter
      const bindings = filterBindings(filter)
      const end = afterPrefix(prefix) ?? NO_UPPER
      const rows: SqlRow[] = []
      let lower = firstBound(prefix, after)
      for (let seen = 0; ; seen += SLICE) {
        const last = keyAt.get({ bucket, lower, upper: end, skip: SLICE - 1 })
        const upper = last === undefined ? end : behind(last)
        rows.push(...matching.all({ bucket, lower, upper, ...bindings, limit: limit + 1 - rows.length }))
        if (rows.length > limit) {
          const objects = rows.slice(0, limit).map(toObject)
          return { objects, next: objects.at(-1)!.key }
        }
        if (last === undefined) return { objects: rows.map(toObject), next: undefined }
        if (seen + SLICE >= MOST_A_REQUEST) return { objects: rows.map(toObject), next: last }
        lower = upper
        await others()
      }
    },
  }
}

function firstBound(prefix: string, after: string | undefined): Buffer {
  const start = Buffer.from(prefix)
  const bound = after === undefined ? start : behind(after)
  return Buffer.compare(bound, start) < 0 ? start : bound
}

/** The smallest bound above this key alone. */
function behind(key: string): Buffer {
  return Buffer.from(`${key}\0`)
}
