import {
  CopyObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { createHash, randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import type { OssClient, OssOptions } from '@/lib/dialects/oss/ali-oss.test-support'
import { bucketName, expect, test } from '../fixtures.ts'

/**
 * Aliyun's Node.js SDK and Amazon's on one endpoint: what the one writes, the other reads, lists and encrypts anew. Every
 * call of ali-oss in every mode is in lib/dialects/oss/sdk.test.ts.
 */
const OSS = createRequire(import.meta.url)('ali-oss') as new (options: OssOptions) => OssClient
const SSE = 'x-oss-server-side-encryption'

const MODES = [
  { name: 'none', oss: {}, s3: {}, s3Word: undefined },
  { name: 'service key', oss: { [SSE]: 'AES256' }, s3: { ServerSideEncryption: 'AES256' }, s3Word: 'AES256' },
  { name: 'managed key', oss: { [SSE]: 'KMS' }, s3: { ServerSideEncryption: 'aws:kms' }, s3Word: 'aws:kms' },
] as const

test('ali-oss and the AWS SDK share buckets and objects in every mode', async ({
  coffer,
  credentials,
  s3,
}) => {
  const Bucket = bucketName('oss')
  const { accessKeyId, secretAccessKey: accessKeySecret } = credentials
  const endpoint = `http://127.0.0.1:${coffer.objectPort}`
  const oss = new OSS({ accessKeyId, accessKeySecret, endpoint, bucket: Bucket, region: 'oss-cn-hongkong' })
  await oss.putBucket(Bucket)
  const content = randomBytes(100_000)
  const md5 = createHash('md5').update(content).digest('hex')
  const read = async (Key: string) => {
    const answer = await s3.send(new GetObjectCommand({ Bucket, Key }))
    return { ...answer, bytes: Buffer.from(await answer.Body!.transformToByteArray()) }
  }

  for (const mode of MODES)
    await test.step(mode.name, async () => {
      await oss.put(`文件/${mode.name} by oss`, content, { headers: { ...mode.oss } })
      const seen = await read(`文件/${mode.name} by oss`)
      expect(seen.bytes.equals(content)).toBe(true)
      expect([seen.ServerSideEncryption, seen.ETag]).toEqual([mode.s3Word, `"${md5}"`])

      await s3.send(
        new PutObjectCommand({ Bucket, Key: `文件/${mode.name} by s3`, Body: content, ...mode.s3 }),
      )
      const got = await oss.get(`文件/${mode.name} by s3`)
      expect(got.content.equals(content)).toBe(true)
      expect(got.res.headers[SSE]).toBe((mode.oss as Record<string, string>)[SSE])

      // encrypted in place by the other client, by copies onto themselves
      const name = `文件/${mode.name} by s3`
      await oss.copy(name, name, { meta: { changed: 'yes' }, headers: { [SSE]: 'SM4' } })
      const head = await oss.head(`文件/${mode.name} by s3`)
      expect([head.res.headers[SSE], head.res.headers.etag]).toEqual(['SM4', `"${md5.toUpperCase()}"`])
      expect((await read(`文件/${mode.name} by s3`)).bytes.equals(content)).toBe(true)
      const Key = `文件/${mode.name} by oss`
      await s3.send(
        new CopyObjectCommand({
          Bucket,
          Key,
          CopySource: encodeURI(`${Bucket}/${Key}`),
          ServerSideEncryption: 'aws:kms',
        }),
      )
      const changed = await oss.get(Key)
      expect([changed.res.headers[SSE], changed.content.equals(content)]).toEqual(['KMS', true])
    })

  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }))
  const { objects } = await oss.list({ 'max-keys': 100 })
  expect(objects.map(({ name, size }) => [name, size])).toEqual(Contents.map(({ Key, Size }) => [Key, Size]))
  await oss.deleteMulti(objects.map(({ name }) => name))
})
