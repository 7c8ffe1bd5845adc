import { describe, expect, it } from 'vitest'
import type { ErrorCode } from '../../errors.ts'
import { readAll } from '../http/body.ts'
import { HttpRequest } from '../http/request.ts'
import type { RawRequest } from '../raw.ts'
import { rawRequest } from '../testing/raw-request.ts'
import { ACCESS_KEY_ID, accounts, NOW, presigned, SECRET, signed } from '../testing/sign.ts'
import { S3Authenticator } from './authenticate.ts'

const authenticator = new S3Authenticator({ accounts, region: 'us-east-1', now: () => NOW })
const authenticate = (raw: RawRequest) => authenticator.authenticate(new HttpRequest(raw))
const MINUTE = 60_000

async function failure(
  raw: RawRequest,
): Promise<{ code: ErrorCode; message: string; facts: Record<string, unknown> } | 'accepted'> {
  try {
    const { content } = await authenticate(raw)
    await readAll(content.body, 2 ** 20)
    return 'accepted'
  } catch (error) {
    return error as { code: ErrorCode; message: string; facts: Record<string, unknown> }
  }
}

const codeOf = async (raw: RawRequest) => {
  const outcome = await failure(raw)
  return outcome === 'accepted' ? outcome : outcome.code
}

const header = (raw: RawRequest, name: string, value: string): RawRequest => ({
  ...raw,
  headers: { ...raw.headers, [name]: value },
})
const authorization = (raw: RawRequest, edit: (value: string) => string) =>
  header(raw, 'authorization', edit(raw.headers.authorization!))

describe('a signed header', () => {
  it('names the caller', async () => {
    const { caller } = await authenticate(signed())
    expect(caller).toEqual({
      kind: 'member',
      userId: 'user-1',
      projectId: 'project-1',
      role: 'owner',
      account: '111122223333',
      accessKeyId: ACCESS_KEY_ID,
    })
  })

  it.each<[string, RawRequest, ErrorCode | 'accepted']>([
    ['a good one', signed(), 'accepted'],
    ['14 minutes late', signed({ time: NOW - 14 * MINUTE }), 'accepted'],
    ['16 minutes late', signed({ time: NOW - 16 * MINUTE }), 'RequestTimeTooSkewed'],
    ['16 minutes early', signed({ time: NOW + 16 * MINUTE }), 'RequestTimeTooSkewed'],
    ['an unknown access key', signed({ accessKeyId: 'AKIANOBODY' }), 'InvalidAccessKeyId'],
    ['a wrong secret', signed({ secret: 'guess' }), 'SignatureDoesNotMatch'],
    ['another region', signed({ region: 'eu-west-1' }), 'AuthorizationHeaderMalformed'],
    ['another service', signed({ service: 'ec2' }), 'AuthorizationHeaderMalformed'],
    ['host not signed', signed({ unsigned: ['host'] }), 'UnsignedHeaders'],
    [
      'an x-amz header not signed',
      signed({ headers: { 'x-amz-acl': 'private' }, unsigned: ['x-amz-acl'] }),
      'UnsignedHeaders',
    ],
    ['the date not signed', signed({ unsigned: ['x-amz-date'] }), 'UnsignedHeaders'],
    [
      'a plain header not signed',
      signed({ headers: { 'user-agent': 'x' }, unsigned: ['user-agent'] }),
      'accepted',
    ],
    ['no date', { ...signed(), headers: { ...signed().headers, 'x-amz-date': '' } }, 'AccessDenied'],
    [
      'a date of another day',
      authorization(signed(), (value) => value.replace('/20261121/', '/20261120/')),
      'AuthorizationHeaderMalformed',
    ],
    [
      'no credential',
      authorization(signed(), (value) => value.replace('Credential', 'Credit')),
      'AuthorizationHeaderMalformed',
    ],
    [
      'no signature',
      authorization(signed(), (value) => value.replace(/, Signature=.*/, '')),
      'AuthorizationHeaderMalformed',
    ],
    [
      'a short signature',
      authorization(signed(), (value) => value.slice(0, -1)),
      'AuthorizationHeaderMalformed',
    ],
    [
      'no signed headers',
      authorization(signed(), (value) => value.replace(/SignedHeaders=[^,]*/, 'SignedHeaders=')),
      'AuthorizationHeaderMalformed',
    ],
    [
      'SigV2',
      header(rawRequest(), 'authorization', 'AWS AKIA:bWq2s1WEIj+Ydj0vQ697zp+IXMU='),
      'InvalidRequest',
    ],
    [
      'SigV2 in the query',
      rawRequest({ rawUrl: '/b/k?AWSAccessKeyId=A&Expires=1&Signature=x' }),
      'InvalidRequest',
    ],
    ['a bearer token', header(rawRequest(), 'authorization', 'Bearer x'), 'InvalidRequest'],
    ['an empty header', header(rawRequest(), 'authorization', ''), 'InvalidRequest'],
    [
      'no payload hash',
      {
        ...signed(),
        headers: { ...signed().headers, 'x-amz-content-sha256': undefined as unknown as string },
      },
      'InvalidRequest',
    ],
    ['a payload hash that is none', signed({ payloadHash: 'SHA256' }), 'InvalidArgument'],
    [
      'SigV4A streaming',
      signed({ payloadHash: 'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD' }),
      'NotImplemented',
    ],
    ['a broken URL', { ...signed(), rawUrl: '/b/%zz' }, 'InvalidUri'],
    [
      'both mechanisms',
      header(presigned(), 'authorization', signed().headers.authorization!),
      'InvalidArgument',
    ],
  ])('%s', async (_, raw, expected) => {
    expect(await codeOf(raw)).toBe(expected)
  })

  it('accepts a Date header where x-amz-date is missing', async () => {
    const raw = signed({ headers: { date: new Date(NOW).toUTCString() } })
    expect(await codeOf(raw)).toBe('accepted')
  })

  it('tells the region, so that clients can correct themselves', async () => {
    expect(await failure(signed({ region: 'eu-west-1' }))).toMatchObject({ facts: { region: 'us-east-1' } })
  })

  it('verifies the payload hash while the body is read', async () => {
    expect(await codeOf(signed({ method: 'PUT', body: 'hello' }))).toBe('accepted')
    expect(
      await codeOf({ ...signed({ method: 'PUT', body: 'hello' }), body: rawRequest({ body: 'jello' }).body }),
    ).toBe('ContentSha256Mismatch')
    expect(await codeOf(signed({ method: 'PUT', body: 'hello', payloadHash: 'UNSIGNED-PAYLOAD' }))).toBe(
      'accepted',
    )
  })

  it('says neither secret nor signature nor canonical request when a signature is wrong', async () => {
    const key = 'pO3upElrwuEXSoFwCfnZPdSsmt/xWeFa0N9KgDijwVs='
    const raw = signed({ secret: 'guess', headers: { 'x-amz-server-side-encryption-customer-key': key } })
    const told = JSON.stringify(await failure(raw))
    expect(told).toContain('stringToSign')
    for (const secret of [SECRET, key, /Signature=(\w+)/.exec(raw.headers.authorization!)![1]!])
      expect(told).not.toContain(secret)
  })
})

describe('a presigned URL', () => {
  it.each<[string, RawRequest, ErrorCode | 'accepted']>([
    ['a good one', presigned(), 'accepted'],
    ['made an hour ago for two', presigned({ time: NOW - 60 * MINUTE, expires: '7200' }), 'accepted'],
    ['expired', presigned({ time: NOW - 16 * MINUTE }), 'RequestExpired'],
    ['from the future', presigned({ time: NOW + 16 * MINUTE }), 'AccessDenied'],
    ['seven days', presigned({ expires: '604800' }), 'accepted'],
    ['longer than seven days', presigned({ expires: '604801' }), 'AuthorizationQueryParametersError'],
    ['no life', presigned({ expires: '0' }), 'AuthorizationQueryParametersError'],
    ['a negative life', presigned({ expires: '-1' }), 'AuthorizationQueryParametersError'],
    ['a life that is no number', presigned({ expires: '1e3' }), 'AuthorizationQueryParametersError'],
    ['a wrong secret', presigned({ secret: 'guess' }), 'SignatureDoesNotMatch'],
    ['another region', presigned({ region: 'eu-west-1' }), 'AuthorizationQueryParametersError'],
    [
      'an unsigned header (CVE-2026-97731)',
      presigned({ method: 'PUT', url: '/b/k', headers: { 'x-amz-copy-source': '/other/secret' } }),
      'UnsignedHeaders',
    ],
    [
      'an unsigned encryption header',
      presigned({ method: 'PUT', headers: { 'x-amz-server-side-encryption': 'aws:kms' } }),
      'UnsignedHeaders',
    ],
    [
      'a signed header',
      presigned({
        method: 'PUT',
        headers: { 'x-amz-server-side-encryption': 'AES256' },
        signedHeaders: ['x-amz-server-side-encryption'],
      }),
      'accepted',
    ],
    [
      'a signed header that was not sent',
      presigned({ signedHeaders: ['x-amz-server-side-encryption'], headers: {} }),
      'accepted',
    ],
    [
      'a longer life than was signed',
      change(presigned(), 'X-Amz-Expires=900', 'X-Amz-Expires=901'),
      'SignatureDoesNotMatch',
    ],
    [
      'an added parameter',
      change(presigned(), 'X-Amz-Date', 'response-content-type=text/html&X-Amz-Date'),
      'SignatureDoesNotMatch',
    ],
    [
      'a repeated parameter',
      change(presigned(), 'X-Amz-Date', 'X-Amz-Expires=1&X-Amz-Date'),
      'AuthorizationQueryParametersError',
    ],
    [
      'no algorithm',
      change(presigned(), 'X-Amz-Algorithm=AWS4-HMAC-SHA256&', ''),
      'AuthorizationQueryParametersError',
    ],
    ['no date', change(presigned(), /X-Amz-Date=\w+&/, ''), 'AuthorizationQueryParametersError'],
    [
      'no signed headers',
      change(presigned(), /X-Amz-SignedHeaders=host&/, ''),
      'AuthorizationQueryParametersError',
    ],
    ['only a signature', rawRequest({ rawUrl: '/?X-Amz-Signature=00' }), 'AuthorizationQueryParametersError'],
  ])('%s', async (_, raw, expected) => {
    expect(await codeOf(raw)).toBe(expected)
  })

  it('cannot be repointed: bucket, key and method are signed', async () => {
    const raw = presigned({ url: '/b/k' })
    for (const changed of [
      { ...raw, rawUrl: raw.rawUrl.replace('/b/', '/c/') },
      { ...raw, rawUrl: raw.rawUrl.replace('/k?', '/l?') },
      { ...raw, method: 'DELETE' },
    ])
      expect(await codeOf(changed)).toBe('SignatureDoesNotMatch')
  })
})

function change(raw: RawRequest, from: string | RegExp, to: string): RawRequest {
  return { ...raw, rawUrl: raw.rawUrl.replace(from, to) }
}

describe('an upload in chunks', () => {
  const unsignedTrailer = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'
  const headers = { 'x-amz-decoded-content-length': '5', 'x-amz-trailer': 'x-amz-checksum-crc32' }
  const body = '5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n'

  it.each<[string, RawRequest, ErrorCode | 'accepted']>([
    ['a good one', signed({ method: 'PUT', payloadHash: unsignedTrailer, headers, body }), 'accepted'],
    [
      'a wrong signature in the header (CVE-2026-40344)',
      signed({ method: 'PUT', payloadHash: unsignedTrailer, headers, body, secret: 'guess' }),
      'SignatureDoesNotMatch',
    ],
    [
      'a wrong signature in the query (CVE-2025-31489)',
      chunkedQuery({ secret: 'guess' }),
      'SignatureDoesNotMatch',
    ],
    ['a good signature in the query', chunkedQuery({}), 'accepted'],
    [
      'an unsigned framing header',
      presigned({ method: 'PUT', headers: { ...headers, 'x-amz-content-sha256': unsignedTrailer }, body }),
      'UnsignedHeaders',
    ],
    [
      'no decoded length',
      signed({ method: 'PUT', payloadHash: unsignedTrailer, body }),
      'MissingContentLength',
    ],
    [
      'a decoded length that is no number',
      signed({
        method: 'PUT',
        payloadHash: unsignedTrailer,
        headers: { ...headers, 'x-amz-decoded-content-length': '-1' },
        body,
      }),
      'InvalidArgument',
    ],
    [
      'chunks that are not signed though the request says so',
      signed({ method: 'PUT', payloadHash: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD', headers, body }),
      'InvalidChunk',
    ],
  ])('%s', async (_, raw, expected) => {
    expect(await codeOf(raw)).toBe(expected)
  })

  function chunkedQuery(options: { secret?: string }): RawRequest {
    const all = { ...headers, 'x-amz-content-sha256': unsignedTrailer }
    return presigned({ method: 'PUT', headers: all, signedHeaders: Object.keys(all), body, ...options })
  }
})

it('lets requests without any signature through as anonymous', async () => {
  expect((await authenticate(rawRequest({ rawUrl: '/b/k?x=1' }))).caller).toEqual({ kind: 'anonymous' })
})
