import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { BlobStore } from '../blobs/blob-store.ts'
import { StoreError } from '../errors.ts'
import { initiate } from './multipart.test-support.ts'
import { caller, openBench, put, SECURE, METHODS, type Bench } from './store.test-support.ts'
import { createStore } from './store.ts'

/** What nobody will read must not stay open: each of these is a file, and there are only so many. */

const BYTES = randomBytes(300_000)
const FULL = new StoreError('StorageFull', 'made by a test')

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
  await put(bench, 'source', BYTES)
})
afterAll(() => bench.dispose())

/** The store, with the number of its readings that have begun and not ended. */
function watched(changes: Partial<Pick<BlobStore, 'create' | 'requireRoom'>> = {}) {
  const { blobs } = bench.deps
  const open = { readings: 0, begun: 0 }
  async function* reading(of: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    open.readings += 1
    open.begun += 1
    try {
      yield* of
    } finally {
      open.readings -= 1
    }
  }
  const watching: BlobStore = {
    create: (id) => blobs.create(id),
    requireRoom: (bytes) => blobs.requireRoom(bytes),
    read: (id, offset, length, lent) => reading(blobs.read(id, offset, length, lent)),
    size: (id) => blobs.size(id),
    hold: (ids) => blobs.hold(ids),
    settle: (ids) => blobs.settle(ids),
    delete: (id) => blobs.delete(id),
    list: () => blobs.list(),
    label: () => blobs.label(),
    setLabel: (text) => blobs.setLabel(text),
    recover: () => blobs.recover(),
    ...changes,
  }
  const store = createStore({ ...bench.deps, blobs: watching })
  const run: typeof store.run = (operation, by, context) => store.run(operation, by, context)
  return { open, run }
}

const who = () => caller(bench.projectId)
const source = () => ({ bucket: bench.bucket, key: 'source', conditions: {} })
const copy = () =>
  ({
    name: 'CopyObject',
    bucket: bench.bucket,
    key: 'copy',
    source: source(),
    encryption: { kind: 'none' },
    conditions: {},
    metadata: undefined,
    tags: undefined,
    storageClass: undefined,
  }) as const
const read = () => ({ name: 'GetObject', bucket: bench.bucket, key: 'source', conditions: {} }) as const

test.each([
  ['the disk takes no writes', { create: () => Promise.reject(FULL) }],
  ['the disk has no room', { requireRoom: () => Promise.reject(FULL) }],
])('a copy lets go of its source when %s', async (_, changes) => {
  const { open, run } = watched(changes)
  await expect(run(copy(), who(), SECURE)).rejects.toMatchObject({ code: 'StorageFull' })
  const uploadId = await initiate(bench, 'parts', METHODS[0]!)
  const part = {
    name: 'UploadPartCopy',
    bucket: bench.bucket,
    key: 'parts',
    uploadId,
    partNumber: 1,
  } as const
  await expect(run({ ...part, source: source() }, who(), SECURE)).rejects.toMatchObject({
    code: 'StorageFull',
  })
  expect(open).toEqual({ readings: 0, begun: 2 })
})

test('an object whose encryption cannot be described is let go of', async () => {
  await put(bench, 'managed', BYTES, { encryption: { kind: 'managed-key', suite: 'AES256', context: {} } })
  const { open, run } = watched()
  const describe = vi.spyOn(bench.deps.keyring, 'resolveKey').mockRejectedValue(new Error('database'))
  await expect(run({ ...read(), key: 'managed' }, who(), SECURE)).rejects.toThrow('database')
  describe.mockRestore()
  expect(open).toEqual({ readings: 0, begun: 1 })
})

test('an answer that the disk takes back is let go of', async () => {
  const { open, run } = watched()
  const settled = vi
    .spyOn(bench.deps.catalog, 'settled')
    .mockImplementationOnce(() => Promise.reject(new Error('EIO')))
  await expect(run(read(), who(), SECURE)).rejects.toThrow('EIO')
  settled.mockRestore()
  await vi.waitFor(() => expect(open).toEqual({ readings: 0, begun: 1 }))
})
