import { expect, it } from 'vitest'
import { StoreError } from '../errors.ts'
import type { Guard } from './catalog.ts'
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

const [, SERVICE, MANAGED] = ENCRYPTION_RECORDS as [unknown, SealedRecord, SealedRecord]
const NO_GUARD: Guard = () => undefined

async function stored({ catalog }: CatalogHarness, bucketId: string, changes: Partial<ObjectRow> = {}) {
  const object = newObject(bucketId, 'a/k', { appendable: true, encryption: SERVICE, ...changes })
  const part = newPart(object.objectId)
  await catalog.commitObject(object, [part])
  return { object, part }
}

/** Ten bytes longer, by a part of their own or by a longer last one. */
function longer(object: ObjectRow, number: number): { to: ObjectRow; part: PartRow } {
  const size = object.size + 10
  const grown = { etag: { sealed: Buffer.from(`s${size}`) }, lastModified: object.lastModified + 1, size }
  const proof = { objectMac: Buffer.alloc(32, number), checksums: Buffer.from(`c${size}`) }
  const to = { ...object, ...grown, ...proof, partCount: number }
  const part = newPart(object.objectId, { number, offset: number === 1 ? 0 : object.size })
  return { to, part: { ...part, size: size - part.offset } }
}

export function appendConformance(harness: () => CatalogHarness): void {
  it('makes a version longer by a part, or by a longer one in the place of its last', async () => {
    const { catalog } = harness()
    const bucketId = await madeBucket(harness())
    const { object, part } = await stored(harness(), bucketId)
    const more = longer(object, 2)
    await catalog.appendPart(object, more.to, more.part, NO_GUARD)
    expect(await catalog.findObject(bucketId, 'a/k')).toEqual(more.to)
    expect(await catalog.parts(object.objectId)).toEqual([part, more.part])
    const most = longer(more.to, 2)
    await catalog.appendPart(more.to, most.to, { ...most.part, offset: 10, size: 20 }, NO_GUARD)
    expect(await catalog.parts(object.objectId)).toEqual([part, { ...most.part, offset: 10, size: 20 }])
    const blobs = [part, more.part, most.part].map(({ blobId }) => blobId)
    expect(await garbageAmong(catalog, blobs)).toEqual([more.part.blobId])
    expect(await catalog.bucketUsage(bucketId)).toEqual({ objects: 1, bytes: 30, plaintextObjects: 0 })
    const [share] = await catalog.coverage(bucketId, 'a/')
    expect(share).toMatchObject({ objects: 1, bytes: 30 })
    await catalog.deleteObject(bucketId, 'a/k')
    expect(await catalog.bucketUsage(bucketId)).toMatchObject({ objects: 0, bytes: 0 })
  })

  it('leaves what was said of it meanwhile: tags, and a data key wrapped anew', async () => {
    const { catalog } = harness()
    const bucketId = await madeBucket(harness())
    const { object } = await stored(harness(), bucketId)
    await catalog.replaceEncryption({ objectId: object.objectId, from: SERVICE, to: MANAGED })
    await catalog.changeVersion(bucketId, 'a/k', object.versionId, () => ({ tags: { now: '1' } }))
    const { to, part } = longer(object, 2)
    await catalog.appendPart(object, to, part, NO_GUARD)
    expect(await catalog.findObject(bucketId, 'a/k')).toEqual({
      ...to,
      encryption: MANAGED,
      tags: { now: '1' },
    })
  })

  it('lets one of many win; refuses a version that grew, was replaced or is gone, and what the guard refuses', async () => {
    const { catalog } = harness()
    const bucketId = await madeBucket(harness())
    const { object, part } = await stored(harness(), bucketId)
    const tries = [longer(object, 2), longer(object, 2), longer(object, 1)]
    const append = ({ to, part: more }: (typeof tries)[number], guard = NO_GUARD) =>
      catalog.appendPart(object, to, more, guard)
    const outcomes = await Promise.allSettled(tries.map((each) => append(each)))
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected'])
    await expectCode(append(tries[1]!), 'ConditionalRequestConflict')
    expect(await catalog.parts(object.objectId)).toEqual([part, tries[0]!.part])

    const other = newObject(bucketId, 'a/k', { appendable: true })
    await catalog.commitObject(other, [newPart(other.objectId)])
    const seen: (ObjectRow | undefined)[] = []
    const guard: Guard = (current) => {
      seen.push(current)
      if (current === undefined) throw new StoreError('PositionNotEqualToLength', 'gone')
    }
    await expectCode(append(tries[1]!, guard), 'ConditionalRequestConflict')
    await catalog.deleteObject(bucketId, 'a/k')
    await expectCode(append(tries[1]!, guard), 'PositionNotEqualToLength')
    expect(seen).toEqual([other, undefined])
    expect(await catalog.bucketUsage(bucketId)).toMatchObject({ objects: 0, bytes: 0 })
  })
}
