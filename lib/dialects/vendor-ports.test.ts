import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import COS from 'cos-nodejs-sdk-v5'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRequire } from 'node:module'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { objectServer } from './http/object-server.ts'
import type { OssClient, OssOptions } from './oss/ali-oss.test-support.ts'
import { startSystem, type RunningSystem } from './testing/running-system.ts'

/** Ports whose requests are one vendor's, whatever they look like. */
const OSS = createRequire(import.meta.url)('ali-oss') as new (options: OssOptions) => OssClient
let running: RunningSystem
const servers: Server[] = []
const ports = { oss: 0, cos: 0 }

beforeAll(async () => {
  running = await startSystem()
  for (const vendor of ['oss', 'cos'] as const) {
    const server = objectServer(running.system.serve, { vendor })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    servers.push(server)
    ports[vendor] = (server.address() as AddressInfo).port
  }
  await ossClient().putBucket('doors-1250000000')
  await ossClient().put('k', Buffer.from('content'))
})
afterAll(async () => {
  for (const server of servers) server.close().closeAllConnections()
  await running.stop()
})

function ossClient(port = ports.oss): OssClient {
  const { accessKeyId, secretAccessKey: accessKeySecret } = running.credentials
  const endpoint = `http://127.0.0.1:${port}`
  return new OSS({
    accessKeyId,
    accessKeySecret,
    endpoint,
    bucket: 'doors-1250000000',
    region: 'oss-cn-hongkong',
  })
}
function cosClient(port = ports.cos): COS {
  const { accessKeyId: SecretId, secretAccessKey: SecretKey } = running.credentials
  return new COS({ SecretId, SecretKey, Protocol: 'http:', Domain: `127.0.0.1:${port}/{Bucket}` })
}
function s3Client(port: number): S3Client {
  const endpoint = `http://127.0.0.1:${port}`
  const { credentials } = running
  return new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials, maxAttempts: 1 })
}
const at = { Bucket: 'doors-1250000000', Region: 'ap-guangzhou', Key: 'k' }

test('each vendor’s own clients find their API there', async () => {
  expect((await ossClient().get('k')).content.toString()).toBe('content')
  expect((await cosClient().getObject(at)).Body.toString()).toBe('content')
})

describe('who does not sign is answered in that vendor’s words', () => {
  test.each([
    ['oss', 'x-oss-request-id'],
    ['cos', 'x-cos-request-id'],
  ] as const)('%s', async (vendor, header) => {
    const answer = await fetch(`http://127.0.0.1:${ports[vendor]}/doors-1250000000/k`)
    expect([answer.status, answer.headers.has(header)]).toEqual([403, true])
    const other = await fetch(`http://127.0.0.1:${running.port}/doors-1250000000/k`)
    expect(other.headers.has(header)).toBe(false)
  })
})

describe('who signs for another vendor is refused, in a header and in a link', () => {
  const link = (port: number) =>
    getSignedUrl(s3Client(port), new GetObjectCommand({ Bucket: at.Bucket, Key: 'k' }))
  const code = (text: string) => /<Code>([^<]*)/.exec(text)?.[1]

  test('OSS', async () => {
    const s3 = await s3Client(ports.oss)
      .send(new GetObjectCommand({ Bucket: at.Bucket, Key: 'k' }))
      .catch((error: { name: string; $metadata: { httpStatusCode: number } }) => error)
    expect(s3).toMatchObject({ name: 'InvalidArgument', $metadata: { httpStatusCode: 400 } })
    const presigned = await fetch(await link(ports.oss))
    expect([presigned.status, code(await presigned.text())]).toEqual([403, 'AccessDenied'])
    expect(presigned.headers.has('x-oss-request-id')).toBe(true)
    const cos = await cosClient(ports.oss)
      .getObject(at)
      .catch((error: { statusCode: number }) => error)
    expect(cos).toMatchObject({ statusCode: 400 })
  })

  test('COS', async () => {
    const s3 = await s3Client(ports.cos)
      .send(new GetObjectCommand({ Bucket: at.Bucket, Key: 'k' }))
      .catch((error: { name: string; $metadata: { httpStatusCode: number } }) => error)
    expect(s3).toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } })
    const presigned = await fetch(await link(ports.cos))
    expect([presigned.status, code(await presigned.text())]).toEqual([403, 'AccessDenied'])
    expect(presigned.headers.has('x-cos-request-id')).toBe(true)
    const oss = await ossClient(ports.cos)
      .get('k')
      .catch((error: { status: number }) => error)
    expect(oss).toMatchObject({ status: 403 })
  })
})
