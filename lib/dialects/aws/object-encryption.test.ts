import * as S3 from '@aws-sdk/client-s3'
import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startSystem, type RunningSystem } from '../testing/running-system.ts'

/** UpdateObjectEncryption as the AWS SDK sends it. */
let running: RunningSystem
let s3: S3.S3Client
let keyArn: string
const Bucket = 'update-encryption'
const BYTES = randomBytes(200_000)
const MD5 = createHash('md5').update(BYTES).digest('hex')

beforeAll(async () => {
  running = await startSystem()
  s3 = new S3.S3Client({
    endpoint: `http://127.0.0.1:${running.port}`,
    forcePathStyle: true,
    region: 'us-east-1',
    credentials: running.credentials,
    maxAttempts: 1,
  })
  keyArn = (await running.system.keyring.defaultKey(running.projectId)).arn
  await s3.send(new S3.CreateBucketCommand({ Bucket }))
})
afterAll(async () => {
  expect(running.faults).toEqual([])
  await running.stop()
})

const KEY = Buffer.alloc(32, 7)
const CUSTOMER = {
  SSECustomerAlgorithm: 'AES256',
  SSECustomerKey: KEY.toString('base64'),
  SSECustomerKeyMD5: createHash('md5').update(KEY).digest('base64'),
}
const put = (Key: string, more: Partial<S3.PutObjectCommandInput> = {}) =>
  s3.send(new S3.PutObjectCommand({ Bucket, Key, Body: BYTES, ...more }))
const head = (Key: string) => s3.send(new S3.HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }))
const bytes = async (Key: string) =>
  Buffer.from(await (await s3.send(new S3.GetObjectCommand({ Bucket, Key }))).Body!.transformToByteArray())
const update = (Key: string, target: Partial<S3.SSEKMSEncryption> = {}) =>
  s3.send(
    new S3.UpdateObjectEncryptionCommand({
      Bucket,
      Key,
      ObjectEncryption: { SSEKMS: { KMSKeyArn: keyArn, ...target } },
    }),
  )
async function failure(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    const { name, $metadata } = error as S3.S3ServiceException
    return `${$metadata?.httpStatusCode} ${name}`
  }
  throw new Error('succeeded')
}

describe('UpdateObjectEncryption', () => {
  it('changes SSE-S3 to SSE-KMS; ETag, dates, checksums and everything else stay', async () => {
    await put('k', { ServerSideEncryption: 'AES256', Metadata: { a: 'b' }, StorageClass: 'STANDARD_IA' })
    const before = await head('k')
    const answer = await update('k', { BucketKeyEnabled: true })
    expect(answer.$metadata.httpStatusCode).toBe(200)
    const { $metadata: _id, ...after } = await head('k')
    const { $metadata: _other, ...was } = before
    expect(after).toEqual({
      ...was,
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: keyArn,
      BucketKeyEnabled: true,
    })
    expect(after.ETag).toBe(`"${MD5}"`)
    expect((await bytes('k')).equals(BYTES)).toBe(true)
    await update('k')
    expect((await head('k')).BucketKeyEnabled).toBeUndefined()
  })

  it.each<[string, Partial<S3.PutObjectCommandInput>, string]>([
    ['plaintext', {}, '400 InvalidRequest'],
    ['SSE-C', CUSTOMER, '400 InvalidRequest'],
  ])('refuses a source of %s', async (name, more, expected) => {
    await put(name, more)
    expect(await failure(update(name))).toBe(expected)
  })

  it.each([
    ['an id', () => keyArn.slice(keyArn.indexOf('/') + 1), '400 InvalidRequest'],
    ['an alias', () => 'alias/coffer/default', '400 InvalidRequest'],
    ['the ARN of an alias', () => keyArn.replace(/key\/.*/, 'alias/coffer/default'), '400 InvalidRequest'],
    ['too long an ARN', () => keyArn + 'a'.repeat(2048), '400 InvalidRequest'],
    [
      'a key that is not there',
      () => keyArn.replace(/.$/, (c) => (c === '0' ? '1' : '0')),
      '400 KMS.NotFoundException',
    ],
  ])('refuses %s for the key', async (_, arn, expected) => {
    await put('target', { ServerSideEncryption: 'AES256' })
    expect(await failure(update('target', { KMSKeyArn: arn() }))).toBe(expected)
    expect((await head('target')).ServerSideEncryption).toBe('AES256')
  })

  it('knows no object that is not there', async () => {
    expect(await failure(update('absent'))).toBe('404 NoSuchKey')
  })

  it('changes the version that is named, and no other', async () => {
    const versioned = { Bucket: 'update-versions', Key: 'k' }
    const sse = { ServerSideEncryption: 'AES256' } as const
    await s3.send(new S3.CreateBucketCommand(versioned))
    const VersioningConfiguration = { Status: 'Enabled' } as const
    await s3.send(new S3.PutBucketVersioningCommand({ ...versioned, VersioningConfiguration }))
    const first = await s3.send(new S3.PutObjectCommand({ ...versioned, Body: 'one', ...sse }))
    await s3.send(new S3.PutObjectCommand({ ...versioned, Body: 'two', ...sse }))
    const VersionId = first.VersionId!
    const ObjectEncryption = { SSEKMS: { KMSKeyArn: keyArn } }
    await s3.send(new S3.UpdateObjectEncryptionCommand({ ...versioned, VersionId, ObjectEncryption }))
    const methodOf = async (of: object) =>
      (await s3.send(new S3.HeadObjectCommand({ ...versioned, ...of }))).ServerSideEncryption
    expect([await methodOf({ VersionId }), await methodOf({})]).toEqual(['aws:kms', 'AES256'])
  })
})
