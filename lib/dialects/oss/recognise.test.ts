import { expect, test } from 'vitest'
import { HttpRequest } from '../http/request.ts'
import { rawRequest } from '../testing/raw-request.ts'
import { OssHosts } from './hosts.ts'
import { recogniseOss } from './recognise.ts'
import { bucketRoutes, objectRoutes } from './operations.ts'
import { isSignedByV1 } from './sub-resources.ts'

const hosts = new OssHosts(['s3.example.org'], ['oss.example.org', 'files.example.org=photos'])
const speaks = (rawUrl: string, headers: Record<string, string> = {}) =>
  recogniseOss(
    new HttpRequest(rawRequest({ rawUrl, headers: { host: 'localhost:9000', ...headers } })),
    hosts,
  )

test.each<[what: string, url: string, headers: Record<string, string>]>([
  ['version 1', '/b/k', { authorization: 'OSS ak:sig' }],
  ['version 4', '/b/k', { authorization: 'OSS4-HMAC-SHA256 Credential=x' }],
  ['version 2, to be refused in its own words', '/b/k', { authorization: 'OSS2 AccessKeyId:ak' }],
  ['a link of version 1', '/b/k?Expires=1&OSSAccessKeyId=ak&Signature=s', {}],
  ['a link of version 4', '/b/k?x-oss-signature-version=OSS4-HMAC-SHA256', {}],
  ['an unsigned request with a header of OSS', '/b/k', { 'x-oss-range-behavior': 'standard' }],
  ['a name of Aliyun', '/k', { host: 'b.oss-cn-hongkong.aliyuncs.com' }],
  ['a name that the operator gave', '/k', { host: 'b.oss.example.org:9000' }],
  ['a name bound to a bucket', '/k', { host: 'FILES.example.org' }],
])('%s is of OSS', (_what, url, headers) => expect(speaks(url, headers)).toBe(true))

test.each<[what: string, url: string, headers: Record<string, string>]>([
  [
    'S3 under a name of OSS',
    '/k',
    { host: 'b.oss.example.org', authorization: 'AWS4-HMAC-SHA256 Credential=x' },
  ],
  ['S3 with a header of OSS', '/b/k', { 'x-oss-date': 'x', authorization: 'AWS4-HMAC-SHA256 Credential=x' }],
  ['a link of S3 under a name of OSS', '/k?X-Amz-Algorithm=AWS4-HMAC-SHA256', { host: 'b.oss.example.org' }],
  ['COS', '/b/k', { 'x-oss-date': 'x', authorization: 'q-sign-algorithm=sha1' }],
  ['a link of COS under a name of OSS', '/k?q-sign-algorithm=sha1', { host: 'b.oss.example.org' }],
  ['nobody', '/b/k', {}],
  ['nobody under a name of all dialects', '/k', { host: 'b.s3.example.org' }],
  ['a name that only looks like it', '/k', { host: 'b.oss-cn-hongkong.aliyuncs.com.evil.example' }],
])('%s is not', (_what, url, headers) => expect(speaks(url, headers)).toBe(false))

test.each([
  ['/b/a+b%2Bc%2Fd%252F', 'localhost:9000', [{ bucket: 'b', key: 'a b+c/d%2F' }]],
  ['/a+b', 'b.oss.example.org', [{ bucket: 'b', key: 'a b' }]],
  [
    '/b/a+b',
    'b.oss-cn-hongkong.aliyuncs.com',
    [
      { bucket: 'b', key: 'b/a b' },
      { bucket: 'b', key: 'a b' },
    ],
  ],
])('a plus in the path %s at %s is a blank', (rawUrl, host, addresses) => {
  expect(hosts.addressesOf(new HttpRequest(rawRequest({ rawUrl, headers: { host } })))).toEqual(addresses)
})

test('whatever chooses an operation is covered by a signature of version 1', () => {
  const names = [...Object.keys(bucketRoutes), ...Object.keys(objectRoutes)].map(
    (route) => route.split(' ')[1]!,
  )
  expect(names.filter((name) => name !== '' && !isSignedByV1(name))).toEqual([])
})
