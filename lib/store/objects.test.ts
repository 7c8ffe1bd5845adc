import { createHash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  bodyOf,
  CHUNK,
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
} from './store.test-support.ts'
import { INLINE_BYTES } from './write-blob.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.dispose())

const SIZES = [0, 1, INLINE_BYTES, INLINE_BYTES + 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 17]
const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex')
const at = (key: string) => ({ bucket: bench.bucket, key })

async function fileOf(blobId: string): Promise<Buffer> {
  const stored: Buffer[] = []
  const size = (await bench.deps.blobs.size(blobId))!
  for await (const piece of bench.deps.blobs.read(blobId, 0, size)) stored.push(piece)
  return Buffer.concat(stored)
}

describe.each(named())('stored with %s', (name, method) => {
  test.each(SIZES)('%i bytes come back as they were, with what was said of them', async (size) => {
    const bytes = randomBytes(size)
    const key = `${name}/${size}`
    const { encryption } = method
    const written = await put(bench, key, bytes, { encryption, tags: { t: '1' }, storageClass: 'GLACIER_IR' })
    const read = await get(bench, key, keyFor(method))
    expect(read.bytes.equals(bytes)).toBe(true)
    expect(read.length).toBe(size)
    expect(read.range).toBeUndefined()
    expect(written.size).toBe(size)
    expect(read.object).toEqual({
      ...written,
      key,
      objectId: expect.any(String) as string,
      versionId: 'null',
      storageClass: 'GLACIER_IR',
      metadata: METADATA,
      tags: { t: '1' },
      partCount: 1,
      multipart: false,
    })
    const { bytes: _bytes, ...described } = read
    expect(await run(bench, { name: 'HeadObject', ...at(key), conditions: {}, ...keyFor(method) })).toEqual(
      described,
    )
  })

  test('its ETag is the MD5 of the plaintext only where clients expect that', async () => {
    const bytes = randomBytes(100)
    const { etag } = await put(bench, 'etag', bytes, { encryption: method.encryption })
    expect(etag).toMatch(/^[0-9a-f]{32}$/)
    expect(etag === md5(bytes)).toBe(['none', 'service-key'].includes(method.mode))
    const again = await put(bench, 'etag', bytes, { encryption: method.encryption })
    expect(again.etag === etag).toBe(['none', 'service-key'].includes(method.mode))
  })

  test('its properties name the method, and never a key', async () => {
    const { encryption } = await put(bench, 'properties', Buffer.from('x'), { encryption: method.encryption })
    expect(encryption).toMatchObject(
      method.suite ? { mode: method.mode, suite: method.suite } : { mode: 'none' },
    )
    if (method.customerKey) {
      const seen = JSON.stringify(encryption)
      expect(seen).not.toContain(method.customerKey.key.toString('base64'))
      expect(seen).not.toContain(method.customerKey.key.toString('hex'))
    }
    if (encryption.mode === 'managed-key') {
      expect(encryption.context).toEqual({ team: 'ö', a: '' })
      expect(encryption.keyArn).toMatch(/^arn:aws:kms:us-east-1:\d{12}:key\/[0-9a-f-]{36}$/)
    }
  })

  test('bytes that arrive one by one are the same bytes', async () => {
    const bytes = randomBytes(300)
    await put(bench, 'slow', bytes, { encryption: method.encryption, body: bodyOf(bytes, 1) })
    expect((await get(bench, 'slow', keyFor(method))).bytes).toEqual(bytes)
  })

  test('no plaintext reaches the disk', async () => {
    const marker = Buffer.from('a plaintext marker that is long enough to be found')
    for (const padding of [0, INLINE_BYTES]) {
      const bytes = Buffer.concat([marker, Buffer.alloc(padding)])
      await put(bench, 'marked', bytes, { encryption: method.encryption })
      const { objectId } = (await get(bench, 'marked', keyFor(method))).object
      const [part] = await bench.deps.catalog.parts(objectId)
      const inline = method.mode !== 'none' && padding === 0
      const stored = inline ? part!.inline! : await fileOf(part!.blobId)
      expect(stored.includes(marker)).toBe(method.mode === 'none')
      expect(part!.inline === undefined).toBe(!inline)
    }
  })

  test('tags are read, replaced and removed without its key', async () => {
    await put(bench, 'tagged', Buffer.from('x'), { encryption: method.encryption, tags: { a: '1' } })
    const tags = async () => (await run(bench, { name: 'GetObjectTagging', ...at('tagged') })).tags
    expect(await tags()).toEqual({ a: '1' })
    await run(bench, { name: 'PutObjectTagging', ...at('tagged'), tags: { b: '', 'ü/': '+' } })
    expect(await tags()).toEqual({ b: '', 'ü/': '+' })
    await run(bench, { name: 'DeleteObjectTagging', ...at('tagged') })
    expect(await tags()).toEqual({})
    expect((await get(bench, 'tagged', keyFor(method))).bytes.toString()).toBe('x')
  })

  test('deleting needs no key, says whether there was an object, and leaves garbage to collect', async () => {
    await put(bench, 'deleted', Buffer.from('x'), { encryption: method.encryption })
    const remove = () => run(bench, { name: 'DeleteObject', ...at('deleted'), conditions: {} })
    expect(await remove()).toEqual({ existed: true })
    expect(await remove()).toEqual({ existed: false })
    await expect(get(bench, 'deleted', keyFor(method))).rejects.toMatchObject({ code: 'NoSuchKey' })
  })

  test('listing tells size, ETag and method', async () => {
    const written = await put(bench, `list/${name}`, Buffer.from('four'), { encryption: method.encryption })
    const query = { prefix: `list/${name}`, delimiter: '', after: '', limit: 10 }
    const { objects } = await run(bench, { name: 'ListObjects', bucket: bench.bucket, ...query })
    const { checksums: _checksums, ...summary } = written
    expect(objects).toEqual([{ ...summary, key: `list/${name}`, storageClass: 'STANDARD' }])
  })
})

test('an object takes the place of another, whatever both are encrypted with', async () => {
  for (const before of METHODS)
    for (const after of METHODS) {
      await put(bench, 'replaced', Buffer.from(before.name), { encryption: before.encryption })
      await put(bench, 'replaced', Buffer.from(after.name), { encryption: after.encryption })
      const read = await get(bench, 'replaced', keyFor(after))
      expect(read.bytes.toString()).toBe(after.name)
    }
})

test('nothing said means the default of the bucket, and what was said beats it', async () => {
  const bucket = 'with-default'
  await run(bench, { name: 'CreateBucket', bucket, encryption: { kind: 'service-key', suite: 'SM4' } })
  const modeOf = async (encryption: (typeof METHODS)[number]['encryption']) =>
    (await put(bench, 'k', Buffer.from('x'), { bucket, encryption })).encryption
  expect(await modeOf({ kind: 'bucket-default' })).toMatchObject({ mode: 'service-key', suite: 'SM4' })
  for (const { encryption, mode } of METHODS) expect(await modeOf(encryption)).toMatchObject({ mode })
  await run(bench, { name: 'DeleteBucketEncryption', bucket })
  expect(await modeOf({ kind: 'bucket-default' })).toEqual({ mode: 'none' })
  const rule = { kind: 'managed-key', suite: 'AES256', bucketKeyEnabled: true } as const
  await run(bench, { name: 'PutBucketEncryption', bucket, rule })
  expect(await modeOf({ kind: 'bucket-default' })).toMatchObject({
    mode: 'managed-key',
    bucketKeyEnabled: true,
  })
  const asked = { kind: 'managed-key', suite: 'AES256', context: {} } as const
  expect(await modeOf(asked)).toMatchObject({ bucketKeyEnabled: true })
  expect(await modeOf({ ...asked, bucketKeyEnabled: false })).toMatchObject({ bucketKeyEnabled: false })
  const flagged = { kind: 'bucket-default', bucketKeyEnabled: false } as const
  expect(await modeOf(flagged)).toMatchObject({ mode: 'managed-key', bucketKeyEnabled: false })
})

test('checksums are the client’s own, or CRC64NVME, and CRC-64/XZ where it costs nothing', async () => {
  const bytes = Buffer.from('123456789')
  const value = Buffer.alloc(4)
  value.writeUInt32BE(crc32(bytes))
  const expected = (): string => value.toString('base64')
  const mine = await put(bench, 'sum', bytes, { checks: { checksum: { algorithm: 'crc32', expected } } })
  // Check value of CRC-64/XZ: 995dc9bbdf1939fa
  const xz = { algorithm: 'crc64ecma', type: 'FULL_OBJECT', value: 'mV3Ju98ZOfo=' }
  expect(mine.checksums).toEqual([{ algorithm: 'crc32', type: 'FULL_OBJECT', value: 'y/Q5Jg==' }, xz])
  const none = await put(bench, 'sum', bytes)
  // Check value of CRC-64/NVME: ae8b14860a799888
  expect(none.checksums).toEqual([{ algorithm: 'crc64nvme', type: 'FULL_OBJECT', value: 'rosUhgp5mIg=' }, xz])
  const large = await put(bench, 'sum', Buffer.alloc(2 ** 20))
  expect(large.checksums.map(({ algorithm }) => algorithm)).toEqual(['crc64nvme'])
})

test('many are deleted at once, each by itself', async () => {
  await put(bench, 'many/1', Buffer.from('1'))
  await put(bench, 'many/2', Buffer.from('2'))
  const objects = [
    { key: 'many/1' },
    { key: 'many/2', ifMatch: 'not its etag' },
    { key: 'many/absent' },
    { key: '' },
    { key: 'many/1', versionId: 'v7' },
  ]
  const result = await run(bench, { name: 'DeleteObjects', bucket: bench.bucket, objects, quiet: false })
  expect(result.deleted).toEqual([{ key: 'many/1' }, { key: 'many/absent' }])
  expect(result.failed).toMatchObject([
    { key: 'many/2', error: { code: 'PreconditionFailed' } },
    { key: '', error: { code: 'InvalidObjectName' } },
    { key: 'many/1', error: { code: 'InvalidArgument' } },
  ])
})

test.each([
  ['', 'InvalidObjectName'],
  ['a\0b', 'InvalidObjectName'],
  ['\ud800', 'InvalidObjectName'],
  ['ü'.repeat(513), 'KeyTooLong'],
])('the key %j is refused with %s', async (key, code) => {
  const before = await traces(bench)
  await expect(put(bench, key, Buffer.from('x'))).rejects.toMatchObject({ code })
  expect(await traces(bench)).toEqual(before)
})

test.each(['/', '//', 'a/', '../../etc/passwd', '.', '%2F', 'a+b c', '😀\uffff', 'ü'.repeat(512)])(
  'the key %j is a key like any other',
  async (key) => {
    await put(bench, key, Buffer.from(key), { encryption: { kind: 'service-key', suite: 'AES256' } })
    expect((await get(bench, key)).bytes.toString()).toBe(key)
  },
)

test.each([
  [Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`k${i}`, '']))],
  [{ '': 'x' }],
  [{ ['k'.repeat(129)]: '' }],
  [{ k: 'v'.repeat(257) }],
])('tags beyond the limits are refused (%#)', async (tags) => {
  await expect(put(bench, 'tags', Buffer.from('x'), { tags })).rejects.toMatchObject({ code: 'InvalidTag' })
})
