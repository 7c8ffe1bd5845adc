import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { complete, initiate, uploadPart } from './multipart.test-support.ts'
import type { OperationOf, Results } from './operations.ts'
import {
  collect,
  ENCRYPTED,
  get,
  keyFor,
  named,
  openBench,
  put,
  run,
  type Bench,
} from './store.test-support.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.dispose())

let bucket: string
let count = 0
beforeEach(async () => {
  bucket = `versions-${count++}`
  await run(bench, { name: 'CreateBucket', bucket })
  await run(bench, { name: 'PutBucketVersioning', bucket, state: 'Enabled' })
})

const bytes = (text: string): Buffer => Buffer.from(text)
const at = (key = 'k') => ({ bucket, key })
const write = async (text: string, changes = {}) =>
  (await put(bench, 'k', bytes(text), { bucket, ...changes })).versionId!
const read = async (versionId?: string) =>
  (await get(bench, 'k', { bucket, ...(versionId !== undefined && { versionId }) })).bytes.toString()
const remove = (changes: Partial<OperationOf<'DeleteObject'>> = {}): Promise<Results['DeleteObject']> =>
  run(bench, { name: 'DeleteObject', ...at(), conditions: {}, ...changes })
const code = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: { code: string }) => error.code,
  )

test('every version can be read by its id, and the newest by the key alone', async () => {
  const [one, two] = [await write('one'), await write('two')]
  expect(await read()).toBe('two')
  expect([await read(one), await read(two)]).toEqual(['one', 'two'])
  const head = await run(bench, { name: 'HeadObject', ...at(), versionId: one, conditions: {} })
  expect(head).toMatchObject({ versionId: one, object: { versionId: one, size: 3 } })
  expect(await code(read('null'))).toBe('NoSuchVersion')
  expect(await code(read('not an id'))).toBe('InvalidArgument')
})

test('a deletion leaves a marker, under which everything still is, and whose own deletion brings it back', async () => {
  const one = await write('one')
  const { versionId: marker, deleteMarker, existed } = await remove()
  expect({ deleteMarker, existed }).toEqual({ deleteMarker: true, existed: true })
  await expect(get(bench, 'k', { bucket })).rejects.toMatchObject({
    code: 'NoSuchKey',
    facts: { deleteMarker: true, versionId: marker },
  })
  await expect(get(bench, 'k', { bucket, versionId: marker! })).rejects.toMatchObject({
    code: 'MethodNotAllowed',
    facts: { deleteMarker: true, versionId: marker },
  })
  expect(await read(one)).toBe('one')
  expect(await remove({ versionId: marker! })).toMatchObject({ deleteMarker: true, versionId: marker })
  expect(await read()).toBe('one')
  expect(await remove({ versionId: one })).toEqual({ existed: true, versionId: one })
  expect(await code(read())).toBe('NoSuchKey')
})

test('while suspended, versions of before stay and the null version is written over', async () => {
  const one = await write('one')
  await run(bench, { name: 'PutBucketVersioning', bucket, state: 'Suspended' })
  expect(await write('two')).toBe('null')
  expect(await write('three')).toBe('null')
  expect([await read(), await read('null'), await read(one)]).toEqual(['three', 'three', 'one'])
  expect(await remove()).toMatchObject({ versionId: 'null', deleteMarker: true })
  const { entries } = await run(bench, {
    name: 'ListObjectVersions',
    bucket,
    prefix: '',
    delimiter: '',
    afterKey: '',
    afterVersionId: '',
    limit: 10,
  })
  expect(entries.map(({ kind, versionId, isLatest }) => [kind, versionId, isLatest])).toEqual([
    ['delete-marker', 'null', true],
    ['version', one, false],
  ])
})

test('conditions are about the current version, of which a delete marker is none', async () => {
  await write('one')
  expect(await code(write('two', { conditions: { ifAbsent: true } }))).toBe('PreconditionFailed')
  await remove()
  const two = await write('two', { conditions: { ifAbsent: true } })
  expect(await read()).toBe('two')
  expect(await code(remove({ conditions: { ifMatch: 'another' } }))).toBe('PreconditionFailed')
  expect(await read(two)).toBe('two')
})

test('a copy of an older version onto its key makes it the current one', async () => {
  const [one] = [await write('one'), await write('two')]
  const copied = await run(bench, {
    name: 'CopyObject',
    ...at(),
    source: { ...at(), versionId: one, conditions: {} },
    metadata: undefined,
    tags: undefined,
    storageClass: undefined,
    encryption: { kind: 'bucket-default' },
    conditions: {},
  })
  expect(copied.sourceVersionId).toBe(one)
  expect([await read(), await read(copied.versionId)]).toEqual(['one', 'one'])
  expect([one, undefined]).not.toContain(copied.versionId)
})

test('a multipart upload ends as a version beside the others', async () => {
  const one = await write('one')
  const inBucket = { ...bench, bucket }
  const uploadId = await initiate(inBucket, 'k', ENCRYPTED[0]!)
  const part = await uploadPart(inBucket, 'k', uploadId, 1, bytes('of parts'))
  const written = await complete(inBucket, 'k', uploadId, [{ number: 1, etag: part.etag }])
  expect([await read(), await read(written.versionId), await read(one)]).toEqual([
    'of parts',
    'of parts',
    'one',
  ])
})

test('tags belong to one version', async () => {
  const [one, two] = [await write('one'), await write('two')]
  await run(bench, { name: 'PutObjectTagging', ...at(), versionId: one, tags: { of: 'one' } })
  expect(await run(bench, { name: 'GetObjectTagging', ...at() })).toEqual({ tags: {}, versionId: two })
  expect(await run(bench, { name: 'GetObjectTagging', ...at(), versionId: one })).toEqual({
    tags: { of: 'one' },
    versionId: one,
  })
})

test('one encryption can be changed where it lies, an older version’s too', async () => {
  const [one, two] = [await write('one'), await write('two')]
  const target = { kind: 'service-key', suite: 'SM4' } as const
  await run(bench, { name: 'ModifyEncryption', ...at(), versionId: one, target })
  const described = async (versionId: string) =>
    (await run(bench, { name: 'HeadObject', ...at(), versionId, conditions: {} })).object.encryption.mode
  expect([await described(one), await described(two)]).toEqual(['service-key', 'none'])
  expect([await read(one), await read()]).toEqual(['one', 'two'])
})

test('many at once are deleted each by itself, and their answers name versions and markers', async () => {
  const one = await write('one')
  const { deleted, failed } = await run(bench, {
    name: 'DeleteObjects',
    bucket,
    objects: [{ key: 'k' }, { key: 'k', versionId: one }, { key: 'absent' }, { key: 'k', versionId: 'x' }],
    quiet: false,
  })
  expect(deleted).toEqual([
    { key: 'k', deleteMarker: true, deleteMarkerVersionId: expect.any(String) as string },
    { key: 'k', versionId: one },
    { key: 'absent', deleteMarker: true, deleteMarkerVersionId: expect.any(String) as string },
  ])
  expect(failed).toMatchObject([{ key: 'k', versionId: 'x', error: { code: 'InvalidArgument' } }])
})

describe.each(named(ENCRYPTED))('versions stored with %s', (_, method) => {
  test('do not open under each other’s id, nor as what was written without versions', async () => {
    const { encryption } = method
    const [one, two] = [await write('one', { encryption }), await write('two', { encryption })]
    const open = async (versionId: string): Promise<string | undefined> => {
      const { body } = await run(bench, {
        name: 'GetObject',
        ...at(),
        versionId,
        conditions: {},
        ...keyFor(method),
      })
      return (await collect(body)).toString()
    }
    const idOf = bench.sql.prepare('SELECT object_id FROM object_version WHERE version_id = ?').pluck()
    const rename = bench.sql.prepare('UPDATE object_version SET version_id = ? WHERE object_id = ?')
    const [a, b] = [idOf.get(one), idOf.get(two)]
    rename.run('null', a)
    expect(await code(open('null'))).toBe('ObjectCorrupt')
    rename.run(two, a)
    rename.run(one, b)
    expect(await code(open(one))).toBe('ObjectCorrupt')
    expect(await code(open(two))).toBe('ObjectCorrupt')
    rename.run(one, a)
    rename.run(two, b)
    expect([await open(one), await open(two)]).toEqual(['one', 'two'])
  })
})
