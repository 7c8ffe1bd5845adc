import { createHash, createHmac, randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createChecksum } from '../../crypto/checksums.ts'
import { startSystem, type RunningSystem } from '../testing/running-system.ts'
import { element, Wire, type WireAnswer } from './wire.test-support.ts'

/**
 * The requests of clients that this machine cannot run, as their sources write them: oss2 (aliyun-oss-python-sdk, api.py),
 * ossutil 1 (lib/stat.go) with the Go SDK, and browsers' forms.
 */
let running: RunningSystem
let oss: Wire
let ownKeyId: string
let defaultKeyId: string
const BUCKET = 'test-hongkong-2025'

beforeAll(async () => {
  running = await startSystem()
  oss = new Wire(running.port, running.credentials)
  defaultKeyId = (await running.system.keyring.defaultKey(running.projectId)).keyId
  ownKeyId = await createKey()
  expect((await oss.send({ method: 'PUT', url: `/${BUCKET}/` })).status).toBe(200)
})
afterAll(async () => {
  expect(running.faults).toEqual([])
  await running.stop()
})

const origin = { requestId: 'r', secure: true, remoteAddress: '127.0.0.1' }
async function owner() {
  return (await running.system.accounts.credentials(running.credentials.accessKeyId))!.caller
}
async function createKey(): Promise<string> {
  const request = { spec: 'AES_256', origin: 'AWS_KMS', description: '', tags: [] } as const
  const none = { policy: undefined, alias: undefined, provider: undefined }
  const { kms } = running.system
  return (await kms.run('CreateKey', { ...request, ...none, tags: [] }, await owner(), origin)).keyId
}
/** A member of the project with a policy of his own. */
async function member(policy: object): Promise<Wire> {
  const { accounts, members } = running.system
  const email = `${randomBytes(4).toString('hex')}@example.org`
  const { token } = await members.invite(await owner(), { email, role: 'member' }, origin)
  const joined = await members.acceptAsNewUser(
    { token, name: 'Mia', password: 'correct horse battery' },
    origin,
  )
  const { userId } = (await accounts.sessionUser(joined.session.sessionId))!
  const { projectId } = running
  await members.setPolicy(await owner(), userId, JSON.stringify(policy), origin)
  return new Wire(running.port, await accounts.createAccessKey({ userId, projectId, description: 'oss' }))
}

const SSE = 'x-oss-server-side-encryption'
const DATA = 'x-oss-server-side-data-encryption'
function crc64(bytes: Buffer): string {
  const crc = createChecksum('crc64ecma')
  crc.update(bytes)
  return crc.digest().readBigUInt64BE().toString()
}
const md5 = (bytes: Buffer, encoding: 'hex' | 'base64') => createHash('md5').update(bytes).digest(encoding)
const head = (key: string, wire = oss) => wire.send({ method: 'HEAD', url: `/${BUCKET}/${key}` })

/** `bucket.put_object(key, data)` */
function putObject(key: string, data: Buffer | string, headers: Record<string, string> = {}, wire = oss) {
  return wire.send({
    method: 'PUT',
    url: `/${BUCKET}/${key}`,
    headers: { 'content-type': 'text/plain', 'accept-encoding': 'identity', ...headers },
    body: data,
  })
}

/** `bucket.update_object_meta(key, headers)`: a copy onto itself, its source with escaped slashes. */
function updateObjectMeta(key: string, headers: Record<string, string>, wire = oss): Promise<WireAnswer> {
  return wire.send({
    method: 'PUT',
    url: `/${BUCKET}/${encodeURIComponent(key)}`,
    headers: {
      'accept-encoding': 'identity',
      'content-type': 'text/plain',
      'x-oss-copy-source': `/${BUCKET}/${encodeURIComponent(key)}`,
      'x-oss-metadata-directive': 'REPLACE',
      ...headers,
      'content-length': '0',
    },
  })
}

/** `ossutil stat`: the ACL, then HEAD; every header but a few is a line. */
async function stat(key: string): Promise<Record<string, string>> {
  const acl = await oss.send({ url: `/${BUCKET}/${key}?acl` })
  const { headers } = await head(key)
  const hidden = ['date', 'x-oss-request-id', 'server', 'x-oss-server-time', 'connection', 'keep-alive']
  const lines = Object.entries(headers).filter(([name]) => !hidden.includes(name))
  return {
    ...Object.fromEntries(lines),
    etag: headers.etag!.replaceAll('"', ''),
    owner: element(acl.text, 'ID')!,
    acl: element(acl.text, 'Grant')!,
  }
}

describe('the three scripts of the OSS best practice', () => {
  const bytes = Buffer.from('Sixty-two bytes of plaintext, as in the document of the user.\n')

  test.each([
    ['AES256', () => ({ [SSE]: 'AES256' }), () => ({ [SSE]: 'AES256' })],
    ['KMS', () => ({ [SSE]: 'KMS' }), () => ({ [SSE]: 'KMS', [`${SSE}-key-id`]: defaultKeyId })],
    [
      'KMS and a key ID',
      () => ({ [SSE]: 'KMS', [`${SSE}-key-id`]: ownKeyId }),
      () => ({ [SSE]: 'KMS', [`${SSE}-key-id`]: ownKeyId }),
    ],
  ])('update_object_meta with %s encrypts a plaintext object where it lies', async (name, asked, told) => {
    expect(bytes).toHaveLength(62)
    const key = `${name}.txt`.replaceAll(' ', '-')
    expect((await putObject(key, bytes)).status).toBe(200)
    const before = await stat(key)
    expect(before).toEqual({
      acl: 'default',
      'accept-ranges': 'bytes',
      'content-length': '62',
      'content-md5': md5(bytes, 'base64'),
      'content-type': 'text/plain',
      etag: md5(bytes, 'hex').toUpperCase(),
      'last-modified': expect.stringMatching(/ GMT$/),
      owner: running.accountNumber,
      'x-oss-hash-crc64ecma': crc64(bytes),
      'x-oss-object-type': 'Normal',
      'x-oss-storage-class': 'Standard',
    })
    await sleep(1100)
    const answer = await updateObjectMeta(key, asked())
    expect([answer.status, element(answer.text, 'ETag')]).toEqual([200, `&quot;${before.etag!}&quot;`])
    const { 'last-modified': later, ...after } = await stat(key)
    const { 'last-modified': earlier, ...same } = before
    expect(after).toEqual({ ...same, ...told() })
    expect(Date.parse(later!)).toBeGreaterThan(Date.parse(earlier!))
    expect((await oss.send({ url: `/${BUCKET}/${key}` })).body.equals(bytes)).toBe(true)
    const { object } = await running.system.store.run(
      { name: 'HeadObject', bucket: BUCKET, key, conditions: {} },
      await owner(),
      { ...origin, signal: new AbortController().signal },
    )
    expect(object.encryption.mode).toBe(name === 'AES256' ? 'service-key' : 'managed-key')
  })

  test('a member without permission on the key gets the 403 of OSS', async () => {
    const allow = { Effect: 'Allow', Action: 's3:*', Resource: '*' }
    const deny = { Effect: 'Deny', Action: 'kms:*', Resource: `arn:aws:kms:*:*:key/${ownKeyId}` }
    const mia = await member({ Version: '2012-10-17', Statement: [allow, deny] })
    await putObject('mias.txt', bytes)
    const asked = { [SSE]: 'KMS', [`${SSE}-key-id`]: ownKeyId }
    for (const answer of [
      await updateObjectMeta('mias.txt', asked, mia),
      await putObject('hers.txt', bytes, asked, mia),
      await mia.send({ url: `/${BUCKET}/KMS-and-a-key-ID.txt` }),
    ]) {
      expect([answer.status, element(answer.text, 'Code')]).toEqual([403, 'AccessDenied'])
      expect(element(answer.text, 'Message')).toBe('This operation is forbidden by kms.')
    }
    expect((await head('mias.txt')).headers[SSE]).toBeUndefined()
    expect((await head('hers.txt')).status).toBe(404)
    // the default key is hers to use
    expect((await updateObjectMeta('mias.txt', { [SSE]: 'KMS' }, mia)).status).toBe(200)
  })

  test('a value that OSS does not know is refused, and changes nothing', async () => {
    await putObject('kept.txt', bytes)
    const answer = await updateObjectMeta('kept.txt', { [SSE]: 'invalid' })
    expect([answer.status, element(answer.text, 'Code'), answer.headers['x-oss-ec']]).toEqual([
      400,
      'InvalidEncryptionAlgorithmError',
      '0005-00000003',
    ])
    expect((await head('kept.txt')).headers[SSE]).toBeUndefined()
  })
})

/** aliyun-oss.md §3: what is asked, and what is answered. */
describe('errors of server-side encryption', () => {
  const unknown = '11111111-2222-3333-4444-555555555555'
  const key = `${SSE}-key-id`
  const context = `${SSE}-context`

  test.each([
    ['an unknown method', { [SSE]: 'aws:kms' }, 400, 'InvalidEncryptionAlgorithmError', '0005-00000003'],
    [
      'a method in small letters',
      { [SSE]: 'aes256' },
      400,
      'InvalidEncryptionAlgorithmError',
      '0005-00000003',
    ],
    [
      'an unknown data algorithm',
      { [SSE]: 'KMS', [DATA]: 'SM3' },
      400,
      'InvalidDataEncryptionAlgorithmError',
      '0005-00000203',
    ],
    ['a key without KMS', { [SSE]: 'AES256', [key]: unknown }, 400, 'InvalidArgument', '0005-00000204'],
    ['a key without a method', { [key]: unknown }, 400, 'InvalidArgument', '0005-00000204'],
    ['an empty key', { [SSE]: 'KMS', [key]: '' }, 400, 'InvalidArgument', '0005-00000205'],
    ['no key at all', { [SSE]: 'KMS', [key]: 'not a key' }, 400, 'InvalidParameter', undefined],
    ['a key that is not there', { [SSE]: 'KMS', [key]: unknown }, 404, 'KeyNotFound', '0005-00000208'],
    [
      'an alias that is not there',
      { [SSE]: 'KMS', [key]: 'alias/none' },
      404,
      'KeyNotFound',
      '0005-00000208',
    ],
    ['a context without a key', { [SSE]: 'KMS', [context]: '{}' }, 400, 'InvalidArgument', '0005-00000228'],
    ['a context without KMS', { [SSE]: 'AES256', [context]: '{}' }, 400, 'InvalidArgument', '0005-00000228'],
    [
      'a context that is no map',
      { [SSE]: 'KMS', [key]: unknown, [context]: '[]' },
      400,
      'InvalidArgument',
      '0005-00000230',
    ],
    [
      'a context in Base64',
      { [SSE]: 'KMS', [key]: unknown, [context]: 'e30=' },
      400,
      'InvalidArgument',
      '0005-00000230',
    ],
    ['a key of the customer', { [`${SSE}-customer-algorithm`]: 'AES256' }, 501, 'NotImplemented', undefined],
  ])('%s', async (_name, headers, status, code, ec) => {
    for (const [method, url, more] of [
      ['PUT', `/${BUCKET}/refused`, {}],
      ['PUT', `/${BUCKET}/refused`, { 'x-oss-copy-source': `/${BUCKET}/kept.txt` }],
      ['POST', `/${BUCKET}/refused?uploads`, {}],
    ] as const) {
      const answer = await oss.send({ method, url, headers: { ...headers, ...more } })
      expect([answer.status, element(answer.text, 'Code')], method).toEqual([status, code])
      expect([answer.headers['x-oss-ec'], element(answer.text, 'EC')]).toEqual([ec, ec])
      expect(answer.headers['x-oss-request-id']).toBe(element(answer.text, 'RequestId'))
    }
    expect((await head('refused')).status).toBe(404)
  })

  test('the data algorithm alone, or with AES256, means nothing', async () => {
    expect((await putObject('data', 'x', { [DATA]: 'SM4' })).headers[SSE]).toBeUndefined()
    expect((await putObject('data', 'x', { [SSE]: 'AES256', [DATA]: 'SM3' })).headers).toMatchObject({
      [SSE]: 'AES256',
    })
  })

  test('keys that may not be used', async () => {
    const { kms } = running.system
    const keyId = await createKey()
    const ask = () => putObject('refused', 'x', { [SSE]: 'KMS', [key]: keyId })
    await kms.run('DisableKey', { keyId }, await owner(), origin)
    const disabled = await ask()
    expect([disabled.status, element(disabled.text, 'Code'), disabled.headers['x-oss-ec']]).toEqual([
      409,
      'KeyDisabled',
      '0005-00000214',
    ])
    await kms.run('ScheduleKeyDeletion', { keyId, days: 7 } as never, await owner(), origin)
    const pending = await ask()
    expect([pending.status, element(pending.text, 'Code'), pending.headers['x-oss-ec']]).toEqual([
      409,
      'KeyPendingDeletion',
      '0005-00000215',
    ])
  })

  test('in places where nothing is encrypted', async () => {
    const started = await oss.send({ method: 'POST', url: `/${BUCKET}/parts?uploads` })
    const upload = `uploadId=${element(started.text, 'UploadId')!}`
    const places = [
      ['GET', `/${BUCKET}/kept.txt`],
      ['HEAD', `/${BUCKET}/kept.txt`],
      ['HEAD', `/${BUCKET}/kept.txt?objectMeta`],
      ['DELETE', `/${BUCKET}/kept.txt`],
      ['PUT', `/${BUCKET}/parts?partNumber=1&${upload}`],
      ['POST', `/${BUCKET}/parts?${upload}`],
      ['GET', `/${BUCKET}/parts?${upload}`],
      ['DELETE', `/${BUCKET}/parts?${upload}`],
    ] as const
    for (const [method, url] of places) {
      const answer = await oss.send({
        method,
        url,
        headers: { [SSE]: 'AES256' },
        body: method === 'PUT' ? 'x' : '',
      })
      expect([answer.status, answer.headers['x-oss-ec']], `${method} ${url}`).toEqual([400, '0005-00000002'])
      const document =
        method === 'HEAD' ? Buffer.from(answer.headers['x-oss-err']!, 'base64').toString() : answer.text
      expect([element(document, 'Code'), element(document, 'EC')]).toEqual([
        'InvalidArgument',
        '0005-00000002',
      ])
    }
    expect((await head('kept.txt')).status).toBe(200)
    const inUrl = await oss.send({
      method: 'PUT',
      url: `/${BUCKET}/kept.txt?x-oss-server-side-encryption=AES256`,
      body: 'x',
    })
    expect([inUrl.status, element(inUrl.text, 'Code')]).toEqual([400, 'InvalidArgument'])
  })
})

describe('the rule of a bucket', () => {
  const url = `/${BUCKET}/?encryption`
  const rule = (inside: string) =>
    `<ServerSideEncryptionRule><ApplyServerSideEncryptionByDefault>${inside}</ApplyServerSideEncryptionByDefault></ServerSideEncryptionRule>`
  const put = (inside: string) => oss.send({ method: 'PUT', url, body: rule(inside) })

  test.each([
    ['<SSEAlgorithm>AES256</SSEAlgorithm>', undefined],
    [
      '<SSEAlgorithm>AES256</SSEAlgorithm><KMSMasterKeyID></KMSMasterKeyID>',
      '<SSEAlgorithm>AES256</SSEAlgorithm>',
    ],
    [
      '<SSEAlgorithm>AES256</SSEAlgorithm><KMSDataEncryption>SM4</KMSDataEncryption>',
      '<SSEAlgorithm>AES256</SSEAlgorithm>',
    ],
    ['<SSEAlgorithm>SM4</SSEAlgorithm>', undefined],
    ['<SSEAlgorithm>KMS</SSEAlgorithm>', undefined],
    ['<SSEAlgorithm>KMS</SSEAlgorithm><KMSMasterKeyID>123</KMSMasterKeyID>', undefined],
    [
      '<SSEAlgorithm>KMS</SSEAlgorithm><KMSMasterKeyID>123</KMSMasterKeyID><KMSDataEncryption>SM4</KMSDataEncryption>',
      undefined,
    ],
  ])('%s', async (inside, told = inside) => {
    expect((await put(inside)).status).toBe(200)
    const answer = await oss.send({ url })
    expect(answer.text).toContain(rule(told))
    const info = await oss.send({ url: `/${BUCKET}/?bucketInfo` })
    expect(info.text).toContain(`<ServerSideEncryptionRule>${told}</ServerSideEncryptionRule>`)
    expect((await oss.send({ method: 'DELETE', url })).status).toBe(204)
    const gone = await oss.send({ url })
    expect([gone.status, element(gone.text, 'Code')]).toEqual([404, 'NoSuchServerSideEncryptionRule'])
  })

  test.each([
    ['<SSEAlgorithm>aws:kms</SSEAlgorithm>', 'InvalidEncryptionAlgorithmError'],
    ['<SSEAlgorithm>AES256</SSEAlgorithm><KMSMasterKeyID>123</KMSMasterKeyID>', 'InvalidArgument'],
    [
      '<SSEAlgorithm>KMS</SSEAlgorithm><KMSDataEncryption>SM3</KMSDataEncryption>',
      'InvalidDataEncryptionAlgorithmError',
    ],
    ['<SSEAlgorithm>KMS', 'MalformedXML'],
  ])('%s is refused', async (inside, code) => {
    const answer = await put(inside)
    expect([answer.status, element(answer.text, 'Code')]).toEqual([400, code])
    expect((await oss.send({ url })).status).toBe(404)
  })

  test('headers of PutBucket make one, also for a bucket that is there', async () => {
    const asked: Record<string, string>[] = [{ [SSE]: 'AES256' }, { [SSE]: 'KMS', [DATA]: 'SM4' }]
    for (const headers of asked) {
      expect((await oss.send({ method: 'PUT', url: '/with-rule/', headers })).status).toBe(200)
      const info = (await oss.send({ url: '/with-rule/?bucketInfo' })).text
      expect(element(info, 'SSEAlgorithm')).toBe(headers[SSE])
      expect(element(info, 'KMSDataEncryption')).toBe(headers[DATA])
    }
  })
})

test('oss2 lists: empty parameters, url encoding, and a Type for every object', async () => {
  for (const name of ['list/ü a', 'list/b']) await putObject(encodeURIComponent(name), 'x')
  const url = `/${BUCKET}/?prefix=list%2F&delimiter=&marker=&max-keys=1&encoding-type=url`
  const page = await oss.send({ url, resource: `/${BUCKET}/` })
  expect(page.text).toContain('<Type>Normal</Type>')
  expect([
    element(page.text, 'Key'),
    element(page.text, 'NextMarker'),
    element(page.text, 'IsTruncated'),
  ]).toEqual(['list%2Fb', 'list%2Fb', 'true'])
  const buckets = await oss.send({ url: '/?prefix=&marker=&max-keys=100', resource: '/' })
  for (const name of ['ExtranetEndpoint', 'IntranetEndpoint', 'Location', 'StorageClass', 'CreationDate'])
    expect(element(buckets.text, name), name).toBeTruthy()
  for (const limit of ['0', '1001', 'x']) {
    const refused = await oss.send({ url: `/${BUCKET}/?max-keys=${limit}`, resource: `/${BUCKET}/` })
    expect([refused.status, element(refused.text, 'Code')]).toEqual([400, 'InvalidArgument'])
  }
})

test('oss2 deletes many: url encoding both ways, and a digest that must be there', async () => {
  const body = '<Delete><Quiet>false</Quiet><Object><Key>list/ü a</Key></Object></Delete>'
  const url = `/${BUCKET}/?delete&encoding-type=url`
  const resource = `/${BUCKET}/?delete`
  const without = await oss.send({ method: 'POST', url, resource, body })
  expect([without.status, element(without.text, 'Code')]).toEqual([400, 'MissingArgument'])
  const wrong = await oss.send({
    method: 'POST',
    url,
    resource,
    body,
    headers: { 'content-md5': md5(Buffer.from('x'), 'base64') },
  })
  expect([wrong.status, element(wrong.text, 'Code')]).toEqual([400, 'InvalidDigest'])
  const headers = { 'content-md5': md5(Buffer.from(body), 'base64') }
  const done = await oss.send({ method: 'POST', url, resource, body, headers })
  expect([done.status, element(done.text, 'Key')]).toEqual([200, 'list%2F%C3%BC%20a'])
})

test('oss2 streams what it does not know the length of', async () => {
  const answer = await oss.send({
    method: 'PUT',
    url: `/${BUCKET}/chunked`,
    headers: { 'transfer-encoding': 'chunked', [SSE]: 'AES256' },
    body: 'streamed',
  })
  expect([answer.status, answer.headers['x-oss-hash-crc64ecma']]).toEqual([
    200,
    crc64(Buffer.from('streamed')),
  ])
})

test('a range outside the object sends all of it, unless the standard is asked for', async () => {
  await putObject('range', '0123456789')
  const get = async (range: string, more: Record<string, string> = {}) => {
    const { status, text } = await oss.send({ url: `/${BUCKET}/range`, headers: { range, ...more } })
    return [status, status === 416 ? element(text, 'Code') : text]
  }
  expect(await get('bytes=2-4')).toEqual([206, '234'])
  expect(await get('bytes=8-')).toEqual([206, '89'])
  expect(await get('bytes=-3')).toEqual([206, '789'])
  expect(await get('bytes=8-20')).toEqual([200, '0123456789'])
  expect(await get('bytes=10-20')).toEqual([200, '0123456789'])
  const standard = { 'x-oss-range-behavior': 'standard' }
  expect(await get('bytes=8-20', standard)).toEqual([206, '89'])
  expect(await get('bytes=10-20', standard)).toEqual([416, 'InvalidRange'])
})

test.each([
  ['oss2', 'a%20b%2Bc%2Fd'],
  ['ali-oss', 'a%20b%2Bc%2Fd'],
  ['the Go SDK and ossutil', 'a+b%2Bc%2Fd'],
])('a source as %s names it', async (client, escaped) => {
  await putObject('a%20b%2Bc/d', client)
  const headers = { 'x-oss-copy-source': `/${BUCKET}/${escaped}` }
  expect((await oss.send({ method: 'PUT', url: `/${BUCKET}/copied`, headers })).status).toBe(200)
  expect((await oss.send({ url: `/${BUCKET}/copied` })).text).toBe(client)
})

test('ossutil set-meta --update: what HEAD said is sent again, with the new', async () => {
  await putObject('set-meta', 'x', { 'x-oss-meta-a': '1', [SSE]: 'KMS', [`${SSE}-key-id`]: ownKeyId })
  const source = `/${BUCKET}/set-meta`
  const directive = {
    'x-oss-copy-source': source,
    'x-oss-metadata-directive': 'REPLACE',
    'content-type': 'text/plain',
  }
  const kept = { 'x-oss-meta-a': '1', 'x-oss-meta-b': '2', [SSE]: 'KMS', [`${SSE}-key-id`]: ownKeyId }
  const answer = await oss.send({ method: 'PUT', url: source, headers: { ...directive, ...kept } })
  expect(answer.status).toBe(200)
  expect((await head('set-meta')).headers).toMatchObject(kept)
  // a copy without encryption headers is one without encryption, as OSS has it
  await oss.send({ method: 'PUT', url: source, headers: directive })
  expect((await head('set-meta')).headers[SSE]).toBeUndefined()
})

test('an object of S3 is read, described and encrypted in place', async () => {
  const context = { ...origin, signal: new AbortController().signal }
  const bytes = Buffer.from('through another door')
  const put = {
    name: 'PutObject',
    bucket: BUCKET,
    key: 's3',
    body: (async function* () {
      yield Buffer.from(bytes)
    })(),
    contentLength: bytes.length,
    metadata: { contentType: 'text/x-s3', userMetadata: { a: 'ü' } },
    storageClass: 'STANDARD_IA',
    tags: {},
    encryption: { kind: 'managed-key', suite: 'AES256', context: {} },
    checks: {},
    conditions: {},
  } as const
  await running.system.store.run(put, await owner(), context)
  const before = await head('s3')
  // its ETag is no MD5; the CRC of OSS has every small object
  expect(before.headers).toMatchObject({
    'x-oss-storage-class': 'IA',
    [SSE]: 'KMS',
    'x-oss-object-type': 'Normal',
    'x-oss-hash-crc64ecma': crc64(bytes),
  })
  expect(before.headers['content-md5']).toBeUndefined()
  expect((await updateObjectMeta('s3', { [SSE]: 'SM4' })).status).toBe(200)
  const after = await head('s3')
  expect(after.headers).toMatchObject({
    [SSE]: 'SM4',
    etag: `"${md5(bytes, 'hex').toUpperCase()}"`,
    'content-md5': md5(bytes, 'base64'),
    'x-oss-hash-crc64ecma': crc64(bytes),
    'x-oss-storage-class': 'IA',
  })
  expect((await oss.send({ url: `/${BUCKET}/s3` })).body.equals(bytes)).toBe(true)
})

test('conditions, in ETags as OSS writes them', async () => {
  const etag = (await putObject('conditions', 'x')).headers.etag!
  const get = async (headers: Record<string, string>) =>
    (await oss.send({ url: `/${BUCKET}/conditions`, headers })).status
  expect(await get({ 'if-match': etag })).toBe(200)
  expect(await get({ 'if-match': '"0"' })).toBe(412)
  expect(await get({ 'if-none-match': etag })).toBe(304)
  const again = await putObject('conditions', 'y', { 'x-oss-forbid-overwrite': 'true' })
  expect([again.status, element(again.text, 'Code')]).toEqual([409, 'FileAlreadyExists'])
})

test('parts: copied, listed with their CRC, completed all at once', async () => {
  const bytes = randomBytes(200_000)
  await putObject('source', bytes, { [SSE]: 'KMS' })
  const started = await oss.send({
    method: 'POST',
    url: `/${BUCKET}/whole?uploads`,
    headers: { [SSE]: 'KMS', [DATA]: 'SM4' },
  })
  const upload = `uploadId=${element(started.text, 'UploadId')!}`
  for (const [number, range] of [
    [1, 'bytes=0-149999'],
    [2, 'bytes=150000-199999'],
  ] as const) {
    const headers = { 'x-oss-copy-source': `/${BUCKET}/source`, 'x-oss-copy-source-range': range }
    const part = await oss.send({
      method: 'PUT',
      url: `/${BUCKET}/whole?partNumber=${number}&${upload}`,
      headers,
    })
    expect([part.status, part.headers[DATA]]).toEqual([200, 'SM4'])
  }
  const listed = await oss.send({ url: `/${BUCKET}/whole?${upload}` })
  expect(element(listed.text, 'HashCrc64ecma')).toBe(crc64(bytes.subarray(0, 150_000)))
  expect((await oss.send({ url: `/${BUCKET}/?uploads` })).text).toContain(element(started.text, 'UploadId')!)
  const done = await oss.send({
    method: 'POST',
    url: `/${BUCKET}/whole?${upload}`,
    headers: { 'x-oss-complete-all': 'yes' },
  })
  expect([done.status, done.headers['x-oss-hash-crc64ecma']]).toEqual([200, crc64(bytes)])
  expect((await oss.send({ url: `/${BUCKET}/whole` })).body.equals(bytes)).toBe(true)
})

describe('forms of browsers', () => {
  const BOUNDARY = '----WebKitFormBoundaryoss'
  function form(fields: Record<string, string>, file: string): Buffer {
    const parts = Object.entries(fields).map(
      ([name, value]) =>
        `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    )
    return Buffer.from(
      `${parts.join('')}--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n${file}\r\n--${BOUNDARY}--\r\n`,
    )
  }
  const post = (fields: Record<string, string>, file = 'posted') =>
    new Wire(running.port).send({
      method: 'POST',
      url: `/${BUCKET}`,
      headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
      body: form(fields, file),
    })
  const policyOf = (...conditions: unknown[]) =>
    Buffer.from(
      JSON.stringify({ expiration: new Date(Date.now() + 60_000).toISOString(), conditions }),
    ).toString('base64')
  function signed(policy: string): Record<string, string> {
    const { accessKeyId, secretAccessKey } = running.credentials
    const Signature = createHmac('sha1', secretAccessKey).update(policy).digest('base64')
    return { OSSAccessKeyId: accessKeyId, policy, Signature }
  }
  function signedV4(policy: string): Record<string, string> {
    const { accessKeyId, secretAccessKey } = running.credentials
    const date = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '')
    const scope = [date.slice(0, 8), 'cn-hongkong', 'oss', 'aliyun_v4_request']
    const key = scope.reduce<Buffer>(
      (last, text) => createHmac('sha256', last).update(text).digest(),
      Buffer.from(`aliyun_v4${secretAccessKey}`),
    )
    return {
      policy,
      'x-oss-signature-version': 'OSS4-HMAC-SHA256',
      'x-oss-credential': [accessKeyId, ...scope].join('/'),
      'x-oss-date': date,
      'x-oss-signature': createHmac('sha256', key).update(policy).digest('hex'),
    }
  }

  test.each([
    ['version 1', signed],
    ['version 4', signedV4],
  ])('an upload signed by %s, encrypted by its fields', async (name, sign) => {
    const key = `posted by ${name}`
    const policy = policyOf(['content-length-range', 0, 1000], ['starts-with', '$key', 'posted'])
    const fields = {
      key: `${key}/\${filename}`,
      [SSE]: 'KMS',
      [`${SSE}-key-id`]: ownKeyId,
      'x-oss-meta-a': 'b',
    }
    const answer = await post({ ...fields, ...sign(policy), success_action_status: '201' })
    expect([answer.status, element(answer.text, 'Key')]).toEqual([201, `${key}/a.txt`])
    const { headers } = await head(encodeURI(`${key}/a.txt`))
    expect(headers).toMatchObject({
      [SSE]: 'KMS',
      [`${SSE}-key-id`]: ownKeyId,
      'x-oss-meta-a': 'b',
      'content-type': 'text/plain',
    })
  })

  test('refused: another key, too long a file, another secret, an expired policy', async () => {
    const policy = policyOf(['content-length-range', 0, 3], ['eq', '$key', 'mine'])
    const codeOf = async (fields: Record<string, string>, file?: string) => {
      const { status, text } = await post(fields, file)
      return [status, element(text, 'Code')]
    }
    expect(await codeOf({ key: 'yours', ...signed(policy) }, 'x')).toEqual([403, 'AccessDenied'])
    expect(await codeOf({ key: 'mine', ...signed(policy) }, 'four')).toEqual([400, 'EntityTooLarge'])
    const forged = { ...signed(policy), Signature: signed(policyOf())['Signature']! }
    expect(await codeOf({ key: 'mine', ...forged }, 'x')).toEqual([403, 'SignatureDoesNotMatch'])
    const old = Buffer.from(
      JSON.stringify({ expiration: '2020-01-01T00:00:00.000Z', conditions: [] }),
    ).toString('base64')
    expect(await codeOf({ key: 'mine', ...signed(old) }, 'x')).toEqual([403, 'AccessDenied'])
    expect(await codeOf({ key: 'mine', [SSE]: 'KMS' }, 'x')).toEqual([403, 'AccessDenied'])
    expect((await head('mine')).status).toBe(404)
    expect(await codeOf({ key: 'mine', ...signed(policy) }, 'x')).toEqual([204, undefined])
  })
})

test('nobody at all is told in the words of OSS', async () => {
  const nobody = new Wire(running.port)
  const answer = await nobody.send({
    url: `/${BUCKET}/kept.txt`,
    headers: { host: `oss-cn-hongkong.aliyuncs.com` },
  })
  expect([answer.status, element(answer.text, 'Code')]).toEqual([403, 'AccessDenied'])
  expect(element(answer.text, 'HostId')).toBe('oss-cn-hongkong.aliyuncs.com')
})

test.each([
  ['PUT', 'objectInfo'],
  ['PUT', 'website'],
  ['POST', 'x-oss-process'],
])('%s ?%s is not here yet', async (method, query) => {
  const answer = await oss.send({ method, url: `/${BUCKET}/kept.txt?${query}` })
  expect(answer.status, answer.text).toBe(query === 'x-oss-process' ? 405 : 501)
  expect((await head('kept.txt')).headers['content-length']).toBe('62')
})
