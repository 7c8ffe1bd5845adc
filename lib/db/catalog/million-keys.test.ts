import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ListQuery } from '../../store/catalog.ts'
import { openConnections, type Connections, type Sqlite } from '../connections.ts'
import { migrate } from '../migrate.ts'
import { listingMethods } from './listing.ts'

const MIGRATIONS = fileURLToPath(new URL('../../../prisma/migrations/sqlite', import.meta.url))
const FOLDERS = 1000
const FILES = 1000

/** `f0000/k0000` … `f0999/k0999` in one bucket, by one statement. */
const FILL = `
  INSERT INTO object_version (object_id, bucket_id, key, version_id, current, size, etag, last_modified, metadata,
    storage_class, tags, mode, checksums, part_count, multipart)
  WITH RECURSIVE n (i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ${FOLDERS * FILES})
  SELECT printf('%08d', i), 'b', printf('f%04d/k%04d', i / ${FILES}, i % ${FILES}), 'null', 1, i, 'e', 0,
    '{"contentType":"","userMetadata":{}}', 'STANDARD', '{}', 'none', x'5b5d', 1, 0 FROM n`

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
})
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
