import COS from 'cos-nodejs-sdk-v5'
import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createChecksum } from '../../crypto/checksums.ts'
import { startSystem, type RunningSystem } from '../testing/running-system.ts'

/** APPEND Object as Tencent's Node.js SDK calls it. */
const at = { Bucket: 'growing-1250000000', Region: 'ap-guangzhou' }
let running: RunningSystem
let cos: COS

beforeAll(async () => {
  running = await startSystem()
  const { accessKeyId: SecretId, secretAccessKey: SecretKey } = running.credentials
  const Domain = `127.0.0.1:${running.port}/{Bucket}`
  cos = new COS({ SecretId, SecretKey, Protocol: 'http:', Domain })
  await cos.putBucket(at)
})
afterAll(async () => {
  expect(running.faults).toEqual([])
  await running.stop()
})

function crc64(bytes: Buffer): string {
  const crc = createChecksum('crc64ecma')
  crc.update(bytes)
  return crc.digest().readBigUInt64BE().toString()
}
const own = { SSECustomerKey: 'MDEyMzQ1Njc4OUFCQ0RFRjAxMjM0NTY3ODlBQkNERUY' }
const SSE = 'x-cos-server-side-encryption'

const append = (Key: string, Position: number, Body: Buffer, Headers: Record<string, string> = {}) =>
  cos.appendObject({ ...at, Key, Position, Body: Body, Headers })

async function failure(work: Promise<unknown>) {
  return work.then(
    () => undefined,
    (error: { code: string; statusCode: number }) => [error.statusCode, error.code],
  )
}

test.each([
  ['plaintext', {}, {}],
  ['SSE-COS', { [SSE]: 'AES256' }, {}],
  ['SSE-KMS', { [SSE]: 'cos/kms' }, {}],
  [
    'SSE-C',
    {
      [`${SSE}-customer-algorithm`]: 'AES256',
      [`${SSE}-customer-key`]: own.SSECustomerKey,
      [`${SSE}-customer-key-MD5`]: 'U5L61r7jcwdNvT7frmUG8g==',
    },
    own,
  ],
])('%s', async (name, headers, read) => {
  let all = Buffer.alloc(0)
  for (const piece of [randomBytes(4096), randomBytes(1), randomBytes(100_000)]) {
    const done = await append(name, all.length, piece, { ...headers })
    all = Buffer.concat([all, piece])
    expect(done.headers).toMatchObject({
      'x-cos-next-append-position': String(all.length),
      'x-cos-content-sha1': createHash('sha1').update(piece).digest('hex'),
      'x-cos-hash-crc64ecma': crc64(all),
    })
  }
  const got = await cos.getObject({ ...at, Key: name, ...read })
  expect(got.Body.equals(all)).toBe(true)
  expect(got.headers).toMatchObject({
    'x-cos-object-type': 'appendable',
    'x-cos-next-append-position': String(all.length),
  })
})

test('the position must be the length, and what is said of the encryption be true', async () => {
  await append('refused', 0, randomBytes(5), { [SSE]: 'AES256' })
  expect(await failure(append('refused', 4, randomBytes(1)))).toEqual([409, 'AppendPositionErr'])
  expect(await failure(append('refused', 5, randomBytes(1), { [SSE]: 'cos/kms' }))).toEqual([
    400,
    'InvalidArgument',
  ])
  expect((await append('refused', 5, randomBytes(1))).statusCode).toBe(200)
  await cos.putObject({ ...at, Key: 'normal', Body: 'hello' })
  expect(await failure(append('normal', 5, randomBytes(1)))).toEqual([409, 'ObjectNotAppendable'])
  const head = await cos.headObject({ ...at, Key: 'normal' })
  expect(head.headers?.['x-cos-object-type']).toBe('normal')
})
