import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ListQuery } from '../../store/catalog.ts'
import type { ObjectFilter } from '../../store/object-filter.ts'
import { openConnections, type Connections, type Sqlite } from '../connections.ts'
import { migrate } from '../migrate.ts'
import { coverageMethods } from './coverage.ts'
import { filterMethods } from './filter.ts'
import { listingMethods } from './listing.ts'

const MIGRATIONS = fileURLToPath(new URL('../../../prisma/migrations/sqlite', import.meta.url))
const FOLDERS = 1000
const FILES = 1000

/**
 * `f0000/k0000` … `f0999/k0999` in one bucket, by one statement: one in 293 is plaintext, one in ten SSE-C under SM4, the
 * others lie under two keys of three versions each; one in ten has a tag.
 */
const FILL = `
  INSERT INTO object_version (object_id, bucket_id, key, version_id, current, size, etag, last_modified, metadata,
    storage_class, tags, mode, suite, key_id, key_version, chunk_log2, wrapped_data_key, encrypted_at, context,
    customer_key_salt, customer_key_verifier, checksums, part_count, multipart)
  WITH RECURSIVE n (i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ${FOLDERS * FILES}),
  m (i, mode) AS (SELECT i, CASE WHEN i % 293 = 0 THEN 'none' WHEN i % 10 = 3 THEN 'customer-key' ELSE 'managed-key' END FROM n)
  SELECT printf('%08d', i), 'b', printf('f%04d/k%04d', i / ${FILES}, i % ${FILES}), 'null', 1, i, 'e', i,
    '{"contentType":"","userMetadata":{}}', 'STANDARD', iif(i % 10 = 7, printf('{"run":"%d"}', i), '{}'), mode,
    CASE mode WHEN 'none' THEN NULL WHEN 'customer-key' THEN 'SM4' ELSE 'AES256' END,
    iif(mode = 'managed-key', printf('k%d', i % 2), NULL), iif(mode = 'managed-key', i % 3 + 1, NULL),
    16, x'00', 0, '{}', x'00', x'00', x'5b5d', 1, 0 FROM m`

/** As the migration counts what was there before it. */
const COUNT = `INSERT INTO usage
  SELECT bucket_id, mode, IFNULL(suite, ''), IFNULL(key_id, ''), IFNULL(key_version, 0), COUNT(*), SUM(size)
  FROM object_version GROUP BY 1, 2, 3, 4, 5`

interface Cost {
  /** rows that came out of the database */
  rows: number
  /** how often it was asked to begin at a place */
  seeks: number
}

/** Counts what listing asks of a connection. Its statements neither sort nor scan (query-plans.test.ts). */
function counted(db: Sqlite, cost: Cost): Sqlite {
  const prepare = (sql: string) => {
    const statement = db.prepare<unknown[], unknown>(sql)
    const counting = {
      pluck: () => (statement.pluck(), counting),
      get(...bounds: unknown[]) {
        cost.seeks += 1
        const row = statement.get(...bounds)
        cost.rows += Number(row !== undefined)
        return row
      },
      all(...bounds: unknown[]) {
        cost.seeks += 1
        const rows = statement.all(...bounds)
        cost.rows += rows.length
        return rows
      },
      *iterate(...bounds: unknown[]) {
        cost.seeks += 1
        for (const row of statement.iterate(...bounds)) {
          cost.rows += 1
          yield row
        }
      },
    }
    return counting
  }
  return { prepare } as unknown as Sqlite
}

let folder: string
let connections: Connections
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'coffer-million-'))
  connections = openConnections(folder)
  migrate(connections.writer, MIGRATIONS)
  // Nobody needs these rows after a power cut.
  connections.writer.pragma('synchronous = OFF')
  connections.writer.exec(`
    INSERT INTO project (project_id, name, account_number, created_at) VALUES ('p', 'P', '1', 0);
    INSERT INTO bucket (bucket_id, name, project_id, region, created_at, customer_keys_blocked) VALUES ('b', 'b', 'p', 'r', 0, 0);`)
  connections.writer.exec(FILL)
  connections.writer.exec(COUNT)
  // As a server that has run for a while; a journal of a million rows is slow to read.
  connections.writer.pragma('wal_checkpoint(TRUNCATE)')
}, 120_000)
afterAll(() => {
  connections.close()
  rmSync(folder, { recursive: true })
})

async function listed(query: Partial<ListQuery>) {
  const cost: Cost = { rows: 0, seeks: 0 }
  const { list } = listingMethods(counted(connections.reader, cost))
  const started = performance.now()
  const page = await list({ bucketId: 'b', prefix: '', delimiter: '', after: '', limit: 1000, ...query })
  console.warn(`${JSON.stringify(query)}: ${(performance.now() - started).toFixed(1)} ms`)
  return { ...page, keys: page.objects.map(({ key }) => key), cost }
}

test('there are a million keys', () => {
  expect(connections.reader.prepare('SELECT COUNT(*) AS n FROM object_version').get()).toEqual({
    n: 1_000_000,
  })
})

test('a flat page costs one seek and a row an entry', async () => {
  const page = await listed({})
  expect(page.keys).toHaveLength(1000)
  expect(page.next).toBe('f0000/k0999')
  expect(page.cost).toEqual({ rows: 1001, seeks: 1 })
})

test('a thousand folders of a thousand keys cost one row and one seek a folder', async () => {
  const page = await listed({ delimiter: '/' })
  expect(page.commonPrefixes).toHaveLength(FOLDERS)
  expect(page.commonPrefixes.at(-1)).toBe('f0999/')
  expect(page.next).toBeUndefined()
  expect(page.cost).toEqual({ rows: FOLDERS, seeks: FOLDERS + 1 })
})

test('ten folders cost ten, wherever one begins', async () => {
  for (const after of ['', 'f0500/', 'f0500/k0300', 'f0500/k0300\u{10ffff}', 'f0500', 'f05']) {
    const page = await listed({ delimiter: '/', after, limit: 10 })
    expect(page.commonPrefixes).toHaveLength(10)
    expect(page.cost).toEqual({ rows: 11, seeks: 11 })
  }
})

test('a page from deep inside costs what the first one costs', async () => {
  const page = await listed({ after: 'f0777/k0333', limit: 100 })
  expect(page.keys[0]).toBe('f0777/k0334')
  expect(page.cost).toEqual({ rows: 101, seeks: 1 })
})

test('a folder costs its own entries, though a million others follow', async () => {
  const page = await listed({ prefix: 'f0400/', delimiter: '/' })
  expect(page.keys).toHaveLength(FILES)
  expect(page.next).toBeUndefined()
  expect(page.cost).toEqual({ rows: FILES, seeks: 1 })
})

test('what is not there costs one seek', async () => {
  for (const query of [{ prefix: 'nothing' }, { after: 'z' }, { prefix: 'f0001/', after: 'f0500' }]) {
    const page = await listed({ ...query, delimiter: '/' })
    expect(page.keys).toEqual([])
    expect(page.cost).toEqual({ rows: 0, seeks: 1 })
  }
})

async function found(filter: Partial<ObjectFilter>, after?: string) {
  const cost: Cost = { rows: 0, seeks: 0 }
  const { find } = filterMethods(counted(connections.reader, cost))
  const started = performance.now()
  const page = await find({ bucketId: 'b', ...filter }, after, 200)
  if (after === undefined)
    console.warn(`${JSON.stringify(filter)}: ${(performance.now() - started).toFixed(1)} ms`)
  return { ...page, keys: page.objects.map(({ key }) => key), cost }
}

/** Which of the million a filter leaves, by number. */
function numbers(matches: (i: number) => boolean, limit = 200): string[] {
  const keys: string[] = []
  for (let i = 0; i < FOLDERS * FILES && keys.length < limit; i += 1)
    if (matches(i)) keys.push(`f${pad(i / FILES)}/k${pad(i % FILES)}`)
  return keys
}
const pad = (n: number): string => String(Math.floor(n)).padStart(4, '0')

const isPlain = (i: number): boolean => i % 293 === 0
const isManaged = (i: number): boolean => !isPlain(i) && i % 10 !== 3

test('a page of the few that are plaintext costs its own rows, the first one and one from deep inside', async () => {
  for (const after of [undefined, 'f0777/k0333']) {
    const page = await found({ modes: ['none'] }, after)
    const from = after === undefined ? 0 : 777_334
    expect(page.keys).toEqual(numbers((i) => i >= from && isPlain(i)))
    expect(page.next).toBe(page.keys.at(-1))
    expect(page.cost.rows).toBeLessThan(220)
    expect(page.cost.seeks).toBeLessThan(5)
  }
})

test('several methods, keys and versions are merged in order of keys', async () => {
  const both = await found({ modes: ['none', 'customer-key'] })
  expect(both.keys).toEqual(numbers((i) => !isManaged(i)))
  const old = await found({ keyId: 'k1', keyVersionBelow: 3 })
  expect(old.keys).toEqual(numbers((i) => isManaged(i) && i % 2 === 1 && i % 3 < 2))
  const sm4 = await found({ suites: ['SM4'], prefix: 'f0500/' })
  expect(sm4.keys).toEqual(numbers((i) => i >= 500_000 && i < 501_000 && i % 10 === 3 && !isPlain(i)))
  for (const { cost } of [both, old, sm4]) {
    expect(cost.rows).toBeLessThan(1200)
    expect(cost.seeks).toBeLessThan(25)
  }
})

test('size and date are looked for in the index, a quarter of it in a request, reading only what matches', async () => {
  for (const [filter, requests] of [
    [{ minSize: 999_900, prefix: 'f09' }, 1],
    [{ modifiedFrom: 999_900, modes: ['managed-key' as const] }, 4],
  ] as const) {
    const pages = [await found(filter)]
    for (let next = pages[0]!.next; next !== undefined; next = pages.at(-1)!.next)
      pages.push(await found(filter, next))
    // what matches, and the last entry of each slice in each group that is alike: not one in 500 of all
    for (const { cost } of pages) expect(cost.rows).toBeLessThan((FOLDERS * FILES) / 500)
    expect(pages).toHaveLength(requests)
    const keys = pages.flatMap((page) => page.keys)
    expect(keys).toEqual(numbers((i) => i >= 999_900 && (isManaged(i) || !('modes' in filter))))
  }
})

test('tags are looked for among tagged objects only, and a search that takes long says how far it came', async () => {
  expect((await found({ tag: { key: 'run', value: '300007' } })).keys).toEqual(['f0300/k0007'])
  const pages: string[][] = []
  let after: string | undefined
  do {
    const page = await found({ tag: { key: 'run', value: '900007' } }, after)
    pages.push(page.keys)
    expect(page.next === undefined || after === undefined || page.next > after).toBe(true)
    after = page.next
  } while (after !== undefined)
  expect(pages).toEqual([[], ['f0900/k0007']])
})

test('older versions asked for in a bucket that has none cost what current ones cost', async () => {
  const [current, all] = [await found({ modes: ['none'] }), await found({ modes: ['none'], versions: 'all' })]
  expect(all.keys).toEqual(current.keys)
  expect(all.cost.rows).toBeLessThanOrEqual(current.cost.rows + 1)
})

describe('where every key has an older version, and one has twenty thousand', () => {
  const SQL = (columns: string, values: string): string => `
    INSERT INTO object_version (object_id, bucket_id, key, version_id, current, size, last_modified, metadata,
      storage_class, tags, mode, checksums, part_count, multipart, sequence, ${columns})
    WITH RECURSIVE n (i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < 400000)
    SELECT ${values} FROM n`
  const [HEAVY, HISTORY] = ['k100000', 20_000]

  beforeAll(() => {
    const db = connections.writer
    db.exec(`INSERT INTO bucket (bucket_id, name, project_id, region, created_at, customer_keys_blocked, versioning)
      VALUES ('v', 'v', 'p', 'r', 0, 0, 'Enabled')`)
    // of 200,000 keys one in 500 was plaintext; all are encrypted now
    db.exec(
      SQL(
        'etag, suite, key_id, key_version, chunk_log2, wrapped_data_key, encrypted_at, context',
        `printf('v%07d', i), 'v', printf('k%06d', i / 2), printf('%032d', i), i % 2, i, i, '{"contentType":"","userMetadata":{}}',
         'STANDARD', '{}', iif(i % 1000 = 0, 'none', 'managed-key'), x'5b5d', 1, 0, i % 2 * ${HISTORY} + 1, 'e',
         iif(i % 1000 = 0, NULL, 'AES256'), iif(i % 1000 = 0, NULL, 'k0'), iif(i % 1000 = 0, NULL, 1 + i % 2), 16, x'00', 0, '{}'`,
      ),
    )
    // a key that was written again and again, and deleted every second time
    db.exec(
      SQL(
        'etag, suite, key_id, key_version, chunk_log2, wrapped_data_key, encrypted_at, context, delete_marker',
        `printf('h%07d', i), 'v', '${HEAVY}', printf('h%031d', i), 0, i, i, '{"contentType":"","userMetadata":{}}',
         'STANDARD', '{}', iif(i % 2 = 1, 'none', 'managed-key'), x'5b5d', 1, 0, i + 2, iif(i % 2 = 1, NULL, 'e'),
         iif(i % 2 = 1, NULL, 'AES256'), iif(i % 2 = 1, NULL, 'k0'), iif(i % 2 = 1, NULL, 1), 16, x'00', 0, '{}', i % 2`,
      ).replace('400000', String(HISTORY - 2)),
    )
    db.exec(`INSERT INTO usage
      SELECT bucket_id, mode, IFNULL(suite, ''), IFNULL(key_id, ''), IFNULL(key_version, 0), COUNT(*), SUM(size)
      FROM object_version WHERE bucket_id = 'v' AND delete_marker = 0 GROUP BY 1, 2, 3, 4, 5`)
    db.pragma('wal_checkpoint(TRUNCATE)')
  }, 120_000)

  const foundIn = (filter: Omit<ObjectFilter, 'bucketId'>, after?: string) =>
    found({ versions: 'all', ...filter, bucketId: 'v' }, after)

  test('the few that are plaintext are found by the index, markers are none of them', async () => {
    const page = await foundIn({ modes: ['none'] })
    expect(page.keys).toEqual(Array.from({ length: 200 }, (_, i) => `k${String(i * 500).padStart(6, '0')}`))
    expect(page.objects.every(({ isLatest }) => !isLatest)).toBe(true)
    expect(page.cost.rows).toBeLessThan(420)
    expect((await found({ modes: ['none'], bucketId: 'v' })).keys).toEqual([])
  })

  test('one key with many versions is worked off slice by slice, within a page and from page to page', async () => {
    const old = { keyId: 'k0', keyVersionBelow: 2, prefix: 'k1000' }
    const sequences: (string | undefined)[] = []
    let after: string | undefined
    let pages = 0
    do {
      const page = await foundIn(old, after)
      sequences.push(...page.objects.filter(({ key }) => key === HEAVY).map(({ versionId }) => versionId))
      expect(page.cost.rows).toBeLessThan(1300)
      after = page.next
      pages += 1
    } while (after !== undefined)
    const wanted = Array.from(
      { length: HISTORY / 2 - 1 },
      (_, i) => `h${String(HISTORY - 4 - 2 * i).padStart(31, '0')}`,
    )
    expect(sequences.slice(0, wanted.length)).toEqual(wanted)
    expect(pages).toBeLessThan(60)
    // what is rare among them, too
    const rare = await foundIn({ ...old, maxSize: 1 })
    expect(rare.objects.map(({ versionId }) => versionId)).toContain(`h${'0'.repeat(31)}`)
  })
})

test('a folder without counters is counted along the index', async () => {
  const { coverage } = coverageMethods(connections.reader)
  const deep = 'a/b/c/d/e/f/g/h/i/'
  expect(await coverage('b', deep)).toEqual([])
  const whole = await coverage('b', '')
  expect(whole.find(({ mode }) => mode === 'none')?.objects).toBe(Math.ceil((FOLDERS * FILES) / 293))
})
