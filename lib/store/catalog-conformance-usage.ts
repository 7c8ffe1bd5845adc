import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { CatalogHarness } from './catalog-conformance.ts'
import {
  ENCRYPTION_RECORDS,
  garbageAmong,
  madeBucket,
  newBucket,
  newObject,
  newPart,
  newUpload,
  put,
} from './catalog-conformance-rows.ts'
import type { EncryptionRecord } from './encryption-model.ts'

interface Stored {
  size: number
  encryption: EncryptionRecord
  blobs: string[]
}

const KEYS = ['a', 'b', 'c', 'd']
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('put' as const), key: key(), mode: mode(), size: size() }),
  },
  fc.record({ kind: fc.constant('multipart' as const), key: key(), mode: mode(), size: size() }),
  fc.record({ kind: fc.constant('share' as const), key: key(), from: key() }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), key: key() }) },
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

function key() {
  return fc.constantFrom(...KEYS)
}
function mode() {
  return fc.constantFrom(...ENCRYPTION_RECORDS)
}
function size() {
  return fc.integer({ min: 0, max: 2 ** 40 })
}

/** A bucket and, beside it, what it should hold. */
class Model {
  readonly objects = new Map<string, Stored>()
  readonly everyBlob = new Set<string>()
  readonly #harness: CatalogHarness
  readonly #bucketId: string

  constructor(harness: CatalogHarness, bucketId: string) {
    this.#harness = harness
    this.#bucketId = bucketId
  }

  async run(step: Step): Promise<void> {
    const { catalog } = this.#harness
    switch (step.kind) {
      case 'put':
        return this.#put(step.key, { size: step.size, encryption: step.mode, blobs: [] })
      case 'multipart':
        return this.#multipart(step.key, step.size, step.mode)
      case 'share': {
        const from = this.objects.get(step.from)
        return from && this.#put(step.key, from)
      }
      case 'delete':
        expect((await catalog.deleteObject(this.#bucketId, step.key)).existed).toBe(
          this.objects.delete(step.key),
        )
    }
  }

  async #put(key: string, { size, encryption, blobs }: Stored): Promise<void> {
    const object = newObject(this.#bucketId, key, { size, encryption })
    const ids = blobs.length > 0 ? blobs : [newPart('').blobId]
    const parts = ids.map((blobId, i) => newPart(object.objectId, { number: i + 1, blobId }))
    await this.#harness.catalog.commitObject(object, parts)
    this.#stored(key, { size, encryption, blobs: ids })
  }

  async #multipart(key: string, size: number, encryption: EncryptionRecord): Promise<void> {
    const { catalog } = this.#harness
    const upload = newUpload(this.#bucketId, key, { encryption })
    await catalog.createUpload(upload)
    const parts = [1, 2, 3].map((number) => newPart(upload.objectId, { number, size }))
    for (const part of parts) {
      await catalog.putPart(upload.uploadId, part)
      this.everyBlob.add(part.blobId)
    }
    const chosen = parts.slice(1)
    const object = newObject(this.#bucketId, key, { objectId: upload.objectId, size: 2 * size, encryption })
    await catalog.completeUpload(upload.uploadId, object, chosen)
    this.#stored(key, { size: 2 * size, encryption, blobs: chosen.map(({ blobId }) => blobId) })
  }

  #stored(key: string, stored: Stored): void {
    this.objects.set(key, stored)
    for (const blob of stored.blobs) this.everyBlob.add(blob)
  }

  /** What is counted and what is garbage, recounted from nothing. */
  recount() {
    const values = [...this.objects.values()]
    const live = new Set(values.flatMap(({ blobs }) => blobs))
    return {
      usage: {
        objects: values.length,
        bytes: values.reduce((sum, { size }) => sum + size, 0),
        plaintextObjects: values.filter(({ encryption }) => encryption.mode === 'none').length,
      },
      garbage: [...this.everyBlob].filter((blob) => !live.has(blob)).sort(),
    }
  }
}

export function usageConformance(harness: () => CatalogHarness): void {
  it('equals a recount, and garbage what nothing names, after any operations', async () => {
    const { catalog } = harness()
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const bucketId = await madeBucket(harness())
        const model = new Model(harness(), bucketId)
        for (const next of steps) await model.run(next)
        const { usage, garbage } = model.recount()
        expect(await catalog.bucketUsage(bucketId)).toEqual(usage)
        expect(await garbageAmong(catalog, [...model.everyBlob])).toEqual(garbage)
        await catalog.forgetGarbage(garbage)
      }),
      { numRuns: 40 },
    )
  })

  it('counts each bucket of a project by itself', async () => {
    const { catalog, newProject } = harness()
    const project = await newProject()
    const [a, b, empty] = [newBucket(project), newBucket(project), newBucket(project)]
    for (const bucket of [a, b, empty]) await catalog.createBucket(bucket)
    await put(catalog, a.bucketId, 'x', { size: 3 })
    await put(catalog, a.bucketId, 'y', { size: 4, encryption: ENCRYPTION_RECORDS[1]! })
    await put(catalog, b.bucketId, 'x', { size: 2 ** 50 })
    const usage = await catalog.projectUsage(project)
    expect(usage.get(a.bucketId)).toEqual({ objects: 2, bytes: 7, plaintextObjects: 1 })
    expect(usage.get(b.bucketId)).toEqual({ objects: 1, bytes: 2 ** 50, plaintextObjects: 1 })
    expect(usage.get(empty.bucketId) ?? { objects: 0 }).toMatchObject({ objects: 0 })
    expect(await catalog.bucketUsage(empty.bucketId)).toEqual({ objects: 0, bytes: 0, plaintextObjects: 0 })
    expect((await catalog.projectUsage(await newProject())).size).toBe(0)
  })
}
