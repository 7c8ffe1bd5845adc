import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Sqlite } from './connections.ts'
import { WriterQueue } from './writer-queue.ts'

/** What the queue syncs with: at once, unless it is held. */
class SlowDisk {
  syncs = 0
  #gate: Promise<void> = Promise.resolve()

  async sync(): Promise<void> {
    this.syncs += 1
    await this.#gate
  }

  /** From now on, syncs wait until they are told how they end. */
  hold(): { succeed: () => void; fail: () => void } {
    let [succeed, fail] = [() => {}, () => {}]
    this.#gate = new Promise((resolve, reject) => {
      succeed = resolve
      fail = () => reject(new Error('EIO'))
    })
    const end = (how: () => void) => () => {
      this.#gate = Promise.resolve()
      how()
    }
    return { succeed: end(() => succeed()), fail: end(() => fail()) }
  }
}

const aWhile = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20))

let folder: string
let db: Sqlite
let other: Sqlite
let queue: WriterQueue
let disk: SlowDisk
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'coffer-queue-'))
  db = new Database(join(folder, 'q.db'))
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = NORMAL')
  db.pragma('foreign_keys = ON')
  db.exec('CREATE TABLE line (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT UNIQUE NOT NULL)')
  db.exec('CREATE TABLE note (line INTEGER NOT NULL REFERENCES line (id) DEFERRABLE INITIALLY DEFERRED)')
  other = new Database(join(folder, 'q.db'))
  disk = new SlowDisk()
  queue = new WriterQueue(db, () => disk.sync())
})
afterEach(() => {
  other.close()
  db.close()
  rmSync(folder, { recursive: true })
})

const insert = (text: string): Promise<number> =>
  queue.write(() => Number(db.prepare('INSERT INTO line (text) VALUES (?)').run(text).lastInsertRowid))
const refuse = (): never => {
  throw new RangeError('refused')
}
const insertedByHolder = async (): Promise<unknown> =>
  db.prepare("INSERT INTO line (text) VALUES ('held')").run()
/** As another connection sees it: only what is committed. */
const lines = (): string[] =>
  (other.prepare('SELECT text FROM line ORDER BY id').all() as { text: string }[]).map(({ text }) => text)

test('answers with what the work returned, when another connection can see it', async () => {
  const id = await insert('a')
  expect(id).toBe(1)
  expect(lines()).toEqual(['a'])
})

test('commits writes that are ready together in one transaction, in the order they came', async () => {
  const statements: string[] = []
  const traced = new Database(join(folder, 'q.db'), { verbose: (sql) => statements.push(String(sql)) })
  const tracedQueue = new WriterQueue(traced, () => disk.sync())
  const add = traced.prepare('INSERT INTO line (text) VALUES (?)')
  const texts = Array.from({ length: 50 }, (_, i) => `line ${i}`)
  await Promise.all(texts.map((text) => tracedQueue.write(() => add.run(text))))
  traced.close()
  expect(lines()).toEqual(texts)
  expect(statements.filter((sql) => sql.startsWith('COMMIT'))).toHaveLength(1)
})

test('splits a long queue, so that no commit blocks for long', async () => {
  const texts = Array.from({ length: 1000 }, (_, i) => `line ${i}`)
  const seen: number[] = []
  await Promise.all(texts.map((text) => insert(text).then(() => seen.push(lines().length))))
  expect(lines()).toEqual(texts)
  expect(seen[0]).toBeLessThan(1000)
})

test('a write that throws is rejected and undone; the others of its batch stand', async () => {
  const refuse = (): Promise<never> =>
    queue.write(() => {
      db.prepare("INSERT INTO line (text) VALUES ('half')").run()
      throw new RangeError('refused')
    })
  const outcomes = await Promise.allSettled([insert('a'), refuse(), insert('a'), insert('b')])
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
  expect((outcomes[1] as PromiseRejectedResult).reason).toBeInstanceOf(RangeError)
  expect((outcomes[2] as PromiseRejectedResult).reason).toMatchObject({ code: 'SQLITE_CONSTRAINT_UNIQUE' })
  expect(lines()).toEqual(['a', 'b'])
})

test('a failed COMMIT acknowledges nobody of its batch, and the queue goes on', async () => {
  // A foreign key that is checked only at COMMIT makes COMMIT itself fail.
  const dangling = queue.write(() => db.prepare('INSERT INTO note (line) VALUES (999)').run())
  const outcomes = await Promise.allSettled([insert('before'), dangling, insert('after')])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(db.inTransaction).toBe(false)
  expect(lines()).toEqual([])
  await insert('later')
  expect(lines()).toEqual(['later'])
})

test('a transaction that cannot begin rejects its writes without running them', async () => {
  db.pragma('busy_timeout = 0')
  other.exec('BEGIN IMMEDIATE')
  let ran = false
  const blocked = queue.write(() => (ran = true))
  await expect(blocked).rejects.toMatchObject({ code: 'SQLITE_BUSY' })
  other.exec('ROLLBACK')
  expect(ran).toBe(false)
  await insert('later')
  expect(lines()).toEqual(['later'])
})

test('on a full disk every write is either acknowledged and there, or rejected and not', async () => {
  const pages = db.pragma('page_count', { simple: true }) as number
  db.pragma(`max_page_count = ${pages + 20}`)
  const texts = Array.from({ length: 60 }, (_, i) => `${i}:`.padEnd(3000, 'x'))
  const outcomes = await Promise.allSettled(texts.map((text) => insert(text)))
  const acknowledged = texts.filter((_, i) => outcomes[i]!.status === 'fulfilled')
  expect(acknowledged.length).toBeLessThan(texts.length)
  // Known not to be there, so that what was made for it can be removed.
  for (const outcome of outcomes)
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'StorageFull' })
  expect(lines()).toEqual(acknowledged)
  db.pragma(`max_page_count = ${pages + 2000}`)
  await insert('there is room again')
  expect(lines()).toEqual([...acknowledged, 'there is room again'])
})

describe('until the disk has a commit', () => {
  test('nobody in it is answered, what is seen of it is not settled, and nothing is built upon it', async () => {
    const held = disk.hold()
    const answered: string[] = []
    const first = [insert('a'), queue.write(() => refuse())].map((write, i) =>
      write.then(
        () => answered.push(`${i} done`),
        () => answered.push(`${i} refused`),
      ),
    )
    await aWhile()
    expect(lines()).toEqual(['a'])
    const settled = queue.settled()
    expect(settled).toBeDefined()
    const later = ['b', 'c'].map((text) => insert(text))
    const holding = queue.exclusive(async () => void answered.push('hold'))
    await aWhile()
    expect(answered).toEqual([])
    expect(lines()).toEqual(['a'])
    held.succeed()
    await Promise.all([...first, ...later, holding, settled])
    expect(answered).toEqual(['0 done', '1 refused', 'hold'])
    expect(disk.syncs).toBe(2)
    expect(lines()).toEqual(['a', 'b', 'c'])
    expect(queue.settled()).toBeUndefined()
  })

  test('a sync that fails acknowledges nobody; the log is written anew before anything else', async () => {
    const held = disk.hold()
    const outcomes = Promise.allSettled([insert('a'), insert('b')])
    await aWhile()
    // Another that reads keeps the log as it is.
    other.exec('BEGIN')
    expect(lines()).toEqual(['a', 'b'])
    const seen = queue.settled()
    held.fail()
    await expect(seen).rejects.toThrow('EIO')
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    db.pragma('busy_timeout = 0')
    // What was refused can still be seen, and nobody may be told of it.
    await expect(queue.settled()).rejects.toThrow('could not be brought to the disk')
    await expect(insert('c')).rejects.toThrow('could not be brought to the disk')
    await expect(queue.acquire()).rejects.toThrow('could not be brought to the disk')
    expect(db.inTransaction).toBe(false)
    other.exec('COMMIT')
    await queue.settled()
    expect(queue.settled()).toBeUndefined()
    const log = statSync(join(folder, 'q.db-wal')).size
    // Nothing rests on the old log any more.
    expect(log).toBe(0)
    await insert('d')
    expect(lines()).toEqual(['a', 'b', 'd'])
    await queue.exclusive(() => insertedByHolder())
    expect(lines()).toEqual(['a', 'b', 'd', 'held'])
  })
})

describe('a hold', () => {
  test('begins after writes that waited before it and keeps later ones waiting', async () => {
    const order: string[] = []
    const first = insert('first').then(() => order.push('first'))
    const held = queue.exclusive(async () => {
      order.push('hold')
      expect(lines()).toEqual(['first'])
      await new Promise((resolve) => setTimeout(resolve, 20))
      expect(lines()).toEqual(['first'])
      order.push('release')
    })
    const later = insert('later').then(() => order.push('later'))
    await Promise.all([first, held, later])
    expect(order).toEqual(['first', 'hold', 'release', 'later'])
    expect(lines()).toEqual(['first', 'later'])
  })

  test('is given to one at a time, in order', async () => {
    let holders = 0
    const order: number[] = []
    const holds = [1, 2, 3].map((i) =>
      queue.exclusive(async () => {
        holders += 1
        expect(holders).toBe(1)
        await new Promise((resolve) => setImmediate(resolve))
        order.push(i)
        holders -= 1
      }),
    )
    await Promise.all(holds)
    expect(order).toEqual([1, 2, 3])
  })

  test('ends when its work throws, and may be released twice without freeing another', async () => {
    await expect(queue.exclusive(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    const release = await queue.acquire()
    release()
    const second = await queue.acquire()
    release()
    let written = false
    const waiting = insert('x').then(() => (written = true))
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(written).toBe(false)
    second()
    await waiting
    expect(lines()).toEqual(['x'])
  })
})

test('whatever is mixed, exactly the acknowledged writes are there, in order', async () => {
  let run = 0
  const kinds = fc.constantFrom('ok', 'duplicate', 'throw', 'hold', 'tick')
  await fc.assert(
    fc.asyncProperty(fc.array(kinds, { maxLength: 60 }), async (steps) => {
      const mark = `${run++}/`
      const wanted: Promise<string | undefined>[] = []
      const attempt = (work: Promise<unknown>, text: string): void => {
        wanted.push(
          work.then(
            () => text,
            () => undefined,
          ),
        )
      }
      for (const [i, kind] of steps.entries()) {
        const text = `${mark}${i}`
        if (kind === 'ok') attempt(insert(text), text)
        if (kind === 'duplicate') attempt(insert(`${mark}same`), `${mark}same`)
        if (kind === 'throw')
          attempt(
            queue.write(() => {
              db.prepare('INSERT INTO line (text) VALUES (?)').run(text)
              throw new Error('refused')
            }),
            text,
          )
        if (kind === 'hold') void queue.exclusive(() => new Promise((resolve) => setImmediate(resolve)))
        if (kind === 'tick') await new Promise((resolve) => setImmediate(resolve))
      }
      const acknowledged = (await Promise.all(wanted)).filter((text) => text !== undefined)
      expect(lines().filter((text) => text.startsWith(mark))).toEqual(acknowledged)
    }),
    { numRuns: 60 },
  )
})
