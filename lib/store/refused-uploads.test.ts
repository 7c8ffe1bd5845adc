import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createChecksum } from '../crypto/checksums.ts'
import { StoreError } from '../errors.ts'
import type { ChecksumAlgorithm } from './model.ts'
import type { ContentChecks, PutObject } from './operations.ts'
import {
  bodyOf,
  CHUNK,
  named,
  openBench,
  put,
  run,
  traces,
  type Bench,
  type Method,
} from './store.test-support.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.dispose())

const BYTES = randomBytes(5 * CHUNK + 3)
const LOST = new StoreError('ClientDisconnected', 'gone')

const ALGORITHMS: readonly ChecksumAlgorithm[] = [
  'crc32',
  'crc32c',
  'crc64nvme',
  'sha1',
  'sha256',
  'sha512',
  'md5',
  'xxhash64',
  'xxhash3',
  'xxhash128',
]

function checksumOf(algorithm: ChecksumAlgorithm, bytes: Buffer): string {
  const checksum = createChecksum(algorithm)
  checksum.update(bytes)
  return checksum.digest().toString('base64')
}

/** Gives some bytes and then fails as the connection does when the client goes away. */
async function* lostAfter(count: number): AsyncGenerator<Buffer> {
  yield* bodyOf(BYTES.subarray(0, count))
  throw LOST
}

interface Refusal {
  what: string
  code: string
  upload: (method: Method) => Partial<Pick<PutObject, 'body' | 'contentLength' | 'checks'>>
}

const refusals: Refusal[] = [
  {
    what: 'a wrong Content-MD5',
    code: 'BadDigest',
    upload: () => ({ checks: { md5: createHash('md5').update('other').digest() } }),
  },
  ...ALGORITHMS.map((algorithm) => ({
    what: `a wrong ${algorithm}`,
    code: 'BadDigest',
    upload: () => ({
      checks: { checksum: { algorithm, expected: () => checksumOf(algorithm, Buffer.from('other')) } },
    }),
  })),
  {
    what: 'an announced trailer that does not come',
    code: 'MalformedTrailer',
    upload: () => ({ checks: { checksum: { algorithm: 'crc32', expected: () => undefined } } }),
  },
  { what: 'too few bytes', code: 'IncompleteBody', upload: () => ({ contentLength: BYTES.length + 1 }) },
  { what: 'too many bytes', code: 'IncompleteBody', upload: () => ({ contentLength: BYTES.length - 1 }) },
  {
    what: 'no bytes but some announced',
    code: 'IncompleteBody',
    upload: () => ({ body: bodyOf(Buffer.alloc(0)) }),
  },
  ...[0, 1, CHUNK, 4 * CHUNK + 5].map((count) => ({
    what: `a client lost after ${count} bytes`,
    code: 'ClientDisconnected',
    upload: () => ({ body: lostAfter(count) }),
  })),
]

describe.each(named())('with %s', (_name, method) => {
  test.each(refusals.map((refusal) => [refusal.what, refusal] as const))(
    '%s is refused and leaves nothing behind',
    async (_what, { code, upload }) => {
      await put(bench, 'kept', Buffer.from('what was there before'))
      const before = await traces(bench)
      const attempt = put(bench, 'kept', BYTES, { encryption: method.encryption, ...upload(method) })
      await expect(attempt).rejects.toMatchObject({ code })
      expect(await traces(bench)).toEqual(before)
    },
  )

  test.each(refusals.map((refusal) => [refusal.what, refusal] as const))(
    'as a part, %s leaves the upload as it was',
    async (_what, { code, upload }) => {
      const at = { bucket: bench.bucket, key: 'parts' }
      const { uploadId } = await run(bench, {
        name: 'CreateMultipartUpload',
        ...at,
        metadata: { contentType: '', userMetadata: {} },
        storageClass: 'STANDARD',
        tags: {},
        encryption: method.encryption,
      })
      const part = { name: 'UploadPart', ...at, uploadId, partNumber: 1 } as const
      const checks: ContentChecks = {}
      const key = method.customerKey ? { customerKey: method.customerKey } : {}
      const good = { ...part, ...key, body: bodyOf(BYTES), contentLength: BYTES.length, checks }
      const { etag } = await run(bench, good)
      const before = await traces(bench)
      const bad = { ...good, body: bodyOf(BYTES), ...upload(method) }
      await expect(run(bench, bad)).rejects.toMatchObject({ code })
      expect(await traces(bench)).toEqual(before)
      const { parts } = await run(bench, { name: 'ListParts', ...at, uploadId, after: 0, limit: 10 })
      expect(parts.map((listed) => listed.etag)).toEqual([etag])
      await run(bench, { name: 'AbortMultipartUpload', ...at, uploadId })
    },
  )
})

test.each(ALGORITHMS)('a right %s and Content-MD5 are accepted and told', async (algorithm) => {
  const value = checksumOf(algorithm, BYTES)
  const checks = {
    md5: createHash('md5').update(BYTES).digest(),
    checksum: { algorithm, expected: () => value },
  }
  const { checksums } = await put(bench, 'right', BYTES, { checks })
  expect(checksums[0]).toEqual({ algorithm, type: 'FULL_OBJECT', value })
})

test('a bucket deleted while the body is on its way leaves nothing behind', async () => {
  const bucket = 'short-lived'
  await run(bench, { name: 'CreateBucket', bucket })
  const before = await traces(bench)
  const body = async function* (): AsyncGenerator<Buffer> {
    yield* bodyOf(BYTES)
    await run(bench, { name: 'DeleteBucket', bucket })
  }
  await expect(put(bench, 'k', BYTES, { bucket, body: body() })).rejects.toMatchObject({
    code: 'NoSuchBucket',
  })
  expect(await traces(bench)).toEqual(before)
})
