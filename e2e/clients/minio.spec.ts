import * as Minio from 'minio'
import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import { bucketName, expect, test } from '../fixtures.ts'

/** The MinIO client asks for the region first, hashes every body and lists with V2. */
test('minio-js: bucket, put, stat, get, range, list, copy, multipart, remove', async ({
  coffer,
  credentials,
}) => {
  const client = new Minio.Client({
    endPoint: '127.0.0.1',
    port: coffer.objectPort,
    useSSL: false,
    accessKey: credentials.accessKeyId,
    secretKey: credentials.secretAccessKey,
  })
  const bucket = bucketName('minio')
  const content = randomBytes(300_000)
  await client.makeBucket(bucket, 'us-east-1')
  expect(await client.bucketExists(bucket)).toBe(true)
  await client.putObject(bucket, 'a/plain.bin', content, content.length, {
    'Content-Type': 'application/x-test',
    'X-Amz-Meta-Colour': 'teal',
  })
  await client.putObject(bucket, 'a/kms.bin', content, content.length, {
    'X-Amz-Server-Side-Encryption': 'aws:kms',
  })
  const stat = await client.statObject(bucket, 'a/kms.bin')
  expect(stat.size).toBe(content.length)
  expect(stat.metaData).toMatchObject({ 'x-amz-server-side-encryption': 'aws:kms' })
  expect((await gather(await client.getObject(bucket, 'a/kms.bin'))).equals(content)).toBe(true)
  expect(
    (await gather(await client.getPartialObject(bucket, 'a/kms.bin', 65_530, 20))).equals(
      content.subarray(65_530, 65_550),
    ),
  ).toBe(true)

  const large = randomBytes(70 * 2 ** 20)
  await client.putObject(bucket, 'large.bin', large, large.length, {
    'X-Amz-Server-Side-Encryption': 'AES256',
  })
  expect((await gather(await client.getObject(bucket, 'large.bin'))).equals(large)).toBe(true)

  await client.copyObject(bucket, 'b/copy.bin', `/${bucket}/a/plain.bin`)
  const names: string[] = []
  for await (const item of client.listObjectsV2(bucket, '', true) as AsyncIterable<{ name: string }>)
    names.push(item.name)
  expect(names).toEqual(['a/kms.bin', 'a/plain.bin', 'b/copy.bin', 'large.bin'])
  const url = await client.presignedGetObject(bucket, 'b/copy.bin', 60)
  expect(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(content)).toBe(true)
  await client.removeObjects(bucket, names)
  await client.removeBucket(bucket)
  expect(await client.bucketExists(bucket)).toBe(false)
})

async function gather(stream: Readable): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of stream) pieces.push(piece as Buffer)
  return Buffer.concat(pieces)
}
