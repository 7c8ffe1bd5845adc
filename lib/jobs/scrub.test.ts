import { randomBytes } from 'node:crypto'
import { readFileSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { StoreError } from '../errors.ts'
import {
  CHUNK,
  ENCRYPTED,
  keyFor,
  METHODS,
  openBench,
  put,
  run,
  type Bench,
  type Method,
} from '../store/store.test-support.ts'
import { findings, scrubAll, scrubOf } from './scrub.test-support.ts'

const DAY = 86_400_000

let bench: Bench
beforeEach(async () => (bench = await openBench()))
afterEach(() => bench.dispose())

const MANAGED = METHODS.find(({ mode }) => mode === 'managed-key')!
const PLAIN = METHODS[0]!

async function store(key: string, size = 40_000, method: Method = MANAGED): Promise<string> {
  await put(bench, key, randomBytes(size), { encryption: method.encryption })
  const { object } = await run(bench, {
    name: 'HeadObject',
    bucket: bench.bucket,
    key,
    conditions: {},
    ...keyFor(method),
  })
  return object.objectId
}

async function pathOf(objectId: string): Promise<string> {
  const [part] = await bench.deps.catalog.parts(objectId)
  return join(bench.blobFolder, part!.blobId.slice(0, 2), part!.blobId)
}

const lastTally = async (projectId = bench.projectId) => {
  const round = await bench.database.scrub.lastFinished()
  return bench.database.integrity.tally(round!.roundId, projectId)
}

describe('a round', () => {
  test('finds nothing where all is whole, and counts it', async () => {
    for (const [index, method] of METHODS.entries()) await store(`whole/${index}`, 20_000 + index, method)
    await store('empty', 0)
    await scrubAll(bench)
    expect(await findings(bench)).toEqual([])
    const tally = await lastTally()
    expect(tally).toMatchObject({ objects: METHODS.length + 1, withoutKey: 2, damaged: 0, unchecked: 0 })
    expect(tally!.bytes).toBeGreaterThan(7 * 20_000)
  })

  test('finds a missing blob, a flipped bit, a truncated file and swapped rows, each at its place', async () => {
    const ids: Record<string, string> = {}
    for (const key of ['missing', 'flipped', 'short', 'plain', 'swap-a', 'swap-b', 'row', 'whole'])
      ids[key] = await store(key, 3 * CHUNK, key === 'plain' ? PLAIN : MANAGED)
    unlinkSync(await pathOf(ids['missing']!))
    const flipped = readFileSync(await pathOf(ids['flipped']!))
    flipped[88 + CHUNK + 16 + 9]! ^= 4
    writeFileSync(await pathOf(ids['flipped']!), flipped)
    truncateSync(await pathOf(ids['short']!), 1000)
    const plain = readFileSync(await pathOf(ids['plain']!))
    plain[70_000]! ^= 1
    writeFileSync(await pathOf(ids['plain']!), plain)
    const place = bench.sql.prepare('UPDATE object_version SET key = ? WHERE object_id = ?')
    place.run('swap-c', ids['swap-a'])
    place.run('swap-a', ids['swap-b'])
    place.run('swap-b', ids['swap-a'])
    bench.sql.prepare('UPDATE object_version SET size = -5 WHERE object_id = ?').run(ids['row'])
    await scrubAll(bench)
    const found = await findings(bench)
    const first = Object.fromEntries(found.map(({ objectId, damage }) => [objectId, damage[0]]))
    expect(first).toMatchObject({
      [ids['missing']!]: { what: 'blob-missing', part: 1 },
      [ids['flipped']!]: { what: 'chunk', chunk: 1, offset: 88 + CHUNK + 16 },
      [ids['short']!]: { what: 'blob-short', offset: 1000 },
      [ids['plain']!]: { what: 'checksum', part: 1 },
      [ids['swap-a']!]: { what: 'key-wrong' },
      [ids['swap-b']!]: { what: 'key-wrong' },
      [ids['row']!]: { what: 'row-unreadable' },
    })
    expect(found).toHaveLength(7)
    expect(
      found.every(({ projectId, foundBy }) => projectId === bench.projectId && foundBy === 'scrub'),
    ).toBe(true)
    expect(await lastTally()).toMatchObject({ objects: 8, damaged: 7 })
  })

  test('is not stopped by rows that hold anything', async () => {
    const damaged = await store('damaged')
    const homeless = await store('homeless')
    const nameless = await store('nameless')
    await store('behind')
    bench.sql.pragma('ignore_check_constraints = ON')
    const columns = (
      bench.sql.pragma('table_info(object_version)') as { name: string; notnull: number }[]
    ).filter(
      ({ name }) =>
        !['object_id', 'bucket_id', 'key', 'version_id', 'current', 'delete_marker'].includes(name),
    )
    for (const { name } of columns)
      bench.sql.prepare(`UPDATE object_version SET "${name}" = X'00' WHERE object_id = ?`).run(damaged)
    bench.sql.prepare("UPDATE object_version SET bucket_id = 'nowhere' WHERE object_id = ?").run(homeless)
    bench.sql.prepare("UPDATE object_version SET object_id = X'FFEE' WHERE object_id = ?").run(nameless)
    await scrubAll(bench)
    const found = await findings(bench)
    expect(found.map(({ objectId, projectId }) => [objectId, projectId]).sort()).toEqual(
      [
        [damaged, bench.projectId],
        [homeless, undefined],
        ['bytes:ffee', bench.projectId],
      ].sort(),
    )
    expect(await lastTally()).toMatchObject({ objects: 3, damaged: 2 })
    // Only the administrators of the installation see what belongs to no project.
    const own = { search: '', before: 1e9, limit: 10, state: 'open', projectId: bench.projectId } as const
    expect(await bench.database.integrity.findings({ ...own, homeless: false })).toHaveLength(2)
  })

  test('what fails for another reason is counted and does not hold up the others', async () => {
    const full = await store('busy')
    await store('fine')
    const busy = (await bench.deps.catalog.parts(full))[0]!.blobId
    const { blobs } = bench.deps
    const read: typeof blobs.read = (id, offset, length) => {
      if (id === busy) throw new StoreError('SlowDown', 'Too many files are open')
      return blobs.read(id, offset, length)
    }
    const failing = {
      read,
      size: (id: string) => blobs.size(id),
      hold: (ids: readonly string[]) => blobs.hold(ids),
    }
    await scrubAll(bench, { blobs: failing })
    expect(await findings(bench)).toEqual([])
    expect(await lastTally()).toMatchObject({ objects: 1 })
    expect(await lastTally('')).toMatchObject({ unchecked: 1 })
  })

  test('damage that cannot be written down is not passed over', async () => {
    const id = await store('lost')
    await store('other')
    unlinkSync(await pathOf(id))
    const integrity = { keep: () => Promise.reject(new Error('disk')) }
    const { scrubber } = scrubOf(bench, { integrity })
    await bench.database.scrub.beginRound(Date.now())
    await expect(scrubber.run()).rejects.toThrow('disk')
    expect((await bench.database.scrub.openRound())!.position).toBeLessThan(1)
    await scrubOf(bench).scrubber.run()
    expect(await findings(bench)).toHaveLength(1)
  })

  test('a key that cannot be used is no damage; one that is gone is', async () => {
    const disabled = await store('disabled')
    const missing = await store('missing')
    const { keyId } = await bench.deps.keyring.defaultKey(bench.projectId)
    bench.sql
      .prepare('UPDATE object_version SET key_id = ? WHERE object_id = ?')
      .run(crypto.randomUUID(), missing)
    await bench.database.keys.changeKey(keyId, () => ({ set: { state: 'Disabled' } }))
    const { keyring } = await reopened()
    await scrubAll(bench, { keyring })
    expect((await findings(bench)).map(({ objectId, damage }) => [objectId, damage[0]!.what])).toEqual([
      [missing, 'key-missing'],
    ])
    expect(await lastTally()).toMatchObject({ objects: 2, withoutKey: 1 })
    expect(disabled).not.toBe(missing)
  })

  test('is one record for each key in the audit log, not one a version', async () => {
    for (let i = 0; i < 12; i++) await store(`audited/${i}`, 100)
    const { keyId } = await bench.deps.keyring.defaultKey(bench.projectId)
    const appended = await scrubAll(bench)
    expect(appended).toHaveLength(1)
    const { roundId } = (await bench.database.scrub.lastFinished())!
    expect(appended[0]).toMatchObject({
      action: 'coffer:ScrubObjects',
      projectId: bench.projectId,
      keyId,
      actor: { userId: undefined },
      details: { round: roundId, uses: 12, refused: 0 },
    })
  })
})

describe('a finding', () => {
  test('stays with its first date, and is resolved when a later round passes', async () => {
    const id = await store('again')
    const path = await pathOf(id)
    const bytes = readFileSync(path)
    unlinkSync(path)
    let now = 1_000_000
    const later = { now: () => (now += 1000) }
    await scrubAll(bench, later)
    await scrubAll(bench, later)
    const [finding, ...others] = await findings(bench)
    expect(others).toEqual([])
    expect(finding!.lastSeen).toBeGreaterThan(finding!.firstSeen)
    writeFileSync(path, bytes)
    await scrubAll(bench, later)
    expect(await findings(bench)).toEqual([])
    expect(await findings(bench, 'resolved')).toMatchObject([{ objectId: id, resolution: 'passed' }])
  })

  test('is resolved when the object was replaced or deleted', async () => {
    for (const key of ['replaced', 'deleted']) unlinkSync(await pathOf(await store(key)))
    await scrubAll(bench)
    expect(await findings(bench)).toHaveLength(2)
    await store('replaced')
    await run(bench, { name: 'DeleteObject', bucket: bench.bucket, key: 'deleted', conditions: {} })
    await scrubAll(bench)
    expect(await findings(bench)).toEqual([])
    expect((await findings(bench, 'resolved')).map(({ resolution }) => resolution)).toEqual(['gone', 'gone'])
  })
})

describe('rounds', () => {
  test('a restart goes on where the one before was, and counts nothing twice', async () => {
    const ids: string[] = []
    for (let i = 0; i < 30; i++) ids.push(await store(`many/${i}`, 20_000))
    for (const index of [2, 15, 29]) unlinkSync(await pathOf(ids[index]!))
    let seen = 0
    const first = scrubOf(bench, {
      pace: {
        spend: async () => {
          if (++seen === 12) void first.scrubber.stop()
        },
      },
    })
    await first.scrubber.start()
    await first.scrubber.run()
    const open = (await bench.database.scrub.openRound())!
    expect(open.position).toBeGreaterThanOrEqual(open.firstRow)
    expect(open.position).toBeLessThan(open.lastRow)
    const before = (await bench.database.integrity.tally(open.roundId, bench.projectId))!
    expect(before.objects).toBeGreaterThan(0)
    expect(before.objects).toBeLessThan(30)

    let read = 0
    const counting = { spend: async (bytes: number) => void (read += bytes) }
    await scrubOf(bench, { pace: counting }).scrubber.run()
    const done = (await bench.database.scrub.lastFinished())!
    expect(done.roundId).toBe(open.roundId)
    expect(await lastTally()).toMatchObject({ objects: 30, damaged: 3 })
    expect(await findings(bench)).toHaveLength(3)
    expect(read).toBeLessThan(30 * 64 * 1024)
  })

  test('killed at any object, the next process goes on behind what was kept last', async () => {
    const ids: string[] = []
    for (let i = 0; i < 12; i++) ids.push(await store(`killed/${i}`, 20_000))
    unlinkSync(await pathOf(ids[7]!))
    let now = 0
    const clock = { now: () => (now += 3000) }
    for (const last of [2, 3, 5]) {
      let seen = 0
      // Never comes back: what a killed process looks like to the database.
      const pace = {
        spend: (): Promise<void> => (++seen < last ? Promise.resolve() : new Promise(() => undefined)),
      }
      const before = (await bench.database.scrub.beginRound(1)).position
      void scrubOf(bench, { pace, ...clock }).scrubber.run()
      await expect.poll(() => seen).toBe(last)
      const { position } = (await bench.database.scrub.openRound())!
      expect(position).toBeGreaterThanOrEqual(before)
    }
    await scrubOf(bench, clock).scrubber.run()
    expect(await lastTally()).toMatchObject({ objects: 12, damaged: 1, unchecked: 0 })
    expect(await findings(bench)).toMatchObject([{ objectId: ids[7], damage: [{ what: 'blob-missing' }] }])
  })

  test('begin by the period, on request at once, and never twice', async () => {
    await store('one')
    let now = 10 * DAY
    const { scrubber } = scrubOf(bench, { now: () => now, periodDays: 30 })
    expect(await scrubber.nextAt()).toBe(now)
    await Promise.all([scrubber.run(), scrubber.run()])
    const first = (await bench.database.scrub.lastFinished())!
    expect(await scrubber.nextAt()).toBe(first.startedAt + 30 * DAY)
    now += 29 * DAY
    await scrubber.run()
    expect((await bench.database.scrub.lastFinished())!.roundId).toBe(first.roundId)
    now += DAY
    await scrubber.run()
    expect((await bench.database.scrub.lastFinished())!.roundId).toBe(first.roundId + 1)
    const asked = await scrubber.start()
    expect((await scrubber.start()).roundId).toBe(asked.roundId)
    await scrubber.run()
    expect(await bench.database.scrub.openRound()).toBeUndefined()
  })

  test('are never begun by a period of 0, but on request', async () => {
    await store('one')
    const { scrubber } = scrubOf(bench, { periodDays: 0 })
    await scrubber.run()
    expect(await scrubber.nextAt()).toBeUndefined()
    expect(await bench.database.scrub.lastFinished()).toBeUndefined()
    await scrubber.start()
    await scrubber.run()
    expect(await lastTally()).toMatchObject({ objects: 1 })
  })

  test('do not run after what is written meanwhile, and see every version and no delete marker', async () => {
    await run(bench, { name: 'PutBucketVersioning', bucket: bench.bucket, state: 'Enabled' })
    for (let i = 0; i < 3; i++) await store('versions')
    await run(bench, { name: 'DeleteObject', bucket: bench.bucket, key: 'versions', conditions: {} })
    let written = 0
    const pace = {
      spend: async () => {
        if (written++ < 20)
          await put(bench, `new/${written}`, Buffer.from('x'), { encryption: MANAGED.encryption })
      },
    }
    await scrubAll(bench, { pace })
    expect(await lastTally()).toMatchObject({ objects: 3, damaged: 0 })
    expect(written).toBeGreaterThan(2)
  })
})

test('every suite and mode is verified as its reader would', async () => {
  for (const method of ENCRYPTED.filter(({ mode }) => mode !== 'customer-key')) {
    const id = await store(`mode/${method.name}`, 2 * CHUNK, method)
    const path = await pathOf(id)
    const bytes = readFileSync(path)
    bytes[bytes.length - 1]! ^= 1
    writeFileSync(path, bytes)
  }
  await scrubAll(bench)
  const found = await findings(bench)
  expect(found).toHaveLength(4)
  expect(found.every(({ damage }) => damage[0]!.what === 'chunk' && damage[0]!.chunk === 2)).toBe(true)
})

/** A keyring that remembers nothing. */
async function reopened() {
  const { createKeyring } = await import('../keys/keyring-service.ts')
  const { FileRoot } = await import('../keys/root/file.ts')
  const { openRoot } = await import('../keys/root/open-root.ts')
  const dataDir = join(bench.blobFolder, '..')
  const root = await openRoot({
    source: new FileRoot(join(dataDir, '..', 'root.key')),
    dataDir,
    repository: bench.database.keys,
  })
  const keyring = createKeyring({
    root,
    repository: bench.database.keys,
    region: 'us-east-1',
    accountOf: bench.deps.accountOf,
    servicePeriodDays: 90,
  })
  return { keyring }
}
