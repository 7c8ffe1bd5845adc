import { createHash, createHmac, randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createChecksum } from '../../crypto/checksums.ts'
import { startSystem, type RunningSystem } from '../testing/running-system.ts'
import { cosSigned } from '../testing/sign-cos.ts'

/**
 * The requests of clients that this machine cannot run, as their sources write them, and what of the answers they read:
 * COSCMD (tencentyun/coscmd, coscmd/cos_auth.py and cos_client.py of versions 1.8 and 1.9), the SDK for Python under it
 * (tencentyun/cos-python-sdk-v5, qcloud_cos/cos_client.py), COSCLI (tencentyun/coscli, util/upload.go, stat.go, list.go) and
 * the SDK for Go under that (tencentyun/cos-go-sdk-v5, auth.go at 03ccac5, object.go). Their names of hosts end in our domain.
 */
let running: RunningSystem
let host: string
const BUCKET = 'clients-1250000000'
const SSE = 'x-cos-server-side-encryption'

beforeAll(async () => {
  running = await startSystem({ COFFER_COS_DOMAINS: 'cos.example.org' })
  host = `${BUCKET}.cos.example.org:${running.port}`
  expect((await sdk({ method: 'PUT', url: '/' })).status).toBe(200)
})
afterAll(async () => {
  expect(running.faults).toEqual([])
  await running.stop()
})

interface Sent {
  method?: string
  url: string
  headers?: Record<string, string>
  body?: Buffer | string
}
interface Answer {
  status: number
  headers: Record<string, string>
  body: Buffer
  text: string
}

function exchange({ method = 'GET', url, headers = {}, body = '' }: Sent): Promise<Answer> {
  const length: Record<string, string> = ['PUT', 'POST'].includes(method)
    ? { 'content-length': String(Buffer.byteLength(body)) }
    : {}
  const all = { ...length, ...headers, host }
  return new Promise((resolve, reject) => {
    const sent = request(
      { port: running.port, host: '127.0.0.1', method, path: url, headers: all },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('error', reject)
        answer.on('end', () => {
          const bytes = Buffer.concat(chunks)
          const named = answer.headers as Record<string, string>
          resolve({ status: answer.statusCode!, headers: named, body: bytes, text: bytes.toString() })
        })
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

/** As the SDKs for Python and Go sign: Host, every parameter, every header that COS's list names. */
function sdk(sent: Sent): Promise<Answer> {
  const { accessKeyId: secretId, secretAccessKey: secretKey } = running.credentials
  const start = Math.floor(Date.now() / 1000) - 60
  const { headers } = cosSigned({ ...sent, headers: { ...sent.headers, host }, secretId, secretKey, start })
  return exchange({ ...sent, headers })
}

/** `CosS3Auth.__call__` of COSCMD: Host alone, in small letters, its colon escaped; no parameter and no other header. */
function authorizationOfCoscmd(method: string, url: string): string {
  const { accessKeyId, secretAccessKey } = running.credentials
  const now = Math.floor(Date.now() / 1000)
  const time = `${now - 60};${now + 10_000}`
  const quoted = encodeURIComponent(host).toLowerCase()
  const format = `${method.toLowerCase()}\n${decodeURIComponent(url.split('?')[0]!)}\n\nhost=${quoted}\n`
  const text = `sha1\n${time}\n${createHash('sha1').update(format).digest('hex')}\n`
  const hmac = (key: string, data: string) => createHmac('sha1', key).update(data).digest('hex')
  return `q-sign-algorithm=sha1&q-ak=${accessKeyId}&q-sign-time=${time}&q-key-time=${time}&q-header-list=host&q-url-param-list=&q-signature=${hmac(hmac(secretAccessKey, time), text)}`
}
function coscmd(sent: Sent): Promise<Answer> {
  const authorization = authorizationOfCoscmd(sent.method ?? 'GET', sent.url)
  return exchange({ ...sent, headers: { ...sent.headers, authorization, 'user-agent': 'coscmd-v1.9.0.6' } })
}

const md5 = (bytes: Buffer | string, encoding: 'hex' | 'base64' = 'hex') =>
  createHash('md5').update(bytes).digest(encoding)
function crc64(bytes: Buffer): string {
  const crc = createChecksum('crc64ecma')
  crc.update(bytes)
  return crc.digest().readBigUInt64BE().toString()
}
/** Every text of elements of that name, as minidom's getElementsByTagName finds them. */
const texts = (xml: string, name: string) =>
  [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, text]) => text!)
/** `quote()` of Python, which leaves slashes. */
const quote = (key: string) => encodeURIComponent(key).replaceAll('%2F', '/')

describe('COSCMD', () => {
  const content = Buffer.from('measured in Hsinchu\n')
  const key = '資料/a b+c.txt'
  const url = `/${quote(key)}`

  test.each([
    ['as it is', {}, {}],
    ['-H with SSE-COS and a class', { [SSE]: 'AES256', 'x-cos-storage-class': 'STANDARD_IA' }, undefined],
    ['-H with SM4', { [SSE]: 'SM4' }, undefined],
    ['-H with KMS', { [SSE]: 'cos/kms' }, undefined],
  ])('upload, %s; info; download', async (_name, asked: Record<string, string>, shown = asked) => {
    const headers = { ...asked, 'x-cos-meta-md5': md5(content) }
    expect((await coscmd({ method: 'PUT', url, headers, body: content })).status).toBe(200)
    // `upload -s` compares these two with the local file, and passes over what has not changed
    const head = await coscmd({ method: 'HEAD', url })
    expect(head.headers).toMatchObject({
      'x-cos-meta-md5': md5(content),
      'content-length': String(content.length),
      'x-cos-hash-crc64ecma': crc64(content),
      ...shown,
    })
    expect((await coscmd({ url })).body.equals(content)).toBe(true)
    const range = await coscmd({ url, headers: { range: 'bytes=9-10' } })
    expect([range.status, range.text]).toEqual([206, 'in'])
    const link = `${url}?sign=${encodeURIComponent(authorizationOfCoscmd('GET', url))}`
    expect((await exchange({ url: link })).body.equals(content)).toBe(true)
  })

  test('uploads in parts as version 1.8 does, broken off and gone on with', async () => {
    const parts = [randomBytes(2 ** 20), randomBytes(2 ** 20), randomBytes(1000)]
    const headers = { 'x-cos-meta-md5': md5(Buffer.concat(parts)), [SSE]: 'AES256' }
    const begun = await coscmd({ method: 'POST', url: `${url}?uploads`, headers })
    const uploadId = texts(begun.text, 'UploadId')[0]!
    const send = (number: number) =>
      // the headers of the upload go along with every part
      coscmd({
        method: 'PUT',
        url: `${url}?partNumber=${number}&uploadId=${uploadId}`,
        headers,
        body: parts[number - 1]!,
      })
    for (const number of [1, 2])
      expect((await send(number)).headers.etag).toBe(`"${md5(parts[number - 1]!)}"`)
    const listed = await coscmd({
      url: `${url}?uploadId=${uploadId}&upload&max-parts=1000&part-number-marker=`,
    })
    expect([texts(listed.text, 'PartNumber'), texts(listed.text, 'IsTruncated')]).toEqual([
      ['1', '2'],
      ['false'],
    ])
    const third = await send(3)
    const etags = [
      ...texts(listed.text, 'ETag').map((etag) => etag.replaceAll('&quot;', '"')),
      third.headers.etag!,
    ]
    const nodes = etags.map((etag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${etag}</ETag></Part>`)
    const body = `<CompleteMultipartUpload>${nodes.join('')}</CompleteMultipartUpload>`
    expect((await coscmd({ method: 'POST', url: `${url}?uploadId=${uploadId}`, body })).status).toBe(200)
    const got = await coscmd({ url })
    expect([got.body.equals(Buffer.concat(parts)), got.headers[SSE]]).toEqual([true, 'AES256'])
  })

  test('lists, gives up uploads, deletes one and many', async () => {
    await coscmd({ method: 'POST', url: `${url}?uploads`, headers: { 'x-cos-meta-md5': '' } })
    const uploads = await coscmd({ url: `/?uploads&prefix=${quote('資料/')}&marker=` })
    expect(texts(uploads.text, 'Key')).toEqual([key])
    for (const uploadId of texts(uploads.text, 'UploadId'))
      expect((await coscmd({ method: 'DELETE', url: `${url}?uploadId=${uploadId}` })).status).toBe(204)
    for (const name of ['b', 'c'])
      await coscmd({ method: 'PUT', url: `/${quote(`資料/${name}`)}`, body: name })
    const page = await coscmd({ url: `/?prefix=${quote('資料/')}&marker=` })
    expect([texts(page.text, 'Key'), texts(page.text, 'IsTruncated')]).toEqual([
      [key, '資料/b', '資料/c'],
      ['false'],
    ])
    // strptime('%Y-%m-%dT%H:%M:%S.%fZ') fails without the fraction
    expect(texts(page.text, 'LastModified')[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    expect((await coscmd({ method: 'DELETE', url: `/${quote('資料/c')}?versionId=` })).status).toBe(204)
    const objects = [key, '資料/b'].map(
      (name) => `\n        <Object>\n            <Key>${name}</Key>\n        </Object>`,
    )
    const body = `\n    <Delete>\n        <Quiet>true</Quiet>${objects.join('')}\n    </Delete>`
    const headers = { 'content-md5': md5(body, 'base64') }
    expect((await coscmd({ method: 'POST', url: '/?delete', headers, body })).status).toBe(200)
    expect(texts((await coscmd({ url: '/?prefix=&marker=' })).text, 'Key')).toEqual([])
  })

  test('what its signature does not cover and would do more than keep bytes is refused', async () => {
    for (const name of ['x-cos-copy-source', 'x-cos-acl', 'x-cos-tagging', 'x-cos-grant-read']) {
      const answer = await coscmd({ method: 'PUT', url, headers: { [name]: 'x' }, body: 'x' })
      expect([answer.status, texts(answer.text, 'Code')], name).toEqual([403, ['AccessDenied']])
    }
    expect((await coscmd({ method: 'HEAD', url })).status).toBe(404)
  })
})

describe('the SDK for Python, as version 1.9 of COSCMD calls it', () => {
  test('upload_file goes on where it was broken off, and looks at every part', async () => {
    const parts = [randomBytes(2 ** 20), randomBytes(5000)]
    const key = 'python/大.bin'
    const url = `/${quote(key)}`
    const headers = { [SSE]: 'cos/kms', 'x-cos-meta-md5': md5(Buffer.concat(parts)) }
    const begun = await sdk({ method: 'POST', url: `${url}?uploads=`, headers })
    const uploadId = texts(begun.text, 'UploadId')[0]!
    const send = (number: number) =>
      sdk({
        method: 'PUT',
        url: `${url}?partNumber=${number}&uploadId=${uploadId}`,
        headers: { 'content-md5': md5(parts[number - 1]!, 'base64') },
        body: parts[number - 1]!,
      })
    const first = await send(1)
    const prefix = `prefix=${encodeURIComponent(key)}`
    const uploads = await sdk({
      url: `/?uploads=&delimiter=&key-marker=&upload-id-marker=&max-uploads=1000&${prefix}&encoding-type=url`,
    })
    expect([texts(uploads.text, 'Key'), texts(uploads.text, 'UploadId')]).toEqual([[quote(key)], [uploadId]])
    const listed = await sdk({ url: `${url}?uploadId=${uploadId}&part-number-marker=0&max-parts=1000` })
    expect([texts(listed.text, 'PartNumber'), texts(listed.text, 'Size')]).toEqual([['1'], [String(2 ** 20)]])
    expect(texts(listed.text, 'ETag')[0]!.replaceAll('&quot;', '"')).toBe(first.headers.etag)
    const second = await send(2)
    const nodes = [first, second].map(
      ({ headers: { etag } }, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${etag!}</ETag></Part>`,
    )
    const body = `<CompleteMultipartUpload>${nodes.join('')}</CompleteMultipartUpload>`
    const done = await sdk({
      method: 'POST',
      url: `${url}?uploadId=${uploadId}`,
      headers: { 'content-type': 'application/xml' },
      body,
    })
    expect([done.status, done.headers['x-cos-hash-crc64ecma']]).toEqual([200, crc64(Buffer.concat(parts))])
    expect(texts(done.text, 'ETag')[0]!.replaceAll('&quot;', '')).toMatch(/^[0-9a-f]{32}-2$/)
    expect((await sdk({ url })).body.equals(Buffer.concat(parts))).toBe(true)
  })
})

/** Client.CRC64 is on by default: an answer without the checksum, or with another, fails the call (object.go). */
describe('COSCLI and the SDK for Go', () => {
  const put = {
    'content-type': 'text/plain; charset=utf-8',
    'x-cos-storage-class': 'STANDARD',
    'x-cos-meta-team': 'optics',
  }

  test('cp of a small file, stat, hash', async () => {
    const bytes = randomBytes(1000)
    const sent = await sdk({ method: 'PUT', url: '/go/small.txt', headers: put, body: bytes })
    expect([sent.status, sent.headers['x-cos-hash-crc64ecma']]).toEqual([200, crc64(bytes)])
    const { headers } = await sdk({ method: 'HEAD', url: '/go/small.txt' })
    expect(headers).toMatchObject({
      etag: `"${md5(bytes)}"`,
      'content-type': 'text/plain; charset=utf-8',
      'content-length': '1000',
      'last-modified': expect.stringMatching(/ GMT$/),
      'x-cos-object-type': 'normal',
      'x-cos-hash-crc64ecma': crc64(bytes),
      'x-cos-meta-team': 'optics',
    })
  })

  test('cp of a large file in parts, gone on with from its list, compared by CRC-64', async () => {
    const parts = [randomBytes(2 ** 20), randomBytes(2 ** 20), randomBytes(77)]
    const url = '/go/large%20file.bin'
    const begun = await sdk({ method: 'POST', url: `${url}?uploads`, headers: { ...put, [SSE]: 'SM4' } })
    const uploadId = texts(begun.text, 'UploadId')[0]!
    const etags: string[] = []
    for (const [index, part] of parts.entries()) {
      const sent = await sdk({
        method: 'PUT',
        url: `${url}?partNumber=${index + 1}&uploadId=${uploadId}`,
        body: part,
      })
      expect(sent.headers['x-cos-hash-crc64ecma']).toBe(crc64(part))
      etags.push(sent.headers.etag!)
    }
    const uploads = await sdk({
      url: `/?uploads=&encoding-type=url&prefix=${encodeURIComponent('go/large file.bin')}`,
    })
    expect([texts(uploads.text, 'Key'), texts(uploads.text, 'UploadId')]).toEqual([
      ['go/large%20file.bin'],
      [uploadId],
    ])
    const nodes = etags.map((etag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${etag}</ETag></Part>`)
    const body = `<CompleteMultipartUpload>${nodes.join('')}</CompleteMultipartUpload>`
    const headers = { 'content-type': 'application/xml' }
    const done = await sdk({ method: 'POST', url: `${url}?uploadId=${uploadId}`, headers, body })
    expect([done.status, done.headers['x-cos-hash-crc64ecma']]).toEqual([200, crc64(Buffer.concat(parts))])
    const got = await sdk({ url })
    expect([got.body.equals(Buffer.concat(parts)), got.headers[SSE]]).toEqual([true, 'SM4'])
  })

  test('ls, folder by folder and page by page; rm', async () => {
    for (const name of ['ls/a/1', 'ls/a/2', 'ls/文 b'])
      await sdk({ method: 'PUT', url: `/${quote(name)}`, headers: put, body: name })
    const list = (more: string) =>
      sdk({ url: `/?prefix=${encodeURIComponent('ls/')}&encoding-type=url&max-keys=1&${more}` })
    const first = await list('delimiter=%2F&marker=')
    expect(texts(first.text, 'IsTruncated')).toEqual(['true'])
    expect(texts(first.text, 'CommonPrefixes').length + texts(first.text, 'Key').length).toBe(0)
    expect(first.text).toContain('<CommonPrefixes><Prefix>ls/a/</Prefix></CommonPrefixes>')
    const next = await list(`delimiter=%2F&marker=${texts(first.text, 'NextMarker')[0]!}`)
    expect([texts(next.text, 'Key'), texts(next.text, 'IsTruncated')]).toEqual([
      [quote('ls/文 b')],
      ['false'],
    ])
    const objects = ['ls/a/1', 'ls/a/2', 'ls/文 b'].map((name) => `<Object><Key>${name}</Key></Object>`)
    const body = `<Delete><Quiet>true</Quiet>${objects.join('')}</Delete>`
    const headers = { 'content-type': 'application/xml', 'content-md5': md5(body, 'base64') }
    expect((await sdk({ method: 'POST', url: '/?delete', headers, body })).status).toBe(200)
    expect(texts((await sdk({ url: '/?prefix=ls%2F' })).text, 'Key')).toEqual([])
  })

  test('what is not there: the words its errors are made of', async () => {
    const missing = await sdk({ url: '/go/none' })
    expect([missing.status, texts(missing.text, 'Code')]).toEqual([404, ['NoSuchKey']])
    for (const name of ['Message', 'Resource', 'RequestId', 'TraceId'])
      expect(texts(missing.text, name)[0], name).toBeTruthy()
    const head = await sdk({ method: 'HEAD', url: '/go/none' })
    // cos.IsNotFoundError asks for the status alone
    expect([head.status, head.headers['x-cos-request-id']]).toEqual([
      404,
      expect.stringMatching(/^[0-9A-F]{16}$/),
    ])
  })
})
