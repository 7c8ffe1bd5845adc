import { createHash, randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createChecksum } from '../../crypto/checksums.ts'
import { startSystem, type RunningSystem } from '../testing/running-system.ts'
import type { OssClient, OssOptions, OssResponse } from './ali-oss.test-support.ts'

/** The whole pipeline with real parts: Aliyun's own Node.js SDK, HTTP, SQLite, files, keys. */
const OSS = createRequire(import.meta.url)('ali-oss') as new (options: OssOptions) => OssClient

let running: RunningSystem
let ownKeyId: string
let defaultKeyId: string
const BUCKET = 'sdk-suite'

/** An address for an endpoint: ali-oss then names `<bucket>.oss-<region>.aliyuncs.com` in Host. */
function client(options: Partial<OssOptions> = {}): OssClient {
  const { accessKeyId, secretAccessKey: accessKeySecret } = running.credentials
  const endpoint = `http://127.0.0.1:${running.port}`
  return new OSS({
    accessKeyId,
    accessKeySecret,
    endpoint,
    bucket: BUCKET,
    region: 'oss-cn-hongkong',
    ...options,
  })
}

beforeAll(async () => {
  running = await startSystem()
  await client().putBucket(BUCKET)
  const { keyring } = running.system
  defaultKeyId = (await keyring.defaultKey(running.projectId)).keyId
  ownKeyId = await createOwnKey()
})
afterAll(async () => {
  expect(running.faults).toEqual([])
  await running.stop()
})

/** Through the key API, as its owner. */
async function createOwnKey(): Promise<string> {
  const { accounts, kms } = running.system
  const { caller } = (await accounts.credentials(running.credentials.accessKeyId))!
  const context = { requestId: 'r', secure: true, remoteAddress: '127.0.0.1' }
  const request = { spec: 'AES_256', origin: 'AWS_KMS', description: 'own', tags: [] } as const
  const none = { policy: undefined, alias: undefined, provider: undefined }
  const created = await kms.run('CreateKey', { ...request, ...none, tags: [] }, caller, context)
  return created.keyId
}

const SSE = 'x-oss-server-side-encryption'
const DATA = 'x-oss-server-side-data-encryption'
const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest()
const etagOf = (bytes: Buffer) => `"${md5(bytes).toString('hex').toUpperCase()}"`
function crc64(bytes: Buffer): string {
  const crc = createChecksum('crc64ecma')
  crc.update(bytes)
  return crc.digest().readBigUInt64BE().toString()
}
/** The headers of an answer that name its encryption. */
const shown = ({ headers }: OssResponse) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('x-oss-server-side-')))

interface Failure {
  status: number
  code: string
  ecCode?: string
  message: string
}
const failure = (promise: Promise<unknown>): Promise<Failure> =>
  promise.then(
    () => Promise.reject(new Error('It was accepted')),
    (error: Failure) => error,
  )

/** Every way to ask for encryption: what is sent, and what answers say. */
const MODES: readonly [
  name: string,
  sent: () => Record<string, string>,
  told: () => Record<string, string>,
][] = [
  ['plaintext', () => ({}), () => ({})],
  ['SSE-OSS', () => ({ [SSE]: 'AES256' }), () => ({ [SSE]: 'AES256' })],
  ['SSE-OSS with SM4', () => ({ [SSE]: 'SM4' }), () => ({ [SSE]: 'SM4' })],
  ['SSE-KMS', () => ({ [SSE]: 'KMS' }), () => ({ [SSE]: 'KMS', [`${SSE}-key-id`]: defaultKeyId })],
  [
    'SSE-KMS by the alias of the service',
    () => ({ [SSE]: 'KMS', [`${SSE}-key-id`]: 'alias/acs/oss' }),
    () => ({ [SSE]: 'KMS', [`${SSE}-key-id`]: defaultKeyId }),
  ],
  [
    'SSE-KMS with a key of its own and a context',
    () => ({ [SSE]: 'KMS', [`${SSE}-key-id`]: ownKeyId, [`${SSE}-context`]: '{"team":"a"}' }),
    () => ({ [SSE]: 'KMS', [`${SSE}-key-id`]: ownKeyId }),
  ],
  [
    'SSE-KMS with SM4',
    () => ({ [SSE]: 'KMS', [DATA]: 'SM4' }),
    () => ({ [SSE]: 'KMS', [DATA]: 'SM4', [`${SSE}-key-id`]: defaultKeyId }),
  ],
]

describe.each([
  ['version 1', {}],
  ['version 4', { authorizationV4: true }],
])('ali-oss, %s', (version, options) => {
  test.each(MODES)('%s: put, head, get, copy, multipart, list, delete', async (name, sent, told) => {
    const oss = client(options)
    const folder = `${version}/${name}/`
    const bytes = randomBytes(70_000)
    const headers = { ...sent(), 'x-oss-meta-author': 'a' }

    const put = await oss.put(`${folder}put +ü.txt`, bytes, { headers })
    expect(shown(put.res)).toEqual(told())
    expect(put.res.headers).toMatchObject({ etag: etagOf(bytes), 'x-oss-hash-crc64ecma': crc64(bytes) })

    const head = await oss.head(`${folder}put +ü.txt`)
    expect(shown(head.res)).toEqual(told())
    expect(head.meta).toEqual({ author: 'a' })
    expect(head.res.headers).toMatchObject({
      etag: etagOf(bytes),
      'content-length': String(bytes.length),
      'content-md5': md5(bytes).toString('base64'),
      'x-oss-hash-crc64ecma': crc64(bytes),
      'x-oss-object-type': 'Normal',
      'x-oss-storage-class': 'Standard',
    })
    const meta = await oss.getObjectMeta(`${folder}put +ü.txt`)
    expect(meta.res.headers).toMatchObject({ etag: etagOf(bytes), 'content-length': String(bytes.length) })

    const got = await oss.get(`${folder}put +ü.txt`)
    expect(got.content.equals(bytes)).toBe(true)
    expect(shown(got.res)).toEqual(told())
    const part = await oss.get(`${folder}put +ü.txt`, { headers: { Range: 'bytes=65530-65541' } })
    expect([part.res.status, part.content.equals(bytes.subarray(65530, 65542))]).toEqual([206, true])

    const copy = await oss.copy(`${folder}copy`, `${folder}put +ü.txt`, { headers: sent() })
    expect([copy.data!.etag, shown(copy.res)]).toEqual([etagOf(bytes), told()])
    expect((await oss.get(`${folder}copy`)).content.equals(bytes)).toBe(true)

    const large = randomBytes(2 * 2 ** 20 + 100_000)
    const multipart = await oss.multipartUpload(`${folder}parts`, large, {
      headers: sent(),
      partSize: 2 ** 20,
    })
    expect(multipart.res.headers).toMatchObject({ 'x-oss-hash-crc64ecma': crc64(large) })
    const whole = await oss.get(`${folder}parts`)
    expect(whole.content.equals(large)).toBe(true)
    expect(shown(whole.res)).toEqual(told())
    expect(whole.res.headers).toMatchObject({
      'x-oss-object-type': 'Multipart',
      'x-oss-hash-crc64ecma': crc64(large),
      etag: expect.stringMatching(/^"[0-9A-F]{32}-3"$/),
    })
    expect(whole.res.headers['content-md5']).toBeUndefined()

    const { objects } = await oss.list({ prefix: folder, 'max-keys': 10 })
    expect(objects.map(({ name: key, type, size }) => [key.slice(folder.length), type, size])).toEqual([
      ['copy', 'Normal', bytes.length],
      ['parts', 'Multipart', large.length],
      ['put +ü.txt', 'Normal', bytes.length],
    ])
    const { deleted } = await oss.deleteMulti([`${folder}copy`, `${folder}parts`])
    expect(deleted.map(({ Key }) => Key)).toEqual([`${folder}copy`, `${folder}parts`])
    await oss.delete(`${folder}put +ü.txt`)
    expect((await oss.listV2({ prefix: folder, 'max-keys': 10 })).keyCount).toBe(0)
    expect(await failure(oss.head(`${folder}copy`))).toMatchObject({ status: 404, code: 'NoSuchKey' })
  })

  test('streams, tags, listing page by page, buckets', async () => {
    const oss = client(options)
    const bytes = randomBytes(300_000)
    await oss.putStream(`${version} s`, Readable.from([bytes.subarray(0, 1000), bytes.subarray(1000)]), {
      contentLength: bytes.length,
      headers: { [SSE]: 'AES256' },
    })
    expect((await oss.get(`${version} s`)).content.equals(bytes)).toBe(true)
    await oss.putObjectTagging(`${version} s`, { a: '1', b: 'x y' })
    expect((await oss.getObjectTagging(`${version} s`)).tag).toEqual({ a: '1', b: 'x y' })
    await oss.deleteObjectTagging(`${version} s`)
    for (const name of ['a/1', 'a/2', 'b']) await oss.put(`${version} pages/${name}`, Buffer.from('x'))
    const first = await oss.list({
      prefix: `${version} pages/`,
      'max-keys': 2,
      'encoding-type': 'url',
    })
    expect([first.objects.length, first.isTruncated]).toEqual([2, true])
    const folders = await oss.list({ prefix: `${version} pages/`, delimiter: '/', 'max-keys': 10 })
    expect([folders.prefixes, folders.objects.length]).toEqual([[`${version} pages/a/`], 1])
    const pages = await oss.listV2({ prefix: `${version} pages/`, 'max-keys': 2 })
    const rest = await oss.listV2({
      prefix: `${version} pages/`,
      'max-keys': 2,
      'continuation-token': pages.nextContinuationToken,
    })
    expect([pages.objects.length, rest.objects.length]).toEqual([2, 1])
    const within = { prefix: `${version} pages/`, delimiter: '/', 'start-after': `${version} pages/a/` }
    expect((await oss.listV2({ ...within, 'max-keys': 10 })).prefixes).toEqual([`${version} pages/a/`])
    expect((await oss.getBucketLocation(BUCKET)).location).toBe('oss-us-east-1')
    expect((await oss.getACL(`${version} s`)).acl).toBe('default')
  })
})

test('links, signed by version 1 and 4', async () => {
  const bytes = randomBytes(1000)
  const named = (options: object) =>
    client({ endpoint: `http://localhost:${running.port}`, cname: true, ...options })
  await client().put('link', bytes, { headers: { [SSE]: 'KMS' } })
  const follow = (link: string, init: RequestInit = {}) => {
    // the bucket in the path, where the host cannot name it
    const url = new URL(link)
    return fetch(`http://127.0.0.1:${running.port}/${BUCKET}${url.pathname}${url.search}`, init)
  }
  const v1 = named({}).signatureUrl('link', { expires: 60 })
  const v4 = await named({ authorizationV4: true }).signatureUrlV4('GET', 60, {}, 'link')
  for (const link of [v1, v4]) {
    const answer = await follow(link)
    expect([answer.status, Buffer.from(await answer.arrayBuffer()).equals(bytes)]).toEqual([200, true])
    expect((await follow(link, { headers: { 'x-oss-meta-a': '1' } })).status).toBe(403)
  }
  const headers = { [SSE]: 'AES256' }
  const upload = await named({ authorizationV4: true }).signatureUrlV4('PUT', 60, { headers }, 'uploaded')
  expect((await follow(upload, { method: 'PUT', body: Buffer.from('x') })).status).toBe(403)
  expect((await follow(upload, { method: 'PUT', body: Buffer.from('x'), headers })).status).toBe(200)
  expect(shown((await client().head('uploaded')).res)).toEqual(headers)
})

test('the rule of a bucket, there and back', async () => {
  const oss = client()
  expect(await failure(oss.getBucketEncryption(BUCKET))).toMatchObject({
    status: 404,
    code: 'NoSuchServerSideEncryptionRule',
  })
  await oss.putBucketEncryption(BUCKET, { SSEAlgorithm: 'KMS', KMSMasterKeyID: ownKeyId })
  expect((await oss.getBucketEncryption(BUCKET)).encryption).toEqual({
    SSEAlgorithm: 'KMS',
    KMSMasterKeyID: ownKeyId,
  })
  const { bucket } = await oss.getBucketInfo(BUCKET)
  expect(bucket.ServerSideEncryptionRule).toEqual({ SSEAlgorithm: 'KMS', KMSMasterKeyID: ownKeyId })
  const put = await oss.put('by rule', Buffer.from('x'))
  expect(shown(put.res)).toEqual({ [SSE]: 'KMS', [`${SSE}-key-id`]: ownKeyId })
  await oss.deleteBucketEncryption(BUCKET)
  expect((await oss.getBucketInfo(BUCKET)).bucket.ServerSideEncryptionRule).toEqual({ SSEAlgorithm: 'None' })
})

test('what an error tells ali-oss', async () => {
  const oss = client()
  const bad = await failure(oss.put('bad', Buffer.from('x'), { headers: { [SSE]: 'aws:kms' } }))
  expect(bad).toMatchObject({ status: 400, code: 'InvalidEncryptionAlgorithmError', ecCode: '0005-00000003' })
  await oss.put('there', Buffer.from('x'))
  const onHead = await failure(oss.head('there', { headers: { [SSE]: 'AES256' } }))
  expect(onHead).toMatchObject({ status: 400, code: 'InvalidArgument', ecCode: '0005-00000002' })
  const wrong = await failure(client({ accessKeySecret: 'wrong' }).head('there'))
  expect(wrong).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' })
})
