import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openConnections, type Connections, type Sqlite } from '../connections.ts'
import { migrate } from '../migrate.ts'
import { WriterQueue } from '../writer-queue.ts'
import { sqliteCatalog } from './catalog.ts'

const MIGRATIONS = fileURLToPath(new URL('../../../prisma/migrations/sqlite', import.meta.url))

/** The same connection, telling which statements are prepared on it. */
function listening(db: Sqlite, heard: string[]): Sqlite {
  return new Proxy(db, {
    get: (target, name) => {
      if (name === 'prepare')
        return (sql: string) => {
          heard.push(sql)
          return target.prepare(sql)
        }
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}

const folder = mkdtempSync(join(tmpdir(), 'coffer-plans-'))
const statements: string[] = []
const connections: Connections = openConnections(folder)
migrate(connections.writer, MIGRATIONS)
sqliteCatalog(
  {
    ...connections,
    reader: listening(connections.reader, statements),
    writer: listening(connections.writer, statements),
  },
  new WriterQueue(connections.writer, () => Promise.resolve()),
  0,
)
afterAll(() => {
  connections.close()
  rmSync(folder, { recursive: true })
})

function planOf(sql: string): string[] {
  // better-sqlite3 13 explains statements without their parameters; its types do not know yet.
  const db = connections.reader as Sqlite & { explain(sql: string): { detail: string }[] }
  return db.explain(`QUERY PLAN ${sql}`).map(({ detail }) => detail)
}

/** The statements that contain all of these words, with their plans; those that name their index are no question. */
function plansOf(...words: string[]): string[][] {
  const found = statements.filter(
    (sql) => !sql.includes('INDEXED BY') && words.every((word) => sql.includes(word)),
  )
  expect(found.length, words.join(' … ')).toBeGreaterThan(0)
  return found.map(planOf)
}

describe('every statement of the catalog', () => {
  beforeAll(() => expect(statements.length).toBeGreaterThan(25))

  test.each([...new Set(statements)].map((sql) => [sql]))('finds its rows by an index: %s', (sql) => {
    for (const step of planOf(sql)) {
      // json_each is no table: it goes through the tags of one row, or the folders above one key.
      expect(step).not.toMatch(/^SCAN (?!CONSTANT ROW|\w+ VIRTUAL TABLE)/)
      // Sorting would read all that matches before the first row comes out.
      expect(step).not.toMatch(/TEMP B-TREE FOR .*ORDER BY/)
      expect(step).not.toMatch(/AUTOMATIC/)
    }
  })

  // See catalog-db.ts: SQLite would plan these anew at each run.
  test.each([...new Set(statements)].map((sql) => [sql]))('stays prepared: %s', (sql) => {
    if (/ORDER BY|GROUP BY|JOIN|M(AX|IN)\(/.test(sql)) expect(sql).not.toMatch(/[^<>] ?= ?[?@:$]/)
  })
})

test('current versions are found and listed along the index of bucket and key', () => {
  for (const plan of [
    ...plansOf('FROM object_version', 'current = 1', ' key = ?'),
    ...plansOf('FROM object_version WHERE bucket_id = +@bucket AND current = 1', 'ORDER BY key'),
  ])
    expect(plan.join()).toMatch(
      /SEARCH object_version USING (COVERING )?INDEX object_version_current \(bucket_id=\? AND key/,
    )
})

test('other versions are found by their id, and listed in their order beside the current ones', () => {
  for (const plan of plansOf('FROM object_version', 'version_id = ?', 'current = 0'))
    expect(plan.join()).toMatch(/object_version_noncurrent_id \(bucket_id=\? AND key=\? AND version_id=\?\)/)
  for (const plan of plansOf('FROM object_version', 'UNION ALL', 'ORDER BY key, sequence DESC'))
    expect(plan).toEqual([
      'MERGE (UNION ALL)',
      'LEFT',
      expect.stringMatching(
        /SEARCH object_version USING INDEX object_version_current \(bucket_id=\? AND key>/,
      ),
      'RIGHT',
      expect.stringMatching(
        /SEARCH object_version USING INDEX object_version_noncurrent \(bucket_id=\? AND key>/,
      ),
    ])
})

describe('a filter walks the index that it names, older versions newest first', () => {
  const RANGE = 'key>\\? AND key<\\?'
  const VERSIONS = 'key=\\? AND sequence>\\? AND sequence<\\?'
  const ALIKE =
    'bucket_id=\\? AND mode=\\? AND suite=\\? AND key_id=\\? AND key_version=\\? AND current=\\? AND '
  const stepsOf = (index: string, ...words: string[]): string[] => {
    const named = `INDEXED BY ${index} `
    const found = statements.filter((sql) => [named, ...words].every((word) => sql.includes(word)))
    expect(found.length, [index, ...words].join(' … ')).toBeGreaterThan(0)
    return found.flatMap(planOf)
  }

  test.each([
    ['object_version_found', 'current = 1', '@upper', ALIKE + RANGE],
    ['object_version_found', 'current = 0', '@upper', ALIKE + RANGE],
    ['object_version_found', 'current = 0', '@below', ALIKE + VERSIONS],
    ['object_version_noncurrent', 'current = 0', '@upper', `bucket_id=\\? AND ${RANGE}`],
    ['object_version_noncurrent', 'current = 0', '@below', `bucket_id=\\? AND ${VERSIONS}`],
    ['object_version_noncurrent_tagged', 'current = 0', '@upper', `bucket_id=\\? AND ${RANGE}`],
    ['object_version_noncurrent_tagged', 'current = 0', '@below', `bucket_id=\\? AND ${VERSIONS}`],
  ])('%s, %s up to %s', (index, versions, bound, by) => {
    // One step: no sorting, and nothing is looked for beside the index.
    for (const step of stepsOf(index, versions, bound, '@minSize'))
      expect(step).toMatch(
        new RegExp(
          `^SEARCH object_version USING INDEX ${index} \\(${by}\\)|^LIST SUBQUERY|^CORRELATED|^SCAN tag`,
        ),
      )
  })

  test('and measures its slices in the index alone', () => {
    for (const current of ['current = 1', 'current = 0'])
      for (const step of stepsOf('object_version_found', current, 'OFFSET'))
        expect(step).toMatch(/^SEARCH object_version USING COVERING INDEX object_version_found/)
  })
})

test('a range finds its parts by their offsets', () => {
  for (const plan of plansOf('FROM part', '"offset" <='))
    for (const step of plan.filter((line) => line.startsWith('SEARCH')))
      expect(step).toMatch(/part_object_id_offset_idx \(object_id=\? AND offset[<>]/)
})

test('uploads are listed along the index of bucket, key and upload', () => {
  for (const plan of plansOf('FROM multipart_upload', 'ORDER BY key'))
    expect(plan).toEqual([
      expect.stringMatching(
        /SEARCH multipart_upload USING INDEX multipart_upload_bucket_id_key_upload_id_idx \(bucket_id=\? AND \(key,upload_id\)>/,
      ),
    ])
})

test('garbage is found by time, and who names a blob by the blob', () => {
  expect(plansOf('FROM garbage', 'ORDER BY not_before').map((plan) => plan[0])).toEqual([
    expect.stringMatching(/garbage_not_before_idx \(not_before</),
  ])
  for (const plan of plansOf('SELECT 1', 'FROM part WHERE blob_id'))
    expect(plan.join()).toMatch(/part_blob_id_idx \(blob_id=/)
})
