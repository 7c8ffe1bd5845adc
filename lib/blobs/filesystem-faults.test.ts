import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { isStoreError } from '../errors.ts'
import { get, idsOf, newId, put } from './conformance.ts'
import { openFilesystemStore } from './filesystem.ts'
import { type DiskOperation, failure, SimulatedDisk } from './simulated-disk.ts'

const BATCH = 64
const ERRORS = ['ENOSPC', 'EDQUOT', 'EIO', 'EMFILE', 'EROFS', 'EACCES'] as const
const WRITE_PATH: DiskOperation[] = ['open', 'writev', 'fdatasync', 'close', 'rename', 'fsync']

async function open(batchBytes = BATCH) {
  const disk = new SimulatedDisk()
  const store = await openFilesystemStore({ directory: '/blobs', ops: disk, batchBytes })
  return { disk, store }
}

/** Makes the `nth` call of `operation` from now on fail, once. */
function failOnce(
  disk: SimulatedDisk,
  operation: DiskOperation,
  nth: number,
  code: string,
): { failed: () => boolean } {
  let calls = 0
  disk.behaviour = {
    before: (current) => {
      if (current === operation && calls++ === nth) throw failure(code)
    },
  }
  return { failed: () => calls > nth }
}

describe.each(ERRORS)('%s at any call of the write path', (code) => {
  it.each(WRITE_PATH)('%s: fails the upload, leaves nothing, loses nothing', async (operation) => {
    for (let nth = 0; ; nth++) {
      const { disk, store } = await open()
      const old = randomBytes(200)
      const oldId = await put(store, [old])
      const fault = failOnce(disk, operation, nth, code)
      const outcome = await put(store, [randomBytes(100)], [randomBytes(100)], [randomBytes(30)]).catch(
        (error: unknown) => error,
      )
      const happened = fault.failed()
      disk.behaviour = {}
      expect(isStoreError(outcome)).toBe(happened)
      expect(disk.openFiles).toBe(0)
      expect(await disk.readdir('/blobs/tmp')).toEqual([])
      expect(await idsOf(store)).toEqual(happened ? [oldId] : [oldId, outcome].sort())
      expect((await get(store, oldId, 0, 200)).equals(old)).toBe(true)
      if (!happened) return
    }
  })
})

it('too many open files, wherever they are met, stop one upload and no later one', async () => {
  for (let nth = 0, happened = true; happened; nth++) {
    const { disk, store } = await open()
    const fault = failOnce(disk, 'open', nth, 'EMFILE')
    const outcome = await put(store, [randomBytes(100)]).catch((error: unknown) => error)
    happened = fault.failed()
    disk.behaviour = {}
    if (happened) expect(outcome).toMatchObject({ code: 'SlowDown' })
    const id = await put(store, [randomBytes(100)])
    await store.delete(id)
  }
})

it('a batch that fails beside its caller is told to his next call as it was', async () => {
  for (const next of ['write', 'commit'] as const) {
    const { disk, store } = await open()
    failOnce(disk, 'writev', 0, 'ENOSPC')
    const writer = await store.create(newId())
    await writer.write([randomBytes(BATCH)])
    // the batch has failed by itself by now
    await new Promise((resolve) => setImmediate(resolve))
    const call = next === 'write' ? writer.write([randomBytes(1)]) : writer.commit()
    await expect(call).rejects.toMatchObject({ code: 'StorageFull' })
    await writer.abort()
    expect(disk.openFiles).toBe(0)
  }
})

it('however small the pieces are, few of them go out in one call', async () => {
  const { disk, store } = await open(100_000)
  const writev = vi.spyOn(disk, 'writev')
  const bytes = randomBytes(150_000)
  const writer = await store.create(newId())
  for (const byte of bytes) await writer.write([Buffer.of(byte)])
  await writer.commit()
  for (const [, pieces] of writev.mock.calls) expect(pieces.length).toBeLessThanOrEqual(256)
  expect((await get(store, writer.id, 0, bytes.length)).equals(bytes)).toBe(true)
})

describe('a disk that reported an I/O error', () => {
  it.each(['writev', 'fdatasync', 'fsync'] as const)(
    'is not written again after %s, but read',
    async (operation) => {
      const { disk, store } = await open()
      const bytes = randomBytes(500)
      const id = await put(store, [bytes])
      failOnce(disk, operation, 0, 'EIO')
      await expect(put(store, [randomBytes(100)])).rejects.toMatchObject({ code: 'StorageFull' })
      disk.behaviour = {}
      const before = disk.operations
      await expect(put(store, [randomBytes(100)])).rejects.toMatchObject({ code: 'StorageFull' })
      await expect(store.delete(id)).rejects.toMatchObject({ code: 'StorageFull' })
      expect(disk.operations).toBe(before)
      expect((await get(store, id, 0, 500)).equals(bytes)).toBe(true)
    },
  )

  it('distrusts any failure of a sync but want of room', async () => {
    const { disk, store } = await open()
    failOnce(disk, 'fdatasync', 0, 'ENOSPC')
    await expect(put(store, [randomBytes(9)])).rejects.toMatchObject({ code: 'StorageFull' })
    disk.behaviour = {}
    await put(store, [randomBytes(9)])
    failOnce(disk, 'fdatasync', 0, 'EINVAL')
    await expect(put(store, [randomBytes(9)])).rejects.toMatchObject({ code: 'StorageFull' })
    disk.behaviour = {}
    await expect(put(store, [randomBytes(9)])).rejects.toMatchObject({ code: 'StorageFull' })
  })

  it('stops the writers that were under way', async () => {
    const { disk, store } = await open()
    const other = await store.create(newId())
    await other.write([randomBytes(100)])
    failOnce(disk, 'fdatasync', 0, 'EIO')
    await expect(put(store, [randomBytes(100)])).rejects.toMatchObject({ code: 'StorageFull' })
    disk.behaviour = {}
    await expect(other.commit()).rejects.toMatchObject({ code: 'StorageFull' })
    await other.abort()
    expect(await disk.readdir('/blobs/tmp')).toEqual([])
  })

  it('syncs a file once only, whatever the outcome', async () => {
    const { disk, store } = await open()
    let syncs = 0
    disk.behaviour = {
      before: (operation) => {
        if (operation !== 'fdatasync') return
        syncs += 1
        throw failure('ENOSPC')
      },
    }
    const writer = await store.create(newId())
    await writer.write([randomBytes(10)])
    await expect(writer.commit()).rejects.toMatchObject({ code: 'StorageFull' })
    await expect(writer.commit()).rejects.toThrow()
    await writer.abort()
    expect(syncs).toBe(1)
  })
})

describe('a full disk', () => {
  it('takes a part of a write without an error, then none: the upload fails and the room comes back', async () => {
    const { disk, store } = await open()
    const kept = randomBytes(300)
    const id = await put(store, [kept])
    disk.room = 1000
    await expect(put(store, [randomBytes(1700)])).rejects.toMatchObject({ code: 'StorageFull' })
    expect(disk.room).toBe(1000)
    const small = randomBytes(1000)
    const smallId = await put(store, [small])
    expect((await get(store, id, 0, 300)).equals(kept)).toBe(true)
    expect((await get(store, smallId, 0, 1000)).equals(small)).toBe(true)
  })

  it('refuses when a write takes nothing and says nothing', async () => {
    const { disk, store } = await open()
    disk.behaviour = { takes: () => 0 }
    await expect(put(store, [randomBytes(10)])).rejects.toMatchObject({ code: 'StorageFull' })
  })
})

describe('short counts', () => {
  it('are continued, in writing and in reading', async () => {
    const lengths = fc.array(fc.nat({ max: 400 }), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(lengths, fc.infiniteStream(fc.nat({ max: 1000 })), async (pieces, stream) => {
        const { disk, store } = await open()
        disk.behaviour = { takes: (bytes) => Math.min(bytes, 1 + ((stream.next().value ?? 0) % 150)) }
        const whole = pieces.map((length) => randomBytes(length))
        const id = await put(store, whole)
        const size = (await store.size(id)) ?? -1
        expect((await get(store, id, 0, size)).equals(Buffer.concat(whole))).toBe(true)
      }),
      { numRuns: 200 },
    )
  })
})

describe('reading from a failing disk', () => {
  it.each(['open', 'read'] as const)(
    '%s: says that the bytes cannot be read and keeps no handle',
    async (operation) => {
      const { disk, store } = await open()
      const id = await put(store, [randomBytes(1_300_000)])
      for (let nth = 0; nth < (operation === 'open' ? 1 : 3); nth++) {
        failOnce(disk, operation, nth, 'EIO')
        await expect(get(store, id, 0, 1_300_000)).rejects.toMatchObject({ code: 'ObjectCorrupt' })
        disk.behaviour = {}
        expect(disk.openFiles).toBe(0)
      }
    },
  )
})
