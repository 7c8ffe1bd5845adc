import { setImmediate as others } from 'node:timers/promises'
import type { Catalog } from '../../store/catalog.ts'
import type { FoundObjects, ObjectFilter } from '../../store/object-filter.ts'
import type { Sqlite } from '../connections.ts'
import { encryptedAlike, type EncryptedAlike } from './encrypted-alike.ts'
import { filterBindings } from './filter-conditions.ts'
import { filterWalks, type KeyRange, type Walk } from './filter-walks.ts'
import { afterPrefix, isBefore, keyBytes, type KeyBound } from './key-order.ts'
import { toObject } from './rows.ts'
import type { SqlRow } from './row-values.ts'

/** Entries looked at before the event loop has its turn. */
const SLICE = 4_096
/** Entries looked at in one request: of an index that says enough, and where each row must be read. */
const MOST_ENTRIES = 2_000_000
const MOST_ROWS = 50_000
/** More ways than these at once cost more than reading rows that do not match. */
const MOST_WALKS = 64

/** Above every key: UTF-8 never holds this byte. */
const NO_UPPER = Buffer.from([0xff])

interface Plan {
  walks: Walk[]
  /** what measures a slice: the walks, or every object where the walks together pass all of them */
  measures: Walk[]
  /** entries in a request */
  most: number
}

/**
 * Finding objects by what they are. Objects that are encrypted alike lie together in an index in order of their keys,
 * and the counters say which such groups a bucket has; those that can match are walked side by side, a slice of keys at
 * a time, so that a rare match blocks nobody.
 */
export function filterMethods(reader: Sqlite): Pick<Catalog, 'find'> {
  const planOf = planner(reader)
  return {
    find: async (filter, after, limit): Promise<FoundObjects> => {
      const { walks, measures, most } = planOf(filter)
      const bindings = filterBindings(filter)
      const end = afterPrefix(filter.prefix ?? '') ?? NO_UPPER
      const range: KeyRange = { bucket: filter.bucketId, lower: firstBound(filter, after), upper: end }
      const found: SqlRow[] = []
      // What matches often fills the page with the first, short slice; what is rare deserves longer ones.
      for (let seen = 0, slice = limit + 1; ; slice = Math.min(4 * slice, SLICE)) {
        const last = endOfSlice(measures, { ...range, upper: end }, slice)
        range.upper = last === undefined ? end : behind(last)
        const wanted = limit + 1 - found.length
        found.push(...inKeyOrder(walks.map((walk) => walk.matching(range, bindings, wanted))))
        if (found.length > limit) return page(found.slice(0, limit), keyOf(found[limit - 1]!))
        if (last === undefined) return page(found, undefined)
        seen += slice
        if (seen >= most) return page(found, last)
        range.lower = range.upper
        await others()
      }
    },
  }
}

function planner(reader: Sqlite): (filter: ObjectFilter) => Plan {
  const walks = filterWalks(reader)
  const groupsOf = encryptedAlike(reader)
  const everyRow = (walk: Walk): Plan => ({ walks: [walk], measures: [walk], most: MOST_ROWS })
  return (filter) => {
    if (filter.tag !== undefined) return everyRow(walks.tagged)
    if (!isNarrow(filter)) return everyRow(walks.everyObject)
    const groups = groupsOf(filter.bucketId)
    const alike = groups.filter((group) => canMatch(group, filter))
    if (alike.length > MOST_WALKS) return everyRow(walks.everyObject)
    const narrowed = alike.map(walks.encryptedAlike)
    const measures = alike.length === groups.length ? [walks.everyObject] : narrowed
    return { walks: narrowed, measures, most: MOST_ENTRIES }
  }
}

/** Does it ask for anything that the index of methods knows? */
function isNarrow({ bucketId: _, prefix: __, tag: ___, ...asked }: ObjectFilter): boolean {
  return Object.values(asked).some((value) => value !== undefined)
}

function canMatch({ mode, suite, keyId, keyVersion }: EncryptedAlike, filter: ObjectFilter): boolean {
  const { modes, suites, keyVersionBelow } = filter
  return (
    (modes === undefined || modes.some((wanted) => wanted === mode)) &&
    (suites === undefined || suites.some((wanted) => wanted === suite)) &&
    (filter.keyId === undefined || filter.keyId === keyId) &&
    (keyVersionBelow === undefined || (keyVersion !== null && keyVersion < keyVersionBelow))
  )
}

/** The key up to which all measures together have no more than `slice` entries; undefined: all of them end before. */
function endOfSlice(measures: readonly Walk[], range: KeyRange, slice: number): string | undefined {
  const each = Math.ceil(slice / measures.length)
  const ends = measures.flatMap((walk) => walk.keyAt(range, each - 1) ?? [])
  return ends.sort(byBytes)[0]
}

function inKeyOrder(parts: readonly SqlRow[][]): SqlRow[] {
  const [only = [], ...others] = parts
  return others.length === 0 ? only : parts.flat().sort((a, b) => byBytes(keyOf(a), keyOf(b)))
}

function page(rows: readonly SqlRow[], next: string | undefined): FoundObjects {
  return { objects: rows.map(toObject), next }
}

function firstBound({ prefix = '' }: ObjectFilter, after: string | undefined): KeyBound {
  const start = keyBytes(prefix)
  const bound = after === undefined ? start : behind(after)
  return isBefore(bound, start) ? start : bound
}

/** The smallest bound above this key alone. */
function behind(key: string): KeyBound {
  return keyBytes(`${key}\0`)
}

function keyOf(row: SqlRow): string {
  return row['key'] as string
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(keyBytes(a), keyBytes(b))
}
