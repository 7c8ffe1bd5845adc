import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { initiate } from './multipart.test-support.ts'
import type { CopyObject, UploadPartCopy } from './operations.ts'
import {
  bodyOf,
  caller,
  CHUNK,
  keyFor,
  METHODS,
  named,
  openBench,
  put,
  SECURE,
  traces,
  type Bench,
} from './store.test-support.ts'
import { whileWanted } from './while-wanted.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.dispose())

// More than is read ahead before the first piece is encrypted.
const BYTES = randomBytes(30 * CHUNK)

/** Runs a copy whose client leaves when the new blob is made, after the source was opened. */
async function leftBehind(operation: CopyObject | UploadPartCopy): Promise<unknown> {
  const client = new AbortController()
  const { blobs } = bench.deps
  const create = blobs.create.bind(blobs)
  vi.spyOn(blobs, 'create').mockImplementationOnce((id) => {
    client.abort()
    return create(id)
  })
  const context = { ...SECURE, signal: client.signal }
  return bench.store.run(operation, caller(bench.projectId), context)
}

test.each(named())('a copy from %s stops when its client leaves, and leaves nothing', async (_name, from) => {
  await put(bench, 'source', BYTES, { encryption: from.encryption })
  const source = { bucket: bench.bucket, key: 'source', conditions: {}, ...keyFor(from) }
  const uploadId = await initiate(bench, 'parts', METHODS[0]!)
  const before = await traces(bench)
  const copy: CopyObject = {
    name: 'CopyObject',
    bucket: bench.bucket,
    key: 'copy',
    source,
    metadata: undefined,
    tags: undefined,
    storageClass: undefined,
    encryption: { kind: 'bucket-default' },
    conditions: {},
  }
  const part: UploadPartCopy = {
    name: 'UploadPartCopy',
    bucket: bench.bucket,
    key: 'parts',
    uploadId,
    partNumber: 1,
    source,
  }
  await expect(leftBehind(copy)).rejects.toMatchObject({ code: 'ClientDisconnected' })
  await expect(leftBehind(part)).rejects.toMatchObject({ code: 'ClientDisconnected' })
  expect(await traces(bench)).toEqual(before)
})

test('what lies behind the body is let go of, read or not', async () => {
  const letGo = vi.fn()
  async function* held(): AsyncGenerator<Buffer> {
    try {
      yield* bodyOf(BYTES)
    } finally {
      letGo()
    }
  }
  const opened = async (signal: AbortSignal): Promise<AsyncIterator<Buffer>> => {
    const body = held()
    await body.next()
    return whileWanted(signal, body)[Symbol.asyncIterator]()
  }
  const left = await opened(AbortSignal.abort())
  await expect(left.next()).rejects.toMatchObject({ code: 'ClientDisconnected' })
  expect(letGo).toHaveBeenCalledTimes(1)
  const unread = await opened(new AbortController().signal)
  await unread.return?.()
  expect(letGo).toHaveBeenCalledTimes(2)
})
