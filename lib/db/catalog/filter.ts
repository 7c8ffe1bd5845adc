import { setImmediate as others } from 'node:timers/promises'
import type { Catalog } from '../../store/catalog.ts'
import type { FoundObject, FoundObjects, ObjectFilter } from '../../store/object-filter.ts'
import type { Sqlite } from '../connections.ts'
import { filterBindings } from './filter-conditions.ts'
import { filterPlanner } from './filter-plan.ts'
import { byBytes, slices } from './filter-slices.ts'
import type { KeyRange } from './filter-walks.ts'
import { placeOf, placeText, type FoundPlace } from './found-place.ts'
import { afterPrefix, keyBytes } from './key-order.ts'
import { toObject } from './object-rows.ts'
import { count, text, type SqlRow } from './row-values.ts'

/** Above every key: UTF-8 never holds this byte. */
const NO_UPPER = Buffer.from([0xff])

/**
 * Finding objects by what they are. Objects that are encrypted alike lie together in an index in order of their keys,
 * and the counters say which such groups a bucket has; those that can match are walked side by side, a slice of keys at
 * a time, so that a rare match blocks nobody.
 */
export function filterMethods(reader: Sqlite): Pick<Catalog, 'find'> {
  const planOf = filterPlanner(reader)
  return {
    find: async (filter, after, limit): Promise<FoundObjects> => {
      const plan = planOf(filter)
      const bindings = filterBindings(filter)
      const from = after === undefined ? undefined : placeOf(after)
      const found: SqlRow[] = []
      let seen = 0
      for (const { span, next, entries } of slices(plan, rangeOf(filter), from, limit + 1)) {
        const wanted = limit + 1 - found.length
        found.push(...inOrder(plan.walks.map((walk) => walk.matching(span, bindings, wanted))))
        if (found.length > limit)
          return page(found.slice(0, limit), placeBehind(found[limit - 1]!, plan.newestOlder !== undefined))
        seen += entries
        if (next === undefined || seen >= plan.most) return page(found, next)
        await others()
      }
      return page(found, undefined)
    },
  }
}

function rangeOf({ bucketId: bucket, key, prefix = '' }: ObjectFilter): KeyRange {
  if (key !== undefined) {
    const isBelow = key.startsWith(prefix)
    return { bucket, lower: keyBytes(key), upper: keyBytes(isBelow ? `${key}\0` : key) }
  }
  return { bucket, lower: keyBytes(prefix), upper: afterPrefix(prefix) ?? NO_UPPER }
}

function placeBehind(row: SqlRow, withOlder: boolean): FoundPlace {
  const key = text(row, 'key')
  return withOlder ? { key, below: count(row, 'sequence') } : { key }
}

function inOrder(parts: readonly SqlRow[][]): SqlRow[] {
  const [only = [], ...others] = parts
  if (others.length === 0) return only
  return parts
    .flat()
    .sort((a, b) => byBytes(text(a, 'key'), text(b, 'key')) || count(b, 'sequence') - count(a, 'sequence'))
}

function page(rows: readonly SqlRow[], next: FoundPlace | undefined): FoundObjects {
  return { objects: rows.map(toFound), next: next && placeText(next) }
}

function toFound(row: SqlRow): FoundObject {
  return { ...toObject(row), isLatest: row['current'] === 1 }
}
