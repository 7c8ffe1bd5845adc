import { expect, it } from 'vitest'
import { StoreError } from '../errors.ts'
import type { CatalogHarness } from './catalog-conformance.ts'
import {
  ENCRYPTION_RECORDS,
  expectCode,
  garbageAmong,
  madeBucket,
  newObject,
  newPart,
  newUpload,
  put,
} from './catalog-conformance-rows.ts'
import type { ObjectRow, PartRow, UploadRow } from './model.ts'

/** The object that an upload becomes from these parts. */
function finished(upload: UploadRow, parts: readonly PartRow[]): { object: ObjectRow; parts: PartRow[] } {
  let offset = 0
  const placed = parts.map((part) => {
    const row = { ...part, offset, mac: Buffer.alloc(32, part.number) }
    offset += part.size
    return row
  })
  const object = newObject(upload.bucketId, upload.key, {
    objectId: upload.objectId,
    size: offset,
    partCount: parts.length,
    multipart: true,
  })
  return { object, parts: placed }
}

export function uploadConformance(harness: () => CatalogHarness): void {
  const started = async (key = 'big'): Promise<UploadRow> => {
    const upload = newUpload(await madeBucket(harness()), key)
    await harness().catalog.createUpload(upload)
    return upload
  }
  const withParts = async (upload: UploadRow, ...numbers: number[]): Promise<PartRow[]> => {
    const parts = numbers.map((number) => newPart(upload.objectId, { number, mac: Buffer.alloc(0) }))
    for (const part of parts) await harness().catalog.putPart(upload.uploadId, part)
    return parts
  }

  it.each(ENCRYPTION_RECORDS.map((record) => [record.mode, record] as const))(
    'gives back every field of an upload (%s)',
    async (mode, encryption) => {
      const { catalog } = harness()
      const upload = newUpload(await madeBucket(harness()), 'k/😀', {
        encryption,
        metadata: { contentType: 'x', contentEncoding: 'gzip', userMetadata: { a: 'ü' } },
        tags: { t: '1' },
        ...(mode === 'customer-key'
          ? {
              checksumAlgorithm: 'xxhash128',
              checksumType: 'COMPOSITE',
              sealedFinishingKeys: Buffer.from('s'),
            }
          : {}),
      })
      await catalog.createUpload(upload)
      expect(await catalog.findUpload(upload.uploadId)).toEqual(upload)
      expect(await catalog.findUpload(`${upload.uploadId}x`)).toBeUndefined()
    },
  )

  it('shows nothing of an upload as an object before it is completed', async () => {
    const { catalog } = harness()
    const upload = await started()
    await withParts(upload, 1)
    const { bucketId, key } = upload
    expect(await catalog.findObject(bucketId, key)).toBeUndefined()
    const page = await catalog.list({ bucketId, prefix: '', delimiter: '', after: '', limit: 10 })
    expect(page.objects).toEqual([])
    expect(await catalog.bucketUsage(bucketId)).toMatchObject({ objects: 0, bytes: 0 })
  })

  it('replaces a part that is uploaded again and collects the first blob', async () => {
    const { catalog } = harness()
    const upload = await started()
    const [first] = await withParts(upload, 2)
    const [second] = await withParts(upload, 2)
    expect(await catalog.listParts(upload.objectId, 0, 10)).toEqual([second])
    const blobs = [first!.blobId, second!.blobId]
    expect(await garbageAmong(catalog, blobs)).toEqual([first!.blobId])
  })

  it('tells how many parts of an upload have arrived and how long they are together', async () => {
    const { catalog } = harness()
    const upload = await started()
    expect(await catalog.partTotals(upload.objectId)).toEqual({ parts: 0, bytes: 0 })
    for (const [number, size] of [
      [1, 2 ** 40],
      [3, 7],
      [3, 11],
    ] as const)
      await catalog.putPart(upload.uploadId, newPart(upload.objectId, { number, size }))
    expect(await catalog.partTotals(upload.objectId)).toEqual({ parts: 2, bytes: 2 ** 40 + 11 })
  })

  it('keeps one of many uploads of a part at once', async () => {
    const { catalog } = harness()
    const upload = await started()
    const parts = Array.from({ length: 20 }, () => newPart(upload.objectId))
    await Promise.all(parts.map((part) => catalog.putPart(upload.uploadId, part)))
    const [kept, ...more] = await catalog.listParts(upload.objectId, 0, 10)
    expect(more).toEqual([])
    const others = parts.map(({ blobId }) => blobId).filter((blobId) => blobId !== kept!.blobId)
    expect(
      await garbageAmong(
        catalog,
        parts.map(({ blobId }) => blobId),
      ),
    ).toEqual(others.sort())
  })

  it('completes: chosen parts become the object, others garbage, the replaced object too', async () => {
    const { catalog } = harness()
    const upload = await started()
    const old = await put(catalog, upload.bucketId, upload.key)
    const parts = await withParts(upload, 1, 2, 5)
    const { object, parts: chosen } = finished(upload, [parts[0]!, parts[2]!])
    await catalog.completeUpload(upload.uploadId, object, chosen)
    expect(await catalog.findObject(upload.bucketId, upload.key)).toEqual(object)
    expect(await catalog.parts(object.objectId)).toEqual(chosen)
    expect(await catalog.findUpload(upload.uploadId)).toBeUndefined()
    const blobs = [old, ...parts.map(({ blobId }) => blobId)]
    expect(await garbageAmong(catalog, blobs)).toEqual([old, parts[1]!.blobId].sort())
    expect(await catalog.bucketUsage(upload.bucketId)).toEqual({ objects: 1, bytes: 20, plaintextObjects: 1 })
    await catalog.deleteObject(upload.bucketId, upload.key)
    expect(await garbageAmong(catalog, blobs)).toEqual(blobs.sort())
  })

  it('completes once, whoever tries at the same moment', async () => {
    const { catalog } = harness()
    const upload = await started()
    const { object, parts } = finished(upload, await withParts(upload, 1, 2))
    const tries = [1, 2, 3].map(() => catalog.completeUpload(upload.uploadId, object, parts))
    const outcomes = await Promise.allSettled([...tries, catalog.abortUpload(upload.uploadId)])
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await catalog.parts(object.objectId)).toEqual(parts)
    expect(
      await garbageAmong(
        catalog,
        parts.map(({ blobId }) => blobId),
      ),
    ).toEqual([])
  })

  it('refuses to complete with a part that was replaced or removed meanwhile, and changes nothing', async () => {
    const { catalog } = harness()
    const upload = await started()
    const old = await put(catalog, upload.bucketId, upload.key)
    const { object, parts } = finished(upload, await withParts(upload, 1, 2))
    const [again] = await withParts(upload, 2)
    await expectCode(catalog.completeUpload(upload.uploadId, object, parts), 'InvalidPart')
    const absent = [...parts.slice(0, 1), newPart(upload.objectId, { number: 9 })]
    await expectCode(catalog.completeUpload(upload.uploadId, object, absent), 'InvalidPart')
    expect(await catalog.findUpload(upload.uploadId)).toEqual(upload)
    expect((await catalog.findObject(upload.bucketId, upload.key))?.objectId).not.toBe(object.objectId)
    const listed = await catalog.listParts(upload.objectId, 0, 10)
    expect(listed.map(({ blobId, offset }) => [blobId, offset])).toEqual([
      [parts[0]!.blobId, 0],
      [again!.blobId, 0],
    ])
    expect(await garbageAmong(catalog, [old, again!.blobId])).toEqual([])
    expect(await catalog.bucketUsage(upload.bucketId)).toMatchObject({ objects: 1, bytes: 10 })
  })

  it('lets a guard refuse the completion, which can then be tried again', async () => {
    const { catalog } = harness()
    const upload = await started()
    await put(catalog, upload.bucketId, upload.key)
    const { object, parts } = finished(upload, await withParts(upload, 1))
    const refuse = (): void => {
      throw new StoreError('PreconditionFailed', 'no')
    }
    await expectCode(catalog.completeUpload(upload.uploadId, object, parts, refuse), 'PreconditionFailed')
    await catalog.completeUpload(upload.uploadId, object, parts)
    expect((await catalog.findObject(upload.bucketId, upload.key))?.objectId).toBe(object.objectId)
  })

  it('aborts: the upload and its parts go, the blobs become garbage', async () => {
    const { catalog } = harness()
    const upload = await started()
    const parts = await withParts(upload, 1, 7)
    await catalog.abortUpload(upload.uploadId)
    expect(await catalog.findUpload(upload.uploadId)).toBeUndefined()
    expect(await catalog.listParts(upload.objectId, 0, 10)).toEqual([])
    const blobs = parts.map(({ blobId }) => blobId).sort()
    expect(await garbageAmong(catalog, blobs)).toEqual(blobs)
  })

  it('refuses everything on an upload that has ended', async () => {
    const { catalog } = harness()
    const [aborted, completed] = [await started(), await started()]
    await catalog.abortUpload(aborted.uploadId)
    const { object, parts } = finished(completed, await withParts(completed, 1))
    await catalog.completeUpload(completed.uploadId, object, parts)
    for (const { uploadId, objectId } of [aborted, completed]) {
      const late = newPart(objectId, { number: 3 })
      await expectCode(catalog.putPart(uploadId, late), 'NoSuchUpload')
      await expectCode(catalog.abortUpload(uploadId), 'NoSuchUpload')
      await expectCode(catalog.completeUpload(uploadId, object, parts), 'NoSuchUpload')
      expect(await catalog.referenced([late.blobId])).toEqual(new Set())
    }
    expect(await catalog.parts(object.objectId)).toEqual(parts)
  })

  it('refuses to start an upload in a bucket that is gone', async () => {
    const { catalog } = harness()
    const bucketId = await madeBucket(harness())
    await catalog.deleteBucket(bucketId)
    const late = newUpload(bucketId, 'k')
    await expectCode(catalog.createUpload(late), 'NoSuchBucket')
    expect(await catalog.findUpload(late.uploadId)).toBeUndefined()
  })

  it('knows blobs of objects, of uploads and of garbage, and no others', async () => {
    const { catalog } = harness()
    const upload = await started()
    const [part] = await withParts(upload, 1)
    const replaced = await put(catalog, upload.bucketId, 'k')
    const current = await put(catalog, upload.bucketId, 'k')
    const unknown = 'f'.repeat(32)
    const known = [part!.blobId, replaced, current]
    expect(await catalog.referenced([...known, unknown])).toEqual(new Set(known))
    expect(await catalog.referenced([])).toEqual(new Set())
  })
}
