import type { Catalog, ListPage, ListQuery } from '../../store/catalog.ts'
import type { Sqlite } from '../connections.ts'
import { afterPrefix, commonPrefixOf, isBefore, keyBytes, type KeyBound } from './key-order.ts'
import { columnList, OBJECT_COLUMNS, toObject, type SqlRow } from './rows.ts'

// Bounds are bound as blobs: the successor of a prefix need not be valid UTF-8.
const LOWER = 'CAST(@lower AS TEXT)'
const UPPER = 'CAST(@upper AS TEXT)'

interface Bounds {
  bucket: string
  lower: Buffer
  upper: Buffer
}

/** Above every key: UTF-8 never holds this byte. */
const NO_UPPER = Buffer.from([0xff])

/**
 * Listing by a skip-scan over the index (bucket, key): rows are read in order until one rolls up to a common
 * prefix, then the next seek starts behind that prefix. Cost follows what is returned: one row or one seek an entry.
 */
export function listingMethods(reader: Sqlite): Pick<Catalog, 'list'> {
  const select = `SELECT ${columnList(OBJECT_COLUMNS)} FROM object_version WHERE bucket_id = @bucket AND current = 1`
  const from = reader.prepare<Bounds, SqlRow>(`${select} AND key >= ${LOWER} AND key < ${UPPER} ORDER BY key`)
  const after = reader.prepare<Bounds, SqlRow>(`${select} AND key > ${LOWER} AND key < ${UPPER} ORDER BY key`)
  return {
    list: async (query) => {
      const page = new Page(query.limit)
      let position: Position | undefined = firstPosition(query)
      while (position !== undefined && !page.full) {
        const bounds: Bounds = {
          bucket: query.bucketId,
          lower: position.bound,
          upper: afterPrefix(query.prefix) ?? NO_UPPER,
        }
        position = scan((position.inclusive ? from : after).iterate(bounds), query, page)
      }
      return page.result()
    },
  }
}

interface Position {
  bound: KeyBound
  inclusive: boolean
}

/** Reads until the page is full, the rows end (undefined), or a common prefix says where to seek next. */
function scan(
  rows: IterableIterator<SqlRow>,
  { prefix, delimiter }: ListQuery,
  page: Page,
): Position | undefined {
  for (const row of rows) {
    const commonPrefix = commonPrefixOf(row['key'] as string, prefix, delimiter)
    if (commonPrefix !== undefined) {
      page.addPrefix(commonPrefix)
      return { bound: afterPrefix(commonPrefix)!, inclusive: true }
    }
    page.addObject(row)
    if (page.full) return undefined
  }
  return undefined
}

/** `after` is exclusive; when it lies in (or is) a common prefix, that whole prefix was already listed. */
function firstPosition({ prefix, delimiter, after }: ListQuery): Position {
  const listed = commonPrefixOf(after, prefix, delimiter)
  const bound = listed === undefined ? keyBytes(after) : afterPrefix(listed)!
  const start = keyBytes(prefix)
  if (isBefore(bound, start)) return { bound: start, inclusive: true }
  return { bound, inclusive: listed !== undefined || after === '' }
}

/** Collects one entry more than wanted, to know whether there is more. */
class Page {
  readonly #limit: number
  readonly #objects: SqlRow[] = []
  readonly #prefixes: string[] = []
  #last = ''
  #more = false

  constructor(limit: number) {
    this.#limit = limit
  }

  get full(): boolean {
    return this.#more
  }

  addObject(row: SqlRow): void {
    if (this.#has(row['key'] as string)) this.#objects.push(row)
  }

  addPrefix(prefix: string): void {
    if (this.#has(prefix)) this.#prefixes.push(prefix)
  }

  result(): ListPage {
    return {
      objects: this.#objects.map(toObject),
      commonPrefixes: this.#prefixes,
      next: this.#more ? this.#last : undefined,
    }
  }

  #has(entry: string): boolean {
    if (this.#objects.length + this.#prefixes.length >= this.#limit) {
      this.#more = true
      return false
    }
    this.#last = entry
    return true
  }
}
