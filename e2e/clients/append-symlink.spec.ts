import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import COS from 'cos-nodejs-sdk-v5'
import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import type { OssClient, OssOptions, OssResponse } from '@/lib/dialects/oss/ali-oss.test-support'
import { createChecksum } from '@/lib/crypto/checksums'
import { Coffer } from '../coffer.ts'
import { expect, s3Client, test } from '../fixtures.ts'

/**
 * Objects that grow, symbolic links and CRC-64/XZ between the clients of three vendors, through ports of their own; every
 * refusal is in lib/dialects/oss/append-symlink.test.ts and its neighbours.
 */
interface Appending extends OssClient {
  append(
    name: string,
    content: Buffer,
    options?: object,
  ): Promise<{ nextAppendPosition: string; res: OssResponse }>
  putSymlink(name: string, target: string): Promise<{ res: OssResponse }>
  getSymlink(name: string): Promise<{ targetName: string }>
}
const OSS = createRequire(import.meta.url)('ali-oss') as new (options: OssOptions) => Appending

function crc64(bytes: Buffer): string {
  const crc = createChecksum('crc64ecma')
  crc.update(bytes)
  return crc.digest().readBigUInt64BE().toString()
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

test('append, links, CRC-64 and ports of one vendor', async () => {
  const [ossPort, cosPort] = [await freePort(), await freePort()]
  const coffer = await Coffer.start({ COFFER_OSS_PORT: String(ossPort), COFFER_COS_PORT: String(cosPort) })
  try {
    await coffer.makeAdministrator()
    const credentials = await coffer.accessKey()
    const { accessKeyId, secretAccessKey } = credentials
    const s3 = s3Client(coffer, credentials)
    const Bucket = 'doors-1250000000'
    const oss = new OSS({
      accessKeyId,
      accessKeySecret: secretAccessKey,
      endpoint: `http://127.0.0.1:${ossPort}`,
      bucket: Bucket,
      region: 'oss-cn-hongkong',
    })
    const cos = new COS({
      SecretId: accessKeyId,
      SecretKey: secretAccessKey,
      Protocol: 'http:',
      Domain: `127.0.0.1:${cosPort}/{Bucket}`,
    })
    const at = { Bucket, Region: 'ap-guangzhou' }
    await oss.putBucket(Bucket)

    let log = Buffer.alloc(0)
    for (const size of [70_000, 5, 20_000]) {
      const piece = randomBytes(size)
      const headers = log.length === 0 ? { 'x-oss-server-side-encryption': 'KMS' } : {}
      const { res } = await oss.append('log', piece, { position: log.length, headers })
      log = Buffer.concat([log, piece])
      expect(res.headers['x-oss-hash-crc64ecma']).toBe(crc64(log))
    }
    const more = randomBytes(10)
    const appended = await cos.appendObject({ ...at, Key: 'log', Position: log.length, Body: more })
    log = Buffer.concat([log, more])
    expect(appended.headers?.['x-cos-next-append-position']).toBe(String(log.length))

    const Body = randomBytes(100_000)
    await s3.send(new PutObjectCommand({ Bucket, Key: 's3', Body, ServerSideEncryption: 'aws:kms' }))
    const head = await oss.head('s3')
    expect(head.res.headers['x-oss-hash-crc64ecma']).toBe(crc64(Body))

    await oss.putSymlink('link', 'log')
    expect((await oss.getSymlink('link')).targetName).toBe('log')
    const read = await s3.send(new GetObjectCommand({ Bucket, Key: 'link' }))
    const reads = [
      Buffer.from(await read.Body!.transformToByteArray()),
      (await oss.get('link')).content,
      (await cos.getObject({ ...at, Key: 'link' })).Body,
    ]
    for (const bytes of reads) expect(bytes.equals(log)).toBe(true)

    for (const [port, header] of [
      [ossPort, 'x-oss-request-id'],
      [cosPort, 'x-cos-request-id'],
    ] as const) {
      const answer = await fetch(`http://127.0.0.1:${port}/${Bucket}/log`)
      expect([answer.status, answer.headers.has(header)]).toEqual([403, true])
    }
    await coffer.kill9()
    await coffer.start()
    expect((await oss.get('log')).content.equals(log)).toBe(true)
    s3.destroy()
  } finally {
    await coffer.destroy()
  }
})
