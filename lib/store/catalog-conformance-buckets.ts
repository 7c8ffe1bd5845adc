import { expect, it } from 'vitest'
import type { CatalogHarness } from './catalog-conformance.ts'
import {
  expectCode,
  garbageAmong,
  newBucket,
  newObject,
  newPart,
  newUpload,
  put,
} from './catalog-conformance-rows.ts'
import type { CorsConfiguration } from './cors-model.ts'
import type { BucketEncryptionRule } from './encryption-model.ts'
import type { LifecycleConfiguration } from './lifecycle-model.ts'

export function bucketConformance(harness: () => CatalogHarness): void {
  it('gives back what was created, and nothing for another name', async () => {
    const { catalog, newProject } = harness()
    const rule: BucketEncryptionRule = {
      kind: 'managed-key',
      keyRef: 'alias/"ö"',
      suite: 'SM4',
      bucketKeyEnabled: true,
    }
    const bucket = { ...newBucket(await newProject()), encryption: rule, customerKeysBlocked: true }
    await catalog.createBucket(bucket)
    expect(await catalog.findBucket(bucket.name)).toEqual(bucket)
    expect(await catalog.findBucket(`${bucket.name}x`)).toBeUndefined()
  })

  it('tells a name taken by oneself from one taken by others', async () => {
    const { catalog, newProject } = harness()
    const first = newBucket(await newProject())
    await catalog.createBucket(first)
    await expectCode(catalog.createBucket(newBucket(first.projectId, first.name)), 'BucketAlreadyOwnedByYou')
    await expectCode(catalog.createBucket(newBucket(await newProject(), first.name)), 'BucketAlreadyExists')
    expect(await catalog.findBucket(first.name)).toEqual(first)
  })

  it('lets one of two creations of a name at once succeed', async () => {
    const { catalog, newProject } = harness()
    const [mine, theirs] = [await newProject(), await newProject()]
    const { name } = newBucket(mine)
    const outcomes = await Promise.allSettled(
      [mine, theirs, mine].map((project) => catalog.createBucket(newBucket(project, name))),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  it('lists the buckets of a project by name', async () => {
    const { catalog, newProject } = harness()
    const project = await newProject()
    expect(await catalog.listBuckets(project)).toEqual([])
    const suffix = project.slice(0, 8)
    const buckets = ['b', 'a.b', 'a', 'a-b'].map((name) => newBucket(project, `${name}-${suffix}`))
    for (const bucket of buckets) await catalog.createBucket(bucket)
    await catalog.createBucket(newBucket(await newProject()))
    const names = (await catalog.listBuckets(project)).map(({ name }) => name)
    expect(names).toEqual(buckets.map(({ name }) => name).sort())
  })

  it('changes the ACL of one bucket only, and keeps that of one that is made with it', async () => {
    const { catalog, newProject } = harness()
    const project = await newProject()
    const [a, b] = [{ ...newBucket(project), acl: 'public-read' as const }, newBucket(project)]
    await catalog.createBucket(a)
    await catalog.createBucket(b)
    expect((await catalog.findBucket(a.name))?.acl).toBe('public-read')
    await catalog.setBucketAcl(b.bucketId, 'authenticated-read')
    await catalog.setBucketAcl(a.bucketId, 'private')
    expect((await catalog.findBucket(a.name))?.acl).toBeUndefined()
    expect((await catalog.findBucket(b.name))?.acl).toBe('authenticated-read')
  })

  it('keeps rules of buckets, and finds those with lifecycle rules one after the other', async () => {
    const { catalog, newProject } = harness()
    const project = await newProject()
    const [a, b, c] = [newBucket(project), newBucket(project), newBucket(project)]
    for (const bucket of [a, b, c]) await catalog.createBucket(bucket)
    const lifecycle: LifecycleConfiguration = {
      rules: [{ id: 'ö', enabled: true, filter: { prefix: '', tags: {} }, expiration: { days: 1 } }],
    }
    const cors: CorsConfiguration = {
      rules: [{ allowedOrigins: ['*'], allowedMethods: ['GET'], allowedHeaders: [], exposeHeaders: [] }],
    }
    expect((await catalog.findBucket(a.name))?.cors).toBeUndefined()
    for (const { bucketId } of [a, c]) await catalog.setBucketLifecycle(bucketId, lifecycle)
    await catalog.setBucketCors(a.bucketId, cors)
    expect(await catalog.findBucket(a.name)).toEqual({ ...a, cors, lifecycle })
    expect(await catalog.findBucket(b.name)).toEqual(b)
    const [first, second] = [a.bucketId, c.bucketId].sort()
    const next = async (afterId: string, inclusive = false): Promise<string | undefined> =>
      (await catalog.nextLifecycleBucket(afterId, inclusive))?.bucketId
    expect([await next(first!), await next(first!, true), await next(second!, true)]).toEqual([
      second,
      first,
      second,
    ])
    await catalog.setBucketLifecycle(second!, undefined)
    await catalog.setBucketCors(a.bucketId, undefined)
    expect(await next(first!)).not.toBe(second)
    expect((await catalog.findBucket(a.name))?.cors).toBeUndefined()
  })

  it('changes the default encryption and the block of customer keys of one bucket only', async () => {
    const { catalog, newProject } = harness()
    const [a, b] = [newBucket(await newProject()), newBucket(await newProject())]
    await catalog.createBucket(a)
    await catalog.createBucket(b)
    await catalog.setBucketEncryption(a.bucketId, { kind: 'service-key', suite: 'AES256' })
    await catalog.setCustomerKeysBlocked(a.bucketId, true)
    expect(await catalog.findBucket(a.name)).toEqual({
      ...a,
      encryption: { kind: 'service-key', suite: 'AES256' },
      customerKeysBlocked: true,
    })
    expect(await catalog.findBucket(b.name)).toEqual(b)
    await catalog.setBucketEncryption(a.bucketId, undefined)
    await catalog.setCustomerKeysBlocked(a.bucketId, false)
    expect(await catalog.findBucket(a.name)).toEqual(a)
  })

  it('keeps the policy of one bucket as it was written, and forgets it', async () => {
    const { catalog, newProject } = harness()
    const [a, b] = [newBucket(await newProject()), newBucket(await newProject())]
    const policy = ' {"Statement": "ü\\u0000"}\n'
    await catalog.createBucket(a)
    await catalog.createBucket({ ...b, policy })
    expect((await catalog.findBucket(b.name))?.policy).toBe(policy)
    await catalog.setBucketPolicy(a.bucketId, policy)
    expect(await catalog.findBucket(a.name)).toEqual({ ...a, policy })
    await catalog.setBucketPolicy(b.bucketId, undefined)
    expect((await catalog.findBucket(b.name))?.policy).toBeUndefined()
    expect((await catalog.listBuckets(a.projectId))[0]?.policy).toBe(policy)
  })

  it('deletes an empty bucket with its uploads, whose blobs become garbage', async () => {
    const { catalog, newProject } = harness()
    const bucket = newBucket(await newProject())
    await catalog.createBucket(bucket)
    const upload = newUpload(bucket.bucketId, 'half')
    await catalog.createUpload(upload)
    const part = newPart(upload.objectId)
    await catalog.putPart(upload.uploadId, part)
    await catalog.deleteBucket(bucket.bucketId)
    expect(await catalog.findBucket(bucket.name)).toBeUndefined()
    expect(await catalog.findUpload(upload.uploadId)).toBeUndefined()
    expect(await garbageAmong(catalog, [part.blobId])).toEqual([part.blobId])
  })

  it('keeps a bucket that holds objects, and all that is in it', async () => {
    const { catalog, newProject } = harness()
    const bucket = newBucket(await newProject())
    await catalog.createBucket(bucket)
    await put(catalog, bucket.bucketId, 'kept')
    await expectCode(catalog.deleteBucket(bucket.bucketId), 'BucketNotEmpty')
    expect(await catalog.findObject(bucket.bucketId, 'kept')).toBeDefined()
    await catalog.deleteObject(bucket.bucketId, 'kept')
    await catalog.deleteBucket(bucket.bucketId)
    expect(await catalog.listBuckets(bucket.projectId)).toEqual([])
  })

  it('lets either the deletion of a bucket or the first object win, never both', async () => {
    const { catalog, newProject } = harness()
    for (const deletionFirst of [true, false]) {
      const bucket = newBucket(await newProject())
      await catalog.createBucket(bucket)
      const object = newObject(bucket.bucketId, 'k')
      const steps = [
        () => catalog.commitObject(object, [newPart(object.objectId)]),
        () => catalog.deleteBucket(bucket.bucketId),
      ]
      const started = deletionFirst ? steps.reverse() : steps
      const outcomes = await Promise.allSettled(started.map((step) => step()))
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
      const reason = (outcomes[1] as PromiseRejectedResult).reason as { code: string }
      expect(reason.code).toBe(deletionFirst ? 'NoSuchBucket' : 'BucketNotEmpty')
      expect((await catalog.findObject(bucket.bucketId, 'k')) === undefined).toBe(deletionFirst)
    }
  })
}
