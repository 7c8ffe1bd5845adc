import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { prismaAccounts } from './accounts.ts'
import { openConnections, type Connections } from './connections.ts'
import { PrismaClient } from './generated/client.ts'
import { migrate } from './migrate.ts'
import { queuedPrismaAdapter } from './prisma-adapter.ts'
import { isUniqueViolation } from './prisma-errors.ts'
import { WriterQueue } from './writer-queue.ts'

const MIGRATIONS = fileURLToPath(new URL('../../prisma/migrations/sqlite', import.meta.url))

let folder: string
let connections: Connections
let queue: WriterQueue
let prisma: PrismaClient
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'coffer-prisma-'))
  connections = openConnections(folder)
  migrate(connections.writer, MIGRATIONS)
  queue = new WriterQueue(connections.writer, () => Promise.resolve())
  prisma = new PrismaClient({ adapter: queuedPrismaAdapter(connections.file, queue) })
})
afterEach(async () => {
  await prisma.$disconnect()
  connections.close()
  rmSync(folder, { recursive: true })
})

const put = (name: string): Promise<unknown> =>
  prisma.setting.create({ data: { name, value: new Uint8Array([1]) } })
/** A write of the catalog: on the driver, through the same queue. */
const putDirectly = (name: string): Promise<unknown> =>
  queue.write(() => connections.writer.prepare("INSERT INTO setting VALUES (?, x'02')").run(name))
const names = (): string[] =>
  (connections.reader.prepare('SELECT name FROM setting ORDER BY name').all() as { name: string }[]).map(
    ({ name }) => name,
  )
/** Violates a foreign key in a way that only COMMIT notices. */
async function poison(client: Pick<PrismaClient, '$executeRawUnsafe'>): Promise<void> {
  await client.$executeRawUnsafe('PRAGMA defer_foreign_keys = ON')
  await client.$executeRawUnsafe(
    "INSERT INTO key_alias (project_id, alias, key_id) VALUES ('p', 'alias/a', 'nothing')",
  )
}

test('there is one copy of SQLite in the process: two would drop each other’s locks', () => {
  const ours = createRequire(import.meta.url)
  const adapters = createRequire(ours.resolve('@prisma/adapter-better-sqlite3'))
  expect(adapters.resolve('better-sqlite3')).toBe(ours.resolve('better-sqlite3'))
})

test('its connections sync every commit and check foreign keys', async () => {
  const inTransaction = await prisma.$transaction(async (client) => ({
    synchronous: await client.$queryRawUnsafe('PRAGMA synchronous'),
    foreignKeys: await client.$queryRawUnsafe('PRAGMA foreign_keys'),
    journal: await client.$queryRawUnsafe('PRAGMA journal_mode'),
  }))
  expect(inTransaction).toEqual({
    synchronous: [{ synchronous: 2n }],
    foreignKeys: [{ foreign_keys: 1n }],
    journal: [{ journal_mode: 'wal' }],
  })
})

test('its writes and those of the catalog see each other at once', async () => {
  await put('a')
  expect(names()).toEqual(['a'])
  await putDirectly('b')
  expect((await prisma.setting.findMany({ orderBy: { name: 'asc' } })).map(({ name }) => name)).toEqual([
    'a',
    'b',
  ])
})

test('a violated constraint has its code and harms nothing', async () => {
  await put('a')
  const error: unknown = await put('a').catch((reason: unknown) => reason)
  expect(isUniqueViolation(error)).toBe(true)
  await put('b')
  expect(names()).toEqual(['a', 'b'])
})

test('many writers of both kinds: everything acknowledged is there', async () => {
  const wanted = Array.from({ length: 60 }, (_, i) => String(i).padStart(2, '0'))
  const work = wanted.map((name, i) => (i % 3 === 0 ? putDirectly(name) : put(name)))
  await Promise.all(work)
  expect(names()).toEqual(wanted)
})

test('on a full disk a repository refuses in the words of the store, and harms nothing', async () => {
  const accounts = prismaAccounts(prisma, connections.reader, connections.writer, queue)
  const user = { userId: 'u', email: 'e', name: 'n', isAdministrator: false, createdAt: 1 }
  // No page more than there are.
  await prisma.$executeRawUnsafe('PRAGMA max_page_count = 1')
  const tooLarge = accounts.insertUser(user, 'x'.repeat(100_000))
  await expect(tooLarge).rejects.toMatchObject({ name: 'StoreError', code: 'StorageFull' })
  await accounts.insertUser(user, 'x')
  const taken = accounts.insertUser({ ...user, userId: 'v' }, 'x')
  await expect(taken).rejects.toMatchObject({ code: 'InvalidArgument' })
  expect(await accounts.countUsers()).toBe(1)
  expect(accounts.touchAccessKey('none', 1)).toBeUndefined()
})

describe('an interactive transaction', () => {
  // The stock adapter lets other requests' writes into a transaction, and loses them when it rolls back.
  test('takes nobody else’s writes along when it rolls back', async () => {
    const others: Promise<unknown>[] = []
    const failed = prisma.$transaction(async (client) => {
      await client.setting.create({ data: { name: 'mine', value: new Uint8Array() } })
      others.push(put('prisma'), putDirectly('driver'))
      await new Promise((resolve) => setTimeout(resolve, 30))
      expect(names()).toEqual([])
      throw new Error('changed my mind')
    })
    await expect(failed).rejects.toThrow('changed my mind')
    await Promise.all(others)
    expect(names()).toEqual(['driver', 'prisma'])
  })

  test('lets readers go on', async () => {
    await put('before')
    await prisma.$transaction(async (client) => {
      await client.setting.create({ data: { name: 'inside', value: new Uint8Array() } })
      expect(await prisma.setting.count()).toBe(1)
      expect(await client.setting.count()).toBe(2)
    })
    expect(await prisma.setting.count()).toBe(2)
  })

  test('whose COMMIT fails leaves nothing behind and nobody waiting', async () => {
    await expect(prisma.$transaction(poison)).rejects.toThrow()
    await Promise.all([put('prisma'), putDirectly('driver')])
    expect(names()).toEqual(['driver', 'prisma'])
    expect(connections.reader.prepare('SELECT COUNT(*) AS n FROM key_alias').get()).toEqual({ n: 0 })
  })

  test('that takes too long is rolled back and lets the next writer go', async () => {
    const slow = prisma.$transaction(
      async (client) => {
        await client.setting.create({ data: { name: 'slow', value: new Uint8Array() } })
        await new Promise((resolve) => setTimeout(resolve, 300))
        await client.setting.count()
      },
      { timeout: 100 },
    )
    await expect(slow).rejects.toMatchObject({ code: 'P2028' })
    await Promise.all([put('prisma'), putDirectly('driver')])
    expect(names()).toEqual(['driver', 'prisma'])
  })

  test('that waited too long for the writer does not hold it afterwards', async () => {
    const release = await queue.acquire()
    const late = prisma.$transaction((client) => client.setting.count(), { maxWait: 50 })
    await expect(late).rejects.toMatchObject({ code: 'P2028' })
    release()
    await putDirectly(randomUUID())
    expect(names()).toHaveLength(1)
  })
})
