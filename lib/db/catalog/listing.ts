import type { Catalog, ListPage, ListQuery } from '../../store/catalog.ts'
import type { Sqlite } from '../connections.ts'
import { afterPrefix, commonPrefixOf, isBefore, keyBytes, type KeyBound } from './key-order.ts'
import { OBJECT_COLUMNS, toObject } from './object-rows.ts'
import { columnList } from './sql-text.ts'
import type { SqlRow } from './row-values.ts'

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
 * prefix; from then on only keys are looked at, each seek behind the prefix before, until one does not roll up.
 * Cost follows what is returned: one row or one seek an entry.
 */
export function listingMethods(reader: Sqlite): Pick<Catalog, 'list'> {
  const where = `FROM object_version WHERE bucket_id = +@bucket AND current = 1`
  const select = `SELECT ${columnList(OBJECT_COLUMNS)} ${where}`
  const from = reader.prepare<Bounds, SqlRow>(`${select} AND key >= ${LOWER} AND key < ${UPPER} ORDER BY key`)
  const after = reader.prepare<Bounds, SqlRow>(`${select} AND key > ${LOWER} AND key < ${UPPER} ORDER BY key`)
  const nextKey = reader
    .prepare<Bounds, string>(
      `SELECT key ${where} AND key >= ${LOWER} AND key < ${UPPER} ORDER BY key LIMIT 1`,
    )
    .pluck()
  return {
    list: async (query) => {
      const page = new Page(query.limit)
      const { bucketId: bucket, prefix } = query
      const upper = afterPrefix(prefix) ?? NO_UPPER
      let position: Position | undefined = firstPosition(query)
      while (position !== undefined && !page.full) {
        const rows = (position.inclusive ? from : after).iterate({ bucket, lower: position.bound, upper })
        const behind = scan(rows, query, page)
        position = behind && skip((lower) => nextKey.get({ bucket, lower, upper }), behind, query, page)
      }
      return page.result()
    },
  }
}

interface Position {
  bound: KeyBound
  inclusive: boolean
}

/** Reads rows until the page is full, they end (undefined), or one rolls up: then the bound behind its common prefix. */
function scan(
  rows: IterableIterator<SqlRow>,
  { prefix, delimiter }: ListQuery,
  page: Page,
): KeyBound | undefined {
  for (const row of rows) {
    const commonPrefix = commonPrefixOf(row['key'] as string, prefix, delimiter)
    if (commonPrefix !== undefined) {
      page.addPrefix(commonPrefix)
      return afterPrefix(commonPrefix)
    }
    page.addObject(row)
    if (page.full) return undefined
  }
  return undefined
}

/** Goes from common prefix to common prefix; stops at the first key that stands for itself. */
function skip(
  keyFrom: (bound: KeyBound) => string | undefined,
  start: KeyBound,
  { prefix, delimiter }: ListQuery,
  page: Page,
): Position | undefined {
  let bound = start
  while (!page.full) {
    const key = keyFrom(bound)
    if (key === undefined) return undefined
    const commonPrefix = commonPrefixOf(key, prefix, delimiter)
    if (commonPrefix === undefined) return { bound: keyBytes(key), inclusive: true }
    page.addPrefix(commonPrefix)
    bound = afterPrefix(commonPrefix)!
  }
  return undefined
}

/** `after` is exclusive; when as an entry it lies in (or is) a common prefix, that whole prefix was already listed. */
function firstPosition({ prefix, delimiter, after, afterIsKey }: ListQuery): Position {
  const listed = afterIsKey ? undefined : commonPrefixOf(after, prefix, delimiter)
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
