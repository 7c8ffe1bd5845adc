import fs, { fstatSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Sqlite } from './connections.ts'
import { WalSync } from './wal-sync.ts'

let folder: string
let path: string
let db: Sqlite
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'coffer-wal-'))
  path = join(folder, 'w.db')
  db = new Database(path)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = NORMAL')
  db.exec('CREATE TABLE line (text TEXT)')
})
afterEach(() => {
  vi.restoreAllMocks()
  db.close()
  rmSync(folder, { recursive: true })
})

test('syncs the very file that the database writes, also after its log began anew', async () => {
  const log = new WalSync(path)
  const { ino } = statSync(`${path}-wal`)
  const fdatasync = vi.spyOn(fs, 'fdatasync')
  const insert = db.prepare('INSERT INTO line VALUES (?)')
  let restarts = 0
  for (let round = 0; round < 30; round++) {
    const { size } = statSync(`${path}-wal`)
    db.transaction(() => {
      for (let i = 0; i < 100; i++) insert.run('x'.repeat(4000))
    })()
    if (statSync(`${path}-wal`).size === size) restarts += 1
    await log.sync()
    expect(fstatSync(fdatasync.mock.lastCall![0]).ino).toBe(ino)
  }
  expect(restarts).toBeGreaterThan(3)
  expect(fdatasync).toHaveBeenCalledTimes(30)
  expect(statSync(`${path}-wal`).ino).toBe(ino)
  log.close()
})

test('says so when it cannot', async () => {
  const log = new WalSync(join(folder, 'absent.db'))
  await expect(log.sync()).rejects.toMatchObject({ code: 'ENOENT' })
  const closed = new WalSync(path)
  await closed.sync()
  closed.close()
  await expect(closed.sync()).rejects.toThrow('closed')
})
