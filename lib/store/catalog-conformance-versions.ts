import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StoreError } from '../errors.ts'
import type { Catalog, VersionListPage, VersionListQuery } from './catalog.ts'
import type { CatalogHarness } from './catalog-conformance.ts'
import {
  expectCode,
  garbageAmong,
  madeBucket,
  newBucket,
  newObject,
  newPart,
  newUpload,
  put,
} from './catalog-conformance-rows.ts'
import {
  MODEL_KEYS,
  VersionsModel,
  versionSteps,
  type VersionStep,
} from './catalog-conformance-versions-model.ts'
import type { VersioningState } from './model.ts'
import { isObjectVersion, newVersionId } from './version-ids.ts'

const LATER = 1_700_000_000_009

async function bucketWith(harness: CatalogHarness, state: VersioningState): Promise<string> {
  const bucketId = await madeBucket(harness)
  await harness.catalog.setBucketVersioning(bucketId, state)
  return bucketId
}

const marker = () => ({ versionId: newVersionId(), lastModified: LATER })

function listing(bucketId: string, changes: Partial<VersionListQuery> = {}): VersionListQuery {
  return { bucketId, prefix: '', delimiter: '', afterKey: '', afterVersionId: '', limit: 1000, ...changes }
}

/** `key versionId`, with `*` for the latest and `-` for a delete marker. */
function words({ versions }: VersionListPage): string[] {
  return versions.map(
    ({ version, isLatest }) =>
      `${version.key} ${version.versionId}${isLatest ? '*' : ''}${isObjectVersion(version) ? '' : '-'}`,
  )
}

/** A bucket and, beside it, what it should hold. */
class Twin {
  readonly model = new VersionsModel()
  readonly #catalog: Catalog
  readonly #bucketId: string

  constructor(catalog: Catalog, bucketId: string) {
    this.#catalog = catalog
    this.#bucketId = bucketId
  }

  async run(step: VersionStep): Promise<void> {
    switch (step.kind) {
      case 'versioning':
        await this.#catalog.setBucketVersioning(this.#bucketId, step.state)
        this.model.state = step.state
        return
      case 'put':
        return this.#put(step.key, step.size)
      case 'multipart':
        return this.#multipart(step.key, step.size)
      case 'delete':
        return this.#delete(step.key)
      case 'delete-version': {
        const version = this.model.of(step.key)[step.nth]
        return version && this.#deleteVersion(step.key, version.versionId)
      }
      case 'delete-nothing':
        expect(await this.#catalog.deleteVersion(this.#bucketId, step.key, newVersionId())).toBeUndefined()
    }
  }

  async #put(key: string, size: number): Promise<void> {
    const versionId = this.#versionId()
    const blobId = await put(this.#catalog, this.#bucketId, key, { versionId, size })
    this.model.put({ key, versionId, blobId, size })
  }

  async #multipart(key: string, size: number): Promise<void> {
    const versionId = this.#versionId()
    const upload = newUpload(this.#bucketId, key)
    const part = newPart(upload.objectId, { size })
    const object = newObject(this.#bucketId, key, { objectId: upload.objectId, versionId, size })
    await this.#catalog.createUpload(upload)
    await this.#catalog.putPart(upload.uploadId, part)
    await this.#catalog.completeUpload(upload.uploadId, object, [part])
    this.model.put({ key, versionId, blobId: part.blobId, size })
  }

  async #delete(key: string): Promise<void> {
    const existed = this.model.current(key) !== undefined
    const made = marker()
    const markerId = this.model.delete(key, made.versionId)
    expect(await this.#catalog.deleteObject(this.#bucketId, key, undefined, made)).toEqual({
      existed,
      markerId,
    })
  }

  async #deleteVersion(key: string, versionId: string): Promise<void> {
    const version = this.model.of(key).find((candidate) => candidate.versionId === versionId)!
    this.model.deleteVersion(key, versionId)
    expect(await this.#catalog.deleteVersion(this.#bucketId, key, versionId)).toEqual({
      marker: version.blobId === undefined,
    })
  }

  #versionId(): string {
    return this.model.state === 'Enabled' ? newVersionId() : 'null'
  }

  async compare(pageSize: number): Promise<void> {
    const listed = this.model.listed()
    for (const key of MODEL_KEYS) await this.#compareKey(key)
    expect(await this.#pages(pageSize)).toEqual(
      listed.map(({ key, versionId, isLatest }) => ({ key, versionId, isLatest })),
    )
    const current = listed.filter(({ isLatest, blobId }) => isLatest && blobId !== undefined)
    const plain = { bucketId: this.#bucketId, prefix: '', delimiter: '', after: '', limit: 1000 }
    const { objects } = await this.#catalog.list(plain)
    expect(objects.map(({ key }) => key)).toEqual(current.map(({ key }) => key))
    const stored = listed.filter(({ blobId }) => blobId !== undefined)
    expect(await this.#catalog.bucketUsage(this.#bucketId)).toMatchObject({
      objects: stored.length,
      bytes: stored.reduce((sum, { size }) => sum + size, 0),
    })
    expect(await garbageAmong(this.#catalog, this.model.everyBlob)).toEqual(this.model.garbage())
  }

  async #compareKey(key: string): Promise<void> {
    const [catalog, bucketId] = [this.#catalog, this.#bucketId]
    const current = this.model.current(key)
    expect((await catalog.findObject(bucketId, key))?.versionId).toBe(current?.versionId)
    const latest = this.model.of(key)[0]
    const markerId = latest?.blobId === undefined ? latest?.versionId : undefined
    if (current === undefined) expect((await catalog.latestMarker(bucketId, key))?.versionId).toBe(markerId)
    for (const { versionId, blobId } of this.model.of(key)) {
      const found = (await catalog.findVersion(bucketId, key, versionId))!
      expect(isObjectVersion(found)).toBe(blobId !== undefined)
      if (isObjectVersion(found)) expect((await catalog.parts(found.objectId))[0]?.blobId).toBe(blobId)
    }
  }

  async #pages(limit: number) {
    const seen: { key: string; versionId: string; isLatest: boolean }[] = []
    let next: VersionListPage['next'] = { key: '', versionId: '' }
    while (next !== undefined) {
      const after: Partial<VersionListQuery> = { afterKey: next.key, afterVersionId: next.versionId, limit }
      const page = await this.#catalog.listVersions(listing(this.#bucketId, after))
      seen.push(
        ...page.versions.map(({ version: { key, versionId }, isLatest }) => ({ key, versionId, isLatest })),
      )
      next = page.next
    }
    return seen
  }
}

export function versionConformance(harness: () => CatalogHarness): void {
  it('holds what S3 would after any puts, deletions and switches, however it is listed', async () => {
    const { catalog } = harness()
    const seed = Date.now() % 2 ** 31
    console.warn(`versions: seed ${seed}`)
    await fc.assert(
      fc.asyncProperty(versionSteps, fc.integer({ min: 1, max: 7 }), async (steps, pageSize) => {
        const twin = new Twin(catalog, await madeBucket(harness()))
        for (const step of steps) await twin.run(step)
        await twin.compare(pageSize)
        await catalog.forgetGarbage(twin.model.garbage())
      }),
      { seed, numRuns: 60 },
    )
  })

  it('remembers whether a bucket keeps versions, and its lock, which only such a bucket can have', async () => {
    const { catalog, newProject } = harness()
    const bucket = newBucket(await newProject())
    await catalog.createBucket(bucket)
    const configuration = { defaultRetention: { mode: 'GOVERNANCE', days: 3 } } as const
    await expectCode(catalog.setObjectLock(bucket.bucketId, configuration), 'InvalidBucketState')
    await catalog.setBucketVersioning(bucket.bucketId, 'Enabled')
    await catalog.setObjectLock(bucket.bucketId, configuration)
    expect(await catalog.findBucket(bucket.name)).toMatchObject({
      versioning: 'Enabled',
      objectLock: configuration,
    })
    await expectCode(catalog.setBucketVersioning(bucket.bucketId, 'Suspended'), 'InvalidBucketState')
    expect((await catalog.findBucket(bucket.name))?.versioning).toBe('Enabled')
  })

  it('refuses a version that was begun before the bucket kept them, and leaves what is there', async () => {
    const { catalog } = harness()
    const bucketId = await bucketWith(harness(), 'Enabled')
    await put(catalog, bucketId, 'k', { versionId: newVersionId(), size: 7 })
    await expectCode(put(catalog, bucketId, 'k'), 'ConditionalRequestConflict')
    await expectCode(catalog.deleteObject(bucketId, 'k'), 'ConditionalRequestConflict')
    expect((await catalog.findObject(bucketId, 'k'))?.size).toBe(7)
  })

  it('asks a guard about the current version, of which a delete marker is none', async () => {
    const { catalog } = harness()
    const bucketId = await bucketWith(harness(), 'Enabled')
    const ifAbsent = (current: unknown): void => {
      if (current !== undefined) throw new StoreError('PreconditionFailed', 'exists')
    }
    const again = () => newObject(bucketId, 'k', { versionId: newVersionId() })
    await put(catalog, bucketId, 'k', { versionId: newVersionId() })
    const refused = again()
    await expectCode(
      catalog.commitObject(refused, [newPart(refused.objectId)], ifAbsent),
      'PreconditionFailed',
    )
    await catalog.deleteObject(bucketId, 'k', undefined, marker())
    const object = again()
    await catalog.commitObject(object, [newPart(object.objectId)], ifAbsent)
    expect((await catalog.findObject(bucketId, 'k'))?.versionId).toBe(object.versionId)
  })

  it('deletes a version only if its guard lets it, which sees that very version', async () => {
    const { catalog } = harness()
    const bucketId = await bucketWith(harness(), 'Enabled')
    const [older, newer] = [newVersionId(), newVersionId()]
    await put(catalog, bucketId, 'k', { versionId: older, legalHold: true })
    await put(catalog, bucketId, 'k', { versionId: newer })
    const unlocked = (row: { legalHold?: boolean | undefined } | undefined): void => {
      if (row?.legalHold) throw new StoreError('ObjectLocked', 'locked')
    }
    await expectCode(catalog.deleteVersion(bucketId, 'k', older, unlocked), 'ObjectLocked')
    expect(await catalog.deleteVersion(bucketId, 'k', newer, unlocked)).toEqual({ marker: false })
    expect((await catalog.findObject(bucketId, 'k'))?.versionId).toBe(older)
  })

  it('changes restore, retention, hold and tags of one version, and gives them back', async () => {
    const { catalog } = harness()
    const bucketId = await bucketWith(harness(), 'Enabled')
    const [older, newer] = [newVersionId(), newVersionId()]
    for (const versionId of [older, newer]) await put(catalog, bucketId, 'k', { versionId, tags: { t: '1' } })
    const before = await catalog.findVersion(bucketId, 'k', newer)
    const restore = { availableAt: 5, expiresAt: 9 }
    const retention = { mode: 'COMPLIANCE', retainUntil: 4_000_000_000_000 } as const
    await catalog.changeVersion(bucketId, 'k', older, (row) => {
      expect(row.versionId).toBe(older)
      return { restore, retention, legalHold: true, acl: 'public-read' }
    })
    expect(await catalog.findVersion(bucketId, 'k', older)).toMatchObject({
      restore,
      retention,
      legalHold: true,
      acl: 'public-read',
      tags: { t: '1' },
    })
    expect(await catalog.findVersion(bucketId, 'k', newer)).toEqual(before)
    await catalog.changeVersion(bucketId, 'k', older, () => ({
      retention: undefined,
      legalHold: false,
      tags: {},
    }))
    const after = await catalog.findVersion(bucketId, 'k', older)
    expect(after).toMatchObject({ restore, tags: {} })
    expect(after).not.toMatchObject({ retention })
    await expectCode(
      catalog.changeVersion(bucketId, 'k', newVersionId(), () => ({})),
      'NoSuchVersion',
    )
    const made = marker()
    await catalog.deleteObject(bucketId, 'k', undefined, made)
    await expectCode(
      catalog.changeVersion(bucketId, 'k', made.versionId, () => ({})),
      'NoSuchVersion',
    )
  })

  it('keeps a bucket that holds nothing but an older version or a delete marker', async () => {
    const { catalog } = harness()
    const bucketId = await bucketWith(harness(), 'Enabled')
    const versionId = newVersionId()
    await put(catalog, bucketId, 'k', { versionId })
    const made = marker()
    await catalog.deleteObject(bucketId, 'k', undefined, made)
    await expectCode(catalog.deleteBucket(bucketId), 'BucketNotEmpty')
    await catalog.deleteVersion(bucketId, 'k', versionId)
    await expectCode(catalog.deleteBucket(bucketId), 'BucketNotEmpty')
    await catalog.deleteVersion(bucketId, 'k', made.versionId)
    await catalog.deleteBucket(bucketId)
  })

  describe('listing versions', () => {
    async function filled(): Promise<{ catalog: Catalog; bucketId: string; ids: string[] }> {
      const { catalog } = harness()
      const bucketId = await bucketWith(harness(), 'Enabled')
      const ids = Array.from({ length: 5 }, newVersionId)
      await put(catalog, bucketId, 'a', { versionId: ids[0]! })
      await put(catalog, bucketId, 'a', { versionId: ids[1]! })
      await put(catalog, bucketId, 'f/x', { versionId: ids[2]! })
      await put(catalog, bucketId, 'f/y', { versionId: ids[3]! })
      await catalog.deleteObject(bucketId, 'a', undefined, { versionId: ids[4]!, lastModified: LATER })
      return { catalog, bucketId, ids }
    }

    it('rolls up keys below a delimiter, those of older versions and markers too', async () => {
      const { catalog, bucketId, ids } = await filled()
      await catalog.deleteObject(bucketId, 'f/x', undefined, marker())
      const page = await catalog.listVersions(listing(bucketId, { delimiter: '/' }))
      expect(words(page)).toEqual([`a ${ids[4]}*-`, `a ${ids[1]}`, `a ${ids[0]}`])
      expect(page.commonPrefixes).toEqual(['f/'])
      const after = await catalog.listVersions(listing(bucketId, { delimiter: '/', afterKey: 'f/' }))
      expect(after).toEqual({ versions: [], commonPrefixes: [], next: undefined })
    })

    it('begins behind a key, or behind one of its versions', async () => {
      const { catalog, bucketId, ids } = await filled()
      const rest = [`f/x ${ids[2]}*`, `f/y ${ids[3]}*`]
      expect(words(await catalog.listVersions(listing(bucketId, { afterKey: 'a' })))).toEqual(rest)
      const behind = listing(bucketId, { afterKey: 'a', afterVersionId: ids[1]! })
      expect(words(await catalog.listVersions(behind))).toEqual([`a ${ids[0]}`, ...rest])
      expect(words(await catalog.listVersions(listing(bucketId, { prefix: 'f/' })))).toEqual(rest)
    })

    it('misses nothing when the version to go on after was deleted meanwhile', async () => {
      const { catalog, bucketId, ids } = await filled()
      const page = await catalog.listVersions(listing(bucketId, { limit: 2 }))
      expect(page.next).toEqual({ key: 'a', versionId: ids[1] })
      for (const { version } of page.versions) await catalog.deleteVersion(bucketId, 'a', version.versionId)
      const next = listing(bucketId, { afterKey: page.next!.key, afterVersionId: page.next!.versionId })
      expect(words(await catalog.listVersions(next))).toEqual([
        `a ${ids[0]}*`,
        `f/x ${ids[2]}*`,
        `f/y ${ids[3]}*`,
      ])
    })
  })
}
