import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Sqlite } from './connections.ts'
import { migrate } from './migrate.ts'

const file = (path: string): string => fileURLToPath(new URL(`../../prisma/${path}`, import.meta.url))

interface Column {
  name: string
  type: string
  required: boolean
  /** place in the primary key, from 1; 0 for none */
  key: number
}

/** Prisma's scalar types as its SQLite connector writes them. */
const SQL_TYPES: Record<string, string> = {
  String: 'TEXT',
  Bytes: 'BLOB',
  BigInt: 'BIGINT',
  Int: 'INTEGER',
  Boolean: 'BOOLEAN',
}

let folder: string
let db: Sqlite
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'coffer-schema-'))
  db = new Database(join(folder, 's.db'))
  migrate(db, file('migrations/sqlite'))
})
afterAll(() => {
  db.close()
  rmSync(folder, { recursive: true })
})

const models = [...readFileSync(file('schema.prisma'), 'utf8').matchAll(/^model \w+ \{\n(.*?)^\}/gms)].map(
  ([, body]) => readModel(body!),
)

function readModel(body: string): {
  table: string
  columns: Column[]
  indexes: string[]
  references: string[]
} {
  const table = /@@map\("(\w+)"\)/.exec(body)![1]!
  const fields = [...body.matchAll(/^ {2}(\w+) +(\w+)(\?)?( .*)?$/gm)]
    .map(([, field, type, optional, rest = '']) => ({ field, type: SQL_TYPES[type!], optional, rest }))
    .filter(({ type }) => type !== undefined)
  const nameOf = (field: string): string => {
    const { rest } = fields.find((candidate) => candidate.field === field)!
    return /@map\("(\w+)"\)/.exec(rest)?.[1] ?? field
  }
  const list = (text: string): string[] => text.split(',').map((field) => nameOf(field.trim()))
  const compound = /@@id\(\[(.*?)\]\)/.exec(body)
  const key = compound
    ? list(compound[1]!)
    : fields.filter(({ rest }) => /@id\b/.test(rest)).map(({ field }) => nameOf(field!))
  const columns = fields.map(({ field, type, optional }) => ({
    name: nameOf(field!),
    type: type!,
    required: optional === undefined,
    key: key.indexOf(nameOf(field!)) + 1,
  }))
  const unique = fields
    .filter(({ rest }) => /@unique\b/.test(rest))
    .map(({ field }) => `unique ${nameOf(field!)}`)
  const plain = [...body.matchAll(/@@index\(\[(.*?)\][^)]*\)/g)].map(
    ([, names]) => `plain ${list(names!).join(',')}`,
  )
  const references = [...body.matchAll(/@relation\(fields: \[(.*?)\]/g)].map(([, names]) =>
    list(names!).join(','),
  )
  return { table, columns, indexes: [...unique, ...plain].sort(), references: references.sort() }
}

test('every model of the schema has a table of the migrations, and every table a model', () => {
  const rows = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all() as { name: string }[]
  const tables = rows.map(({ name }) => name).filter((name) => !/^(_prisma|sqlite)_/.test(name))
  expect(models.map(({ table }) => table).sort()).toEqual(tables.sort())
  expect(models.length).toBeGreaterThan(10)
})

test.each(models.map((model) => [model.table, model] as const))(
  '%s: columns and keys agree',
  (table, model) => {
    const rows = db.pragma(`table_info("${table}")`) as {
      name: string
      type: string
      notnull: number
      pk: number
    }[]
    const actual = rows.map(({ name, type, notnull, pk }): Column => ({
      name,
      type,
      required: notnull === 1,
      key: pk,
    }))
    expect(actual).toEqual(model.columns)
  },
)

test.each(models.map((model) => [model.table, model] as const))('%s: indexes agree', (table, model) => {
  const rows = db.pragma(`index_list("${table}")`) as {
    name: string
    unique: number
    origin: string
    partial: number
  }[]
  const actual = rows
    // Prisma can express neither partial indexes nor the one behind a primary key.
    .filter(({ origin, partial }) => origin === 'c' && partial === 0)
    .map(({ name, unique }) => {
      const columns = (db.pragma(`index_info("${name}")`) as { name: string }[]).map((column) => column.name)
      return `${unique === 1 ? 'unique' : 'plain'} ${columns.join(',')}`
    })
  expect(actual.sort()).toEqual(model.indexes)
})

test.each(models.map((model) => [model.table, model] as const))('%s: foreign keys agree', (table, model) => {
  const rows = db.pragma(`foreign_key_list("${table}")`) as { from: string }[]
  expect(rows.map(({ from }) => from).sort()).toEqual(model.references)
})

test('there can be one current version a key, one version of an id, one default key a project, one finding a version', () => {
  const partial = db
    .prepare(
      "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql LIKE '%UNIQUE%WHERE%' ORDER BY name",
    )
    .all()
  expect(partial).toEqual([
    { name: 'integrity_finding_open' },
    { name: 'kms_key_default' },
    { name: 'object_version_current' },
    { name: 'object_version_noncurrent_id' },
  ])
})
