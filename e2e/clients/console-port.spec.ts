import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { randomBytes } from 'node:crypto'
import { bucketName, expect, test } from '../fixtures.ts'

/** The second door: Next's route handlers serve the same API under `/objects` of the console's port. */
test('the object API through the route handlers of the console’s port', async ({ coffer, credentials }) => {
  const s3 = new S3Client({
    endpoint: `${coffer.consoleUrl}/objects`,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials,
  })
  const Bucket = bucketName('door')
  const content = randomBytes(3_000_000)
  await s3.send(new CreateBucketCommand({ Bucket }))
  await s3.send(
    new PutObjectCommand({
      Bucket,
      Key: 'a/b.bin',
      Body: content,
      ServerSideEncryption: 'aws:kms',
      ContentEncoding: 'br',
    }),
  )
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'a/b.bin' }))
  expect(head).toMatchObject({
    ServerSideEncryption: 'aws:kms',
    ContentLength: content.length,
    ContentEncoding: 'br',
  })
  const { Body, ...ranged } = await s3.send(
    new GetObjectCommand({ Bucket, Key: 'a/b.bin', Range: 'bytes=1000-2000999' }),
  )
  expect(ranged).toMatchObject({ ContentLength: 2_000_000, ContentEncoding: 'br' })
  expect(Buffer.from(await Body!.transformToByteArray()).equals(content.subarray(1000, 2_001_000))).toBe(true)
  expect((await s3.send(new ListObjectsV2Command({ Bucket }))).Contents?.map(({ Key }) => Key)).toEqual([
    'a/b.bin',
  ])
  const stranger = new S3Client({
    endpoint: `${coffer.consoleUrl}/objects`,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { ...credentials, secretAccessKey: 'x'.repeat(40) },
  })
  await expect(stranger.send(new GetObjectCommand({ Bucket, Key: 'a/b.bin' }))).rejects.toMatchObject({
    name: 'SignatureDoesNotMatch',
  })
})
