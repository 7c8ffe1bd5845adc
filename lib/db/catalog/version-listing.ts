import type { Catalog, VersionListPage, VersionListQuery, VersionRow } from '../../store/catalog.ts'
import type { Sqlite } from '../connections.ts'
import { afterPrefix, commonPrefixOf, isBefore, keyBytes, type KeyBound } from './key-order.ts'
import { OBJECT_COLUMNS, toVersion } from './object-rows.ts'
import { columnList } from './sql-text.ts'
import { text, type SqlRow } from './row-values.ts'

interface Bounds {
  bucket: string
  lower: Buffer
  upper: Buffer
}

interface NamedVersion {
  bucket: string
  key: string
  version: string
}

/** Above every key: UTF-8 never holds this byte. */
const NO_UPPER = Buffer.from([0xff])
/** No key holds it, so a key with it behind is the next bound after the key. */
const NUL = Buffer.from([0])

/**
 * Versions by key, the newest first: the indexes of current and of all other versions, merged. A common prefix costs
 * one seek, as in a listing of objects.
 */
export function versionLister(reader: Sqlite): Catalog['listVersions'] {
  const columns = columnList(OBJECT_COLUMNS)
  const of = (current: 0 | 1): string =>
    `SELECT ${columns} FROM object_version WHERE bucket_id = +@bucket AND current = ${current} AND key >= CAST(@lower AS TEXT) AND key < CAST(@upper AS TEXT)`
  const from = reader.prepare<Bounds, SqlRow>(`${of(1)} UNION ALL ${of(0)} ORDER BY key, sequence DESC`)
  const olderThan = reader.prepare<NamedVersion & { sequence: number }, SqlRow>(
    `SELECT ${columns} FROM object_version WHERE bucket_id = +@bucket AND key = +@key AND current = 0 AND sequence < @sequence ORDER BY sequence DESC`,
  )
  const one = (current: 0 | 1): string =>
    `SELECT sequence FROM object_version WHERE bucket_id = @bucket AND key = @key AND current = ${current} AND version_id = @version`
  const sequenceOf = reader.prepare<NamedVersion, number>(`${one(1)} UNION ALL ${one(0)}`).pluck()

  return async (query) => {
    const { bucketId: bucket, prefix, afterKey: key, afterVersionId: version } = query
    const resumes = version !== '' && key.startsWith(prefix) && rolledUp(query) === undefined
    const sequence = resumes ? sequenceOf.get({ bucket, key, version }) : undefined
    const page = new Page(query, sequence === undefined ? undefined : key)
    if (sequence !== undefined) page.addAll(olderThan.iterate({ bucket, key, version, sequence }))
    const upper = afterPrefix(prefix) ?? NO_UPPER
    let lower: KeyBound | undefined = firstBound(query, resumes && sequence === undefined)
    while (lower !== undefined && !page.truncated) lower = page.addAll(from.iterate({ bucket, lower, upper }))
    return page.result()
  }
}

function rolledUp({ afterKey, prefix, delimiter }: VersionListQuery): string | undefined {
  return commonPrefixOf(afterKey, prefix, delimiter)
}

/**
 * Behind `afterKey`, or at it (`inclusive`) where the version to continue after is gone: whoever empties a bucket
 * deletes page by page, and what is left of the key was not listed yet.
 */
function firstBound(query: VersionListQuery, inclusive: boolean): KeyBound {
  const listed = rolledUp(query)
  const start = keyBytes(query.prefix)
  if (listed !== undefined) return afterPrefix(listed)!
  if (query.afterKey === '') return start
  const key = keyBytes(query.afterKey)
  const bound = inclusive ? key : Buffer.concat([key, NUL])
  return isBefore(bound, start) ? start : bound
}

class Page {
  readonly #query: VersionListQuery
  readonly #versions: VersionRow[] = []
  readonly #prefixes: string[] = []
  #last: { key: string; versionId: string }
  /** the key whose latest version was met, here or on a page before */
  #begun: string | undefined
  truncated = false

  constructor(query: VersionListQuery, begun: string | undefined) {
    this.#query = query
    this.#begun = begun
    this.#last = { key: query.afterKey, versionId: query.afterVersionId }
  }

  /** Until the rows end or the page is full (undefined), or one rolls up: then the bound behind its common prefix. */
  addAll(rows: IterableIterator<SqlRow>): KeyBound | undefined {
    const { prefix, delimiter, limit } = this.#query
    for (const row of rows) {
      if (this.#versions.length + this.#prefixes.length >= limit) {
        this.truncated = true
        return undefined
      }
      const key = text(row, 'key')
      const commonPrefix = commonPrefixOf(key, prefix, delimiter)
      if (commonPrefix !== undefined) {
        this.#prefixes.push(commonPrefix)
        this.#last = { key: commonPrefix, versionId: '' }
        return afterPrefix(commonPrefix)
      }
      const version = toVersion(row)
      this.#versions.push({ version, isLatest: key !== this.#begun })
      this.#begun = key
      this.#last = { key, versionId: version.versionId }
    }
    return undefined
  }

  result(): VersionListPage {
    const next = this.truncated ? this.#last : undefined
    return { versions: this.#versions, commonPrefixes: this.#prefixes, next }
  }
}
