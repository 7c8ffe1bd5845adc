import { describe, expect, test } from 'vitest'
import { HttpRequest } from '../http/request.ts'
import { readUploadForm } from '../http/form-data.ts'
import { rawRequest } from '../testing/raw-request.ts'
import { ACCESS_KEY_ID as secretId, accounts, NOW, SECRET as secretKey } from '../testing/sign.ts'
import { cosForm, cosSigned, type CosSignOptions } from '../testing/sign-cos.ts'
import { CosAuthenticator } from './authenticate.ts'

const BUCKET = 'photos-1250000000'
const VENDOR_HOST = `${BUCKET}.cos.ap-guangzhou.myqcloud.com`
const start = Math.floor(NOW / 1000) - 60
const keys = { secretId, secretKey, start }
const authenticator = new CosAuthenticator({
  accounts,
  objectDomains: ['cos.example.org'],
  now: () => NOW,
})

async function who(options: Partial<CosSignOptions> = {}, tamper?: (request: HttpRequest) => HttpRequest) {
  const request = new HttpRequest(cosSigned({ ...keys, ...options }))
  const { caller } = await authenticator.authenticate(tamper?.(request) ?? request)
  return caller.kind === 'member' ? caller.accessKeyId : caller.kind
}
const refusal = (code: string, message?: string): unknown =>
  expect.objectContaining({ code, ...(message !== undefined && { message }) })

describe('accepted: what the clients send', () => {
  test.each<[string, Partial<CosSignOptions>]>([
    ['Python: Host without its port', { headers: { host: '127.0.0.1:9333' }, signedHost: '127.0.0.1' }],
    ['Node.js: Host with its port', { headers: { host: '127.0.0.1:9333' } }],
    ['path style, the bucket signed', { url: `/${BUCKET}/a/b.txt` }],
    ['path style, the bucket not signed', { url: `/${BUCKET}/a/b.txt`, signedPath: '/a/b.txt' }],
    ['path style, a bucket alone', { url: `/${BUCKET}?acl`, signedPath: '/' }],
    ['path style with a slash', { url: `/${BUCKET}/?prefix=x%2Fy%20z`, signedPath: '/' }],
    ['virtual-hosted', { url: '/a/b.txt', headers: { host: VENDOR_HOST } }],
    ['a domain of the operator', { url: '/a', headers: { host: `${BUCKET}.cos.example.org:9000` } }],
    [
      'a key in Chinese',
      { url: `/${BUCKET}/%E8%85%BE%E8%AE%AF%20(1)+%2B.txt`, signedPath: '/腾讯 (1)++.txt' },
    ],
    ['no list of headers', { headerList: [] }],
    ['sub-resources', { method: 'PUT', url: `/${BUCKET}?encryption`, headers: { 'content-md5': 'x==' } }],
    ['parameters with escapes in their names', { url: `/${BUCKET}?x%2Fy=1&A=2` }],
    ['old tools sign no parameters', { url: `/${BUCKET}?uploads`, parameterList: [] }],
    ['a token, which no client signs', { headers: { 'x-cos-security-token': 't' }, headerList: ['host'] }],
    ['a retry mark', { headers: { 'x-cos-sdk-retry': 'true' }, headerList: ['host'] }],
    ['a clock a little ahead', { start: start + 500 }],
    ['a link', { carriedBy: 'query', url: `/${BUCKET}/a?response-content-type=text%2Fplain` }],
    ['a link of Go, all in one', { carriedBy: 'sign', url: `/${BUCKET}/a` }],
    ['a link with a decoration nobody signed', { carriedBy: 'query', url: '/b/a?t=1', parameterList: [] }],
  ])('%s', async (_name, options) => {
    expect(await who(options)).toBe(secretId)
  })

  test('header values arrive as bytes', async () => {
    const value = '騰訊雲'
    const wire = Buffer.from(value).toString('latin1')
    const request = cosSigned({ ...keys, headers: { 'x-cos-meta-name': value } })
    const asNode = { ...request, headers: { ...request.headers, 'x-cos-meta-name': wire } }
    await expect(authenticator.authenticate(new HttpRequest(asNode))).resolves.toBeDefined()
  })

  test('a link whose list of parameters is encoded twice (Node.js, getObjectUrl)', async () => {
    const { rawUrl, ...rest } = cosSigned({ ...keys, carriedBy: 'query', url: `/${BUCKET}/a?x%2Fy=1` })
    const twice = rawUrl.replace(
      /q-url-param-list=([^&]*)/,
      (_, list: string) => `q-url-param-list=${encodeURIComponent(list)}`,
    )
    await expect(
      authenticator.authenticate(new HttpRequest({ ...rest, rawUrl: twice })),
    ).resolves.toBeDefined()
  })

  test.each<Record<string, string>>([{}, { authorization: '' }])(
    'without a signature: nobody in particular',
    async (headers) => {
      const { caller } = await authenticator.authenticate(
        new HttpRequest(rawRequest({ headers: { host: 'h', ...headers } })),
      )
      expect(caller).toEqual({ kind: 'anonymous' })
    },
  )
})

describe('refused', () => {
  const wrong = refusal('SignatureDoesNotMatch')
  test.each<[string, Partial<CosSignOptions>]>([
    ['another secret', { secretKey: 'x' }],
    ['another path', { url: `/${BUCKET}/a`, signedPath: '/b' }],
    ['another bucket', { url: `/${BUCKET}/a`, signedPath: '/other-1250000000/a' }],
    [
      'virtual-hosted with the bucket in the path',
      { url: '/a', headers: { host: VENDOR_HOST }, signedPath: `/${BUCKET}/a` },
    ],
    ['another host', { signedHost: 'evil.example.org' }],
    ['another port', { headers: { host: 'h:1' }, signedHost: 'h:2' }],
  ])('%s', async (_name, options) => {
    await expect(who(options)).rejects.toEqual(wrong)
  })

  test('a signature taken to another request', async () => {
    const to =
      (change: Partial<{ method: string; rawUrl: string }>, headers: Record<string, string> = {}) =>
      (request: HttpRequest) =>
        new HttpRequest({ ...request.raw, ...change, headers: { ...request.raw.headers, ...headers } })
    const url = `/${BUCKET}/a`
    await expect(who({ url }, to({ method: 'DELETE' }))).rejects.toEqual(wrong)
    await expect(who({ url }, to({ rawUrl: `/${BUCKET}/b` }))).rejects.toEqual(wrong)
    await expect(who({ url }, to({}, { host: 'other' }))).rejects.toEqual(wrong)
    // without the sub-resource that was signed, a PUT would make an object
    await expect(who({ url: `${url}?acl`, method: 'PUT' }, to({ rawUrl: url }))).rejects.toEqual(wrong)
    await expect(who({ url: `${url}?acl` }, to({ rawUrl: `${url}?acl=1` }))).rejects.toEqual(wrong)
    const meta = { 'x-cos-meta-a': '1' }
    await expect(who({ url, headers: meta }, to({}, { 'x-cos-meta-a': '2' }))).rejects.toEqual(wrong)
  })

  test.each([
    'x-cos-server-side-encryption',
    'x-cos-server-side-encryption-customer-key',
    'x-cos-copy-source',
    'x-cos-acl',
    'x-cos-meta-a',
    'x-cos-storage-class',
    'x-cos-some-day',
  ])('%s added to what was signed', async (name) => {
    const headers = { [name]: 'x', 'content-type': 'text/plain' }
    for (const carriedBy of ['header', 'query', 'sign'] as const)
      await expect(who({ carriedBy, headers, headerList: ['content-type', 'host'] })).rejects.toEqual(
        refusal('UnsignedHeaders'),
      )
  })

  test.each([
    ['x-cos-meta-md5', true],
    ['x-cos-storage-class', true],
    ['x-cos-server-side-encryption', true],
    ['x-cos-server-side-encryption-cos-kms-key-id', true],
    ['x-cos-server-side-encryption-customer-key', false],
    ['x-cos-copy-source', false],
    ['x-cos-acl', false],
    ['x-cos-grant-read', false],
    ['x-cos-tagging', false],
    ['x-cos-some-day', false],
  ])('%s where Host alone is signed, as by COSCMD: %s', async (name, allowed) => {
    const options = { headers: { [name]: 'x' }, headerList: ['host'] }
    const unsigned = refusal('UnsignedHeaders')
    const inHeader = who({ ...options, carriedBy: 'header' })
    await (allowed ? expect(inHeader).resolves.toBe(secretId) : expect(inHeader).rejects.toEqual(unsigned))
    for (const carriedBy of ['query', 'sign'] as const)
      await expect(who({ ...options, carriedBy })).rejects.toEqual(unsigned)
    // with a parameter signed beside it, it is no signature of COSCMD's
    await expect(
      who({ ...options, carriedBy: 'header', url: `/${BUCKET}/a?uploads=`, parameterList: ['uploads'] }),
    ).rejects.toEqual(unsigned)
  })

  test.each([
    'acl',
    'uploads',
    'versionId=1',
    'tagging',
    'restore',
    'response-content-type=text%2Fhtml',
    'prefix=a',
    'kms-authorization',
  ])('?%s added to a link', async (query) => {
    for (const carriedBy of ['query', 'sign'] as const)
      await expect(who({ carriedBy, url: `/${BUCKET}/a?${query}`, parameterList: [] })).rejects.toEqual(
        refusal('UnsignedHeaders'),
      )
  })

  test('at the wrong time', async () => {
    // SDKs know by these very words that their clock may be wrong
    await expect(who({ start: start - 9000 })).rejects.toEqual(
      refusal('RequestExpired', 'Request has expired'),
    )
    await expect(who({ start: start + 2000 })).rejects.toEqual(refusal('RequestTimeTooSkewed'))
    await expect(who({ start, end: start - 1 })).rejects.toEqual(refusal('RequestExpired'))
  })

  test.each([
    'q-sign-algorithm=sha256',
    'q-ak=',
    'q-key-time=1',
    'q-key-time=a;b',
    'q-signature=',
    'q-signature=XYZ',
  ])('malformed: %s', async (part) => {
    const name = part.split('=')[0]!
    const { headers, ...rest } = cosSigned(keys)
    const authorization = headers.authorization!.replace(new RegExp(`${name}=[^&]*`), part)
    const request = new HttpRequest({ ...rest, headers: { ...headers, authorization } })
    await expect(authenticator.authenticate(request)).rejects.toEqual(refusal('AuthorizationHeaderMalformed'))
  })

  test('an unknown key, two signatures, a broken URL', async () => {
    await expect(who({ secretId: 'AKIDnobody' })).rejects.toEqual(refusal('InvalidAccessKeyId'))
    const both = cosSigned({ ...keys, carriedBy: 'query' })
    const twice = { ...both, headers: { ...both.headers, ...cosSigned(keys).headers } }
    await expect(authenticator.authenticate(new HttpRequest(twice))).rejects.toEqual(
      refusal('AuthorizationHeaderMalformed'),
    )
    const broken = (request: HttpRequest) => new HttpRequest({ ...request.raw, rawUrl: '/%zz' })
    await expect(who({}, broken)).rejects.toEqual(refusal('InvalidUri'))
  })

  test('and tells the string to sign, never what was hashed', async () => {
    const headers = { 'x-cos-server-side-encryption-customer-key': 'c2VjcmV0' }
    const error = (await who({ secretKey: 'x', headers }).catch((caught: unknown) => caught)) as Error & {
      facts: Record<string, string>
    }
    expect(error.facts.stringToSign).toMatch(/^sha1\n\d+;\d+\n[0-9a-f]{40}\n$/)
    expect(JSON.stringify(error.facts) + error.message).not.toContain('c2VjcmV0')
  })
})

describe('an upload form', () => {
  const policy = JSON.stringify({ expiration: '2030-01-01T00:00:00Z', conditions: [] })
  async function form(fields: Record<string, string>) {
    const parts = Object.entries(fields).map(
      ([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    )
    const body = `${parts.join('')}--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n--b--\r\n`
    const headers = { host: 'h', 'content-type': 'multipart/form-data; boundary=b' }
    const request = new HttpRequest(rawRequest({ method: 'POST', rawUrl: `/${BUCKET}`, headers, body }))
    request.form = await readUploadForm(request.raw.body, headers['content-type'])
    return (await authenticator.authenticate(request)).caller.kind
  }

  test('is whose key signed its policy', async () => {
    expect(await form(cosForm(policy, keys))).toBe('member')
    expect(await form({ key: 'a' })).toBe('anonymous')
  })

  test('with another policy is refused', async () => {
    const other = Buffer.from(policy.replace('2030', '2040')).toString('base64')
    await expect(form({ ...cosForm(policy, keys), policy: other })).rejects.toEqual(wrongForm)
    const { policy: _, ...none } = cosForm(policy, keys)
    await expect(form(none)).rejects.toEqual(wrongForm)
    await expect(form(cosForm(policy, { ...keys, secretKey: 'x' }))).rejects.toEqual(wrongForm)
    await expect(form(cosForm(policy, { ...keys, start: start - 9000 }))).rejects.toEqual(
      refusal('RequestExpired'),
    )
  })
  const wrongForm = refusal('SignatureDoesNotMatch')
})
