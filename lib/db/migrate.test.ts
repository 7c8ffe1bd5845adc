import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Sqlite } from './connections.ts'
import { DatabaseError } from './database-error.ts'
import { migrate } from './migrate.ts'

const RELEASED = fileURLToPath(new URL('../../prisma/migrations/sqlite', import.meta.url))

let folder: string
let db: Sqlite
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'coffer-migrate-'))
  db = new Database(join(folder, 'm.db'))
  db.pragma('foreign_keys = ON')
})
afterEach(() => {
  db.close()
  rmSync(folder, { recursive: true })
})

function migrations(files: Record<string, string>): string {
  const directory = join(folder, 'migrations')
  for (const [name, sql] of Object.entries(files)) {
    mkdirSync(join(directory, name), { recursive: true })
    writeFileSync(join(directory, name, 'migration.sql'), sql)
  }
  return directory
}

const tables = (): string[] =>
  (
    db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all() as {
      name: string
    }[]
  )
    .map(({ name }) => name)
    .filter((name) => !name.startsWith('_') && !name.startsWith('sqlite_'))
const history = () =>
  db
    .prepare('SELECT migration_name, checksum, finished_at, applied_steps_count FROM _prisma_migrations')
    .all()

test('a fresh database gets every released migration, recorded as Prisma records it', () => {
  migrate(db, RELEASED)
  const names = readdirSync(RELEASED, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  const expected = names.map(({ name }) => {
    const sql = readFileSync(join(RELEASED, name, 'migration.sql'))
    return {
      migration_name: name,
      checksum: createHash('sha256').update(sql).digest('hex'),
      finished_at: expect.any(Number) as number,
      applied_steps_count: 1,
    }
  })
  expect(history()).toEqual(expected)
  expect(tables()).toContain('object_version')
})

test('a second start changes nothing', () => {
  migrate(db, RELEASED)
  const before = history()
  migrate(db, RELEASED)
  expect(history()).toEqual(before)
})

test('later migrations are applied in order, earlier ones not again', () => {
  migrate(db, migrations({ '1_a': 'CREATE TABLE a (x);' }))
  migrate(db, migrations({ '2_b': 'CREATE TABLE b (x);', '3_c': 'ALTER TABLE b ADD COLUMN y;' }))
  expect(tables()).toEqual(['a', 'b'])
  expect(history()).toHaveLength(3)
})

test('a migration that changed since it was applied is refused by name, in words that help', () => {
  const copy = join(folder, 'copy')
  cpSync(RELEASED, copy, { recursive: true })
  migrate(db, copy)
  const [first] = readdirSync(copy).filter((name) => /^\d/.test(name))
  const file = join(copy, first!, 'migration.sql')
  writeFileSync(file, `${readFileSync(file, 'utf8')}\n-- edited`)
  expect(() => migrate(db, copy)).toThrow(DatabaseError)
  expect(() => migrate(db, copy)).toThrow(first)
})

test('a database that a newer version made is refused and left as it is', () => {
  migrate(db, migrations({ '1_a': 'CREATE TABLE a (x);', '9_future': 'CREATE TABLE later (x);' }))
  rmSync(join(folder, 'migrations', '9_future'), { recursive: true })
  const older = migrations({ '2_b': 'CREATE TABLE b (x);' })
  expect(() => migrate(db, older)).toThrow(/newer Coffer.*9_future/)
  expect(tables()).toEqual(['a', 'later'])
})

test('a migration that fails leaves nothing of itself and can be mended', () => {
  const directory = migrations({
    '1_a': 'CREATE TABLE a (x);',
    '2_b': 'CREATE TABLE b (x); SELECT nonsense;',
  })
  expect(() => migrate(db, directory)).toThrow(/nonsense/)
  expect(tables()).toEqual(['a'])
  expect(history()).toHaveLength(1)
  expect(db.pragma('foreign_keys', { simple: true })).toBe(1)
  migrate(db, migrations({ '2_b': 'CREATE TABLE b (x);' }))
  expect(tables()).toEqual(['a', 'b'])
})

test('a migration that breaks a reference is refused and undone, though the check is off while it runs', () => {
  const family =
    'CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p INTEGER REFERENCES p (id)); INSERT INTO p VALUES (1); INSERT INTO c VALUES (1);'
  const directory = migrations({ '1_family': family, '2_orphan': 'DELETE FROM p;' })
  expect(() => migrate(db, directory)).toThrow(DatabaseError)
  expect(db.prepare('SELECT * FROM p').all()).toEqual([{ id: 1 }])
  expect(history()).toHaveLength(1)
  expect(db.pragma('foreign_keys', { simple: true })).toBe(1)
})

test('rebuilding a table does not delete the rows that refer to it', () => {
  const family =
    'CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p INTEGER REFERENCES p (id) ON DELETE CASCADE); INSERT INTO p VALUES (1); INSERT INTO c VALUES (1);'
  const rebuild =
    'CREATE TABLE n (id INTEGER PRIMARY KEY, x); INSERT INTO n (id) SELECT id FROM p; DROP TABLE p; ALTER TABLE n RENAME TO p;'
  migrate(db, migrations({ '1_family': family, '2_rebuild': rebuild }))
  expect(db.prepare('SELECT * FROM c').all()).toEqual([{ p: 1 }])
  expect(() => db.prepare('INSERT INTO c VALUES (2)').run()).toThrow(/FOREIGN KEY/)
})
