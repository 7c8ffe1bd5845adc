import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import SqliteDatabase from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openConnections } from './connections.ts'
import { openDatabase } from './database.ts'
import { newProject } from './db.test-support.ts'
import { explained } from './explain-sqlite.ts'

const HOLDER = fileURLToPath(new URL('hold-database.test-support.ts', import.meta.url))

let dataDir: string
const children: ChildProcess[] = []
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'coffer-lock-'))
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(dataDir, { recursive: true, force: true })
})

/** Opens the data folder in another process; resolves what it says first. */
async function otherProcess(): Promise<{ child: ChildProcess; said: string }> {
  const child = spawn(process.execPath, [HOLDER, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer]
  return { child, said: chunk.toString().trim() }
}

async function killed(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL')
  await once(child, 'exit')
}

const IN_USE = { name: 'DatabaseError', message: expect.stringContaining('Another Coffer') as string }

test('a second process is refused while the first lives, and let in once it was killed', async () => {
  const { child, said } = await otherProcess()
  expect(said).toBe('open')
  await expect(openDatabase({ dataDir })).rejects.toMatchObject(IN_USE)
  expect((await otherProcess()).said).toBe('DatabaseError')
  await killed(child)
  const database = await openDatabase({ dataDir })
  expect((await otherProcess()).said).toBe('DatabaseError')
  await database.close()
  expect((await otherProcess()).said).toBe('open')
})

test('a second opening in the same process is refused too', async () => {
  const database = await openDatabase({ dataDir })
  await expect(openDatabase({ dataDir })).rejects.toMatchObject(IN_USE)
  await database.close()
  await (await openDatabase({ dataDir })).close()
})

test('a refused or failed start leaves no lock behind', async () => {
  const { child } = await otherProcess()
  await expect(openDatabase({ dataDir })).rejects.toMatchObject(IN_USE)
  await killed(child)
  const connections = openConnections(dataDir)
  connections.writer.exec(
    "INSERT INTO _prisma_migrations (id, migration_name, checksum) VALUES ('x', '29990101_later', 'x')",
  )
  connections.close()
  const newer = { name: 'DatabaseError', message: expect.stringContaining('newer') as string }
  await expect(openDatabase({ dataDir })).rejects.toMatchObject(newer)
  await expect(openDatabase({ dataDir })).rejects.toMatchObject(newer)
})

describe('what cannot be used is refused by its name, with what mends it, and no lock is left behind', () => {
  const database = (): string => join(dataDir, 'coffer.db')
  const told = (words: RegExp, mend: RegExp) => ({
    name: 'DatabaseError',
    message: expect.stringMatching(words) as string,
    mend: expect.stringMatching(mend) as string,
  })

  test('a file that is no database', async () => {
    writeFileSync(database(), 'this is not a database, and long enough to be sure of it'.repeat(20))
    const refused = told(/coffer\.db is no database/, /Restore the whole data folder/)
    await expect(openDatabase({ dataDir })).rejects.toMatchObject(refused)
    rmSync(database())
    await (await openDatabase({ dataDir })).close()
  })

  test('a database that was cut', async () => {
    await (await openDatabase({ dataDir })).close()
    truncateSync(database(), 20_000)
    const refused = told(/coffer\.db is damaged/, /Restore the whole data folder/)
    await expect(openDatabase({ dataDir })).rejects.toMatchObject(refused)
  })

  test.each(['coffer.db', 'coffer.lock'])('%s that this user may not open', async (name) => {
    mkdirSync(join(dataDir, name))
    const refused = told(new RegExp(`${name} or a file beside it cannot be opened`), /Give the data folder/)
    await expect(openDatabase({ dataDir })).rejects.toMatchObject(refused)
    rmdirSync(join(dataDir, name))
    await (await openDatabase({ dataDir })).close()
  })

  test('a full disk', () => {
    const full = new SqliteDatabase.SqliteError('database or disk is full', 'SQLITE_FULL')
    expect(explained('/srv/coffer.db', full)).toMatchObject(
      told(/^\/srv\/coffer\.db .*disk is full/, /Make room/),
    )
    const foreign = new Error('something else')
    expect(explained('/srv/coffer.db', foreign)).toBe(foreign)
  })
})

// Whoever runs the tests as root may write to everything; another user is a process of its own.
test.runIf(process.getuid?.() === 0)('a lock that may only be read keeps nobody out, and is refused', () => {
  const lock = join(dataDir, 'coffer.lock')
  writeFileSync(lock, '', { mode: 0o644 })
  chmodSync(dataDir, 0o777)
  const other = { uid: 65_534, gid: 65_534, encoding: 'utf8', timeout: 15_000 } as const
  expect(spawnSync(process.execPath, [HOLDER, dataDir], other).stdout.trim()).not.toBe('open')
})

test('a power cut leaves the database whole, and the reader cannot write', () => {
  const { writer, reader, close } = openConnections(dataDir)
  expect(writer.pragma('journal_mode', { simple: true })).toBe('wal')
  expect(writer.pragma('synchronous', { simple: true })).toBe(1)
  expect(writer.pragma('foreign_keys', { simple: true })).toBe(1)
  writer.exec('CREATE TABLE t (x)')
  expect(() => reader.exec('INSERT INTO t VALUES (1)')).toThrow(/readonly/)
  close()
})

test('nobody else on the machine can read the database', async () => {
  chmodSync(dataDir, 0o755)
  const database = await openDatabase({ dataDir })
  await newProject(database)
  for (const file of readdirSync(dataDir)) expect(statSync(join(dataDir, file)).mode & 0o077, file).toBe(0)
  await database.close()
})
