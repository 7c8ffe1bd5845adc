import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createChecksum } from '../../crypto/checksums.ts'
import { startSystem, type RunningSystem } from '../testing/running-system.ts'
import { GO_V2, OSS2, WireV4 } from './wire-v4.test-support.ts'
import { element, exchange } from './wire.test-support.ts'

/**
 * The requests of clients that this machine cannot run and that sign by version 4, as their sources write them, and what of the
 * answers they read: oss2 (api.py, models.py, xml_utils.py) and the SDK for Go, version 2 (api_op_object.go, uploader.go).
 */
let running: RunningSystem
let defaultKeyId: string
const bucket = 'version-four'
const SSE = 'x-oss-server-side-encryption'
const DATA = 'x-oss-server-side-data-encryption'

beforeAll(async () => {
  running = await startSystem()
  defaultKeyId = (await running.system.keyring.defaultKey(running.projectId)).keyId
})
afterAll(async () => {
  expect(running.faults).toEqual([])
  await running.stop()
})

const md5 = (bytes: Buffer | string, encoding: 'hex' | 'base64') =>
  createHash('md5').update(bytes).digest(encoding)
function crc64(bytes: Buffer): string {
  const crc = createChecksum('crc64ecma')
  crc.update(bytes)
  return crc.digest().readBigUInt64BE().toString()
}
/** Every text of elements of that name. */
const texts = (xml: string, name: string) =>
  [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, text]) => text!)

const METHODS: [name: string, sent: Record<string, string>, told: () => Record<string, string>][] = [
  ['none', {}, () => ({})],
  ['AES256', { [SSE]: 'AES256' }, () => ({ [SSE]: 'AES256' })],
  ['SM4', { [SSE]: 'SM4' }, () => ({ [SSE]: 'SM4' })],
  ['KMS', { [SSE]: 'KMS' }, () => ({ [SSE]: 'KMS', [`${SSE}-key-id`]: defaultKeyId })],
  [
    'KMS with SM4',
    { [SSE]: 'KMS', [DATA]: 'SM4' },
    () => ({ [SSE]: 'KMS', [DATA]: 'SM4', [`${SSE}-key-id`]: defaultKeyId }),
  ],
]
const shown = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('x-oss-server-side-')))

describe.each([OSS2, GO_V2])('$name', (client) => {
  let oss: WireV4
  beforeAll(async () => {
    oss = new WireV4(running.port, running.credentials, client)
    expect((await oss.send({ method: 'PUT', bucket })).status).toBe(200)
  })

  test.each(METHODS)('%s: put, get, range, head, meta, change in place', async (name, sent, told) => {
    const key = `${client.name}/文件 a+b%2F(${name}).txt`
    const bytes = randomBytes(70_000)
    const headers = { 'content-type': 'text/plain', 'x-oss-meta-author': 'ada', ...sent }
    const put = await oss.send({ method: 'PUT', bucket, key, headers, body: bytes })
    const same = { etag: `"${md5(bytes, 'hex').toUpperCase()}"`, 'x-oss-hash-crc64ecma': crc64(bytes) }
    expect(put.status, put.text).toBe(200)
    expect([put.headers, shown(put.headers)]).toEqual([expect.objectContaining(same), told()])
    const got = await oss.send({ bucket, key })
    expect([got.body.equals(bytes), shown(got.headers)]).toEqual([true, told()])
    const range = await oss.send({ bucket, key, headers: { range: 'bytes=65530-65541' } })
    expect([range.status, range.body.equals(bytes.subarray(65_530, 65_542))]).toEqual([206, true])
    const head = await oss.send({ method: 'HEAD', bucket, key })
    expect(head.headers).toMatchObject({
      ...same,
      ...told(),
      'content-length': '70000',
      'content-md5': md5(bytes, 'base64'),
      'last-modified': expect.stringMatching(/ GMT$/),
      'x-oss-meta-author': 'ada',
      'x-oss-object-type': 'Normal',
      'x-oss-storage-class': 'Standard',
    })
    const meta = await oss.send({ method: 'HEAD', bucket, key, query: { objectMeta: '' } })
    expect(meta.headers).toMatchObject({ etag: same.etag, 'content-length': '70000' })
    const source = `/${bucket}/${client.escapeKey(key)}`
    const change = { 'x-oss-copy-source': source, 'x-oss-metadata-directive': 'REPLACE', [SSE]: 'SM4' }
    const changed = await oss.send({ method: 'PUT', bucket, key, headers: change })
    expect([changed.status, element(changed.text, 'ETag')]).toEqual([
      200,
      same.etag.replaceAll('"', '&quot;'),
    ])
    expect(shown((await oss.send({ method: 'HEAD', bucket, key })).headers)).toEqual({ [SSE]: 'SM4' })
  })

  test('an upload in parts, gone on with from its list, and its CRC-64 from those of the parts', async () => {
    const key = `${client.name}/大 file.bin`
    const parts = [randomBytes(102_400), randomBytes(102_400), randomBytes(5)]
    const headers = { 'content-type': 'application/octet-stream', [SSE]: 'KMS' }
    const query = { uploads: '', 'encoding-type': 'url' }
    const begun = await oss.send({ method: 'POST', bucket, key, query, headers })
    const uploadId = element(begun.text, 'UploadId')!
    expect(decodeURIComponent(element(begun.text, 'Key')!)).toBe(key)
    const send = async (number: number) => {
      const body = parts[number - 1]!
      const part = { partNumber: String(number), uploadId }
      const sent = await oss.send({ method: 'PUT', bucket, key, query: part, body })
      expect(sent.headers).toMatchObject({ 'x-oss-hash-crc64ecma': crc64(body), etag: expect.any(String) })
      return sent.headers.etag!
    }
    await send(1)
    await send(2)
    const listed = await oss.send({ bucket, key, query: { uploadId, 'encoding-type': 'url' } })
    expect(texts(listed.text, 'PartNumber')).toEqual(['1', '2'])
    expect(texts(listed.text, 'Size')).toEqual(['102400', '102400'])
    expect(texts(listed.text, 'HashCrc64ecma')).toEqual([crc64(parts[0]!), crc64(parts[1]!)])
    const etags = [...texts(listed.text, 'ETag').map((etag) => etag.replaceAll('&quot;', '"')), await send(3)]
    const nodes = etags.map((etag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${etag}</ETag></Part>`)
    const body = `<CompleteMultipartUpload>${nodes.join('')}</CompleteMultipartUpload>`
    const done = await oss.send({
      method: 'POST',
      bucket,
      key,
      query: { uploadId, 'encoding-type': 'url' },
      headers: { 'content-type': 'application/xml', 'content-md5': md5(body, 'base64') },
      body,
    })
    const whole = Buffer.concat(parts)
    expect([done.status, done.headers['x-oss-hash-crc64ecma']]).toEqual([200, crc64(whole)])
    const got = await oss.send({ bucket, key })
    expect(got.body.equals(whole)).toBe(true)
    expect(got.headers).toMatchObject({ [SSE]: 'KMS', 'x-oss-object-type': 'Multipart' })
  })

  test('both lists of objects, that of buckets, and a deletion of many', async () => {
    const prefix = `${client.name} lists/`
    const keys = [`${prefix}a b`, `${prefix}c/1`, `${prefix}文+`]
    for (const key of keys) await oss.send({ method: 'PUT', bucket, key, body: 'x' })
    const encoding = { 'encoding-type': 'url', prefix }
    const first = await oss.send({
      bucket,
      query: { ...encoding, delimiter: '', marker: '', 'max-keys': '2' },
    })
    expect(texts(first.text, 'Key').map(decodeURIComponent)).toEqual(keys.slice(0, 2))
    expect([element(first.text, 'IsTruncated'), element(first.text, 'Type')]).toEqual(['true', 'Normal'])
    const marker = decodeURIComponent(element(first.text, 'NextMarker')!)
    const rest = await oss.send({ bucket, query: { ...encoding, marker, 'max-keys': '2' } })
    expect(texts(rest.text, 'Key').map(decodeURIComponent)).toEqual(keys.slice(2))
    const two = await oss.send({
      bucket,
      query: { ...encoding, 'list-type': '2', delimiter: '/', 'max-keys': '2', 'fetch-owner': 'true' },
    })
    expect([texts(two.text, 'KeyCount'), texts(two.text, 'IsTruncated')]).toEqual([['2'], ['true']])
    expect(two.text).toContain(`<Prefix>${encodeURIComponent(`${prefix}c/`)}</Prefix></CommonPrefixes>`)
    const token = element(two.text, 'NextContinuationToken')!
    const last = await oss.send({
      bucket,
      query: { ...encoding, 'list-type': '2', delimiter: '/', 'continuation-token': token },
    })
    expect(texts(last.text, 'Key').map(decodeURIComponent)).toEqual(keys.slice(2))
    const buckets = await oss.send({ query: { prefix: bucket, marker: '', 'max-keys': '100' } })
    expect(texts(buckets.text, 'Name')).toEqual([bucket])
    const objects = keys.map((key) => `<Object><Key>${key}</Key></Object>`)
    const body = `<Delete><Quiet>false</Quiet>${objects.join('')}</Delete>`
    const headers = { 'content-type': 'application/xml', 'content-md5': md5(body, 'base64') }
    const query = { delete: '', 'encoding-type': 'url' }
    const deleted = await oss.send({ method: 'POST', bucket, query, headers, body })
    expect(texts(deleted.text, 'Key').map(decodeURIComponent)).toEqual(keys)
  })

  test('the bucket: its description, its rule, its ACL', async () => {
    const rule =
      '<ServerSideEncryptionRule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>KMS</SSEAlgorithm><KMSDataEncryption>SM4</KMSDataEncryption></ApplyServerSideEncryptionByDefault></ServerSideEncryptionRule>'
    const headers = { 'content-type': 'application/xml', 'content-md5': md5(rule, 'base64') }
    const query = { encryption: '' }
    expect((await oss.send({ method: 'PUT', bucket, query, headers, body: rule })).status).toBe(200)
    expect((await oss.send({ bucket, query })).text).toContain(rule)
    const info = (await oss.send({ bucket, query: { bucketInfo: '' } })).text
    const known = [
      'Name',
      'Location',
      'CreationDate',
      'ExtranetEndpoint',
      'IntranetEndpoint',
      'StorageClass',
      'Grant',
    ]
    for (const name of known) expect(element(info, name), name).toBeTruthy()
    expect([element(info, 'SSEAlgorithm'), element(info, 'KMSDataEncryption')]).toEqual(['KMS', 'SM4'])
    expect((await oss.send({ method: 'DELETE', bucket, query })).status).toBe(204)
    expect(element((await oss.send({ bucket, query: { acl: '' } })).text, 'Grant')).toBe('private')
  })

  test('refusals, read from the body or, on HEAD, from x-oss-err', async () => {
    const missing = await oss.send({ bucket, key: 'none' })
    expect([missing.status, element(missing.text, 'Code')]).toEqual([404, 'NoSuchKey'])
    for (const name of ['Message', 'RequestId', 'HostId']) expect(element(missing.text, name)).toBeTruthy()
    const head = await oss.send({ method: 'HEAD', bucket, key: 'none' })
    const body = Buffer.from(head.headers['x-oss-err']!, 'base64').toString()
    expect([head.status, element(body, 'Code')]).toEqual([404, 'NoSuchKey'])
    expect(head.headers['x-oss-request-id']).toBe(element(body, 'RequestId'))
    const thief = new WireV4(running.port, { ...running.credentials, secretAccessKey: 'x' }, client)
    expect(element((await thief.send({ bucket, key: 'none' })).text, 'Code')).toBe('SignatureDoesNotMatch')
    const bad = await oss.send({
      method: 'PUT',
      bucket,
      key: 'bad',
      headers: { [SSE]: 'aws:kms' },
      body: 'x',
    })
    expect([bad.status, bad.headers['x-oss-ec']]).toEqual([400, '0005-00000003'])
  })
})

test('links of the SDK for Go are followed, and not widened', async () => {
  const oss = new WireV4(running.port, running.credentials, GO_V2)
  const follow = (method: string, path: string, headers = {}, body = '') =>
    exchange({ port: running.port, host: '127.0.0.1', method, path, headers }, body)
  const encrypted = { [SSE]: 'AES256' }
  const upload = oss.link('PUT', bucket, 'link 文+', encrypted)
  const length = { 'content-length': '6' }
  expect((await follow('PUT', upload, length, 'linked')).status).toBe(403)
  expect((await follow('PUT', upload, { ...length, ...encrypted }, 'linked')).status).toBe(200)
  const download = oss.link('GET', bucket, 'link 文+')
  const got = await follow('GET', download)
  expect([got.text, got.headers[SSE]]).toEqual(['linked', 'AES256'])
  expect((await follow('DELETE', download)).status).toBe(403)
  expect((await follow('GET', `${download}&acl`)).status).toBe(403)
  expect((await follow('GET', download.replace('x-oss-expires=60', 'x-oss-expires=600'))).status).toBe(403)
})
