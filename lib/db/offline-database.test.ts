import { copyFileSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DatabaseError } from './database-error.ts'
import { openTestDatabase } from './db.test-support.ts'
import type { TestDatabase } from './db.test-support.ts'
import { offlineRootCheckValue, openOffline, rememberBackup } from './offline-database.ts'

const RECORD = { backupId: 'b', fingerprint: 'f', createdAt: 1, rootCheckValue: '00', covers: [] }

let database: TestDatabase
let file: string
beforeEach(async () => {
  database = await openTestDatabase()
  file = join(database.dataDir, 'coffer.db')
})
afterEach(() => database.dispose())

describe('beside the server', () => {
  test('sees at every look what the server has committed', async () => {
    const first = await database.newProject()
    const reader = openOffline(file)
    expect(reader.storedKeys().projects.map(({ projectId }) => projectId)).toEqual([first])
    await database.newProject()
    expect(reader.storedKeys().projects).toHaveLength(2)
    reader.close()
  })

  test('a record is seen by the server at once, and the next one takes its place', async () => {
    rememberBackup(file, RECORD)
    expect((await database.backups.backupFacts()).made).toEqual(RECORD)
    rememberBackup(file, { ...RECORD, backupId: 'c' })
    expect((await database.backups.backupFacts()).made?.backupId).toBe('c')
  })

  test('reading changes nothing', () => {
    const reader = openOffline(file)
    expect(() => reader.findObject('no', 'thing')).not.toThrow()
    expect(reader.findObject('no', 'thing')).toBeUndefined()
    expect(reader.customerKeyObjects()).toBe(0)
    reader.close()
  })
})

describe('refuses with the mend', () => {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-offline-'))
  afterEach(() => readdirSync(folder).forEach((name) => rmSync(join(folder, name))))

  test('where there is no database, and makes none', () => {
    const path = join(folder, 'coffer.db')
    expect(() => openOffline(path)).toThrow(DatabaseError)
    expect(() => rememberBackup(path, RECORD)).toThrow(DatabaseError)
    expect(readdirSync(folder)).toEqual([])
  })

  test('a file that is no database', () => {
    writeFileSync(
      join(folder, 'text'),
      'not a database, but long enough to have a header of its own'.repeat(20),
    )
    expect(() => openOffline(join(folder, 'text'))).toThrow(/text is no database/)
  })

  test('a database that was copied without its log', () => {
    const copy = join(folder, 'copy')
    copyFileSync(file, copy)
    expect(() => openOffline(copy)).toThrow(/is empty.*coffer\.db-wal/)
  })

  test('a database that was cut is restored, not copied', () => {
    const cut = join(folder, 'cut')
    const source = new SqliteDatabase(file)
    source.prepare('VACUUM INTO ?').run(cut)
    source.close()
    truncateSync(cut, 20_000)
    expect(() => openOffline(cut)).toThrow(
      expect.objectContaining({ mend: expect.stringContaining('Restore') as string }),
    )
  })

  test.each([
    [
      'an older one',
      'DELETE FROM _prisma_migrations WHERE migration_name = (SELECT MAX(migration_name) FROM _prisma_migrations)',
    ],
    [
      'a newer one',
      `INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('x', 'x', '29991231000000_later')`,
    ],
    ['somebody else’s', 'DROP TABLE _prisma_migrations'],
  ])('%s', async (_name, sql) => {
    await database.keys.storeRootCheckValue(Buffer.from('check'))
    const other = new SqliteDatabase(file)
    other.exec(sql)
    other.close()
    expect(() => openOffline(file)).toThrow(/another version/)
    // What a restore must know, it knows all the same.
    expect(offlineRootCheckValue(file)).toEqual(Buffer.from('check'))
  })
})
