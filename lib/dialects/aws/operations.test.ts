import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { ErrorCode } from '../../errors.ts'
import type { Command, Services } from '../dialect.ts'
import { HttpRequest } from '../http/request.ts'
import { readXml, textOf } from '../http/xml-read.ts'
import type { RawRequest } from '../raw.ts'
import { rawRequest } from '../testing/raw-request.ts'
import { describeOperation } from '../testing/describe-operation.ts'
import { accounts, NOW, presigned, signed, type SignOptions } from '../testing/sign.ts'
import { createAwsDialect } from './dialect.ts'

const dialect = createAwsDialect({
  accounts,
  region: 'us-east-1',
  objectDomains: ['s3.example.org'],
  now: () => NOW,
})

async function parse(raw: RawRequest): Promise<Command['operation']> {
  const request = new HttpRequest(raw)
  return (await dialect.parse(request, await dialect.authenticate(request))).operation
}
/** Parses, and reads the body to its verdict. */
const understand = async (options: SignOptions) => describeOperation(await parse(signed(options)))
const refused = (code: ErrorCode, facts: Record<string, unknown> = {}): unknown =>
  expect.objectContaining({ name: 'StoreError', code, facts: expect.objectContaining(facts) })

describe('addresses', () => {
  it.each<[string, string, { bucket: string; key: string }]>([
    ['/b/k', 'localhost:9000', { bucket: 'b', key: 'k' }],
    ['/k', 'b.localhost:9000', { bucket: 'b', key: 'k' }],
    ['/k', 'b.LocalHost', { bucket: 'b', key: 'k' }],
    ['/b/k', 's3.example.org', { bucket: 'b', key: 'k' }],
    ['/a/b', 'my.bucket.s3.example.org', { bucket: 'my.bucket', key: 'a/b' }],
    ['/b/k', '127.0.0.1:9000', { bucket: 'b', key: 'k' }],
    ['/b/k', '[::1]:9000', { bucket: 'b', key: 'k' }],
    ['/b//a//c/', 'localhost', { bucket: 'b', key: '/a//c/' }],
    ['/b/../secret/k', 'localhost', { bucket: 'b', key: '../secret/k' }],
    ['/b/%2e%2e/k', 'localhost', { bucket: 'b', key: '../k' }],
    ['/b/%252e%252e%2Fk', 'localhost', { bucket: 'b', key: '%2e%2e/k' }],
    ['/b/a+b%20c%2Bd', 'localhost', { bucket: 'b', key: 'a+b c+d' }],
    ['/b/a%5Cb%00', 'localhost', { bucket: 'b', key: 'a\\b\0' }],
    ['/b/%F0%9F%98%80', 'localhost', { bucket: 'b', key: '😀' }],
    ['/a%2Fb/k', 'localhost', { bucket: 'a/b', key: 'k' }],
    ['//k', 'localhost', { bucket: '', key: 'k' }],
  ])('%s on %s', async (url, host, at) => {
    expect(await understand({ url, headers: { host } })).toMatchObject({ name: 'GetObject', ...at })
  })

  it('takes an absolute target, as proxies send it', async () => {
    const raw = signed({ url: '/b/k' })
    expect(await parse({ ...raw, rawUrl: `http://localhost:9000${raw.rawUrl}` })).toMatchObject({
      bucket: 'b',
      key: 'k',
    })
  })
})

describe('routes', () => {
  it.each<[string, string, Command['operation']['name'] | ErrorCode]>([
    ['GET', '/', 'ListBuckets'],
    ['GET', '/b', 'ListObjects'],
    ['GET', '/b/', 'ListObjects'],
    ['GET', '/b?list-type=2&x-id=ListObjectsV2', 'ListObjects'],
    ['GET', '/b?acl', 'GetBucketAcl'],
    ['GET', '/b?publicAccessBlock', 'GetBucketAcl'],
    ['GET', '/b?ownershipControls', 'GetBucketAcl'],
    ['GET', '/b?policy', 'GetBucketPolicy'],
    ['GET', '/b?policyStatus', 'GetBucketPolicyStatus'],
    ['GET', '/b?cors', 'GetBucketCors'],
    ['GET', '/b?location=', 'HeadBucket'],
    ['GET', '/b/k?acl', 'GetObjectAcl'],
    ['GET', '/b/k?acl&versionId=v', 'GetObjectAcl'],
    ['GET', '/b/k?utm_source=mail', 'GetObject'],
    ['GET', '/b/k?newthing', 'NotImplemented'],
    ['PUT', '/b/k?newthing', 'NotImplemented'],
    ['PUT', '/b/k?newthing=1', 'NotImplemented'],
    ['PUT', '/b?newconfiguration', 'NotImplemented'],
    ['PUT', '/b?acl', 'InvalidRequest'],
    ['PUT', '/b?publicAccessBlock', 'NotImplemented'],
    ['PUT', '/b?versioning', 'MalformedXML'],
    ['GET', '/b?versioning', 'GetBucketVersioning'],
    ['PUT', '/b?policy', 'PutBucketPolicy'],
    ['PUT', '/b?cors', 'HeadBucket'],
    ['GET', '/b?lifecycle', 'GetBucketLifecycle'],
    ['PUT', '/b?lifecycle', 'HeadBucket'],
    ['DELETE', '/b?lifecycle', 'DeleteBucketLifecycle'],
    ['GET', '/b?versions', 'ListObjectVersions'],
    ['GET', '/b?versions&key-marker=k&version-id-marker=v', 'ListObjectVersions'],
    ['GET', '/b?versions&version-id-marker=v', 'InvalidArgument'],
    ['GET', '/b?object-lock', 'GetObjectLockConfiguration'],
    ['PUT', '/b?object-lock', 'MalformedXML'],
    ['PUT', '/b/k?acl', 'InvalidRequest'],
    ['PUT', '/b/k?encryption', 'MalformedXML'],
    ['PUT', '/b/k?retention', 'MalformedXML'],
    ['GET', '/b/k?retention&versionId=v', 'GetObjectRetention'],
    ['PUT', '/b/k?legal-hold', 'MalformedXML'],
    ['GET', '/b/k?legal-hold', 'GetObjectLegalHold'],
    ['PUT', '/b/k?tagging&acl', 'NotImplemented'],
    ['POST', '/b/k?restore', 'MalformedXML'],
    ['POST', '/b/k?select&select-type=2', 'NotImplemented'],
    ['DELETE', '/b?policy', 'DeleteBucketPolicy'],
    ['DELETE', '/b?cors', 'DeleteBucketCors'],
    ['DELETE', '/?x', 'NotImplemented'],
    ['POST', '/b/k', 'MethodNotAllowed'],
    ['POST', '/b', 'MethodNotAllowed'],
    ['DELETE', '/', 'MethodNotAllowed'],
    ['PATCH', '/b/k', 'MethodNotAllowed'],
    ['OPTIONS', '/b/k', 'MethodNotAllowed'],
    ['PUT', '/b/k?partNumber=1', 'InvalidArgument'],
    ['PUT', '/b/k?uploadId=u', 'InvalidArgument'],
    ['PUT', '/b/k?uploadId=u&partNumber=0', 'InvalidArgument'],
    ['PUT', '/b/k?uploadId=u&partNumber=10001', 'InvalidArgument'],
    ['PUT', '/b/k?uploadId=u&partNumber=1', 'UploadPart'],
    ['PUT', '/b/k?partNumber=1&uploadId=u', 'UploadPart'],
    ['POST', '/b/k?uploadId=', 'InvalidArgument'],
    ['GET', '/b/k?versionId=null', 'GetObject'],
    ['GET', '/b/k?versionId=abc', 'GetObject'],
    ['GET', '/b/k?versionId=', 'InvalidArgument'],
    ['DELETE', '/b/k?versionId=abc', 'DeleteObject'],
    ['PUT', '/b/k?versionId=abc', 'InvalidArgument'],
    ['POST', '/b/k?uploads&versionId=abc', 'InvalidArgument'],
    ['GET', '/b?versionId=abc', 'InvalidArgument'],
    ['GET', '/b?list-type=2&continuation-token=nonsense', 'InvalidArgument'],
    ['GET', '/b?max-keys=-1', 'InvalidArgument'],
    ['GET', '/b?max-keys=x', 'InvalidArgument'],
    ['GET', '/b?encoding-type=base64', 'InvalidArgument'],
  ])('%s %s', async (method, url, expected) => {
    const outcome = await parse(signed({ method, url })).catch((error: { code: ErrorCode }) => error)
    expect(
      'name' in outcome && outcome.name !== ('StoreError' as string)
        ? outcome.name
        : (outcome as { code: ErrorCode }).code,
    ).toBe(expected)
  })
})

describe('bodies', () => {
  const put = (headers: Record<string, string>, body = 'hello') =>
    understand({ method: 'PUT', url: '/b/k', headers, body })

  it('needs a length', async () => {
    await expect(parse(presigned({ method: 'PUT', url: '/b/k' }))).rejects.toEqual(
      refused('MissingContentLength'),
    )
    await expect(put({ 'content-length': '-5' })).rejects.toEqual(refused('InvalidArgument'))
    await expect(put({ 'content-length': '5, 5' })).rejects.toEqual(refused('InvalidArgument'))
  })

  it.each<[string, Record<string, string>, ErrorCode]>([
    ['row 27: a digest that is none', { 'content-md5': 'x' }, 'InvalidDigest'],
    ['row 27: a digest of the wrong length', { 'content-md5': 'AAAA' }, 'InvalidDigest'],
    [
      'two checksums',
      { 'x-amz-checksum-crc32': 'NhCmhg==', 'x-amz-checksum-sha1': 'qvTGHdzF6KLavt4PO0gs2a6pQ00=' },
      'InvalidRequest',
    ],
    ['a checksum of the wrong length', { 'x-amz-checksum-crc32': 'NhCmhgAA' }, 'InvalidRequest'],
    ['a checksum that is not base64', { 'x-amz-checksum-crc32': 'Nh%mhg==' }, 'InvalidRequest'],
    ['a hint without a checksum', { 'x-amz-sdk-checksum-algorithm': 'CRC32' }, 'InvalidRequest'],
    [
      'a hint for another checksum',
      { 'x-amz-sdk-checksum-algorithm': 'SHA1', 'x-amz-checksum-crc32': 'NhCmhg==' },
      'InvalidRequest',
    ],
    [
      'an unknown hint',
      { 'x-amz-sdk-checksum-algorithm': 'ADLER', 'x-amz-checksum-crc32': 'NhCmhg==' },
      'InvalidRequest',
    ],
    ['too much metadata', { 'x-amz-meta-a': 'x'.repeat(2048) }, 'MetadataTooLarge'],
    ['an ACL for a service of theirs', { 'x-amz-acl': 'aws-exec-read' }, 'NotImplemented'],
    ['an ACL that is none', { 'x-amz-acl': 'everybody' }, 'InvalidArgument'],
    ['an ACL and a grant', { 'x-amz-acl': 'private', 'x-amz-grant-read': 'id="x"' }, 'InvalidRequest'],
    ['a grant', { 'x-amz-grant-read': 'uri=all' }, 'NotImplemented'],
    ['object lock without a time', { 'x-amz-object-lock-mode': 'COMPLIANCE' }, 'InvalidArgument'],
    [
      'a time without object lock',
      { 'x-amz-object-lock-retain-until-date': '2030-01-01T00:00:00Z' },
      'InvalidArgument',
    ],
    ['a legal hold that is none', { 'x-amz-object-lock-legal-hold': 'yes' }, 'InvalidArgument'],
    ['appending', { 'x-amz-write-offset-bytes': '5' }, 'NotImplemented'],
    ['a class that is not here', { 'x-amz-storage-class': 'EXPRESS_ONEZONE' }, 'NotImplemented'],
    ['a class that is none', { 'x-amz-storage-class': 'fast' }, 'InvalidArgument'],
    ['a condition on a tag', { 'if-none-match': '"x"' }, 'NotImplemented'],
    ['a repeated tag', { 'x-amz-tagging': 'a=1&a=2' }, 'InvalidTag'],
    ['a broken tag', { 'x-amz-tagging': 'a=%' }, 'InvalidArgument'],
    ['a tag that is no UTF-8', { 'x-amz-tagging': 'a=%ff' }, 'InvalidArgument'],
    ['a tag of AWS’s own', { 'x-amz-tagging': 'aws:x=1' }, 'InvalidTag'],
    ['a tag with other characters', { 'x-amz-tagging': 'a%3C=1' }, 'InvalidTag'],
    ['a tag with other characters in its value', { 'x-amz-tagging': 'a=1%0A' }, 'InvalidTag'],
    [
      'a redirect to nowhere',
      { 'x-amz-website-redirect-location': 'javascript:alert(1)' },
      'InvalidArgument',
    ],
  ])('%s', async (_, headers, code) => {
    await expect(put(headers)).rejects.toEqual(refused(code))
  })

  it('ignores a checksum that came in the query only, and takes hoisted headers', async () => {
    const raw = presigned({
      method: 'PUT',
      url: '/b/k?x-amz-checksum-crc32=AAAAAA%3D%3D&x-amz-sdk-checksum-algorithm=CRC32&x-amz-meta-a=b&x-amz-server-side-encryption=AES256',
      headers: { 'content-length': '5' },
    })
    expect(await parse(raw)).toMatchObject({
      checks: {},
      metadata: { userMetadata: { a: 'b' } },
      encryption: { kind: 'service-key' },
    })
  })

  it.each<[string, string, unknown]>([
    ['x-amz-meta-name', '健康 é', { metadata: { userMetadata: { name: '健康 é' } } }],
    ['x-amz-meta-name', 'Ã©', { metadata: { userMetadata: { name: 'Ã©' } } }],
    ['x-amz-tagging', 'a=b%20中&é=é', { tags: { a: 'b 中', é: 'é' } }],
    ['x-amz-website-redirect-location', '/é', { metadata: { websiteRedirectLocation: '/é' } }],
    ['x-amz-copy-source', 'src/é中', { source: { bucket: 'src', key: 'é中' } }],
  ])('reads a hoisted %s beyond ASCII: %s', async (name, value, meant) => {
    const url = `/b/k?${name}=${encodeURIComponent(value)}`
    const headers = { 'content-length': '0' }
    expect(await parse(presigned({ method: 'PUT', url, headers }))).toMatchObject(meant as object)
  })

  it('reads the name of a hoisted key', async () => {
    const sse = 'x-amz-server-side-encryption'
    const url = `/b/k?${sse}=aws%3Akms&${sse}-aws-kms-key-id=alias%2Fcl%C3%A9`
    const headers = { 'content-length': '0' }
    const meant = { encryption: { kind: 'managed-key', keyRef: 'alias/clé' } }
    expect(await parse(presigned({ method: 'PUT', url, headers }))).toMatchObject(meant)
  })

  it('refuses a redirect that would split the answer, which only a query can carry', async () => {
    const url = '/b/k?x-amz-website-redirect-location=/a%0d%0aSet-Cookie:x'
    await expect(
      parse(presigned({ method: 'PUT', url, headers: { 'content-length': '0' } })),
    ).rejects.toEqual(refused('InvalidArgument'))
  })

  it('believes no hoisted header of an anonymous request', async () => {
    const operation = await parse(
      rawRequest({
        method: 'PUT',
        rawUrl: '/b/k?x-amz-meta-a=b',
        headers: { host: 'localhost', 'content-length': '0' },
      }),
    )
    expect(operation).toMatchObject({ name: 'PutObject', metadata: { userMetadata: {} } })
  })

  it.each([
    ['gzip,br', 'gzip,br'],
    ['gzip,aws-chunked,br', 'gzip, br'],
    ['aws-chunked,', undefined],
  ])('keeps Content-Encoding %s as %s', async (sent, contentEncoding) => {
    const { metadata } = (await put({ 'content-encoding': sent })) as { metadata: object }
    expect({ contentEncoding: undefined, ...metadata }).toMatchObject({ contentEncoding })
  })

  it('keeps content headers, strips the transfer coding, reads RFC 2047 words and raw UTF-8', async () => {
    const raw = Buffer.from('健康').toString('latin1')
    const operation = await put({
      'content-type': 'text/html; charset=utf-8',
      'content-encoding': 'aws-chunked, gzip',
      'content-disposition': `attachment; filename="${raw}"`,
      'x-amz-meta-b': '=?UTF-8?B?5YGl5bq3?= and =?utf-8?q?=E5=81=A5_x?=',
      'x-amz-meta-q': raw,
      'x-amz-meta-latin': 'caf\xe9',
      'x-amz-meta-broken': '=?UTF-8?B?/////w==?=',
    })
    expect(operation).toMatchObject({
      metadata: {
        contentType: 'text/html; charset=utf-8',
        contentEncoding: 'gzip',
        contentDisposition: 'attachment; filename="健康"',
        userMetadata: { b: '健康 and 健 x', q: '健康', latin: 'café', broken: '=?UTF-8?B?/////w==?=' },
      },
    })
  })
})

describe('documents', () => {
  const md5 = (body: string) => createHash('md5').update(body).digest('base64')
  const post = (url: string, body: string, headers: Record<string, string> = {}, method = 'POST') =>
    understand({ method, url, body, headers })
  const object = (key: string) => `<Object><Key>${key}</Key></Object>`

  it('checks Content-MD5 and checksums before parsing', async () => {
    const body = `<Delete>${object('a')}</Delete>`
    expect(await post('/b?delete', body, { 'content-md5': md5(body) })).toMatchObject({
      objects: [{ key: 'a' }],
    })
    await expect(post('/b?delete', body, { 'content-md5': md5('other') })).rejects.toEqual(
      refused('BadDigest'),
    )
    await expect(post('/b?delete', body, { 'x-amz-checksum-crc32': 'AAAAAA==' })).rejects.toEqual(
      refused('BadDigest'),
    )
  })

  it('wants a document that somebody vouches for', async () => {
    const unsigned: SignOptions = {
      method: 'POST',
      url: '/b?delete',
      body: `<Delete>${object('a')}</Delete>`,
      payloadHash: 'UNSIGNED-PAYLOAD',
    }
    await expect(understand(unsigned)).rejects.toEqual(refused('InvalidRequest'))
  })

  it('deletes up to 1,000 objects', async () => {
    const many = (n: number) =>
      `<Delete>${Array.from({ length: n }, (_, i) => object(`k${i}`)).join('')}</Delete>`
    expect(await post('/b?delete', many(1000))).toMatchObject({ name: 'DeleteObjects' })
    // a damaged document is reported once the bucket is known to exist
    expect(await post('/b?delete', many(1001))).toMatchObject({ name: 'HeadBucket' })
    expect(await post('/b?delete', '<Delete/>')).toMatchObject({ name: 'HeadBucket' })
    expect(await post('/b?delete', `<Delete>${object('')}</Delete>`)).toMatchObject({ name: 'HeadBucket' })
  })

  it('refuses what is too big before parsing it', async () => {
    await expect(post('/b?delete', 'x'.repeat(2 ** 21 + 1))).rejects.toEqual(refused('EntityTooLarge'))
    await expect(post('/b/k?tagging', 'x'.repeat(2 ** 20 + 1), {}, 'PUT')).rejects.toEqual(
      refused('EntityTooLarge'),
    )
  })

  it('never reads the document of a stranger', async () => {
    const body = (async function* (): AsyncGenerator<Buffer> {
      yield await Promise.reject(new Error('was read'))
    })()
    for (const [method, rawUrl] of [
      ['POST', '/b?delete'],
      ['PUT', '/b?encryption'],
      ['PUT', '/b'],
      ['POST', '/b/k?uploadId=u'],
      ['PUT', '/b/k?tagging'],
    ] as const)
      await expect(parse(rawRequest({ method, rawUrl, body })), rawUrl).rejects.toEqual(
        refused('AccessDenied'),
      )
  })

  it.each<[string, ErrorCode | 'accepted']>([
    ['<Tagging><TagSet/></Tagging>', 'accepted'],
    [
      '<Tagging xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>',
      'accepted',
    ],
    ['<Tagging></Tagging>', 'MalformedXML'],
    ['<Other/>', 'MalformedXML'],
    ['', 'MalformedXML'],
    ['<Tagging><TagSet><Tag><Key>a</Key></Tag></TagSet></Tagging>', 'MalformedXML'],
    [
      '<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag><Tag><Key>a</Key><Value>2</Value></Tag></TagSet></Tagging>',
      'InvalidTag',
    ],
    ['<Tagging><TagSet><Tag><Key>aws:x</Key><Value/></Tag></TagSet></Tagging>', 'InvalidTag'],
    ['<Tagging><TagSet><Tag><Key>a&amp;b</Key><Value/></Tag></TagSet></Tagging>', 'InvalidTag'],
    [
      '<Tagging><TagSet><Tag><Key>健 é+-=._:/@1</Key><Value>健 é+-=._:/@1</Value></Tag></TagSet></Tagging>',
      'accepted',
    ],
    ['<!DOCTYPE x [<!ENTITY y "z">]><Tagging><TagSet/></Tagging>', 'MalformedXML'],
  ])('tags %s', async (body, expected) => {
    const outcome = post('/b/k?tagging', body, {}, 'PUT')
    await (expected === 'accepted'
      ? expect(outcome).resolves.toMatchObject({ name: 'PutObjectTagging' })
      : expect(outcome).rejects.toEqual(refused(expected)))
  })

  const rule = (inside: string) =>
    `<ServerSideEncryptionConfiguration><Rule>${inside}</Rule></ServerSideEncryptionConfiguration>`
  const byDefault = (inside: string) =>
    `<ApplyServerSideEncryptionByDefault>${inside}</ApplyServerSideEncryptionByDefault>`

  it.each<[string, object]>([
    [
      rule(byDefault('<SSEAlgorithm>AES256</SSEAlgorithm>')),
      { rule: { kind: 'service-key', suite: 'AES256' } },
    ],
    [
      rule(
        byDefault('<SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>bare-uuid</KMSMasterKeyID>') +
          '<BucketKeyEnabled>true</BucketKeyEnabled>',
      ),
      { rule: { kind: 'managed-key', suite: 'AES256', keyRef: 'bare-uuid', bucketKeyEnabled: true } },
    ],
    [
      rule('<BlockedEncryptionTypes><EncryptionType>SSE-C</EncryptionType></BlockedEncryptionTypes>'),
      { rule: { kind: 'none' }, customerKeysBlocked: true },
    ],
    [
      rule(
        `${byDefault('<SSEAlgorithm>AES256</SSEAlgorithm>')}<BlockedEncryptionTypes><EncryptionType>NONE</EncryptionType></BlockedEncryptionTypes>`,
      ),
      { rule: { kind: 'service-key', suite: 'AES256' }, customerKeysBlocked: false },
    ],
  ])('bucket encryption %s', async (body, expected) => {
    expect(await post('/b?encryption', body, {}, 'PUT')).toEqual({
      name: 'PutBucketEncryption',
      bucket: 'b',
      ...expected,
    })
  })

  it.each([
    ['no rule', '<ServerSideEncryptionConfiguration/>'],
    [
      'two rules',
      `<ServerSideEncryptionConfiguration>${'<Rule><BucketKeyEnabled>true</BucketKeyEnabled></Rule>'.repeat(2)}</ServerSideEncryptionConfiguration>`,
    ],
    ['an empty rule', rule('')],
    ['a bad algorithm', rule(byDefault('<SSEAlgorithm>ROT13</SSEAlgorithm>'))],
    [
      'a bad block',
      rule('<BlockedEncryptionTypes><EncryptionType>SSE-S3</EncryptionType></BlockedEncryptionTypes>'),
    ],
    [
      'AES256 with a key',
      rule(byDefault('<SSEAlgorithm>AES256</SSEAlgorithm><KMSMasterKeyID>k</KMSMasterKeyID>')),
    ],
  ])('bucket encryption with %s is refused once the bucket is known to exist', async (_, body) => {
    expect(await post('/b?encryption', body, {}, 'PUT')).toEqual({ name: 'HeadBucket', bucket: 'b' })
  })

  it('completes with 10,000 parts and two checksums each, the longest ones, written with indentation', async () => {
    const [sha512, crc] = [Buffer.alloc(64).toString('base64'), Buffer.alloc(8).toString('base64')]
    const part = (_: unknown, i: number): string => `
  <Part>
    <PartNumber>${i + 1}</PartNumber>
    <ETag>&quot;${'a'.repeat(32)}&quot;</ETag>
    <ChecksumSHA512>${sha512}</ChecksumSHA512>
    <ChecksumCRC64NVME>${crc}</ChecksumCRC64NVME>
  </Part>`
    const parts = Array.from({ length: 10_000 }, part).join('')
    const body = `<CompleteMultipartUpload>${parts}\n</CompleteMultipartUpload>`
    const completed = (await post('/b/k?uploadId=u', body)) as { parts: unknown[] }
    expect(completed.parts).toHaveLength(10_000)
    const checksums = [
      { algorithm: 'crc64nvme', value: crc },
      { algorithm: 'sha512', value: sha512 },
    ]
    expect(completed.parts.at(-1)).toEqual({ number: 10_000, etag: 'a'.repeat(32), checksums })
  })

  it('completes with parts and refuses a list that is none', async () => {
    const body =
      '<CompleteMultipartUpload><Part><ETag>&quot;a&quot;</ETag><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>'
    expect(await post('/b/k?uploadId=u', body)).toMatchObject({ parts: [{ number: 1, etag: 'a' }] })
    await expect(post('/b/k?uploadId=u', '<CompleteMultipartUpload/>')).rejects.toEqual(
      refused('MalformedXML'),
    )
    await expect(post('/b/k?uploadId=u', '')).rejects.toEqual(refused('MalformedXML'))
    await expect(post('/b/k?uploadId=u', body, { 'x-amz-checksum-type': 'PARTIAL' })).rejects.toEqual(
      refused('InvalidRequest'),
    )
    await expect(post('/b/k?uploadId=u', body.replace('>1<', '>one<'))).rejects.toEqual(
      refused('MalformedXML'),
    )
  })
})

describe('copy sources', () => {
  const copy = (source: string, headers: Record<string, string> = {}) =>
    understand({ method: 'PUT', url: '/b/k', headers: { 'x-amz-copy-source': source, ...headers } })

  it.each<[string, { bucket: string; key: string; versionId?: string }]>([
    ['/src/key', { bucket: 'src', key: 'key' }],
    ['src/key', { bucket: 'src', key: 'key' }],
    ['src/a%20b%2Bc', { bucket: 'src', key: 'a b+c' }],
    ['src%2Fa%2Fb', { bucket: 'src', key: 'a/b' }],
    ['src//a', { bucket: 'src', key: '/a' }],
    ['src/a%3FversionId=1', { bucket: 'src', key: 'a?versionId=1' }],
    ['src/a?versionId=null', { bucket: 'src', key: 'a', versionId: 'null' }],
    ['src/a?versionId=abc', { bucket: 'src', key: 'a', versionId: 'abc' }],
  ])('%s', async (source, at) => {
    expect(await copy(source)).toMatchObject({ name: 'CopyObject', source: at })
  })

  it.each<[string, Record<string, string>, ErrorCode]>([
    ['', {}, 'InvalidArgument'],
    ['/', {}, 'InvalidArgument'],
    ['src', {}, 'InvalidArgument'],
    ['src/', {}, 'InvalidArgument'],
    ['/%2Fkey', {}, 'InvalidArgument'],
    ['src/%zz', {}, 'InvalidUri'],
    ['arn:aws:s3:us-east-1:1:accesspoint/x/object/k', {}, 'NotImplemented'],
    ['src/a', { 'x-amz-metadata-directive': 'MERGE' }, 'InvalidArgument'],
    ['src/a', { 'x-amz-tagging-directive': 'x' }, 'InvalidArgument'],
  ])('%s %o is refused', async (source, headers, code) => {
    await expect(copy(source, headers)).rejects.toEqual(refused(code))
  })

  it.each(['bytes=5-', 'bytes=-5', 'bytes=5-2', '0-5', 'bytes=0-5,7-9'])(
    'part range %s is refused',
    async (range) => {
      const headers = { 'x-amz-copy-source': 's/k', 'x-amz-copy-source-range': range }
      await expect(
        understand({ method: 'PUT', url: '/b/k?partNumber=1&uploadId=u', headers }),
      ).rejects.toEqual(refused('InvalidArgument'))
    },
  )
})

describe('reads', () => {
  it.each<[string, object | undefined]>([
    ['bytes=0-9', { start: 0, endInclusive: 9 }],
    ['bytes=5-', { start: 5 }],
    ['bytes=-5', { suffix: 5 }],
    ['bytes=99999999999999999999-', { start: Number.MAX_SAFE_INTEGER }],
    ['bytes=5-2', undefined],
    ['bytes=-', undefined],
    ['bytes=0-1,3-4', undefined],
    ['items=0-1', undefined],
    ['bytes=a-b', undefined],
  ])('range %s', async (range, expected) => {
    expect(await parse(signed({ url: '/b/k', headers: { range } }))).toEqual({
      name: 'GetObject',
      bucket: 'b',
      key: 'k',
      conditions: {},
      ...(expected && { range: expected }),
    })
  })

  it.each([
    ['"x"', { etag: 'x' }],
    ['Tue, 27 Mar 2007 19:36:42 GMT', { lastModified: Date.UTC(2007, 2, 27, 19, 36, 42) }],
    ['W/"x"', 'unreadable'],
    ['', 'unreadable'],
  ])('reads what must not have changed where a client goes on: %s', async (header, ifRange) => {
    const headers = { range: 'bytes=5-', 'if-range': header }
    expect(await parse(signed({ url: '/b/k', headers }))).toMatchObject({ range: { start: 5, ifRange } })
  })

  it('reads conditions', async () => {
    const headers = {
      'if-match': '"a", W/"b", c',
      'if-none-match': '*',
      'if-modified-since': 'Thu, 01 Jan 1970 00:00:01 GMT',
      'if-unmodified-since': 'nonsense',
    }
    expect(await parse(signed({ url: '/b/k', headers }))).toMatchObject({
      conditions: { ifMatch: ['a', 'b', 'c'], ifNoneMatch: ['*'], ifModifiedSince: 1000 },
    })
  })

  it('refuses response headers for strangers and control characters for everybody', async () => {
    await expect(parse(rawRequest({ rawUrl: '/b/k?response-content-type=text/html' }))).rejects.toEqual(
      refused('InvalidRequest'),
    )
    await expect(
      parse(signed({ url: '/b/k?response-content-disposition=a%0d%0aSet-Cookie:x' })),
    ).rejects.toEqual(refused('InvalidArgument'))
    await expect(
      parse(signed({ url: '/b/k?partNumber=1', headers: { range: 'bytes=0-1' } })),
    ).rejects.toEqual(refused('InvalidRequest'))
  })
})

describe('where a completed upload lies', () => {
  const document =
    '<CompleteMultipartUpload><Part><ETag>a</ETag><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>'
  const written = {
    etag: 'e',
    size: 0,
    lastModified: 0,
    encryption: { mode: 'none' },
    checksums: [],
  } as const
  const services = { store: { run: () => Promise.resolve(written) } } as unknown as Services

  it.each<[string, Partial<RawRequest>, string]>([
    ['/b/a%20b%2F%C3%A9?uploadId=u', {}, 'http://localhost:9000/b/a%20b/%C3%A9'],
    ['/b/k?uploadId=u', { secure: true }, 'https://localhost:9000/b/k'],
    ['/objects/b/k?uploadId=u', { basePath: '/objects' }, 'http://localhost:9000/objects/b/k'],
  ])('%s, %o: %s', async (url, transport, location) => {
    const raw = { ...signed({ method: 'POST', url, body: document }), ...transport }
    expect(await locationOf(raw)).toBe(location)
  })

  it('on a bucket’s own host', async () => {
    const headers = { host: 'b.s3.example.org' }
    const raw = signed({ method: 'POST', url: '/k?uploadId=u', body: document, headers })
    expect(await locationOf(raw)).toBe('http://b.s3.example.org/k')
  })

  async function locationOf(raw: RawRequest): Promise<string | undefined> {
    const request = new HttpRequest(raw)
    const authenticated = await dialect.authenticate(request)
    const context = { requestId: 'r', secure: true, signal: raw.signal }
    const completed = await dialect.parse(request, authenticated)
    const { body } = await completed.run(services, authenticated.caller, context)
    return textOf(readXml((body as Buffer).toString()), 'Location')
  }
})
