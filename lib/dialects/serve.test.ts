import fc from 'fast-check'
import { readdir, readFile } from 'node:fs/promises'
import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readyChecksums, createChecksum } from '../crypto/checksums.ts'
import { StoreError } from '../errors.ts'
import type { ChecksumAlgorithm } from '../store/model.ts'
import type { Services } from './dialect.ts'
import { createServe, type FailureLine } from './serve.ts'
import type { RawRequest, RawResponse } from './raw.ts'
import { rawRequest } from './testing/raw-request.ts'
import { startSystem, type RunningSystem } from './testing/running-system.ts'
import { accounts, signed, presigned, NOW, SECRET, type SignOptions } from './testing/sign.ts'

let running: RunningSystem
beforeAll(async () => {
  running = await startSystem()
  for (const url of ['/fuzz', '/steady']) expect((await send({ method: 'PUT', url })).status).toBe(200)
  // keeps the fuzzer from removing the bucket it works in
  expect((await send({ method: 'PUT', url: '/fuzz/anchor' })).status).toBe(200)
})
afterAll(() => running.stop())

function own(options: SignOptions): SignOptions {
  const { accessKeyId, secretAccessKey } = running.credentials
  return { time: Date.now(), accessKeyId, secret: secretAccessKey, ...options }
}
const send = (options: SignOptions) => answerOf(signed(own(options)))

async function answerOf(
  request: RawRequest,
): Promise<{ status: number; headers: RawResponse['headers']; body: Buffer }> {
  const { status, headers, body } = await running.system.serve(request)
  const chunks: Buffer[] = []
  if (Buffer.isBuffer(body)) chunks.push(body)
  else if (body !== null) for await (const chunk of body) chunks.push(chunk)
  return { status, headers, body: Buffer.concat(chunks) }
}

/** What no request may do, however broken: break the pipeline, be told 5xx (but NotImplemented), or lack a request id. */
async function checkAnswer(request: RawRequest): Promise<number> {
  const { status, headers, body } = await answerOf(request)
  expect(status, `${request.method} ${request.rawUrl}: ${String(body)}`).toSatisfy(
    (code: number) => code < 500 || code === 501,
  )
  expect(headers['x-amz-request-id']).toMatch(/^[0-9A-F]{16}$/)
  for (const value of Object.values(headers)) expect(String(value)).toMatch(/^[\t\x20-\x7e\x80-\xff]*$/)
  return status
}

const NAMES = [
  'authorization',
  'x-amz-date',
  'date',
  'x-amz-content-sha256',
  'content-length',
  'content-md5',
  'content-type',
  'content-encoding',
  'transfer-encoding',
  'expect',
  'x-amz-decoded-content-length',
  'x-amz-trailer',
  'x-amz-checksum-crc32',
  'x-amz-checksum-sha256',
  'x-amz-sdk-checksum-algorithm',
  'x-amz-checksum-mode',
  'x-amz-checksum-type',
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-aws-kms-key-id',
  'x-amz-server-side-encryption-context',
  'x-amz-server-side-encryption-bucket-key-enabled',
  'x-amz-server-side-encryption-customer-algorithm',
  'x-amz-server-side-encryption-customer-key',
  'x-amz-server-side-encryption-customer-key-md5',
  'x-amz-copy-source',
  'x-amz-copy-source-range',
  'x-amz-copy-source-if-match',
  'x-amz-metadata-directive',
  'x-amz-tagging',
  'x-amz-acl',
  'x-amz-storage-class',
  'x-amz-meta-a',
  'x-amz-object-attributes',
  'x-amz-max-parts',
  'x-amz-mp-object-size',
  'x-amz-expected-bucket-owner',
  'x-amz-website-redirect-location',
  'range',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-range',
  'host',
]
const PARAMETERS = [
  'acl',
  'uploads',
  'uploadId',
  'partNumber',
  'delete',
  'encryption',
  'tagging',
  'versions',
  'versionId',
  'list-type',
  'prefix',
  'delimiter',
  'marker',
  'max-keys',
  'encoding-type',
  'continuation-token',
  'start-after',
  'attributes',
  'location',
  'policy',
  'max-parts',
  'part-number-marker',
  'response-content-type',
  'response-expires',
  'key-marker',
  'X-Amz-Expires',
  'X-Amz-Signature',
  'X-Amz-Credential',
  'x-id',
  'x-amz-meta-q',
  'newthing',
]
const VALUES = [
  '',
  '0',
  '1',
  '-1',
  '10001',
  '99999999999999999999',
  'NaN',
  'null',
  'true',
  'AES256',
  'aws:kms',
  'url',
  '*',
  '"x"',
  'bytes=0-1',
  'bytes=-',
  'fuzz/k',
  '/fuzz/k',
  'COPY',
  'ENABLED',
  'CRC32',
  'COMPOSITE',
  'AAAAAA==',
  'e30=',
  'pO3upElrwuEXSoFwCfnZPdSsmt/xWeFa0N9KgDijwVs=',
  'DWygnHRtgiJ77HCm+1rvHw==',
  'arn:aws:kms:us-east-1:1:key/x',
  '../..',
  '__proto__',
  'constructor',
  '=?UTF-8?B?DQo=?=',
  'a=1&a=2',
  'x'.repeat(3000),
  '%',
  '%FF',
  'Thu, 01 Jan 1970 00:00:00 GMT',
  '20130524T000000Z',
  'ETag,Checksum',
  'é',
  '\xe5\x81\xa5',
]
const PATHS = [
  '/',
  '//',
  '/fuzz',
  '/fuzz/',
  '/fuzz/k',
  '/fuzz//k',
  '/fuzz/../k',
  '/fuzz/%2e%2e',
  '/fuzz/%zz',
  '/fuzz/%FF',
  '/fuzz/%00',
  '/no-such-bucket/k',
  '/UPPER',
  '*',
  '',
  'http://h',
  `/fuzz/${'x'.repeat(1100)}`,
  '/fuzz/é',
]
const BODIES = [
  '',
  'hello',
  '<Delete><Object><Key>a</Key></Object></Delete>',
  '<Tagging><TagSet/></Tagging>',
  '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>',
  '<',
  '<A>'.repeat(1000),
  '<!DOCTYPE a><a/>',
  '5\r\nhello\r\n0\r\n\r\n',
  'fffffffffffff\r\n',
  '0;chunk-signature=00\r\n\r\n',
  '\0\xff',
  '<ServerSideEncryptionConfiguration><Rule/></ServerSideEncryptionConfiguration>',
]
const HASHES = [
  undefined,
  undefined,
  'UNSIGNED-PAYLOAD',
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
  'nonsense',
  undefined,
]

const value = fc.oneof(
  fc.constantFrom(...VALUES),
  fc.string({ maxLength: 20 }).map((text) => text.replace(/[^\x20-\x7e]/g, '')),
)
const malformed: fc.Arbitrary<Shape> = fc.record({
  method: fc.constantFrom('GET', 'PUT', 'HEAD', 'POST', 'DELETE', 'OPTIONS', 'PATCH'),
  path: fc.constantFrom(...PATHS),
  parameters: fc.oneof(
    fc.constant<Shape['parameters']>([]),
    fc.array(fc.tuple(fc.constantFrom(...PARAMETERS), value, fc.boolean()), { maxLength: 4 }),
  ),
  headers: fc.oneof(fc.constant({}), fc.dictionary(fc.constantFrom(...NAMES), value, { maxKeys: 5 })),
  body: fc.constantFrom(...BODIES),
  payloadHash: fc.constantFrom(...HASHES),
  signing: fc.constantFrom('signed', 'signed', 'presigned', 'anonymous'),
})

describe('10,000 malformed requests', () => {
  it('are answered in S3 words, never with a failure of ours', async () => {
    const statuses = new Map<number, number>()
    await fc.assert(
      fc.asyncProperty(malformed, async (shape) => {
        const status = await checkAnswer(requestOf(shape))
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
      }),
      { numRuns: 10_000 },
    )
    // the generator reaches the operations themselves, not only their refusals
    for (const reached of [200, 204, 400, 403, 404, 501])
      expect(statuses.get(reached) ?? 0, `${reached} in ${JSON.stringify([...statuses])}`).toBeGreaterThan(20)
  }, 300_000)
})

interface Shape {
  method: string
  path: string
  parameters: [name: string, value: string, bare: boolean][]
  headers: Record<string, string>
  body: string
  payloadHash: string | undefined
  signing: string
}

function requestOf({ method, path, parameters, headers, body, payloadHash, signing }: Shape): RawRequest {
  const query = parameters
    .map(([name, text, bare]) => (bare ? name : `${name}=${text.replace(/[#\s]/g, '')}`))
    .join('&')
  const url = query === '' ? path : `${path}?${query}`
  const options = own({
    method,
    url,
    headers,
    body: Buffer.from(body, 'latin1'),
    ...(payloadHash !== undefined && { payloadHash }),
  })
  try {
    if (signing === 'signed') return signed(options)
    if (signing === 'presigned')
      return presigned({
        ...options,
        signedHeaders: Object.keys(headers).filter((name) => name.startsWith('x-amz-')),
      })
  } catch {
    // not even signable: goes out as it is
  }
  return rawRequest({ method, rawUrl: url, headers: { host: 'localhost', ...headers }, body: options.body })
}

it('survives random bytes as URL and headers', async () => {
  const bytes = fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array).toString('latin1'))
  await fc.assert(
    fc.asyncProperty(bytes, fc.dictionary(fc.constantFrom(...NAMES), bytes), async (rawUrl, headers) => {
      await checkAnswer(rawRequest({ method: 'GET', rawUrl, headers }))
    }),
    { numRuns: 2000 },
  )
})

describe('checksums that no SDK of ours computes', () => {
  const body = randomBytes(1000)
  it.each<ChecksumAlgorithm>([
    'crc32',
    'crc32c',
    'crc64nvme',
    'sha1',
    'sha256',
    'sha512',
    'md5',
    'xxhash64',
    'xxhash3',
    'xxhash128',
  ])('%s', async (algorithm) => {
    await readyChecksums()
    const checksum = createChecksum(algorithm)
    checksum.update(body)
    const value = checksum.digest().toString('base64')
    const name = `x-amz-checksum-${algorithm}`
    const put = (text: string, bytes: Buffer) =>
      send({ method: 'PUT', url: '/steady/checksum', headers: { [name]: text }, body: bytes })
    expect(await put(value, body)).toMatchObject({
      status: 200,
      headers: { [name]: value, 'x-amz-checksum-type': 'FULL_OBJECT' },
    })
    expect((await put(value, Buffer.from('other'))).body.toString()).toContain('<Code>BadDigest</Code>')
    expect(
      (await send({ method: 'HEAD', url: '/steady/checksum', headers: { 'x-amz-checksum-mode': 'ENABLED' } }))
        .headers[name],
    ).toBe(value)
    expect((await send({ method: 'HEAD', url: '/steady/checksum' })).headers[name]).toBeUndefined()
    const trailed = (text: string) =>
      send({
        method: 'PUT',
        url: '/steady/checksum',
        payloadHash: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
        headers: { 'x-amz-decoded-content-length': '1000', 'x-amz-trailer': name },
        body: Buffer.concat([Buffer.from('3e8\r\n'), body, Buffer.from(`\r\n0\r\n${name}:${text}\r\n\r\n`)]),
      })
    expect((await trailed(value)).headers[name]).toBe(value)
    expect(
      (await trailed(Buffer.alloc(Buffer.from(value, 'base64').length).toString('base64'))).body.toString(),
    ).toContain('<Code>BadDigest</Code>')
  })
})

describe('a customer key', () => {
  const key = randomBytes(32)
  const prefix = 'x-amz-server-side-encryption-customer'
  const headers = {
    [`${prefix}-algorithm`]: 'AES256',
    [`${prefix}-key`]: key.toString('base64'),
    [`${prefix}-key-md5`]: createHash('md5').update(key).digest('base64'),
  }

  it('travels over TLS and loopback only', async () => {
    const put = (transport: Pick<SignOptions, 'secure' | 'loopback'>) =>
      send({ method: 'PUT', url: '/steady/c', headers, body: 'x', ...transport })
    expect((await put({ secure: true, loopback: false })).status).toBe(200)
    expect((await put({ secure: false, loopback: true })).status).toBe(200)
    const refused = await put({ secure: false, loopback: false })
    expect([refused.status, String(refused.body)]).toEqual([
      400,
      expect.stringContaining('must be made over a secure connection'),
    ])
  })
})

describe('what is refused at its last byte leaves nothing behind', () => {
  const plain = 'a body that never was'
  it.each<[string, () => Promise<{ status: number }>]>([
    [
      'a wrong payload hash',
      () => send({ method: 'PUT', url: '/steady/never', body: plain, payloadHash: '0'.repeat(64) }),
    ],
    [
      'a wrong Content-MD5',
      () =>
        send({
          method: 'PUT',
          url: '/steady/never',
          body: plain,
          headers: { 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' },
        }),
    ],
    [
      'a short body',
      () => send({ method: 'PUT', url: '/steady/never', body: plain, headers: { 'content-length': '100' } }),
    ],
    [
      'a long body',
      () => send({ method: 'PUT', url: '/steady/never', body: plain, headers: { 'content-length': '5' } }),
    ],
    [
      'an unsigned chunk',
      () =>
        send({
          method: 'PUT',
          url: '/steady/never',
          payloadHash: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
          headers: { 'x-amz-decoded-content-length': '5' },
          body: `5;chunk-signature=${'0'.repeat(64)}\r\nhello\r\n`,
        }),
    ],
    [
      'a missing final chunk',
      () =>
        send({
          method: 'PUT',
          url: '/steady/never',
          payloadHash: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
          headers: { 'x-amz-decoded-content-length': '5' },
          body: '5\r\nhello\r\n',
        }),
    ],
  ])('%s', async (_, run) => {
    const before = await blobs()
    expect((await run()).status).toBeGreaterThanOrEqual(400)
    expect((await send({ method: 'HEAD', url: '/steady/never' })).status).toBe(404)
    expect(await blobs()).toEqual(before)
  })

  const blobs = async () =>
    (await readdir(join(running.dataDir, 'blobs'), { recursive: true, withFileTypes: true })).filter(
      (entry) => entry.isFile(),
    ).length
})

describe('failures nobody foresaw', () => {
  const secret = 'marker-7f3a'
  const failing = (error: unknown): Services => {
    const run = (): never => {
      throw error
    }
    return { store: { run }, kms: { run } }
  }
  const fails = async (error: unknown) => {
    const lines: FailureLine[] = []
    const serve = createServe({
      ...failing(error),
      accounts,
      region: 'us-east-1',
      objectDomains: [],
      log: (line) => lines.push(line),
      now: () => NOW,
    })
    const answer = await serve(
      signed({ url: `/b/${secret}?prefix=${secret}`, headers: { 'x-amz-meta-a': secret } }),
    )
    return { answer, lines }
  }

  it('are told as InternalError and logged with the request id, without a word of the request', async () => {
    const { answer, lines } = await fails(new TypeError(`cannot read ${secret}\n    at ${secret}`))
    expect(answer.status).toBe(500)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatchObject({
      requestId: answer.headers['x-amz-request-id'],
      operation: 'GetObject',
      errorName: 'TypeError',
    })
    expect(lines[0]!.frames.length).toBeGreaterThan(0)
    expect(JSON.stringify(lines) + (answer.body as Buffer).toString()).not.toContain(secret)
    expect(JSON.stringify(lines)).not.toContain(SECRET)
  })

  it.each([undefined, null, 'text', { code: 'NoSuchKey' }])('even when %j is thrown', async (thrown) => {
    expect((await fails(thrown)).answer.status).toBe(500)
  })

  it('damage to data is logged, a refusal is not', async () => {
    expect((await fails(new StoreError('ObjectCorrupt', 'm'))).lines).toHaveLength(1)
    expect((await fails(new StoreError('AccessDenied', 'm'))).lines).toHaveLength(0)
  })

  it('recognises errors of another copy of the module', async () => {
    const foreign = Object.assign(new Error('m'), { name: 'StoreError', code: 'NoSuchKey', facts: {} })
    expect((await fails(foreign)).answer.status).toBe(404)
  })
})

it('writes no secret of a request to the data folder', async () => {
  const marker = randomBytes(24).toString('hex')
  const key = createHash('sha256').update(marker).digest()
  const prefix = 'x-amz-server-side-encryption-customer'
  const headers = {
    [`${prefix}-algorithm`]: 'AES256',
    [`${prefix}-key`]: key.toString('base64'),
    [`${prefix}-key-md5`]: createHash('md5').update(key).digest('base64'),
  }
  expect(
    (await send({ method: 'PUT', url: '/steady/secret', headers, body: marker.repeat(100) })).status,
  ).toBe(200)
  for (const entry of await readdir(running.dataDir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const content = await readFile(join(entry.parentPath, entry.name))
    for (const secret of [marker, key, key.toString('base64'), key.toString('hex')])
      expect(content.includes(secret), entry.name).toBe(false)
  }
})
