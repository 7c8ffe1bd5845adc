import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { BlobStore } from './blob-store.ts'

/** A store under test; `reopen` gives the same bytes to a new store, as a restart does. */
export interface StoreHarness {
  store: BlobStore
  reopen(): Promise<BlobStore>
  dispose(): Promise<void>
}

const SIZES = [0, 1, 4096, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 1024 * 1024 + 17]

/** What every blob store must do. A store is done when a file of thirty lines that calls this passes. */
export function blobStoreConformance(name: string, open: () => Promise<StoreHarness>): void {
  describe(`${name} keeps the promises of a blob store`, () => {
    let harness: StoreHarness
    let store: BlobStore
    beforeEach(async () => {
      harness = await open()
      store = harness.store
    })
    afterEach(() => harness.dispose())

    it.each(SIZES)('gives back %i bytes as they were', async (size) => {
      const bytes = randomBytes(size)
      const id = await put(store, [bytes])
      expect(await store.size(id)).toBe(size)
      expect((await get(store, id, 0, size)).equals(bytes)).toBe(true)
    })

    it('joins pieces of any size in the order they came', async () => {
      const pieces = [0, 1, 7, 300_000, 0, 65_552, 3, 524_288, 1].map((size) => randomBytes(size))
      const writer = await store.create(newId())
      for (const piece of pieces) await writer.write([piece])
      await writer.write(pieces)
      await writer.commit()
      const whole = Buffer.concat([...pieces, ...pieces])
      expect((await get(store, writer.id, 0, whole.length)).equals(whole)).toBe(true)
    })

    it('takes thousands of small pieces in one write', async () => {
      const whole = randomBytes(5000)
      const id = await put(
        store,
        Array.from({ length: 5000 }, (_, index) => whole.subarray(index, index + 1)),
      )
      expect((await get(store, id, 0, 5000)).equals(whole)).toBe(true)
    })

    it('reads any range', async () => {
      const bytes = randomBytes(900_001)
      const id = await put(store, [bytes])
      for (const [offset, length] of [
        [0, 1],
        [899_999, 2],
        [262_143, 2],
        [17, 600_000],
        [5, 0],
      ] as const) {
        expect((await get(store, id, offset, length)).equals(bytes.subarray(offset, offset + length))).toBe(
          true,
        )
      }
    })

    it('hands out pieces of at most 1 MiB that the consumer may keep', async () => {
      const bytes = randomBytes(3 * 1024 * 1024 + 5)
      const id = await put(store, [bytes])
      const kept: Buffer[] = []
      for await (const piece of store.read(id, 0, bytes.length)) kept.push(piece)
      expect(Math.max(...kept.map((piece) => piece.length))).toBeLessThanOrEqual(1024 * 1024)
      expect(Buffer.concat(kept).equals(bytes)).toBe(true)
    })

    it('lends pieces, each until the next', async () => {
      const bytes = randomBytes(1_000_003)
      const id = await put(store, [bytes])
      for (const [offset, length, multipleOf, lead] of [
        [0, bytes.length, 262_208, 88],
        [88, 999_000, 65_552, 0],
        [7, 100, 262_208, 88],
        [500_000, 262_296, 262_208, 88],
      ] as const) {
        const read: Buffer[] = []
        for await (const piece of store.read(id, offset, length, { multipleOf, lead })) {
          read.push(Buffer.from(piece))
          await new Promise((resolve) => setImmediate(resolve))
          expect(piece.equals(read.at(-1)!)).toBe(true)
        }
        expect(Buffer.concat(read).equals(bytes.subarray(offset, offset + length))).toBe(true)
      }
    })

    it('shows nothing before commit', async () => {
      const writer = await store.create(newId())
      await writer.write([randomBytes(600_000)])
      expect(await store.size(writer.id)).toBeUndefined()
      expect(await idsOf(store)).toEqual([])
      await expect(get(store, writer.id, 0, 1)).rejects.toMatchObject({ code: 'ObjectCorrupt' })
      await writer.commit()
      expect(await store.size(writer.id)).toBe(600_000)
    })

    it('leaves nothing after abort, at any stage', async () => {
      const untouched = await store.create(newId())
      await untouched.abort()
      const small = await store.create(newId())
      await small.write([randomBytes(10)])
      await small.abort()
      const large = await store.create(newId())
      await large.write([randomBytes(700_000)])
      await large.abort()
      await large.abort()
      expect(await idsOf(store)).toEqual([])
      expect(await (await harness.reopen()).recover()).toBe(0)
    })

    it('keeps a committed blob when abort follows', async () => {
      const writer = await store.create(newId())
      await writer.write([Buffer.from('kept')])
      await writer.commit()
      await writer.abort()
      expect((await get(store, writer.id, 0, 4)).toString()).toBe('kept')
    })

    it('refuses to go on with a writer that has ended', async () => {
      const writer = await store.create(newId())
      await writer.commit()
      await expect(writer.write([Buffer.from('more')])).rejects.toThrow()
      await expect(writer.commit()).rejects.toThrow()
    })

    it('says so when a blob is missing or shorter than asked', async () => {
      const id = await put(store, [randomBytes(100)])
      await expect(get(store, id, 0, 101)).rejects.toMatchObject({ code: 'ObjectCorrupt' })
      await expect(get(store, id, 200, 1)).rejects.toMatchObject({ code: 'ObjectCorrupt' })
      await expect(get(store, newId(), 0, 1)).rejects.toMatchObject({ code: 'ObjectCorrupt' })
      expect(await store.size(newId())).toBeUndefined()
    })

    it('deletes, also twice, also what never was', async () => {
      const id = await put(store, [randomBytes(10)])
      await store.delete(id)
      await store.delete(id)
      await store.delete(newId())
      expect(await store.size(id)).toBeUndefined()
      expect(await idsOf(store)).toEqual([])
    })

    it('keeps a blob that is held until its last holder lets go', async () => {
      const [id, free] = [await put(store, [randomBytes(10)]), await put(store, [randomBytes(10)])]
      const [first, second] = [store.hold([id]), store.hold([id, newId()])]
      await store.delete(id)
      await store.delete(free)
      expect(await store.size(free)).toBeUndefined()
      first()
      first()
      expect((await get(store, id, 0, 10)).length).toBe(10)
      second()
      await expect.poll(() => store.size(id)).toBeUndefined()
      expect(await idsOf(store)).toEqual([])
    })

    it('lets go of a blob without deleting it', async () => {
      const id = await put(store, [randomBytes(10)])
      store.hold([id])()
      expect(await store.size(id)).toBe(10)
      await store.delete(id)
      expect(await store.size(id)).toBeUndefined()
    })

    it('finishes a read that had begun when the blob is deleted', async () => {
      const bytes = randomBytes(2 * 1024 * 1024)
      const id = await put(store, [bytes])
      const pieces: Buffer[] = []
      for await (const piece of store.read(id, 0, bytes.length)) {
        if (pieces.length === 0) await store.delete(id)
        pieces.push(piece)
      }
      expect(Buffer.concat(pieces).equals(bytes)).toBe(true)
    })

    it('lists every blob once, dated now', async () => {
      const before = Date.now() - 5000
      const ids = await Promise.all(Array.from({ length: 40 }, () => put(store, [randomBytes(3)])))
      const found: string[] = []
      for await (const { id, modifiedAt } of store.list()) {
        found.push(id)
        expect(modifiedAt).toBeGreaterThan(before)
      }
      expect(found.sort()).toEqual(ids.sort())
    })

    it('lists no new blob before it is settled, so that no sweep takes what waits for its row', async () => {
      const writers = [await store.create(newId()), await store.create(newId())]
      for (const writer of writers) await writer.commit()
      expect(await idsOf(store)).toEqual([])
      const [first, second] = writers.map(({ id }) => id)
      store.settle([first!])
      expect(await idsOf(store)).toEqual([first])
      // A new process knows of nobody who waits.
      expect(await idsOf(await harness.reopen())).toEqual([first, second].sort())
    })

    it('keeps blobs over a restart and removes what was unfinished', async () => {
      const bytes = randomBytes(300_000)
      const id = await put(store, [bytes])
      const unfinished = await store.create(newId())
      await unfinished.write([randomBytes(600_000)])
      await unfinished.write([randomBytes(600_000)])
      const after = await harness.reopen()
      expect(await after.recover()).toBe(1)
      expect(await after.recover()).toBe(0)
      expect(await idsOf(after)).toEqual([id])
      expect((await get(after, id, 0, bytes.length)).equals(bytes)).toBe(true)
    })

    it('keeps its label over a restart, and the last one', async () => {
      expect(await store.label()).toBeUndefined()
      await store.setLabel('first')
      await store.setLabel('second')
      expect(await store.label()).toBe('second')
      const after = await harness.reopen()
      expect(await after.label()).toBe('second')
      expect(await idsOf(after)).toEqual([])
      expect(await after.recover()).toBe(0)
    })

    it('serves many writers and readers at once', async () => {
      const blobs = await Promise.all(
        Array.from({ length: 64 }, async (_, index) => {
          const bytes = randomBytes(index * 9973)
          return { id: await put(store, [bytes]), bytes }
        }),
      )
      const intact = await Promise.all(
        blobs.map(async ({ id, bytes }) => (await get(store, id, 0, bytes.length)).equals(bytes)),
      )
      expect(intact.every(Boolean)).toBe(true)
    })

    it.each([
      '',
      '../../etc/passwd',
      'A'.repeat(32),
      '0'.repeat(31),
      `${'0'.repeat(32)}\0`,
      `${'0'.repeat(32)}\n`,
      'tmp/0',
    ])('takes no id but 32 hex digits: %j', async (id) => {
      await expect(store.create(id)).rejects.toThrow()
      await expect(store.size(id)).rejects.toThrow()
      await expect(store.delete(id)).rejects.toThrow()
      await expect(get(store, id, 0, 1)).rejects.toThrow()
    })
  })
}

export function newId(): string {
  return randomBytes(16).toString('hex')
}

/** Stores one blob as a careful caller does, each argument a write of its own. */
export async function put(store: BlobStore, ...writes: Buffer[][]): Promise<string> {
  const writer = await store.create(newId())
  try {
    for (const pieces of writes) await writer.write(pieces)
    await writer.commit()
    store.settle([writer.id])
    return writer.id
  } catch (error) {
    await writer.abort()
    throw error
  }
}

export async function get(store: BlobStore, id: string, offset: number, length: number): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of store.read(id, offset, length)) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** In their order; a store lists them in any. */
export async function idsOf(store: BlobStore): Promise<string[]> {
  const ids: string[] = []
  for await (const { id } of store.list()) ids.push(id)
  return ids.sort()
}
