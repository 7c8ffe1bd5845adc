import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CorsConfiguration } from '../store/cors-model.ts'
import type { Caller } from '../store/model.ts'
import type { RawResponse } from './raw.ts'
import { rawRequest } from './testing/raw-request.ts'
import { startSystem, type RunningSystem } from './testing/running-system.ts'

const PAGE = 'https://app.example.org'
const ANY = 'https://installation.example.org'
const RULED = 'ruled-bucket'
const BARE = 'bare-bucket'

let running: RunningSystem
let owner: Caller
const context = { requestId: 'r', secure: true, signal: new AbortController().signal }

beforeAll(async () => {
  running = await startSystem({
    COFFER_CORS_ORIGINS: ANY,
    COFFER_OBJECT_DOMAINS: 's3.example.org',
    COFFER_COS_DOMAINS: 'cos.example.org',
    COFFER_OSS_DOMAINS: 'oss.example.org,files.example.org=ruled-bucket',
  })
  owner = {
    kind: 'member',
    userId: 'u',
    projectId: running.projectId,
    role: 'owner',
    account: running.accountNumber,
  }
  for (const bucket of [RULED, BARE])
    await running.system.store.run({ name: 'CreateBucket', bucket }, owner, context)
  await setRules({
    rules: [
      {
        allowedOrigins: [PAGE],
        allowedMethods: ['GET', 'PUT'],
        allowedHeaders: ['authorization', 'x-*'],
        exposeHeaders: ['ETag', 'x-*-request-id'],
        maxAgeSeconds: 60,
      },
    ],
  })
})
afterAll(async () => {
  expect(running.faults).toEqual([])
  await running.stop()
})

const setRules = (configuration: CorsConfiguration) =>
  running.system.store.run({ name: 'PutBucketCors', bucket: RULED, configuration }, owner, context)

interface Asked {
  url?: string
  host?: string
  origin?: string
  method?: string
  headers?: string
}
const preflight = ({
  url = `/${RULED}/k`,
  host = 'localhost',
  origin = PAGE,
  method = 'PUT',
  headers,
}: Asked = {}) =>
  running.system.serve(
    rawRequest({
      method: 'OPTIONS',
      rawUrl: url,
      headers: {
        host,
        origin,
        'access-control-request-method': method,
        ...(headers !== undefined && { 'access-control-request-headers': headers }),
      },
    }),
  )
const bodyOf = ({ body }: RawResponse): string => (Buffer.isBuffer(body) ? body.toString() : '')
/** What differs from answer to answer, whoever asks. */
const anonymised = (answer: RawResponse) =>
  JSON.stringify([answer.status, bodyOf(answer)]).replace(/<(\w*(?:Id|Resource))>[^<]*<\/\1>/g, '')

describe('a preflight', () => {
  test('is answered by the rules of its bucket', async () => {
    expect(await preflight({ headers: 'Authorization,x-amz-date' })).toMatchObject({
      status: 200,
      headers: {
        'access-control-allow-origin': PAGE,
        'access-control-allow-methods': 'GET, PUT',
        'access-control-allow-headers': 'authorization, x-amz-date',
        'access-control-max-age': 60,
      },
    })
  })

  test.each([
    ['the path', { url: `/${RULED}/k` }],
    ['the path alone', { url: `/${RULED}?list-type=2` }],
    ['a host of S3', { url: '/k', host: `${RULED}.s3.example.org` }],
    ['a host of COS', { url: '/k', host: `${RULED}.cos.example.org` }],
    ['a host of Tencent’s', { url: '/k', host: `${RULED}.cos.ap-guangzhou.myqcloud.com` }],
    ['a host of OSS', { url: '/k', host: `${RULED}.oss.example.org` }],
    ['a host of Aliyun’s', { url: '/k', host: `${RULED}.oss-cn-hangzhou.aliyuncs.com` }],
    ['a host bound to the bucket', { url: '/k', host: 'files.example.org' }],
  ])('finds the bucket by %s', async (_, asked: Asked) => {
    expect((await preflight(asked)).status).toBe(200)
    expect((await preflight({ ...asked, origin: ANY })).status).toBe(403)
  })

  test('for a bucket without rules, by the installation’s setting, which the rules replace', async () => {
    expect((await preflight({ url: `/${BARE}/k`, origin: ANY })).status).toBe(200)
    expect((await preflight({ url: `/${BARE}/k` })).status).toBe(403)
    expect((await preflight({ url: '/', origin: ANY })).status).toBe(200)
    expect((await preflight({ origin: ANY })).status).toBe(403)
  })

  test.each([
    ['another origin', { origin: 'https://other.example.org' }],
    ['another method', { method: 'DELETE' }],
    ['another header', { headers: 'cookie' }],
  ])('is refused: %s', async (_, asked: Asked) => {
    const answer = await preflight(asked)
    expect(answer.status).toBe(403)
    expect(bodyOf(answer)).toContain('<Code>AccessForbidden</Code><Message>CORSResponse: ')
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
  })

  test.each([
    ['S3', { headers: 'x-amz-date' }, 'x-amz-request-id'],
    ['COS', { headers: 'authorization,x-cos-acl' }, 'x-cos-request-id'],
    ['OSS', { headers: 'authorization,x-oss-date' }, 'x-oss-request-id'],
    ['COS, by its host', { host: 'x.cos.example.org' }, 'x-cos-request-id'],
    ['OSS, by a link', { url: `/${BARE}/k?OSSAccessKeyId=a&Expires=1&Signature=s` }, 'x-oss-request-id'],
    ['COS, by a link', { url: `/${BARE}/k?q-sign-algorithm=sha1` }, 'x-cos-request-id'],
  ])('is refused in the words of %s', async (_, asked: Asked, header) => {
    const answer = await preflight({ url: `/${BARE}/k`, ...asked })
    expect([answer.status, Object.keys(answer.headers)]).toEqual([403, expect.arrayContaining([header])])
    expect(bodyOf(answer)).toContain('<Code>AccessForbidden</Code>')
  })

  test('does not tell a bucket without rules from one that is not there', async () => {
    for (const origin of [ANY, PAGE]) {
      const there = await preflight({ url: `/${BARE}/k`, origin })
      const absent = await preflight({ url: '/no-such-bucket/k', origin })
      expect(anonymised(there)).toBe(anonymised(absent))
      expect(Object.keys(there.headers)).toEqual(Object.keys(absent.headers))
    }
  })

  test('with a broken URL is one of no bucket', async () => {
    expect((await preflight({ url: '/%zz/k', origin: ANY })).status).toBe(200)
    expect((await preflight({ url: '/%zz/k' })).status).toBe(403)
  })
})

describe('an answer', () => {
  const ask = (headers: Record<string, string>, bucket = RULED) =>
    running.system.serve(rawRequest({ rawUrl: `/${bucket}/k`, headers: { host: 'localhost', ...headers } }))

  test('is readable by pages that a rule lets in, refusals as well', async () => {
    const { status, headers } = await ask({ origin: PAGE })
    expect(status).toBe(403)
    expect(headers).toMatchObject({
      'access-control-allow-origin': PAGE,
      'access-control-expose-headers': 'ETag, x-amz-request-id',
      vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
    })
  })

  test('is not by others, and caches know that it would differ', async () => {
    for (const [headers, bucket] of [
      [{ origin: ANY }, RULED],
      [{ origin: PAGE }, BARE],
    ] as const) {
      const answer = await ask(headers, bucket)
      expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
      expect(answer.headers['vary']).toBe('Origin')
    }
  })

  test('without an origin says nothing of it, unless the rules ask for Vary', async () => {
    expect((await ask({})).headers).not.toHaveProperty('vary')
    const { cors } = (await running.system.store.run({ name: 'HeadBucket', bucket: RULED }, owner, context))
      .bucket
    await setRules({ ...cors!, responseVary: true })
    expect((await ask({})).headers).toMatchObject({ vary: 'Origin' })
    await setRules(cors!)
  })
})
