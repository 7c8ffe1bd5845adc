import COS from 'cos-nodejs-sdk-v5'
import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createChecksum } from '../../crypto/checksums.ts'
import { startSystem, type RunningSystem } from '../testing/running-system.ts'

/** The whole pipeline with real parts: Tencent's own Node.js SDK, HTTP, SQLite, files, keys. */
let running: RunningSystem
let cos: COS
let defaultKeyId: string
const Bucket = 'sdk-suite-1250000000'
const Region = 'ap-guangzhou'
const at = (Key: string) => ({ Bucket, Region, Key })

/** Host names of Tencent's, sent to our address: virtual-hosted style. */
function client(options: COS.COSOptions = {}): COS {
  const { accessKeyId: SecretId, secretAccessKey: SecretKey } = running.credentials
  const Ip = `127.0.0.1:${running.port}`
  return new COS({ SecretId, SecretKey, Protocol: 'http:', Ip, ...options })
}

beforeAll(async () => {
  running = await startSystem()
  cos = client()
  defaultKeyId = (await running.system.keyring.defaultKey(running.projectId)).keyId
  await cos.putBucket({ Bucket, Region })
})
afterAll(async () => {
  expect(running.faults).toEqual([])
  await running.stop()
})

function crc64(bytes: Buffer | string): string {
  const crc = createChecksum('crc64ecma')
  crc.update(Buffer.from(bytes))
  return crc.digest().readBigUInt64BE().toString()
}
/** What of an answer COS's clients look at. */
const shown = ({ headers = {} }: { headers?: COS.Headers }) =>
  Object.fromEntries(
    Object.entries(headers as Record<string, string>)
      .filter(([name]) => name.startsWith('x-cos-server-side-encryption'))
      .map(([name, value]) => [name.slice('x-cos-server-side-encryption'.length), value]),
  )
async function failure(promise: Promise<unknown>): Promise<{ status: number; code: string }> {
  try {
    await promise
  } catch (error) {
    const { statusCode, code } = error as { statusCode?: number; code?: string }
    return { status: statusCode ?? 0, code: String(code) }
  }
  throw new Error('it did not fail')
}

const KEY = Buffer.from('0123456789ABCDEF0123456789ABCDEF')
const unpadded = { SSECustomerKey: 'MDEyMzQ1Njc4OUFCQ0RFRjAxMjM0NTY3ODlBQkNERUY' }
const trio = {
  SSECustomerAlgorithm: 'AES256',
  SSECustomerKey: KEY.toString('base64'),
  SSECustomerKeyMD5: 'U5L61r7jcwdNvT7frmUG8g==',
}
const sm4Key = randomBytes(16)
const sm4Trio = {
  SSECustomerAlgorithm: 'SM4',
  SSECustomerKey: sm4Key.toString('base64'),
  SSECustomerKeyMD5: createHash('md5').update(sm4Key).digest('base64'),
}
/** The SDK has no parameter for it, and writes into the object it is given. */
const kmsSm4 = () => ({ Headers: { 'x-cos-server-side-encryption-cos-kms-algorithm': 'SM4' } })

interface Mode {
  write: Record<string, unknown>
  read?: Record<string, unknown>
  shown: () => Record<string, unknown>
  etagIsMd5: boolean
}
const kms = (algorithm: string) => () => ({
  '': 'cos/kms',
  '-cos-kms-key-id': defaultKeyId,
  '-cos-kms-algorithm': algorithm,
})
const own = (algorithm: string, digest: string) => () => ({
  '-customer-algorithm': algorithm,
  '-customer-key-md5': digest,
})

/** Every mode of the SDK and, through its headers, of the API. */
const MODES: [string, Mode][] = [
  ['none', { write: {}, shown: () => ({}), etagIsMd5: true }],
  [
    'SSE-COS',
    { write: { ServerSideEncryption: 'AES256' }, shown: () => ({ '': 'AES256' }), etagIsMd5: true },
  ],
  [
    'SSE-COS as the sample writes it',
    { write: { ServerSideEncryption: 'AES-256' }, shown: () => ({ '': 'AES256' }), etagIsMd5: true },
  ],
  [
    'SSE-COS with SM4',
    { write: { ServerSideEncryption: 'SM4' }, shown: () => ({ '': 'SM4' }), etagIsMd5: true },
  ],
  [
    'SSE-KMS',
    {
      write: { ServerSideEncryption: 'cos/kms', SSEContext: 'eyJhIjoiYXNkZmEiLCJiIjoiMTIzMzIxIn0=' },
      shown: kms('AES256'),
      etagIsMd5: false,
    },
  ],
  [
    'SSE-KMS with SM4',
    {
      write: {
        ServerSideEncryption: 'cos/kms',
        get Headers() {
          return kmsSm4().Headers
        },
      },
      shown: kms('SM4'),
      etagIsMd5: false,
    },
  ],
  ['SSE-C', { write: trio, read: trio, shown: own('AES256', trio.SSECustomerKeyMD5), etagIsMd5: false }],
  [
    'SSE-C by an unpadded key alone',
    { write: unpadded, read: unpadded, shown: own('AES256', trio.SSECustomerKeyMD5), etagIsMd5: false },
  ],
  [
    'SSE-C with SM4',
    { write: sm4Trio, read: sm4Trio, shown: own('SM4', sm4Trio.SSECustomerKeyMD5), etagIsMd5: false },
  ],
]

describe.each(MODES)('%s', (name, mode) => {
  const { write, read = {} } = mode
  const Key = `a b/中文+${name}.txt`
  const body = '[Object Content]'

  test('put, head, get, range', async () => {
    const put = await cos.putObject({ ...at(Key), Body: body, ContentType: 'text/plain', ...write })
    expect(shown(put)).toEqual(mode.shown())
    const head = await cos.headObject({ ...at(Key), ...read })
    const got = await cos.getObject({ ...at(Key), ...read })
    expect(got.Body.toString()).toBe(body)
    expect(got.headers?.['content-length']).toBe('16')
    for (const answer of [put, head, got]) {
      expect(shown(answer)).toEqual(mode.shown())
      expect(answer.headers?.['x-cos-hash-crc64ecma']).toBe('16749565679157681890')
      expect(answer.headers?.['x-cos-request-id']).toMatch(/^[0-9A-F]{16}$/)
      expect(answer.ETag === '"ee8de918d05640145b18f70f4c3aa602"').toBe(mode.etagIsMd5)
      expect(answer.ETag).toBe(put.ETag)
    }
    const range = await cos.getObject({ ...at(Key), Range: 'bytes=1-6', ...read })
    expect([range.Body.toString(), range.statusCode]).toEqual(['Object', 206])
  })

  test('copy and copy onto itself', async () => {
    await cos.putObject({ ...at(Key), Body: body, ...write })
    const source = encodeURIComponent(Key)
    const CopySource = `${Bucket}.cos.${Region}.myqcloud.com/${source}`
    const opening = 'SSECustomerKey' in read ? { Headers: copySourceHeaders(read) } : {}
    const plain = `copy of ${name}`
    await cos.putObjectCopy({ ...at(plain), CopySource, ...opening })
    const copied = await cos.getObject(at(plain))
    // encryption does not come along
    expect([copied.Body.toString(), shown(copied)]).toEqual([body, {}])
    const back = await cos.putObjectCopy({
      ...at(plain),
      CopySource: `${Bucket}.cos.${Region}.myqcloud.com/${encodeURIComponent(plain)}`,
      MetadataDirective: 'Replaced',
      ...write,
    })
    expect(shown(back)).toEqual(mode.shown())
    const again = await cos.getObject({ ...at(plain), ...read })
    expect([again.Body.toString(), again.headers?.['x-cos-hash-crc64ecma']]).toEqual([body, crc64(body)])
  })

  test('multipart, part by part', async () => {
    const parts = [randomBytes(2 ** 20), randomBytes(1000)]
    const { UploadId } = await cos.multipartInit({ ...at(Key), ...write })
    const Parts: COS.Part[] = []
    for (const [index, Body] of parts.entries()) {
      const PartNumber = index + 1
      const { ETag } = await cos.multipartUpload({ ...at(Key), UploadId, PartNumber, Body, ...write })
      Parts.push({ PartNumber, ETag })
    }
    const listed = await cos.multipartListPart({
      ...at(Key),
      UploadId,
      ...read,
    })
    expect(listed.Part.map(({ ETag, Size }) => [ETag, Size])).toEqual(
      Parts.map(({ ETag }, index) => [ETag, String(parts[index]!.length)]),
    )
    const uploads = await cos.multipartList({ Bucket, Region, Prefix: Key, Delimiter: '' })
    const open = uploads.Upload as { UploadId: string }[]
    expect(open.map(({ UploadId: id }) => id)).toContain(UploadId)
    const done = await cos.multipartComplete({
      ...at(Key),
      UploadId,
      Parts,
      ...read,
    })
    expect(shown(done)).toEqual(
      // who completes without sending the key is not told its digest; this client sends it
      mode.shown(),
    )
    const whole = Buffer.concat(parts)
    const got = await cos.getObject({ ...at(Key), ...read })
    expect(got.Body.equals(whole)).toBe(true)
    expect(got.headers?.['x-cos-hash-crc64ecma']).toBe(crc64(whole))
    expect(got.ETag).toMatch(/^"[0-9a-f]{32}-2"$/)
    await cos.deleteObject(at(Key))
    expect(await failure(cos.headObject({ ...at(Key), ...read }))).toEqual({ status: 404, code: '404' })
  })
})

function copySourceHeaders(read: Record<string, unknown>): Record<string, unknown> {
  const prefix = 'x-cos-copy-source-server-side-encryption-customer'
  return {
    [`${prefix}-key`]: read.SSECustomerKey,
    ...('SSECustomerAlgorithm' in read && {
      [`${prefix}-algorithm`]: read.SSECustomerAlgorithm,
      [`${prefix}-key-MD5`]: read.SSECustomerKeyMD5,
    }),
  }
}
