import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import SqliteDatabase from 'better-sqlite3'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { arbitraryEvent, newEvent } from '../lib/audit/audit.test-support.ts'
import { ndjsonExport } from '../lib/audit/export.ts'
import { createAuditLog } from '../lib/audit/log.ts'
import { openTestDatabase, type TestDatabase } from '../lib/db/db.test-support.ts'
import { encodeRootKey } from '../lib/keys/root/root-key-text.ts'
import { rootFromSecret } from '../lib/keys/root/root-key.ts'

const SCRIPT = fileURLToPath(new URL('audit-verify.mjs', import.meta.url))
const COUNT = 30

let database: TestDatabase
let sql: SqliteDatabase.Database
let rootKey: string
/** as it was exported, a line a record, the head last */
let exported: string[]
let file: string

beforeAll(async () => {
  database = await openTestDatabase()
  rootKey = join(database.dataDir, 'root.key')
  file = join(database.dataDir, 'audit.ndjson')
  writeFileSync(rootKey, encodeRootKey(Buffer.alloc(32, 5)))
  const headKey = rootFromSecret(Buffer.alloc(32, 5)).derive('audit')
  const audit = createAuditLog({ repository: database.audit, headKey })
  const seed = Date.now() % 2 ** 31
  console.warn(`audit-verify: seed ${seed}`)
  const odd = fc.sample(arbitraryEvent, { numRuns: COUNT - 10, seed })
  const plain = Array.from({ length: 10 }, (_, i) =>
    newEvent({
      keyId: 'k',
      keyVersion: 1,
      bucket: 'b',
      objectKey: `o\u2028${i}`,
      requestId: String(i),
      actor: { userId: 'u', accessKeyId: 'AK', sourceAddress: '::1' },
      details: { mode: 'managed-key', n: i, 10: true, 9: false },
    }),
  )
  for (const event of [...plain, ...odd]) audit.record(event)
  await audit.flush()
  let text = ''
  const filter = { projectId: 'project' }
  for await (const piece of ndjsonExport(database.audit, filter, await database.audit.head()))
    text += piece.toString()
  exported = text.split('\n').slice(0, -1)
  sql = new SqliteDatabase(join(database.dataDir, 'coffer.db'))
})
afterAll(async () => {
  sql.close()
  await database.dispose()
  rmSync(database.dataDir, { recursive: true, force: true })
})

function verify(...args: string[]): { whole: boolean; said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, ...args], { encoding: 'utf8' })
  expect([0, 1]).toContain(status)
  return { whole: status === 0, said: stdout + stderr }
}

function verifyLines(lines: readonly string[], ...args: string[]) {
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''))
  return verify(file, ...args)
}

const hashOf = (line: string): string => (JSON.parse(line) as { hash: string }).hash

describe('an export', () => {
  test('as it was made is whole, alone and against any record that was noted', () => {
    expect(exported).toHaveLength(COUNT + 1)
    const heads = [1, 15, COUNT].flatMap((n) => ['--head', `${n}:${hashOf(exported[n - 1]!)}`])
    const { whole, said } = verifyLines(exported, ...heads)
    expect(said).toContain(`${COUNT} records, ${COUNT - 10} of them by their hashes only`)
    expect(whole).toBe(true)
    expect(verifyLines(exported).said).toContain('Nothing was noted earlier')
  })

  test('is verified where nothing of Coffer is installed', () => {
    const alone = join(database.dataDir, 'verify.mjs')
    writeFileSync(alone, readFileSync(SCRIPT))
    writeFileSync(file, exported.map((line) => `${line}\n`).join(''))
    expect(execFileSync(process.execPath, [alone, file], { encoding: 'utf8' })).toContain('is whole')
  })

  const line = (at: number, change: (record: Record<string, unknown>) => void): string[] => {
    const record = JSON.parse(exported[at]!) as Record<string, unknown>
    change(record)
    return exported.with(at, JSON.stringify(record))
  }
  const tampered: [string, () => string[]][] = [
    ...['sequence', 'at', 'keyVersion'].map((name): [string, () => string[]] => [
      `${name} changed`,
      () => line(4, (record) => (record[name] = Number(record[name]) + 1)),
    ]),
    ...[
      'projectId',
      'userId',
      'accessKeyId',
      'sourceAddress',
      'action',
      'keyId',
      'bucket',
      'objectKey',
      'result',
      'requestId',
      'previousHash',
      'hash',
    ].flatMap((name): [string, () => string[]][] => [
      [`${name} changed`, () => line(4, (record) => (record[name] = `${String(record[name])}x`))],
      [`${name} taken away`, () => line(4, (record) => Reflect.deleteProperty(record, name))],
    ]),
    [
      'a detail changed',
      () => line(4, (record) => (record['details'] = { mode: 'none', n: 4, 10: true, 9: false })),
    ],
    [
      'a detail of another type',
      () => line(4, (record) => (record['details'] = { ...(record['details'] as object), n: '4' })),
    ],
    [
      'a detail added',
      () => line(4, (record) => (record['details'] = { ...(record['details'] as object), x: 1 })),
    ],
    ['a field added', () => line(4, (record) => (record['note'] = 'fine'))],
    ['a name written twice', () => exported.with(4, exported[4]!.replace('{', '{"result":"AccessDenied",'))],
    ['a record removed', () => exported.toSpliced(4, 1)],
    ['the first records removed', () => exported.slice(3)],
    ['a record of others removed', () => exported.toSpliced(COUNT - 3, 1)],
    ['two swapped', () => exported.with(4, exported[5]!).with(5, exported[4]!)],
    ['one inserted', () => exported.toSpliced(5, 0, exported[4]!)],
    ['cut at the end', () => exported.slice(0, -4)],
    ['cut before its head', () => exported.toSpliced(-4, 3)],
    ['a line after the head', () => [...exported, exported[0]!]],
    ['no JSON', () => exported.with(4, 'null')],
    ['half a line', () => exported.with(4, exported[4]!.slice(0, 40))],
  ]
  test.each(tampered)('is not whole: %s', (_name, tamper) => {
    expect(verifyLines(tamper()).whole).toBe(false)
  })

  test('that was cut and given another head is found by a record that was noted', () => {
    const last = JSON.parse(exported[9]!) as { sequence: number; hash: string }
    const cut = [
      ...exported.slice(0, 10),
      JSON.stringify({ head: { sequence: 10, hash: last.hash, mac: '' } }),
    ]
    expect(verifyLines(cut).whole).toBe(true)
    const { whole, said } = verifyLines(cut, '--head', `${COUNT}:${hashOf(exported[COUNT - 1]!)}`)
    expect(whole).toBe(false)
    expect(said).toContain('the log was cut')
  })
})

describe('the database', () => {
  let changed: boolean
  beforeEach(() => {
    changed = false
  })
  /** Runs the verifier on a changed log, then puts everything back. */
  function afterChange(...statements: string[]): { whole: boolean; said: string } {
    sql.exec(
      'CREATE TEMP TABLE kept AS SELECT * FROM audit_event; CREATE TEMP TABLE head AS SELECT * FROM setting',
    )
    try {
      for (const statement of statements) sql.exec(statement)
      changed = true
      return verify('--database', database.dataDir, '--root-key', rootKey)
    } finally {
      sql.exec(`DELETE FROM audit_event; INSERT INTO audit_event SELECT * FROM kept; DROP TABLE kept;
        DELETE FROM setting; INSERT INTO setting SELECT * FROM head; DROP TABLE head`)
    }
  }

  test('is whole while Coffer has it open, and its head is the root’s', () => {
    const { whole, said } = verify('--database', database.dataDir, '--root-key', rootKey)
    expect(said).toContain(`${COUNT} records.`)
    expect(whole).toBe(true)
  })

  test('under another root key is not Coffer’s', () => {
    const other = join(database.dataDir, 'other.key')
    writeFileSync(other, encodeRootKey(Buffer.alloc(32, 6)))
    const { whole, said } = verify('--database', database.dataDir, '--root-key', other)
    expect(whole).toBe(false)
    expect(said).toContain('not sealed by Coffer')
  })

  const columns = [
    'at = at + 1',
    'key_version = 2',
    "details = '{}'",
    `details = replace(details, ':', ': ')`,
    "previous_hash = x'00'",
    "hash = x'00'",
    ...[
      'project_id',
      'user_id',
      'access_key_id',
      'source_address',
      'action',
      'key_id',
      'bucket',
      'object_key',
      'result',
      'request_id',
    ].map((name) => `${name} = ${name} || 'x'`),
    ...['project_id', 'user_id', 'access_key_id', 'key_id', 'key_version', 'bucket', 'object_key'].map(
      (name) => `${name} = NULL`,
    ),
  ]
  const changes: [string, string[]][] = [
    ...columns.map((set): [string, string[]] => [set, [`UPDATE audit_event SET ${set} WHERE sequence = 5`]]),
    ['a row removed', ['DELETE FROM audit_event WHERE sequence = 5']],
    ['the newest row removed', [`DELETE FROM audit_event WHERE sequence = ${COUNT}`]],
    ['all rows removed', ['DELETE FROM audit_event']],
    [
      'two rows swapped',
      [
        'UPDATE audit_event SET sequence = -1 WHERE sequence = 5',
        'UPDATE audit_event SET sequence = 5 WHERE sequence = 6',
        'UPDATE audit_event SET sequence = 6 WHERE sequence = -1',
      ],
    ],
    [
      'a row inserted',
      [
        `INSERT INTO audit_event SELECT ${COUNT + 1}, at, project_id, user_id, access_key_id, source_address, action,
          key_id, key_version, bucket, object_key, result, request_id, details, previous_hash, hash
          FROM audit_event WHERE sequence = 5`,
      ],
    ],
    ['the head removed', ["DELETE FROM setting WHERE name = 'audit-head'"]],
    ['the head changed', ["UPDATE setting SET value = '{}' WHERE name = 'audit-head'"]],
  ]
  test.each(changes)('is not whole: %s', (_name, statements) => {
    expect(afterChange(...statements).whole).toBe(false)
    expect(changed).toBe(true)
  })

  test('is whole again when everything was put back', () => {
    expect(verify('--database', database.dataDir, '--root-key', rootKey).whole).toBe(true)
  })

  test('whose newest rows were cut with a new head is told by the root key only, or by a record that was noted', () => {
    const { sequence, hash } = sql
      .prepare<[], { sequence: number; hash: Buffer }>(
        'SELECT sequence, hash FROM audit_event WHERE sequence = 20',
      )
      .get()!
    const head = JSON.stringify({ sequence, hash: hash.toString('hex'), mac: '00'.repeat(32) })
    const { whole, said } = afterChange(
      'DELETE FROM audit_event WHERE sequence > 20',
      `UPDATE setting SET value = '${head}' WHERE name = 'audit-head'`,
    )
    expect(whole).toBe(false)
    expect(said).toContain('not sealed by Coffer')
  })
})

test.each([[], ['a', 'b'], ['--head', 'x', 'a'], ['--no-such'], ['a', '--database', 'b']])(
  '%j is answered by its usage',
  (...args) => {
    const { status, stderr } = spawnSync(process.execPath, [SCRIPT, ...args], { encoding: 'utf8' })
    expect(status).toBe(2)
    expect(stderr).toContain('Usage')
  },
)
