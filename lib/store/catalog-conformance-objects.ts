import { describe, expect, it } from 'vitest'
import { StoreError } from '../errors.ts'
import type { CatalogHarness } from './catalog-conformance.ts'
import {
  ENCRYPTION_RECORDS,
  expectCode,
  garbageAmong,
  madeBucket,
  newObject,
  newPart,
  put,
} from './catalog-conformance-rows.ts'
import type { ObjectRow } from './model.ts'

const refuse = (current: ObjectRow | undefined): void => {
  if (current !== undefined) throw new StoreError('PreconditionFailed', 'exists')
}

export function objectConformance(harness: () => CatalogHarness): void {
  it.each(ENCRYPTION_RECORDS.map((record) => [record.mode, record] as const))(
    'gives back every field of an object and its part (%s)',
    async (_mode, encryption) => {
      const { catalog } = harness()
      const bucketId = await madeBucket(harness())
      const object = newObject(bucketId, 'a/😀\u{ffff}%2F+ ', {
        encryption,
        size: 2 ** 45 + 1,
        etag: encryption.mode === 'service-key' ? { sealed: Buffer.from([1, 0, 255]) } : { open: 'e-2' },
        metadata: { contentType: 'x', cacheControl: 'c', expires: 'z', userMetadata: { ü: '"\n', b: '' } },
        tags: { '': '"', k: 'v' },
        objectMac: encryption.mode === 'none' ? undefined : Buffer.alloc(32, 7),
        partCount: 3,
        multipart: true,
      })
      const part = newPart(object.objectId, {
        etag: object.etag,
        size: object.size,
        salt: Buffer.alloc(0),
        commitment: Buffer.alloc(0),
      })
      await catalog.commitObject(object, [part])
      expect(await catalog.findObject(bucketId, object.key)).toEqual(object)
      expect(await catalog.parts(object.objectId)).toEqual([part])
      expect(await catalog.part(object.objectId, 1)).toEqual(part)
      expect(await catalog.part(object.objectId, 2)).toBeUndefined()
    },
  )

  it('keeps keys apart that differ in one byte, and buckets', async () => {
    const { catalog } = harness()
    const [one, other] = [await madeBucket(harness()), await madeBucket(harness())]
    const keys = ['a', 'A', 'a ', 'a/', 'a//', 'ä', 'a\u0308']
    for (const key of keys) await put(catalog, one, key, { storageClass: `of ${key}` })
    for (const key of keys) expect((await catalog.findObject(one, key))?.storageClass).toBe(`of ${key}`)
    expect(await catalog.findObject(other, 'a')).toBeUndefined()
  })

  it('keeps a small blob in its row, and takes it away with it', async () => {
    const { catalog } = harness()
    const bucketId = await madeBucket(harness())
    const object = newObject(bucketId, 'small')
    const part = newPart(object.objectId, { inline: Buffer.alloc(16_000, 3) })
    await catalog.commitObject(object, [part])
    expect(await catalog.parts(object.objectId)).toEqual([part])
    expect(await catalog.part(object.objectId, 1)).toEqual(part)
    await catalog.deleteObject(bucketId, 'small')
    expect(await catalog.parts(object.objectId)).toEqual([])
    expect(await garbageAmong(catalog, [part.blobId])).toEqual([])
  })

  it('replaces the current version and collects its blobs exactly once', async () => {
    const { catalog } = harness()
    const bucketId = await madeBucket(harness())
    const first = await put(catalog, bucketId, 'k')
    const second = await put(catalog, bucketId, 'k')
    expect(await garbageAmong(catalog, [first, second])).toEqual([first])
    expect(await catalog.referenced([first, second])).toEqual(new Set([first, second]))
    await catalog.forgetGarbage([first])
    await put(catalog, bucketId, 'k')
    expect(await garbageAmong(catalog, [first, second])).toEqual([second])
    expect(await catalog.referenced([first])).toEqual(new Set())
  })

  it('lets exactly one of many commits "if absent" at once win', async () => {
    const { catalog } = harness()
    const bucketId = await madeBucket(harness())
    const objects = Array.from({ length: 40 }, () => newObject(bucketId, 'once'))
    const parts = objects.map(({ objectId }) => newPart(objectId))
    const outcomes = await Promise.allSettled(
      objects.map((object, i) => catalog.commitObject(object, [parts[i]!], refuse)),
    )
    const winners = objects.filter((_, i) => outcomes[i]!.status === 'fulfilled')
    expect(winners).toHaveLength(1)
    expect((await catalog.findObject(bucketId, 'once'))?.objectId).toBe(winners[0]!.objectId)
    const blobs = parts.map(({ blobId }) => blobId)
    expect(await catalog.referenced(blobs)).toEqual(
      new Set(parts.filter(({ objectId }) => objectId === winners[0]!.objectId).map(({ blobId }) => blobId)),
    )
  })

  it('collects all but the last of many commits of a key at once', async () => {
    const { catalog } = harness()
    const bucketId = await madeBucket(harness())
    const blobs = await Promise.all(
      Array.from({ length: 40 }, (_, i) => put(catalog, bucketId, 'k', { size: i })),
    )
    const last = (await catalog.findObject(bucketId, 'k'))!
    expect(last.size).toBe(39)
    expect(await garbageAmong(catalog, blobs)).toEqual(blobs.slice(0, -1).sort())
    expect(await catalog.bucketUsage(bucketId)).toMatchObject({ objects: 1, bytes: 39 })
  })

  it('changes nothing when a guard refuses, and shows it the current row', async () => {
    const { catalog } = harness()
    const bucketId = await madeBucket(harness())
    const blob = await put(catalog, bucketId, 'k', { storageClass: 'first' })
    const seen: (ObjectRow | undefined)[] = []
    const look = (current: ObjectRow | undefined): void => {
      seen.push(current)
      refuse(current)
    }
    const object = newObject(bucketId, 'k')
    const part = newPart(object.objectId)
    await expectCode(catalog.commitObject(object, [part], look), 'PreconditionFailed')
    await expectCode(catalog.deleteObject(bucketId, 'k', look), 'PreconditionFailed')
    expect((await catalog.deleteObject(bucketId, 'absent', look)).existed).toBe(false)
    expect(seen.map((row) => row?.storageClass)).toEqual(['first', 'first', undefined])
    expect((await catalog.findObject(bucketId, 'k'))?.storageClass).toBe('first')
    expect(await garbageAmong(catalog, [blob, part.blobId])).toEqual([])
    expect(await catalog.referenced([blob, part.blobId])).toEqual(new Set([blob]))
  })

  it('does not let a failing write take others of the same moment with it', async () => {
    const { catalog } = harness()
    const bucketId = await madeBucket(harness())
    await put(catalog, bucketId, 'taken')
    const bad = newObject(bucketId, 'taken')
    const outcomes = await Promise.allSettled([
      put(catalog, bucketId, 'before'),
      catalog.commitObject(bad, [newPart(bad.objectId)], refuse),
      put(catalog, bucketId, 'after'),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    const { objects } = await catalog.list({ bucketId, prefix: '', delimiter: '', after: '', limit: 9 })
    expect(objects.map(({ key }) => key)).toEqual(['after', 'before', 'taken'])
  })

  it('deletes the current version, says whether there was one, and collects it', async () => {
    const { catalog } = harness()
    const bucketId = await madeBucket(harness())
    const blob = await put(catalog, bucketId, 'k')
    const outcomes = await Promise.all([1, 2, 3].map(() => catalog.deleteObject(bucketId, 'k')))
    expect(outcomes.filter(({ existed }) => existed)).toHaveLength(1)
    expect(await catalog.findObject(bucketId, 'k')).toBeUndefined()
    expect(await garbageAmong(catalog, [blob])).toEqual([blob])
  })

  it('does not collect a blob that another object shares', async () => {
    const { catalog } = harness()
    const bucketId = await madeBucket(harness())
    const blob = await put(catalog, bucketId, 'original')
    const copy = newObject(bucketId, 'copy')
    await catalog.commitObject(copy, [newPart(copy.objectId, { blobId: blob })])
    await catalog.deleteObject(bucketId, 'original')
    expect(await garbageAmong(catalog, [blob])).toEqual([])
    await catalog.deleteObject(bucketId, 'copy')
    expect(await garbageAmong(catalog, [blob])).toEqual([blob])
  })

  it('refuses an object of a bucket that is gone', async () => {
    const { catalog } = harness()
    const object = newObject('no-such-bucket', 'k')
    await expectCode(catalog.commitObject(object, [newPart(object.objectId)]), 'NoSuchBucket')
  })

  it('sets tags of one version', async () => {
    const { catalog } = harness()
    const bucketId = await madeBucket(harness())
    await put(catalog, bucketId, 'a', { tags: { was: 'x' } })
    await put(catalog, bucketId, 'b', { tags: { was: 'y' } })
    await catalog.changeVersion(bucketId, 'a', 'null', () => ({ tags: { '"': 'ö', empty: '' } }))
    expect((await catalog.findObject(bucketId, 'a'))?.tags).toEqual({ '"': 'ö', empty: '' })
    expect((await catalog.findObject(bucketId, 'b'))?.tags).toEqual({ was: 'y' })
  })

  it('does not hand out garbage that an object names again, until that one is gone too', async () => {
    const { catalog } = harness()
    const bucketId = await madeBucket(harness())
    const blobId = await put(catalog, bucketId, 'first')
    await catalog.deleteObject(bucketId, 'first')
    expect(await garbageAmong(catalog, [blobId])).toEqual([blobId])
    const again = newObject(bucketId, 'again')
    await catalog.commitObject(again, [newPart(again.objectId, { blobId })])
    expect(await garbageAmong(catalog, [blobId])).toEqual([])
    await catalog.deleteObject(bucketId, 'again')
    expect(await garbageAmong(catalog, [blobId])).toEqual([blobId])
  })

  it('hands out garbage when its time has come, oldest first, and forgets it', async () => {
    const { catalog } = harness()
    const bucketId = await madeBucket(harness())
    const blobs: string[] = []
    for (let i = 0; i < 5; i++) {
      blobs.push(await put(catalog, bucketId, 'k'))
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    expect(await catalog.dueGarbage(0, 100)).toEqual([])
    const due = (await catalog.dueGarbage(Number.MAX_SAFE_INTEGER, 1_000_000)).filter((id) =>
      blobs.includes(id),
    )
    expect(due).toEqual(blobs.slice(0, 4))
    expect(await catalog.dueGarbage(Number.MAX_SAFE_INTEGER, 2)).toHaveLength(2)
    await catalog.forgetGarbage(blobs.slice(0, 2))
    await catalog.forgetGarbage([])
    expect(await garbageAmong(catalog, blobs)).toEqual(blobs.slice(2, 4).sort())
  })

  describe('parts by range', () => {
    it('finds just those that overlap, in an object of many parts of odd sizes', async () => {
      const { catalog } = harness()
      const bucketId = await madeBucket(harness())
      const object = newObject(bucketId, 'big', { partCount: 300, multipart: true })
      let offset = 0
      const parts = Array.from({ length: 300 }, (_, i) => {
        const part = newPart(object.objectId, { number: 3 * i + 1, offset, size: 1 + ((i * 7919) % 97) })
        offset += part.size
        return part
      })
      const empty = newPart(object.objectId, { number: 10_000, offset, size: 0 })
      await catalog.commitObject({ ...object, size: offset }, [...parts, empty].reverse())
      expect(await catalog.parts(object.objectId)).toEqual([...parts, empty])
      for (let start = 0; start < offset; start += 29) {
        for (const length of [1, 50, 5000]) {
          const endInclusive = Math.min(start + length, offset) - 1
          const expected = parts.filter((p) => p.offset <= endInclusive && p.offset + p.size > start)
          const found = await catalog.parts(object.objectId, { start, endInclusive })
          expect(found.map(({ number }) => number)).toEqual(expected.map(({ number }) => number))
        }
      }
    })

    it('lists parts from a number on', async () => {
      const { catalog } = harness()
      const bucketId = await madeBucket(harness())
      const object = newObject(bucketId, 'parts', { partCount: 4, multipart: true })
      const parts = [1, 2, 5, 10_000].map((number, i) =>
        newPart(object.objectId, { number, offset: i * 10, size: 10 }),
      )
      await catalog.commitObject(object, parts)
      const numbers = async (after: number, limit: number): Promise<number[]> =>
        (await catalog.listParts(object.objectId, after, limit)).map(({ number }) => number)
      expect(await numbers(0, 100)).toEqual([1, 2, 5, 10_000])
      expect(await numbers(2, 1)).toEqual([5])
      expect(await numbers(3, 2)).toEqual([5, 10_000])
      expect(await numbers(10_000, 2)).toEqual([])
    })
  })
}
