import * as Minio from 'minio'
import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import { bucketName, expect, test } from '../fixtures.ts'
import { customerKey } from './modes.ts'

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

/** It puts its own spelling of every header on the wire, and reads SSE-C objects by options of its own. */
test('minio-js: every mode, empty, small and in parts', async ({ coffer, credentials }) => {
  const client = new Minio.Client({
    endPoint: '127.0.0.1',
    port: coffer.objectPort,
    useSSL: false,
    accessKey: credentials.accessKeyId,
    secretKey: credentials.secretAccessKey,
  })
  const bucket = bucketName('minio')
  await client.makeBucket(bucket, 'us-east-1')
  const { keyId, arn } = await coffer.projectKey()
  const sse = 'X-Amz-Server-Side-Encryption'
  const own = customerKey()
  const customer = {
    [`${sse}-Customer-Algorithm`]: own.SSECustomerAlgorithm,
    [`${sse}-Customer-Key`]: own.SSECustomerKey,
    [`${sse}-Customer-Key-MD5`]: own.SSECustomerKeyMD5,
  }
  const modes: [string, Record<string, string>, object][] = [
    ['none', {}, {}],
    ['SSE-S3', { [sse]: 'AES256' }, {}],
    ['SSE-KMS', { [sse]: 'aws:kms' }, {}],
    ['SSE-KMS, bare key ID', { [sse]: 'aws:kms', [`${sse}-Aws-Kms-Key-Id`]: keyId }, {}],
    ['SSE-KMS, ARN', { [sse]: 'aws:kms', [`${sse}-Aws-Kms-Key-Id`]: arn }, {}],
    ['SSE-C', customer, own],
  ]
  for (const [name, headers, read] of modes) {
    for (const size of [0, 5000, 12 * 2 ** 20]) {
      // The client sends no customer key with the parts of an upload, so it cannot send large SSE-C objects.
      if (name === 'SSE-C' && size > 5000) continue
      const key = `${name}/${size} //+%2F😀`
      const content = randomBytes(size)
      await client.putObject(bucket, key, content, size, headers)
      expect((await gather(await client.getObject(bucket, key, read))).equals(content)).toBe(true)
      if (size === 0) continue
      const range = await gather(await client.getPartialObject(bucket, key, 4000, 11, read))
      expect(range.equals(content.subarray(4000, 4011))).toBe(true)
    }
  }
  await expect(client.getObject(bucket, 'SSE-C/5000 //+%2F😀', customerKey())).rejects.toMatchObject({
    code: 'AccessDenied',
  })
  await client.setObjectTagging(bucket, 'none/0 //+%2F😀', { team: 'optics' })
  const tags = await client.getObjectTagging(bucket, 'none/0 //+%2F😀')
  expect(tags).toEqual([{ Key: 'team', Value: 'optics' }])
})

async function gather(stream: Readable): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of stream) pieces.push(piece as Buffer)
  return Buffer.concat(pieces)
}
