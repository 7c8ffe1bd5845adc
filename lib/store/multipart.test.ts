import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { complete, initiate, uploadInParts, uploadPart } from './multipart.test-support.ts'
import type { UploadPartCopy } from './operations.ts'
import {
  ENCRYPTED,
  get,
  keyFor,
  METADATA,
  METHODS,
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

const MINIMUM = 5 * 2 ** 20
const PART = randomBytes(MINIMUM)
const TAIL = randomBytes(100)
const NONE = METHODS[0]!
const md5 = (...pieces: Buffer[]): Buffer => pieces.reduce((h, p) => h.update(p), createHash('md5')).digest()
const at = (key: string) => ({ bucket: bench.bucket, key })

describe.each(named())('an upload with %s', (name, method) => {
  const withKey = keyFor(method)

  test('becomes one object of its parts', async () => {
    const uploadId = await initiate(bench, 'whole', method, { tags: { t: '1' }, storageClass: 'GLACIER_IR' })
    const last = await uploadPart(bench, 'whole', uploadId, 9, TAIL, withKey)
    const first = await uploadPart(bench, 'whole', uploadId, 2, PART, withKey)
    expect(first.encryption.mode).toBe(method.mode)
    const written = await complete(bench, 'whole', uploadId, [
      { number: 2, etag: first.etag },
      { number: 9, etag: last.etag },
    ])
    const read = await get(bench, 'whole', withKey)
    expect(read.bytes.equals(Buffer.concat([PART, TAIL]))).toBe(true)
    expect(read.object).toMatchObject({
      ...written,
      metadata: METADATA,
      tags: { t: '1' },
      storageClass: 'GLACIER_IR',
      partCount: 2,
      multipart: true,
    })
    expect(written.etag).toMatch(/^[0-9a-f]{32}-2$/)
    const ofPlaintext = `${md5(md5(PART), md5(TAIL)).toString('hex')}-2`
    expect(written.etag === ofPlaintext).toBe(['none', 'service-key'].includes(method.mode))
    expect((await get(bench, 'whole', { partNumber: 9, ...withKey })).bytes.equals(TAIL)).toBe(true)
    const attributes = await run(bench, {
      name: 'GetObjectAttributes',
      ...at('whole'),
      partsAfter: 0,
      maxParts: 1,
      ...withKey,
    })
    expect(attributes).toMatchObject({ parts: [{ number: 2, size: MINIMUM }], truncated: true })
  })

  test('may be empty, or one small part', async () => {
    for (const bytes of [Buffer.alloc(0), TAIL]) {
      await uploadInParts(bench, 'small', bytes, [bytes.length], method)
      expect((await get(bench, 'small', withKey)).bytes.equals(bytes)).toBe(true)
    }
    await uploadInParts(bench, 'empty tail', PART, [MINIMUM, 0], method)
    expect((await get(bench, 'empty tail', withKey)).bytes.equals(PART)).toBe(true)
  })

  test('takes the last upload of a part, and refuses its first ETag', async () => {
    const uploadId = await initiate(bench, 'again', method)
    const old = await uploadPart(bench, 'again', uploadId, 1, Buffer.from('old'), withKey)
    const { etag } = await uploadPart(bench, 'again', uploadId, 1, Buffer.from('new'), withKey)
    await expect(complete(bench, 'again', uploadId, [{ number: 1, etag: old.etag }])).rejects.toMatchObject({
      code: 'InvalidPart',
    })
    await complete(bench, 'again', uploadId, [{ number: 1, etag }])
    expect((await get(bench, 'again', withKey)).bytes.toString()).toBe('new')
  })

  test('lists its parts, page by page', async () => {
    const uploadId = await initiate(bench, 'listed', method)
    const numbers = [10_000, 3, 1]
    for (const number of numbers) await uploadPart(bench, 'listed', uploadId, number, TAIL, withKey)
    const list = (after: number, limit: number) =>
      run(bench, { name: 'ListParts', ...at('listed'), uploadId, after, limit })
    const page = await list(0, 2)
    expect(page.parts.map(({ number, size }) => [number, size])).toEqual([
      [1, 100],
      [3, 100],
    ])
    expect(page.next).toBe(3)
    expect(page.parts[0]!.checksums[0]!.algorithm).toBe('crc64nvme')
    const rest = await list(3, 2)
    expect(rest.parts.map(({ number }) => number)).toEqual([10_000])
    expect(rest.next).toBeUndefined()
  })

  test('ends once: completing or aborting again finds no upload', async () => {
    for (const end of ['complete', 'abort'] as const) {
      const uploadId = await initiate(bench, 'end', method)
      const { etag } = await uploadPart(bench, 'end', uploadId, 1, TAIL, withKey)
      const parts = [{ number: 1, etag }]
      const abort = () => run(bench, { name: 'AbortMultipartUpload', ...at('end'), uploadId })
      if (end === 'complete') await complete(bench, 'end', uploadId, parts)
      else await abort()
      for (const late of [
        complete(bench, 'end', uploadId, parts),
        abort(),
        uploadPart(bench, 'end', uploadId, 2, TAIL, withKey),
        run(bench, { name: 'ListParts', ...at('end'), uploadId, after: 0, limit: 1 }),
      ])
        await expect(late).rejects.toMatchObject({ code: 'NoSuchUpload' })
    }
  })

  test('no plaintext and no data key lie in its rows', async () => {
    const uploadId = await initiate(bench, 'rows', method)
    const secret = Buffer.from('a secret sentence in a part')
    await uploadPart(bench, 'rows', uploadId, 1, secret, withKey)
    const upload = bench.sql
      .prepare('SELECT * FROM multipart_upload WHERE upload_id = ?')
      .get(uploadId) as Record<string, unknown>
    const parts = bench.sql
      .prepare('SELECT * FROM part WHERE object_id = ?')
      .all(upload['object_id']) as object[]
    for (const value of [upload, ...parts].flatMap((row) => Object.values(row) as unknown[])) {
      const bytes = Buffer.isBuffer(value) ? value : Buffer.from(String(value))
      expect(bytes.includes(secret)).toBe(false)
      if (method.mode !== 'none') expect(bytes.includes(md5(secret))).toBe(false)
    }
  })

  test.each(named())('takes parts copied from %s', async (from, source) => {
    await put(bench, 'source', PART, { encryption: source.encryption })
    const uploadId = await initiate(bench, 'copied', method)
    const part: UploadPartCopy = {
      name: 'UploadPartCopy',
      ...at('copied'),
      uploadId,
      partNumber: 1,
      source: { ...at('source'), conditions: {}, ...keyFor(source) },
      ...withKey,
    }
    const whole = await run(bench, part)
    const slice = await run(bench, { ...part, partNumber: 2, range: { start: 7, endInclusive: 70_000 } })
    for (const range of [
      { start: 0, endInclusive: MINIMUM },
      { start: MINIMUM + 1, endInclusive: MINIMUM + 2 },
    ])
      await expect(run(bench, { ...part, range })).rejects.toMatchObject({ code: 'InvalidArgument' })
    await complete(bench, 'copied', uploadId, [
      { number: 1, etag: whole.etag },
      { number: 2, etag: slice.etag },
    ])
    const { bytes } = await get(bench, 'copied', withKey)
    expect(bytes.equals(Buffer.concat([PART, PART.subarray(7, 70_001)])), `${from} → ${name}`).toBe(true)
  })
})

describe('with a customer key', () => {
  const CUSTOMER = METHODS.filter(({ mode }) => mode === 'customer-key')
  const other = (method: Method) => ({
    customerKey: { suite: method.customerKey!.suite, key: randomBytes(method.customerKey!.key.length) },
  })

  test.each(named(CUSTOMER))('%s: every part needs the key of the initiation', async (_name, method) => {
    const uploadId = await initiate(bench, 'sse-c', method)
    const before = await traces(bench)
    await expect(uploadPart(bench, 'sse-c', uploadId, 1, TAIL)).rejects.toMatchObject({
      code: 'UploadEncryptionMismatch',
      facts: { reason: 'missing' },
    })
    await expect(uploadPart(bench, 'sse-c', uploadId, 1, TAIL, other(method))).rejects.toMatchObject({
      code: 'UploadEncryptionMismatch',
      facts: { reason: 'different' },
    })
    expect(await traces(bench)).toEqual(before)
  })

  test.each(named(CUSTOMER))(
    '%s: completing works without the key, and with another it does not',
    async (_name, method) => {
      const uploadId = await initiate(bench, 'no key', method)
      const { etag } = await uploadPart(bench, 'no key', uploadId, 1, TAIL, keyFor(method))
      const parts = [{ number: 1, etag }]
      await expect(complete(bench, 'no key', uploadId, parts, other(method))).rejects.toMatchObject({
        code: 'UploadEncryptionMismatch',
      })
      await complete(bench, 'no key', uploadId, parts)
      expect((await get(bench, 'no key', keyFor(method))).bytes.equals(TAIL)).toBe(true)
      await expect(get(bench, 'no key')).rejects.toMatchObject({ code: 'CustomerKeyRequired' })
      const left = bench.sql
        .prepare('SELECT COUNT(*) AS n FROM multipart_upload WHERE upload_id = ?')
        .get(uploadId)
      expect(left).toEqual({ n: 0 })
    },
  )

  test.each(named(METHODS.filter(({ mode }) => mode !== 'customer-key')))(
    'an upload with %s refuses one',
    async (_name, method) => {
      const uploadId = await initiate(bench, 'mixed', method)
      await expect(
        uploadPart(bench, 'mixed', uploadId, 1, TAIL, {
          customerKey: { suite: 'AES256', key: randomBytes(32) },
        }),
      ).rejects.toMatchObject({ code: 'UploadEncryptionMismatch' })
    },
  )
})

describe('completion is refused, and can be tried again,', () => {
  const started = async () => {
    const uploadId = await initiate(bench, 'refused', ENCRYPTED[0]!)
    const etags: string[] = []
    for (const [i, bytes] of [PART, TAIL, TAIL].entries())
      etags.push((await uploadPart(bench, 'refused', uploadId, i + 1, bytes)).etag)
    return {
      uploadId,
      one: { number: 1, etag: etags[0]! },
      two: { number: 2, etag: etags[1]! },
      three: { number: 3, etag: etags[2]! },
    }
  }

  test('for parts out of order, twice, unknown, with a wrong ETag, too small, or none at all', async () => {
    const { uploadId, one, two, three } = await started()
    const before = await traces(bench)
    const refusals = [
      [[two, one], 'InvalidPartOrder'],
      [[one, one], 'InvalidPartOrder'],
      [[one, { number: 4, etag: one.etag }], 'InvalidPart'],
      [[one, { number: 2, etag: one.etag }], 'InvalidPart'],
      [[one, two, three], 'EntityTooSmall'],
      [[], 'MalformedXML'],
    ] as const
    for (const [parts, code] of refusals)
      await expect(complete(bench, 'refused', uploadId, [...parts]), code).rejects.toMatchObject({ code })
    await expect(complete(bench, 'refused', uploadId, [one, two], { objectSize: 7 })).rejects.toMatchObject({
      code: 'InvalidRequest',
    })
    expect(await traces(bench)).toEqual(before)
    await complete(bench, 'refused', uploadId, [one, two], { objectSize: MINIMUM + TAIL.length })
    expect((await get(bench, 'refused')).bytes.equals(Buffer.concat([PART, TAIL]))).toBe(true)
  })

  test('by preconditions', async () => {
    const { uploadId, one } = await started()
    await put(bench, 'refused', TAIL)
    const conditions = { ifAbsent: true }
    await expect(complete(bench, 'refused', uploadId, [one], { conditions })).rejects.toMatchObject({
      code: 'PreconditionFailed',
    })
    await complete(bench, 'refused', uploadId, [one])
  })
})

test('part numbers are 1 to 10,000', async () => {
  const uploadId = await initiate(bench, 'numbers', NONE)
  for (const number of [0, -1, 10_001, 1.5, NaN])
    await expect(uploadPart(bench, 'numbers', uploadId, number, TAIL)).rejects.toMatchObject({
      code: 'InvalidArgument',
    })
})

test('an upload id opens nothing under another key or bucket', async () => {
  const uploadId = await initiate(bench, 'mine', NONE)
  await run(bench, { name: 'CreateBucket', bucket: 'elsewhere' })
  for (const place of [{ key: 'other' }, { bucket: 'elsewhere' }, { uploadId: `${uploadId}x` }])
    await expect(uploadPart(bench, 'mine', uploadId, 1, TAIL, place)).rejects.toMatchObject({
      code: 'NoSuchUpload',
    })
})

test('what has arrived of an upload is told to who asks for it', async () => {
  const uploadId = await initiate(bench, 'arriving', NONE)
  await uploadPart(bench, 'arriving', uploadId, 1, Buffer.alloc(300))
  await uploadPart(bench, 'arriving', uploadId, 2, Buffer.alloc(50))
  const query = { prefix: 'arriving', delimiter: '', afterKey: '', afterUploadId: '', limit: 3 }
  const list = { name: 'ListMultipartUploads', bucket: bench.bucket, ...query } as const
  const { uploads } = await run(bench, { ...list, withTotals: true })
  expect(uploads).toMatchObject([{ uploadId, totals: { parts: 2, bytes: 350 } }])
  expect((await run(bench, list)).uploads[0]).not.toHaveProperty('totals')
})

test('uploads of a key are listed in the order they began', async () => {
  const ids: string[] = []
  for (let i = 0; i < 5; i++) {
    ids.push(await initiate(bench, 'many', NONE))
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  const query = { prefix: 'many', delimiter: '', afterKey: '', afterUploadId: '', limit: 3 }
  const list = { name: 'ListMultipartUploads', bucket: bench.bucket, ...query } as const
  const page = await run(bench, list)
  expect(page.uploads.map(({ uploadId }) => uploadId)).toEqual(ids.slice(0, 3))
  const rest = await run(bench, { ...list, afterKey: page.next!.key, afterUploadId: page.next!.uploadId })
  expect(rest.uploads.map(({ uploadId }) => uploadId)).toEqual(ids.slice(3))
})
