import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { uploadInParts } from './multipart.test-support.ts'
import type { CopyObject } from './operations.ts'
import {
  caller,
  CHUNK,
  get,
  keyFor,
  METADATA,
  METHODS,
  named,
  openBench,
  put,
  run,
  SECURE,
  traces,
  type Bench,
  type Method,
} from './store.test-support.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.dispose())

function copyOf(source: string, from: Method, key: string, changes: Partial<CopyObject> = {}): CopyObject {
  return {
    name: 'CopyObject',
    bucket: bench.bucket,
    key,
    source: { bucket: bench.bucket, key: source, conditions: {}, ...keyFor(from) },
    metadata: undefined,
    tags: undefined,
    storageClass: undefined,
    encryption: { kind: 'bucket-default' },
    conditions: {},
    ...changes,
  }
}

const BYTES = randomBytes(2 * CHUNK + 5)
const NONE = METHODS[0]!

describe.each(named())('from %s', (_name, from) => {
  beforeAll(() =>
    put(bench, 'source', BYTES, {
      encryption: from.encryption,
      tags: { t: '1' },
      storageClass: 'GLACIER_IR',
    }),
  )

  test.each(named())('to %s: the same bytes, encrypted as asked', async (_to, to) => {
    const source = (await get(bench, 'source', keyFor(from))).object
    const written = await run(bench, copyOf('source', from, 'target', { encryption: to.encryption }))
    const read = await get(bench, 'target', keyFor(to))
    expect(read.bytes.equals(BYTES)).toBe(true)
    expect(written.encryption.mode).toBe(to.mode)
    expect(read.object).toMatchObject({
      ...written,
      metadata: METADATA,
      tags: { t: '1' },
      storageClass: 'GLACIER_IR',
      checksums: source.checksums,
    })
    const blobOf = async (objectId: string) => (await bench.deps.catalog.parts(objectId))[0]!.blobId
    expect(await blobOf(read.object.objectId)).not.toBe(await blobOf(source.objectId))
  })

  test('onto itself with another method, which was the only way to encrypt in place', async () => {
    for (const to of METHODS.filter((method) => method !== from)) {
      await put(bench, 'itself', BYTES, { encryption: from.encryption })
      await run(bench, copyOf('itself', from, 'itself', { encryption: to.encryption }))
      const read = await get(bench, 'itself', keyFor(to))
      expect(read.bytes.equals(BYTES)).toBe(true)
      expect(read.object.encryption.mode).toBe(to.mode)
    }
  })

  test('without a word on encryption: as the target bucket says, never as the source was', async () => {
    const plain = await run(bench, copyOf('source', from, 'target'))
    expect(plain.encryption).toEqual({ mode: 'none' })
    const bucket = `default-${from.name.toLowerCase().replace(' ', '-')}`
    await run(bench, { name: 'CreateBucket', bucket, encryption: { kind: 'service-key', suite: 'SM4' } })
    const copied = await run(bench, copyOf('source', from, 'target', { bucket }))
    expect(copied.encryption).toMatchObject({ mode: 'service-key', suite: 'SM4' })
  })
})

test('an object of several parts becomes one part with the same bytes', async () => {
  const bytes = randomBytes(5 * 2 ** 20 + 10)
  const method = METHODS.find(({ mode }) => mode === 'managed-key')!
  await uploadInParts(bench, 'parts', bytes, [5 * 2 ** 20, 10], method)
  await run(
    bench,
    copyOf('parts', method, 'joined', { encryption: method.encryption, checksumAlgorithm: 'sha256' }),
  )
  const { bytes: copied, object } = await get(bench, 'joined')
  expect(copied.equals(bytes)).toBe(true)
  expect(object).toMatchObject({ partCount: 1, multipart: false, checksums: [{ algorithm: 'sha256' }] })
  expect(object.etag).not.toContain('-')
})

test('metadata, tags and class can be replaced', async () => {
  await put(bench, 'm', BYTES)
  const metadata = { contentType: 'a/b', userMetadata: { new: '1' } }
  await run(bench, copyOf('m', NONE, 'm', { metadata, tags: {}, storageClass: 'STANDARD_IA' }))
  expect((await get(bench, 'm')).object).toMatchObject({ metadata, tags: {}, storageClass: 'STANDARD_IA' })
})

test.each<[string, Partial<CopyObject>]>([
  ['STANDARD_IA', {}],
  ['STANDARD', { defaultStorageClass: 'STANDARD' }],
  ['GLACIER_IR', { defaultStorageClass: 'STANDARD', storageClass: 'GLACIER_IR' }],
])('the class of a copy, elsewhere and onto itself: %s of %o', async (storageClass, changes) => {
  for (const target of ['rare', 'copied']) {
    await put(bench, 'rare', BYTES, { storageClass: 'STANDARD_IA' })
    await run(bench, copyOf('rare', NONE, target, { ...changes, tags: {}, encryption: NONE.encryption }))
    expect((await get(bench, target)).object).toMatchObject({ storageClass })
  }
})

test('a redirect is copied, unless the client’s family has it for each object alone', async () => {
  await put(bench, 'away', BYTES, { metadata: { ...METADATA, websiteRedirectLocation: '/one' } })
  const locationOf = async (changes: Partial<CopyObject>) => {
    await run(bench, copyOf('away', NONE, 'copied', changes))
    return (await get(bench, 'copied')).object.metadata.websiteRedirectLocation
  }
  expect(await locationOf({})).toBe('/one')
  expect(await locationOf({ redirect: {} })).toBeUndefined()
  expect(await locationOf({ redirect: { location: '/two' } })).toBe('/two')
})

test('a copy onto itself that changes nothing is refused', async () => {
  await put(bench, 'same', BYTES)
  const noChange = copyOf('same', NONE, 'same', { defaultStorageClass: 'STANDARD' })
  await expect(run(bench, noChange)).rejects.toMatchObject({ code: 'InvalidRequest' })
  await expect(run(bench, copyOf('same', NONE, 'same'))).rejects.toMatchObject({ code: 'InvalidRequest' })
})

test('conditions on source and target are heeded, and a refused copy leaves nothing', async () => {
  const { etag } = await put(bench, 'c', BYTES)
  await put(bench, 'there', BYTES)
  const before = await traces(bench)
  const source = { bucket: bench.bucket, key: 'c' }
  for (const conditions of [{ ifMatch: ['x'] }, { ifNoneMatch: [etag] }])
    await expect(
      run(bench, copyOf('c', NONE, 'd', { source: { ...source, conditions } })),
    ).rejects.toMatchObject({ code: 'PreconditionFailed' })
  await expect(
    run(bench, copyOf('c', NONE, 'there', { conditions: { ifAbsent: true } })),
  ).rejects.toMatchObject({ code: 'PreconditionFailed' })
  await expect(run(bench, copyOf('absent', NONE, 'd'))).rejects.toMatchObject({ code: 'NoSuchKey' })
  expect(await traces(bench)).toEqual(before)
})

test('a copy reads with the caller’s own rights: no bucket of another project', async () => {
  const theirs = 'their-bucket'
  const owner = caller(bench.otherProjectId)
  await bench.store.run({ name: 'CreateBucket', bucket: theirs }, owner, SECURE)
  await put(bench, 'mine', BYTES)
  const steal = copyOf('mine', NONE, 'stolen', { bucket: theirs })
  await expect(bench.store.run(steal, owner, SECURE)).rejects.toMatchObject({ code: 'AccessDenied' })
  const push = copyOf('mine', NONE, 'pushed', { bucket: theirs })
  await expect(run(bench, push)).rejects.toMatchObject({ code: 'AccessDenied' })
})
