import { expect, it } from 'vitest'
import { StoreError } from '../errors.ts'
import type { BatchResult } from './catalog.ts'
import type { CatalogHarness } from './catalog-conformance.ts'
import {
  ENCRYPTION_RECORDS,
  expectCode,
  garbageAmong,
  madeBucket,
  newObject,
  newPart,
} from './catalog-conformance-rows.ts'
import type { SealedRecord } from './encryption-model.ts'
import type { ObjectRow, PartRow } from './model.ts'

const [, SERVICE, MANAGED, CUSTOMER] = ENCRYPTION_RECORDS as [unknown, ...SealedRecord[]] as [
  unknown,
  SealedRecord,
  SealedRecord,
  SealedRecord,
]

/** Stores an object of two parts under a record. */
async function stored(
  { catalog }: CatalogHarness,
  bucketId: string,
  changes: Partial<ObjectRow> = {},
): Promise<{ object: ObjectRow; parts: PartRow[] }> {
  const object = newObject(bucketId, 'k', { size: 20, partCount: 2, multipart: true, ...changes })
  const parts = [1, 3].map((number, i) => newPart(object.objectId, { number, offset: 10 * i }))
  await catalog.commitObject(object, parts)
  return { object, parts }
}

function rewritten(object: ObjectRow): { object: ObjectRow; parts: PartRow[] } {
  const next = newObject(object.bucketId, object.key, {
    ...object,
    objectId: newObject('', '').objectId,
    etag: { sealed: Buffer.from('s') },
    encryption: SERVICE,
    objectMac: Buffer.alloc(32, 9),
    checksums: Buffer.from('sealed'),
  })
  const parts = [1, 3].map((number, i) => newPart(next.objectId, { number, offset: 10 * i }))
  return { object: next, parts }
}

function resultOf({ bucketId, key, versionId, size }: ObjectRow): BatchResult {
  const done = { outcome: 'rewrapped', previous: { mode: 'none' }, at: 1 } as const
  return { jobId: 'no-such-job', bucketId, key, versionId, size, ...done }
}

const refuse = (): void => {
  throw new StoreError('ObjectLocked', 'locked')
}

export function encryptionConformance(harness: () => CatalogHarness): void {
  it('wraps a data key anew without touching anything else', async () => {
    const { catalog } = harness()
    const bucketId = await madeBucket(harness())
    const { object, parts } = await stored(harness(), bucketId, { encryption: SERVICE })
    let from = SERVICE
    for (const to of [MANAGED, CUSTOMER, SERVICE]) {
      await catalog.replaceEncryption({ objectId: object.objectId, from, to })
      expect(await catalog.findObject(bucketId, 'k')).toEqual({ ...object, encryption: to })
      expect(await catalog.parts(object.objectId)).toEqual(parts)
      from = to
    }
    expect(await catalog.bucketUsage(bucketId)).toEqual({ objects: 1, bytes: 20, plaintextObjects: 0 })
    expect(
      await garbageAmong(
        catalog,
        parts.map(({ blobId }) => blobId),
      ),
    ).toEqual([])
  })

  it('lets one of many changes from the same data key win, and none after the version is gone', async () => {
    const { catalog } = harness()
    const bucketId = await madeBucket(harness())
    const { object } = await stored(harness(), bucketId, { encryption: SERVICE })
    const change = (to: SealedRecord) =>
      catalog.replaceEncryption({ objectId: object.objectId, from: SERVICE, to })
    const outcomes = await Promise.allSettled([change(MANAGED), change(CUSTOMER), change(MANAGED)])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected'])
    await expectCode(change(CUSTOMER), 'ConditionalRequestConflict')
    expect((await catalog.findObject(bucketId, 'k'))?.encryption).toEqual(MANAGED)
    await catalog.deleteObject(bucketId, 'k')
    await expectCode(
      catalog.replaceEncryption({ objectId: object.objectId, from: MANAGED, to: SERVICE }),
      'ConditionalRequestConflict',
    )
    expect(await catalog.findObject(bucketId, 'k')).toBeUndefined()
  })

  it('puts other data in the place of a version, which keeps what was said of it meanwhile', async () => {
    const { catalog } = harness()
    const bucketId = await madeBucket(harness())
    const before = await stored(harness(), bucketId, { tags: { was: '1' }, storageClass: 'STANDARD_IA' })
    const after = rewritten(before.object)
    await catalog.changeVersion(bucketId, 'k', before.object.versionId, () => ({ tags: { now: '2' } }))
    await catalog.replaceVersion(before.object.objectId, after.object, after.parts)
    expect(await catalog.findObject(bucketId, 'k')).toEqual({ ...after.object, tags: { now: '2' } })
    expect(await catalog.parts(after.object.objectId)).toEqual(after.parts)
    expect(await catalog.parts(before.object.objectId)).toEqual([])
    const blobs = before.parts.map(({ blobId }) => blobId)
    expect(await garbageAmong(catalog, blobs)).toEqual([...blobs].sort())
    expect(await catalog.bucketUsage(bucketId)).toEqual({ objects: 1, bytes: 20, plaintextObjects: 0 })
  })

  it('refuses other data for a version that was replaced, or deleted, and leaves nothing of it', async () => {
    const { catalog } = harness()
    const bucketId = await madeBucket(harness())
    const first = await stored(harness(), bucketId)
    const second = await stored(harness(), bucketId, { encryption: MANAGED })
    const late = rewritten(first.object)
    const swap = (objectId: string) => catalog.replaceVersion(objectId, late.object, late.parts)
    await expectCode(swap(first.object.objectId), 'ConditionalRequestConflict')
    expect(await catalog.findObject(bucketId, 'k')).toEqual(second.object)
    await catalog.deleteObject(bucketId, 'k')
    await expectCode(swap(second.object.objectId), 'ConditionalRequestConflict')
    expect(await catalog.referenced(late.parts.map(({ blobId }) => blobId))).toEqual(new Set())
    expect(await catalog.bucketUsage(bucketId)).toMatchObject({ objects: 0, bytes: 0 })
  })

  it('undoes the whole change when a guard, or the job it is a result of, refuses it', async () => {
    const { catalog } = harness()
    const bucketId = await madeBucket(harness())
    const { object, parts } = await stored(harness(), bucketId, { encryption: SERVICE })
    const { objectId } = object
    const next = rewritten(object)
    const rewrap = { objectId, from: SERVICE, to: MANAGED }
    const seen: (ObjectRow | undefined)[] = []
    const guard = (current: ObjectRow | undefined): void => {
      seen.push(current)
      refuse()
    }
    const result = resultOf(object)
    await expectCode(catalog.replaceEncryption({ ...rewrap, guard }), 'ObjectLocked')
    await expectCode(catalog.replaceEncryption({ ...rewrap, result }), 'ConditionalRequestConflict')
    await expectCode(catalog.replaceVersion(objectId, next.object, next.parts, { guard }), 'ObjectLocked')
    await expectCode(
      catalog.replaceVersion(objectId, next.object, next.parts, { result }),
      'ConditionalRequestConflict',
    )
    expect(seen).toEqual([object, object])
    expect(await catalog.findObject(bucketId, 'k')).toEqual(object)
    expect(await catalog.parts(objectId)).toEqual(parts)
    expect(await catalog.parts(next.object.objectId)).toEqual([])
    expect(await catalog.bucketUsage(bucketId)).toEqual({ objects: 1, bytes: 20, plaintextObjects: 0 })
  })
}
