import type { ObjectFilter } from '../../store/object-filter.ts'
import type { Sqlite } from '../connections.ts'
import { encryptedAlike, type EncryptedAlike } from './encrypted-alike.ts'
import type { Measures } from './filter-slices.ts'
import { filterWalks, newestOlder, type Walk, type Walks } from './filter-walks.ts'

/**
 * Entries looked at in one request: of an index that says enough (1 µs each, so a quarter of a second; whoever waits is
 * shown what was found and how far it is), and where each row must be read.
 */
const MOST_ENTRIES = 250_000
const MOST_ROWS = 50_000
/** More ways than these at once cost more than reading rows that do not match. */
const MOST_WALKS = 64

export interface FilterPlan extends Measures {
  walks: Walk[]
  /** entries in a request */
  most: number
}

/** Which ways lead through a bucket for a filter. A bucket without older versions never pays for them. */
export function filterPlanner(reader: Sqlite): (filter: ObjectFilter) => FilterPlan {
  const { current, older } = filterWalks(reader)
  const groupsOf = encryptedAlike(reader)
  const newest = newestOlder(reader)
  const hasOlder = reader.prepare<[string]>(
    'SELECT 1 FROM object_version WHERE bucket_id = ? AND current = 0 LIMIT 1',
  )
  return (filter) => {
    const isWithOlder = filter.versions === 'all' && hasOlder.get(filter.bucketId) !== undefined
    const kinds = isWithOlder ? [current, older] : [current]
    const measured = { newestOlder: isWithOlder ? newest : undefined }
    const everyRow = (way: (walks: Walks) => Walk): FilterPlan => {
      const walks = kinds.map(way)
      return { ...measured, walks, measures: walks, most: MOST_ROWS }
    }
    if (filter.tag !== undefined) return everyRow(({ tagged }) => tagged)
    if (!isNarrow(filter)) return everyRow(({ everyObject }) => everyObject)
    const groups = groupsOf(filter.bucketId)
    const alike = groups.filter((group) => canMatch(group, filter))
    if (alike.length * kinds.length > MOST_WALKS) return everyRow(({ everyObject }) => everyObject)
    const walks = kinds.flatMap(({ encryptedAlike: walkOf }) => alike.map(walkOf))
    const all = kinds.map(({ everyObject }) => everyObject)
    return { ...measured, walks, measures: alike.length === groups.length ? all : walks, most: MOST_ENTRIES }
  }
}

/** Does it ask for anything that the index of methods knows? */
function isNarrow({ bucketId: _, key: __, prefix: ___, versions: ____, ...asked }: ObjectFilter): boolean {
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
