import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkBucketName } from './names.ts'
import { caller, METHODS, openBench, put, run, SECURE, traces, type Bench } from './store.test-support.ts'
import { initiate, uploadPart } from './multipart.test-support.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.dispose())

const create = (bucket: string, more: object = {}) => run(bench, { name: 'CreateBucket', bucket, ...more })

describe('names (S3 user guide, "Bucket naming rules")', () => {
  test.each(['abc', 'a.b-c', '0a0', 'a'.repeat(63), 'a-b.c-d', '1.2.3', '1.2.3.4.5'])('%s is one', (name) => {
    expect(() => checkBucketName(name)).not.toThrow()
  })

  test.each(
    [
      '',
      'ab',
      'a'.repeat(64),
      'A-b',
      'a_b',
      '-ab',
      'ab-',
      '.ab',
      'ab.',
      'a..b',
      '192.168.5.4',
      'xn--a',
    ].concat(['sthree-a', 'ab-s3alias', 'ab--ol-s3', 'a/b', 'a b', 'ü-b', '../a', 'abc\n']),
  )('%j is none', (name) => {
    expect(() => checkBucketName(name)).toThrow(expect.objectContaining({ code: 'InvalidBucketName' }))
  })
})

test('a bucket is created once, listed with what lies in it, and deleted when empty', async () => {
  const { bucket } = await create('life-of-a-bucket')
  expect(bucket).toMatchObject({ name: 'life-of-a-bucket', region: 'us-east-1', encryption: undefined })
  expect((await run(bench, { name: 'HeadBucket', bucket: 'life-of-a-bucket' })).bucket).toEqual(bucket)
  await expect(create('life-of-a-bucket')).rejects.toMatchObject({ code: 'BucketAlreadyOwnedByYou' })
  const other = caller(bench.otherProjectId)
  const theirs = bench.store.run({ name: 'CreateBucket', bucket: 'life-of-a-bucket' }, other, SECURE)
  await expect(theirs).rejects.toMatchObject({ code: 'BucketAlreadyExists' })
  const at = { bucket: 'life-of-a-bucket' }
  await put(bench, 'a', Buffer.alloc(10), at)
  await put(bench, 'b', Buffer.alloc(5), { ...at, encryption: { kind: 'service-key', suite: 'AES256' } })
  const { buckets } = await run(bench, { name: 'ListBuckets' })
  expect(buckets.find(({ name }) => name === 'life-of-a-bucket')?.usage).toEqual({
    objects: 2,
    bytes: 15,
    plaintextObjects: 1,
  })
  await expect(run(bench, { name: 'DeleteBucket', ...at })).rejects.toMatchObject({ code: 'BucketNotEmpty' })
  const objects = [{ key: 'a' }, { key: 'b' }]
  await run(bench, { name: 'DeleteObjects', ...at, objects, quiet: true })
  await run(bench, { name: 'DeleteBucket', ...at })
  await expect(run(bench, { name: 'HeadBucket', ...at })).rejects.toMatchObject({ code: 'NoSuchBucket' })
})

test('a new bucket is for plaintext unless the request or the server says otherwise', async () => {
  const rule = { kind: 'managed-key', suite: 'AES256', bucketKeyEnabled: true } as const
  await create('asked-for', { encryption: rule })
  expect(await run(bench, { name: 'GetBucketEncryption', bucket: 'asked-for' })).toEqual({
    rule,
    customerKeysBlocked: false,
  })
  const strict = await openBench({ defaultBucketEncryption: { kind: 'service-key', suite: 'AES256' } })
  const { rule: inherited } = await run(strict, { name: 'GetBucketEncryption', bucket: strict.bucket })
  expect(inherited).toEqual({ kind: 'service-key', suite: 'AES256' })
  await strict.dispose()
})

test('a default key must exist when the bucket is made; set later, it is checked when first used', async () => {
  const rule = {
    kind: 'managed-key',
    suite: 'AES256',
    keyRef: 'alias/none',
    bucketKeyEnabled: false,
  } as const
  await expect(create('no-such-key', { encryption: rule })).rejects.toMatchObject({ code: 'KeyNotFound' })
  await create('later-key')
  await run(bench, { name: 'PutBucketEncryption', bucket: 'later-key', rule })
  const before = await traces(bench)
  await expect(put(bench, 'k', Buffer.from('x'), { bucket: 'later-key' })).rejects.toMatchObject({
    code: 'KeyNotFound',
  })
  expect(await traces(bench)).toEqual(before)
})

test('another region is refused', async () => {
  await expect(create('far-away', { region: 'eu-west-1' })).rejects.toMatchObject({ code: 'InvalidArgument' })
  await create('nearby', { region: 'us-east-1' })
})

test('deleting a bucket ends its uploads', async () => {
  await create('with-uploads')
  const at = { bucket: 'with-uploads' }
  const uploadId = await initiate(bench, 'k', METHODS[1]!, at)
  await uploadPart(bench, 'k', uploadId, 1, Buffer.from('x'), at)
  await run(bench, { name: 'DeleteBucket', ...at })
  await create('with-uploads')
  await expect(uploadPart(bench, 'k', uploadId, 2, Buffer.from('x'), at)).rejects.toMatchObject({
    code: 'NoSuchUpload',
  })
})

test('listings of no entries are empty and say so', async () => {
  await put(bench, 'listed', Buffer.from('x'))
  await initiate(bench, 'listed', METHODS[0]!)
  const listing = { bucket: bench.bucket, prefix: '', delimiter: '', limit: 0 }
  expect(await run(bench, { name: 'ListObjects', ...listing, after: '' })).toEqual({
    objects: [],
    commonPrefixes: [],
    next: undefined,
  })
  expect(
    await run(bench, { name: 'ListMultipartUploads', ...listing, afterKey: '', afterUploadId: '' }),
  ).toEqual({
    uploads: [],
    commonPrefixes: [],
    next: undefined,
  })
})
