import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { StoreError } from '../../errors.ts'
import { HttpRequest } from '../http/request.ts'
import { rawRequest, type RequestParts } from '../testing/raw-request.ts'
import { OssAuthenticator, type OssAuthenticated } from './authenticate.ts'
import { OssHosts } from './hosts.ts'

const caller = {
  kind: 'member',
  userId: 'u',
  projectId: 'p',
  role: 'owner',
  account: '111122223333',
} as const

/** The access key of the Go SDK's tests. */
function authenticate(parts: RequestParts, now: number): Promise<OssAuthenticated> {
  const authenticator = new OssAuthenticator({
    accounts: {
      credentials: async (id) => (id === 'ak' ? { secretAccessKey: 'sk', caller } : undefined),
    },
    hosts: new OssHosts(['oss.example.org'], ['files.example.org=bucket']),
    now: () => now,
  })
  return authenticator.authenticate(new HttpRequest(rawRequest(parts)))
}

async function refusal(parts: RequestParts, now: number): Promise<StoreError> {
  return authenticate(parts, now).then(
    () => Promise.reject(new Error('It was accepted')),
    (error: StoreError) => error,
  )
}

const DATE = 'Wed, 28 Dec 2022 10:27:41 GMT'
const V1_NOW = Date.parse(DATE)
const v1Headers = {
  host: 'localhost',
  'content-md5': 'eB5eJF1ptWaXm4bijSPyxw==',
  'content-type': 'text/html',
  date: DATE,
  'x-oss-date': DATE,
  'x-oss-meta-author': 'alice',
  'x-oss-meta-magic': 'abracadabra',
}
const v1 = (
  signature: string,
  rawUrl = '/examplebucket/nelson',
  headers: Record<string, string> = v1Headers,
) => ({
  method: 'PUT',
  rawUrl,
  headers: { ...headers, authorization: `OSS ak:${signature}` },
})

/** The Go SDK's tests of its signers (aliyun-oss.md §1.3, §1.4). */
describe('version 1', () => {
  const PUT = 'kSHKmLxlyEAKtZPkJhG9bZb5k7M='

  test('the published signatures', async () => {
    await expect(authenticate(v1(PUT), V1_NOW)).resolves.toMatchObject({ caller })
    await expect(
      authenticate(v1('/afkugFbmWDQ967j1vr6zygBLQk=', '/examplebucket/nelson?acl'), V1_NOW),
    ).resolves.toMatchObject({ caller })
    const listing = {
      ...v1(
        'vkQmfuUDyi1uDi3bKt67oemssIs=',
        '/examplebucket/?signature=1&resourceGroup&prefix=a&delimiter=%2F',
        {
          host: 'localhost',
          date: DATE,
          'x-oss-date': DATE,
        },
      ),
      method: 'GET',
    }
    await expect(authenticate(listing, V1_NOW)).resolves.toMatchObject({ caller })
    const link =
      '/bucket/key?versionId=versionId&OSSAccessKeyId=ak&Expires=1699807420&Signature=dcLTea%2BYh9ApirQ8o8dOPqtvJXQ%3D'
    await expect(authenticate({ rawUrl: link }, 1699807420_000)).resolves.toMatchObject({ caller })
  })

  test.each([
    ['by the path', 'localhost', '/examplebucket/nelson'],
    ['by the host', 'examplebucket.oss.example.org', '/nelson'],
    [
      'by the name of Aliyun that ali-oss sends with an IP address',
      'examplebucket.oss-cn-hangzhou.aliyuncs.com',
      '/nelson',
    ],
    ['by both', 'examplebucket.oss-cn-hangzhou.aliyuncs.com', '/examplebucket/nelson'],
  ])('is the same, whether the bucket is named %s', async (_how, host, rawUrl) => {
    const { address } = await authenticate(v1(PUT, rawUrl, { ...v1Headers, host }), V1_NOW)
    expect(address).toEqual({ bucket: 'examplebucket', key: 'nelson' })
  })

  test('with Date alone, or with a Date that is not the x-oss-date that was signed', async () => {
    const signed = { ...v1Headers, date: 'Wed, 28 Dec 2022 10:20:00 GMT' }
    await expect(authenticate(v1(PUT, undefined, signed), V1_NOW)).resolves.toMatchObject({ caller })
  })

  test.each(['x-oss-copy-source', 'x-oss-server-side-encryption', 'x-oss-object-acl', 'x-oss-meta-added'])(
    'an added %s breaks it',
    async (name) => {
      const error = await refusal(v1(PUT, undefined, { ...v1Headers, [name]: '/other/secret' }), V1_NOW)
      expect(error.code).toBe('SignatureDoesNotMatch')
    },
  )

  test.each([
    '/examplebucket/nelson?acl',
    '/examplebucket/nelson?uploads',
    '/examplebucket/nelson?restore',
    '/examplebucket/other',
    '/other/nelson',
  ])('%s is another resource', async (rawUrl) => {
    expect((await refusal(v1(PUT, rawUrl), V1_NOW)).code).toBe('SignatureDoesNotMatch')
  })

  test('a mismatch tells the string to sign, but neither a signature nor a customer key', async () => {
    const error = await refusal(v1(createHash('sha1').digest('base64')), V1_NOW)
    expect(error.facts).toMatchObject({
      accessKeyId: 'ak',
      stringToSign: expect.stringMatching(/^PUT\neB5e/),
    })
    expect(String(error.facts['stringToSignBytes'])).toMatch(/^50 55 54 0A /)
    expect(JSON.stringify(error)).not.toContain(PUT)
    const withKey = { ...v1Headers, 'x-oss-server-side-encryption-customer-key': 'c2VjcmV0' }
    expect(JSON.stringify(await refusal(v1(PUT, undefined, withKey), V1_NOW))).not.toContain('c2VjcmV0')
  })

  test.each([
    ['an unknown key', { authorization: `OSS nobody:${PUT}` }, 0, 'InvalidAccessKeyId'],
    ['no colon', { authorization: 'OSS ak' }, 0, 'AuthorizationHeaderMalformed'],
    ['no base64', { authorization: 'OSS ak:!' }, 0, 'AuthorizationHeaderMalformed'],
    [
      'version 2',
      { authorization: `OSS2 AccessKeyId:ak,Signature:${PUT}` },
      0,
      'AuthorizationHeaderMalformed',
    ],
    ['no usable date', { 'x-oss-date': 'yesterday' }, 0, 'AccessDenied'],
    ['a clock 15 min behind', {}, 900_001, 'RequestTimeTooSkewed'],
    ['a clock 15 min ahead', {}, -900_001, 'RequestTimeTooSkewed'],
  ])('%s', async (_name, headers, later, code) => {
    const parts = v1(PUT)
    expect(
      (await refusal({ ...parts, headers: { ...parts.headers, ...headers } }, V1_NOW + later)).code,
    ).toBe(code)
  })

  test('a link: after its end, without one of its three, repeated, or beside a header', async () => {
    const link =
      '/bucket/key?versionId=versionId&OSSAccessKeyId=ak&Expires=1699807420&Signature=dcLTea%2BYh9ApirQ8o8dOPqtvJXQ%3D'
    const now = 1699807420_000
    expect((await refusal({ rawUrl: link }, now + 1)).code).toBe('RequestExpired')
    for (const parameter of ['Expires=1699807420&', '&Signature=dcLTea%2BYh9ApirQ8o8dOPqtvJXQ%3D'])
      expect((await refusal({ rawUrl: link.replace(parameter, '') }, now)).code).toBe(
        'AuthorizationQueryParametersError',
      )
    expect((await refusal({ rawUrl: `${link}&Expires=1` }, now)).code).toBe(
      'AuthorizationQueryParametersError',
    )
    const both = { rawUrl: link, headers: { host: 'localhost', authorization: `OSS ak:${PUT}` } }
    expect((await refusal(both, now)).code).toBe('InvalidArgument')
    const added = { rawUrl: link, headers: { host: 'localhost', 'x-oss-copy-source': '/other/secret' } }
    expect((await refusal(added, now)).code).toBe('SignatureDoesNotMatch')
    expect((await refusal({ rawUrl: `${link}&acl` }, now)).code).toBe('SignatureDoesNotMatch')
  })
})

describe('version 4', () => {
  const QUERY = 'param1=value1&%2Bparam1=value3&%7Cparam1=value4&%2Bparam2&%7Cparam2&param2'
  const url = `/bucket/1234%2B-/123/1.txt?${QUERY}`
  const timestampOf = (seconds: number) => new Date(seconds * 1000).toISOString().replace(/[-:]|\.\d{3}/g, '')
  const headersOf = (seconds: number, more: Record<string, string> = {}) => ({
    host: 'localhost',
    'content-type': 'text/plain',
    'x-oss-head1': 'value',
    'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
    'x-oss-date': timestampOf(seconds),
    ...more,
  })
  const authorization = (seconds: number, signature: string, additional = '') =>
    `OSS4-HMAC-SHA256 Credential=ak/${timestampOf(seconds).slice(0, 8)}/cn-hangzhou/oss/aliyun_v4_request${additional},Signature=${signature}`
  const v4 = (seconds: number, signature: string, more: Record<string, string> = {}, additional = '') => ({
    method: 'PUT',
    rawUrl: url,
    headers: { ...headersOf(seconds, more), authorization: authorization(seconds, signature, additional) },
  })
  const PUT = 'e21d18daa82167720f9b1047ae7e7f1ce7cb77a31e8203a7d5f4624fa0284afe'
  const SECONDS = 1702743657
  const extra = { ZAbc: 'value', abc: 'value' }
  const lower = Object.fromEntries(Object.entries(extra).map(([name, value]) => [name.toLowerCase(), value]))
  const ADDITIONAL = '4a4183c187c07c8947db7620deb0a6b38d9fbdd34187b6dbaccb316fa251212f'

  test('the published signatures', async () => {
    await expect(authenticate(v4(SECONDS, PUT), SECONDS * 1000)).resolves.toMatchObject({
      caller,
      address: { bucket: 'bucket', key: '1234+-/123/1.txt' },
    })
    const token = v4(1702784856, 'b94a3f999cf85bcdc00d332fbd3734ba03e48382c36fa4d5af5df817395bd9ea', {
      'x-oss-security-token': 'token',
    })
    await expect(authenticate(token, 1702784856_000)).resolves.toMatchObject({ caller })
    const additional = v4(1702747512, ADDITIONAL, lower, ',AdditionalHeaders=abc;zabc')
    await expect(authenticate(additional, 1702747512_000)).resolves.toMatchObject({ caller })
  })

  const LINK = (signature: string) => {
    const scope = `ak%2F${timestampOf(1702781677).slice(0, 8)}%2Fcn-hangzhou%2Foss%2Faliyun_v4_request`
    return `${url}&x-oss-signature-version=OSS4-HMAC-SHA256&x-oss-credential=${scope}&x-oss-date=${timestampOf(1702781677)}&x-oss-expires=599&x-oss-signature=${signature}`
  }
  const linkHeaders = {
    host: 'localhost',
    'content-type': 'application/octet-stream',
    'x-oss-head1': 'value',
  }
  const link = {
    method: 'PUT',
    rawUrl: LINK('a39966c61718be0d5b14e668088b3fa07601033f6518ac7b523100014269c0fe'),
    headers: linkHeaders,
  }

  test('a published link, until its end', async () => {
    await expect(authenticate(link, 1702781677_000)).resolves.toMatchObject({ caller })
    await expect(authenticate(link, 1702781677_000 + 599_000)).resolves.toMatchObject({ caller })
    expect((await refusal(link, 1702781677_000 + 599_001)).code).toBe('RequestExpired')
    const added = { ...link, headers: { ...linkHeaders, 'x-oss-server-side-encryption': 'AES256' } }
    expect((await refusal(added, 1702781677_000)).code).toBe('SignatureDoesNotMatch')
    for (const expires of ['0', '604801', 'x'])
      expect(
        (await refusal({ ...link, rawUrl: link.rawUrl.replace('=599', `=${expires}`) }, 1702781677_000)).code,
      ).toBe('AuthorizationQueryParametersError')
  })

  test('fields in another order, with blanks, as oss2 writes them', async () => {
    const scope = `${timestampOf(SECONDS).slice(0, 8)}/cn-hangzhou/oss/aliyun_v4_request`
    const parts = v4(SECONDS, PUT)
    parts.headers.authorization = `OSS4-HMAC-SHA256 Signature=${PUT}, Credential=ak/${scope}`
    await expect(authenticate(parts, SECONDS * 1000)).resolves.toMatchObject({ caller })
  })

  test('additional headers are covered: changed, left out or not named, they break it', async () => {
    const named = ',AdditionalHeaders=abc;zabc'
    for (const [headers, names] of [
      [{ ...lower, abc: 'other' }, named],
      [{ abc: 'value' }, named],
      [lower, ''],
      [lower, ',AdditionalHeaders=abc'],
    ] as const)
      expect((await refusal(v4(1702747512, ADDITIONAL, headers, names), 1702747512_000)).code).toBe(
        'SignatureDoesNotMatch',
      )
  })

  test.each([
    ['another product', authorization(SECONDS, PUT).replace('/oss/', '/s3/'), 'AuthorizationHeaderMalformed'],
    [
      'another day',
      authorization(SECONDS, PUT).replace('20231216', '20231217'),
      'AuthorizationHeaderMalformed',
    ],
    [
      'another region',
      authorization(SECONDS, PUT).replace('cn-hangzhou', 'cn-beijing'),
      'SignatureDoesNotMatch',
    ],
    ['half a signature', authorization(SECONDS, PUT.slice(32)), 'AuthorizationHeaderMalformed'],
    ['no credential', `OSS4-HMAC-SHA256 Signature=${PUT}`, 'AuthorizationHeaderMalformed'],
  ])('%s', async (_name, header, code) => {
    const parts = v4(SECONDS, PUT)
    parts.headers.authorization = header
    expect((await refusal(parts, SECONDS * 1000)).code).toBe(code)
  })

  test('a clock 15 min off', async () => {
    expect((await refusal(v4(SECONDS, PUT), SECONDS * 1000 + 900_001)).code).toBe('RequestTimeTooSkewed')
  })
})

test('a name bound to a bucket leaves the path to the key', async () => {
  const { address, caller: who } = await authenticate(
    { rawUrl: '/a/b', headers: { host: 'Files.Example.org:9000' } },
    0,
  )
  expect([address, who.kind]).toEqual([{ bucket: 'bucket', key: 'a/b' }, 'anonymous'])
})
