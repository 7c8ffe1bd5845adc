import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { textToHeader } from '../http/text.ts'
import type { RawResponse } from '../raw.ts'
import { startSystem, type RunningSystem } from '../testing/running-system.ts'
import { cosForm, cosSigned, type CosSignOptions } from '../testing/sign-cos.ts'

/** Requests that no SDK makes, and answers that SDKs hide, against the whole system. */
let running: RunningSystem
const BUCKET = 'ops-1250000000'
const SSE = 'x-cos-server-side-encryption'

beforeAll(async () => {
  running = await startSystem({ COFFER_COS_DOMAINS: 'cos.example.org', COFFER_PUBLIC_ACCESS: 'allowed' })
  expect((await ask({ method: 'PUT', url: `/${BUCKET}` })).status).toBe(200)
})
afterAll(() => running.stop())

interface Answer {
  status: number
  headers: RawResponse['headers']
  text: string
}
type Asking = Omit<CosSignOptions, 'secretId' | 'secretKey' | 'body'> & { body?: string }

async function ask(options: Asking, on: RunningSystem = running): Promise<Answer> {
  const { accessKeyId: secretId, secretAccessKey: secretKey } = on.credentials
  const start = Math.floor(Date.now() / 1000) - 1
  const headers: Record<string, string> =
    options.body === undefined && options.method !== 'PUT'
      ? { ...options.headers }
      : { 'content-length': String(Buffer.byteLength(options.body ?? '')), ...options.headers }
  return read(await on.system.serve(cosSigned({ start, ...options, headers, secretId, secretKey })))
}
async function read({ status, headers, body }: RawResponse): Promise<Answer> {
  const chunks: Buffer[] = []
  if (Buffer.isBuffer(body)) chunks.push(body)
  else if (body !== null) for await (const chunk of body) chunks.push(chunk)
  return { status, headers, text: Buffer.concat(chunks).toString() }
}
const refusal = ({ status, text }: Answer) => [status, /<Code>(.*?)<\/Code>/.exec(text)?.[1]]
const put = (key: string, headers: Record<string, string> = {}, more: Partial<Asking> = {}) =>
  ask({ method: 'PUT', url: `/${BUCKET}/${key}`, body: 'hello', headers, ...more })

describe('what a write may ask for', () => {
  const customer = `${SSE}-customer`
  const KEY = 'MDEyMzQ1Njc4OUFCQ0RFRjAxMjM0NTY3ODlBQkNERUY'
  const MD5 = 'U5L61r7jcwdNvT7frmUG8g=='

  test.each<[string, Record<string, string>, (string | number)[]]>([
    ['an unknown method', { [SSE]: 'AES789' }, [400, 'InvalidArgument']],
    ['S3’s word', { [SSE]: 'aws:kms' }, [400, 'InvalidArgument']],
    ['a key without KMS', { [SSE]: 'AES256', [`${SSE}-cos-kms-key-id`]: 'x' }, [400, 'InvalidArgument']],
    ['a context alone', { [`${SSE}-context`]: 'e30=' }, [400, 'InvalidArgument']],
    ['an algorithm alone', { [`${SSE}-cos-kms-algorithm`]: 'SM4' }, [400, 'InvalidArgument']],
    [
      'another algorithm',
      { [SSE]: 'cos/kms', [`${SSE}-cos-kms-algorithm`]: 'DES' },
      [400, 'InvalidArgument'],
    ],
    ['a context that is none', { [SSE]: 'cos/kms', [`${SSE}-context`]: 'x' }, [400, 'InvalidArgument']],
    [
      'a context of numbers',
      { [SSE]: 'cos/kms', [`${SSE}-context`]: 'eyJhIjoxfQ==' },
      [400, 'InvalidArgument'],
    ],
    [
      'a key that is none',
      { [SSE]: 'cos/kms', [`${SSE}-cos-kms-key-id`]: 'kms-1234abcd' },
      [400, 'KmsKeyNotExist'],
    ],
    [
      'a key that is not there',
      { [SSE]: 'cos/kms', [`${SSE}-cos-kms-key-id`]: '48ba38aa-26c5-11ea-855c-525400851234' },
      [400, 'KmsKeyNotExist'],
    ],
    ['both', { [SSE]: 'AES256', [`${customer}-key`]: KEY }, [400, 'InvalidArgument']],
    [
      'a wrong digest',
      { [`${customer}-key`]: KEY, [`${customer}-key-md5`]: `A${MD5.slice(1)}` },
      [400, 'InvalidArgument'],
    ],
    ['a short key', { [`${customer}-key`]: 'MDEyMw==' }, [400, 'InvalidArgument']],
    ['no key', { [`${customer}-algorithm`]: 'AES256' }, [400, 'InvalidArgument']],
    [
      'an AES key for SM4',
      { [`${customer}-key`]: KEY, [`${customer}-algorithm`]: 'SM4' },
      [400, 'InvalidArgument'],
    ],
    ['3DES', { [`${customer}-key`]: KEY, [`${customer}-algorithm`]: '3DES' }, [400, 'InvalidArgument']],
    ['an ACL that is none', { 'x-cos-acl': 'everybody' }, [400, 'InvalidArgument']],
    ['a grant', { 'x-cos-grant-read': 'id="1"' }, [501, 'NotImplemented']],
    ['a storage class', { 'x-cos-storage-class': 'FLOPPY' }, [400, 'InvalidArgument']],
    ['a wrong MD5', { 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' }, [400, 'BadDigest']],
    ['no MD5', { 'content-md5': 'x' }, [400, 'InvalidDigest']],
  ])('refused: %s', async (_name, headers, words) => {
    expect(refusal(await put('refused', headers))).toEqual(words)
    expect((await ask({ method: 'HEAD', url: `/${BUCKET}/refused` })).status).toBe(404)
  })

  test.each(['kms-cos', 'alias/KMS-COS', 'cos/kms'])('the default key by the name %s', async (name) => {
    const { keyId } = await running.system.keyring.defaultKey(running.projectId)
    const { headers } = await put('named', { [SSE]: 'cos/kms', [`${SSE}-cos-kms-key-id`]: name })
    expect(headers[`${SSE}-cos-kms-key-id`]).toBe(keyId)
  })

  test('a customer’s key over a network that anybody reads: never', async () => {
    const headers = { [`${customer}-key`]: KEY }
    expect(refusal(await put('open', headers, { loopback: false }))).toEqual([400, 'InvalidRequest'])
    expect((await put('closed', headers, { loopback: false, secure: true })).status).toBe(200)
    const get = { url: `/${BUCKET}/closed`, headers }
    expect(refusal(await ask({ ...get, loopback: false }))).toEqual([400, 'InvalidRequest'])
    expect((await ask({ ...get, loopback: false, secure: true })).text).toBe('hello')
    expect(refusal(await ask({ url: get.url }))).toEqual([400, 'SsecDecryptHeaderInvalid'])
    const wrong = { [`${customer}-key`]: 'MDEyMzQ1Njc4OUFCQ0RFRjAxMjM0NTY3ODlBQkNERUc' }
    expect(refusal(await ask({ url: get.url, headers: wrong }))).toEqual([400, 'SsecDecryptHeaderInvalid'])
    await put('plain')
    expect(refusal(await ask({ url: `/${BUCKET}/plain`, headers }))).toEqual([
      400,
      'SsecDecryptHeaderInvalid',
    ])
  })

  test.each(['query', 'sign'] as const)(
    'encryption through a link (%s): refused; the bucket’s rule applies',
    async (carriedBy) => {
      const attempts: Record<string, string>[] = [
        { [SSE]: 'AES256' },
        { [SSE]: 'cos/kms' },
        { [`${customer}-key`]: KEY },
      ]
      for (const headers of attempts)
        expect(refusal(await put('linked', headers, { carriedBy }))).toEqual([400, 'InvalidArgument'])
      expect((await put('linked', {}, { carriedBy })).headers).not.toHaveProperty(SSE)
      await putRule('<SSEAlgorithm>AES256</SSEAlgorithm>')
      expect((await put('linked', {}, { carriedBy })).headers[SSE]).toBe('AES256')
      await ask({ method: 'DELETE', url: `/${BUCKET}?encryption` })
    },
  )
})

test.each([SSE, `${SSE}-context`, `${SSE}-cos-kms-key-id`])('a read with %s', async (name) => {
  await put('read', { [SSE]: 'AES256' })
  for (const method of ['GET', 'HEAD']) {
    const answer = await ask({ method, url: `/${BUCKET}/read`, headers: { [name]: 'AES256' } })
    expect(answer.status).toBe(400)
    expect(answer.headers['x-cos-error-code'] ?? refusal(answer)[1]).toBe('SSEHeaderNotAllowed')
  }
})

function putRule(
  inner: string,
  element = 'ApplyServerSideEncryptionByDefault',
  headers = {},
): Promise<Answer> {
  const body = `<ServerSideEncryptionConfiguration><Rule><${element}>${inner}</${element}></Rule></ServerSideEncryptionConfiguration>`
  return ask({ method: 'PUT', url: `/${BUCKET}?encryption`, body, headers })
}

describe('default encryption of a bucket', () => {
  const rule = () => ask({ url: `/${BUCKET}?encryption` })

  test.each([
    ['<SSEAlgorithm>AES256</SSEAlgorithm>', { [SSE]: 'AES256' }],
    ['<SSEAlgorithm>SM4</SSEAlgorithm>', { [SSE]: 'SM4' }],
    [
      '<SSEAlgorithm>KMS</SSEAlgorithm><KMSAlgorithm>AES256</KMSAlgorithm>',
      { [SSE]: 'cos/kms', [`${SSE}-cos-kms-algorithm`]: 'AES256' },
    ],
    [
      '<SSEAlgorithm>KMS</SSEAlgorithm><KMSAlgorithm>SM4</KMSAlgorithm>',
      { [SSE]: 'cos/kms', [`${SSE}-cos-kms-algorithm`]: 'SM4' },
    ],
  ])('%s', async (inner, shown) => {
    await put('before')
    for (const element of ['ApplyServerSideEncryptionByDefault', 'ApplySideEncryptionConfiguration']) {
      expect((await putRule(inner, element)).status).toBe(200)
      expect((await rule()).text).toContain(
        `<Rule><ApplyServerSideEncryptionByDefault>${inner}</ApplyServerSideEncryptionByDefault></Rule>`,
      )
    }
    expect((await put('after')).headers).toMatchObject(shown)
    // a header wins, and what is there stays
    expect((await put('asked', { [SSE]: 'AES256' })).headers[SSE]).toBe('AES256')
    expect((await ask({ method: 'HEAD', url: `/${BUCKET}/before` })).headers).not.toHaveProperty(SSE)
    expect((await ask({ method: 'DELETE', url: `/${BUCKET}?encryption` })).status).toBe(204)
    expect(refusal(await rule())).toEqual([404, 'NoSuchEncryptionConfiguration'])
  })

  test.each([
    '',
    '<SSEAlgorithm>cos/kms</SSEAlgorithm>',
    '<SSEAlgorithm>AES256</SSEAlgorithm><KMSMasterKeyID>x</KMSMasterKeyID>',
    '<SSEAlgorithm>SM4</SSEAlgorithm><KMSAlgorithm>SM4</KMSAlgorithm>',
  ])('not: %s', async (inner) => {
    expect(refusal(await putRule(inner))).toEqual([400, 'MalformedXML'])
  })

  test('a damaged document changes nothing', async () => {
    const md5 = { 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' }
    expect(refusal(await putRule('<SSEAlgorithm>AES256</SSEAlgorithm>', undefined, md5))).toEqual([
      400,
      'BadDigest',
    ])
    expect(refusal(await rule())).toEqual([404, 'NoSuchEncryptionConfiguration'])
  })
})

describe('copies', () => {
  const copy = (key: string, source: string, headers: Record<string, string> = {}) =>
    ask({ method: 'PUT', url: `/${BUCKET}/${key}`, headers: { 'x-cos-copy-source': source, ...headers } })

  test.each([
    `${BUCKET}.cos.ap-guangzhou.myqcloud.com/so%20urce`,
    `${BUCKET}.cos.example.org:9000/so%20urce`,
    `127.0.0.1:9000/${BUCKET}/so%20urce`,
    `localhost:9000/${BUCKET}/so%20urce`,
    `/${BUCKET}/so%20urce`,
    `${BUCKET}.cos.ap-guangzhou.myqcloud.com%2Fso%20urce`,
  ])('from %s', async (source) => {
    await put('so%20urce')
    expect((await copy('target', source)).text).toContain('<CopyObjectResult><ETag>')
    expect((await ask({ url: `/${BUCKET}/target` })).text).toBe('hello')
  })

  test.each(['', 'x', `${BUCKET}.cos.ap-guangzhou.myqcloud.com/`, '127.0.0.1:9000/x', '/'])(
    'not from %j',
    async (source) => {
      expect((await copy('target', source)).status).toBe(400)
    },
  )

  test('onto itself with Replaced and without a header: decrypted', async () => {
    await put('self', { [SSE]: 'AES256' })
    const source = `${BUCKET}.cos.x.myqcloud.com/self`
    expect((await copy('self', source, { 'x-cos-metadata-directive': 'Replaced' })).status).toBe(200)
    expect((await ask({ method: 'HEAD', url: `/${BUCKET}/self` })).headers).not.toHaveProperty(SSE)
    expect(refusal(await copy('self', source, { 'x-cos-metadata-directive': 'Move' }))).toEqual([
      400,
      'InvalidArgument',
    ])
  })

  test('an archived object keeps its encryption until it is restored and warm', async () => {
    await put('cold', { 'x-cos-storage-class': 'ARCHIVE' })
    const source = `${BUCKET}.cos.x.myqcloud.com/cold`
    const replaced = { 'x-cos-metadata-directive': 'Replaced' }
    const encrypt = (more: Record<string, string>) =>
      copy('cold', source, { ...replaced, [SSE]: 'AES256', ...more })
    expect(refusal(await encrypt({ 'x-cos-storage-class': 'ARCHIVE' }))).toEqual([403, 'InvalidObjectState'])
    expect(refusal(await encrypt({}))).toEqual([403, 'InvalidObjectState'])
    const body =
      '<RestoreRequest><Days>1</Days><CASJobParameters><Tier>Expedited</Tier></CASJobParameters></RestoreRequest>'
    expect((await ask({ method: 'POST', url: `/${BUCKET}/cold?restore`, body })).status).toBe(202)
    await untilReadable('cold')
    expect(refusal(await encrypt({ 'x-cos-storage-class': 'ARCHIVE' }))).toEqual([403, 'InvalidObjectState'])
    expect((await copy('cold', source, replaced)).status).toBe(200)
    expect((await encrypt({})).headers[SSE]).toBe('AES256')
  })
})

/** A restore takes its time; the clock is the system's own. */
async function untilReadable(key: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if ((await ask({ url: `/${BUCKET}/${key}` })).status === 200) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('it was not restored')
}

describe('an upload form', () => {
  async function post(fields: Record<string, string>, conditions: unknown[], file = 'from a form') {
    const { accessKeyId: secretId, secretAccessKey: secretKey } = running.credentials
    const start = Math.floor(Date.now() / 1000) - 1
    const time = `${start};${start + 3600}`
    const policy = JSON.stringify({
      expiration: new Date(Date.now() + 60_000).toISOString(),
      conditions: [
        ...conditions,
        { 'q-sign-algorithm': 'sha1' },
        { 'q-ak': secretId },
        { 'q-sign-time': time },
      ],
    })
    const all = { ...fields, ...cosForm(policy, { secretId, secretKey, start }) }
    const parts = Object.entries(all).map(
      ([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    )
    const end = `--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n${file}\r\n--b--\r\n`
    const body = Buffer.from(parts.join('') + end)
    const headers = {
      'content-type': 'multipart/form-data; boundary=b',
      'content-length': String(body.length),
    }
    const url = `http://127.0.0.1:${running.port}/${BUCKET}`
    const response = await fetch(url, { method: 'POST', headers, body })
    const answer = { status: response.status, text: await response.text() }
    return { ...answer, headers: Object.fromEntries(response.headers) }
  }
  const place = [{ bucket: BUCKET }, ['starts-with', '$key', 'forms/']]

  test.each([
    ['AES256', { [SSE]: 'AES256' }],
    ['SM4', { [SSE]: 'SM4' }],
    ['KMS', { [SSE]: 'cos/kms' }],
  ])('encrypts by its fields: %s', async (_name, wanted) => {
    const conditions = [...place, ...Object.entries(wanted).map(([name, value]) => ({ [name]: value }))]
    const answer = await post(
      { key: 'forms/${filename}', success_action_status: '201', ...wanted },
      conditions,
    )
    expect([answer.status, answer.headers[SSE]]).toEqual([201, wanted[SSE]])
    expect(answer.text).toContain('<Key>forms/a.txt</Key>')
    expect(answer.headers['x-cos-hash-crc64ecma']).toMatch(/^\d+$/)
    const { text, headers } = await ask({ url: `/${BUCKET}/forms/a.txt` })
    expect([text, headers['content-type'], headers[SSE]]).toEqual(['from a form', 'text/plain', wanted[SSE]])
  })

  test('keeps to what was signed', async () => {
    const refused = async (fields: Record<string, string>, conditions: unknown[], file?: string) =>
      refusal(await post(fields, conditions, file))
    const key = 'forms/x'
    // whoever holds the form may not add what nobody signed
    expect(await refused({ key, [SSE]: 'AES256' }, place)).toEqual([403, 'AccessDenied'])
    expect(await refused({ key, acl: 'private' }, place)).toEqual([403, 'AccessDenied'])
    expect(await refused({ key, [SSE]: 'AES256' }, [...place, ['starts-with', `$${SSE}`, '']])).toEqual([
      403,
      'AccessDenied',
    ])
    expect(await refused({ key: 'elsewhere' }, place)).toEqual([403, 'AccessDenied'])
    expect(await refused({ key }, [{ bucket: 'other-1250000000' }])).toEqual([403, 'AccessDenied'])
    expect(await refused({ key }, [...place, ['content-length-range', 0, 3]])).toEqual([
      400,
      'EntityTooLarge',
    ])
    expect(await refused({ key }, [...place, ['content-length-range', 100, 200]])).toEqual([
      400,
      'EntityTooSmall',
    ])
    expect((await ask({ method: 'HEAD', url: `/${BUCKET}/${key}` })).status).toBe(404)
    expect((await post({ key }, place)).status).toBe(204)
  })
})

describe('KMS for COS', () => {
  test('must be switched on where the operator wants it: through COS alone, by one request', async () => {
    const strict = await startSystem({ COFFER_KMS_AUTHORIZATION: 'required' })
    try {
      const at = (rest: string, more: Partial<Asking> = {}) =>
        ask({ url: `/${BUCKET}${rest}`, ...more }, strict)
      const kms = () => at('/k', { method: 'PUT', body: 'x', headers: { [SSE]: 'cos/kms' } })
      await at('', { method: 'PUT' })
      const refused = await kms()
      expect(refusal(refused)).toEqual([403, 'AccessDenied'])
      expect(refused.text).toContain('PUT /?kms-authorization')
      const rule =
        '<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>KMS</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>'
      expect(refusal(await at('?encryption', { method: 'PUT', body: rule }))).toEqual([403, 'AccessDenied'])
      expect(refusal(await at('/k?uploads', { method: 'POST', headers: { [SSE]: 'cos/kms' } }))).toEqual([
        403,
        'AccessDenied',
      ])
      expect((await at('/k', { method: 'PUT', body: 'x', headers: { [SSE]: 'AES256' } })).status).toBe(200)
      expect((await ask({ url: '/?kms-authorization' }, strict)).text).toContain('<Status>Required</Status>')
      const on = await ask({ method: 'PUT', url: '/?kms-authorization' }, strict)
      expect(on.text).toContain('<Status>Authorized</Status>')
      expect((await kms()).headers[SSE]).toBe('cos/kms')
      expect((await at('?encryption', { method: 'PUT', body: rule })).status).toBe(200)
    } finally {
      await strict.stop()
    }
  })

  test('is had only in the regions that the operator names', async () => {
    const elsewhere = await startSystem({
      COFFER_REGION: 'ap-chengdu',
      COFFER_KMS_REGIONS: 'ap-beijing,ap-tokyo',
    })
    try {
      await ask({ method: 'PUT', url: `/${BUCKET}` }, elsewhere)
      const headers = { [SSE]: 'cos/kms' }
      const refused = await ask({ method: 'PUT', url: `/${BUCKET}/k`, body: 'x', headers }, elsewhere)
      expect(refusal(refused)).toEqual([400, 'InvalidArgument'])
      expect(refused.text).toContain(
        'not available in the region ap-chengdu of the bucket. It is in: ap-beijing, ap-tokyo.',
      )
    } finally {
      await elsewhere.stop()
    }
  })
})

test('nobody in particular never reads what lies under a managed key', async () => {
  const allow = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: '*',
        Action: 's3:GetObject',
        Resource: `arn:aws:s3:::${BUCKET}/public/*`,
      },
    ],
  }
  await running.system.store.run(
    { name: 'PutBucketPolicy', bucket: BUCKET, policy: JSON.stringify(allow) },
    (await running.system.accounts.credentials(running.credentials.accessKeyId))!.caller,
    { requestId: 'r', secure: true, signal: new AbortController().signal },
  )
  await put('public/cos', { [SSE]: 'AES256' })
  await put('public/kms', { [SSE]: 'cos/kms' })
  const anonymous = async (key: string) => {
    const headers = { host: `${BUCKET}.cos.example.org` }
    const { status, text } = await read(
      await running.system.serve({
        method: 'GET',
        rawUrl: `/public/${key}`,
        headers,
        rawHeaders: Object.entries(headers).flat(),
        secure: false,
        loopback: true,
        remoteAddress: '127.0.0.1',
        body: (async function* () {})(),
        signal: new AbortController().signal,
      }),
    )
    return [status, /<Code>(.*?)<\/Code>/.exec(text)?.[1] ?? text]
  }
  expect(await anonymous('cos')).toEqual([200, 'hello'])
  expect(await anonymous('kms')).toEqual([403, 'AccessDenied'])
})

test('an error says what COS’s say', async () => {
  const { text, headers, status } = await ask({ url: `/${BUCKET}/nothing%20there`, headers: { host: 'h:1' } })
  const id = String(headers['x-cos-request-id'])
  const trace = Buffer.from(id).toString('base64')
  expect([status, headers['x-cos-trace-id']]).toEqual([404, trace])
  expect(text).toBe(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><Resource>h:1/${BUCKET}/nothing%20there</Resource><RequestId>${id}</RequestId><TraceId>${trace}</TraceId></Error>`,
  )
})

test('lists and documents', async () => {
  await put('list/a%26b')
  await put('list/%E9%A8%B0', { [SSE]: 'cos/kms' })
  const page = await ask({ url: `/${BUCKET}?prefix=list%2F&max-keys=1&encoding-type=url` })
  expect(page.text).toContain('<IsTruncated>true</IsTruncated><NextMarker>list/a%26b</NextMarker>')
  const rest = await ask({ url: `/${BUCKET}?prefix=list%2F&marker=list%2Fa%26b` })
  expect(rest.text).toMatch(/<Key>list\/騰<\/Key>.*<Size>5<\/Size>/)
  expect(rest.text).not.toContain('encryption')
  const account = running.accountNumber
  expect(rest.text).toContain(`<ID>qcs::cam::uin/${account}:uin/${account}</ID>`)
  expect((await ask({ url: '/' })).text).toContain(`<Name>${BUCKET}</Name><Location>us-east-1</Location>`)
  expect((await ask({ url: `/${BUCKET}?location` })).text).toContain(
    '<LocationConstraint>us-east-1</LocationConstraint>',
  )
  expect((await ask({ url: `/${BUCKET}?acl` })).text).toContain('<Permission>FULL_CONTROL</Permission>')
  expect((await ask({ url: `/${BUCKET}?versioning` })).text).toContain('<VersioningConfiguration>')
  expect(refusal(await ask({ url: `/${BUCKET}?cors` }))).toEqual([404, 'NoSuchCORSConfiguration'])
  for (const [method, url] of [
    ['PUT', `/${BUCKET}?replication`],
    ['PUT', `/${BUCKET}/k?retention`],
    ['PUT', `/${BUCKET}?some-new-thing`],
  ] as const)
    expect(refusal(await ask({ method, url, body: '' })), url).toEqual([501, 'NotImplemented'])
})

test('tags', async () => {
  await put('tagged', { 'x-cos-tagging': 'a=1&b%2F=%20' })
  const tags = () => ask({ url: `/${BUCKET}/tagged?tagging` })
  expect((await tags()).text).toContain(
    '<Tag><Key>a</Key><Value>1</Value></Tag><Tag><Key>b/</Key><Value> </Value></Tag>',
  )
  const body = '<Tagging><TagSet><Tag><Key>c</Key><Value>2</Value></Tag></TagSet></Tagging>'
  expect((await ask({ method: 'PUT', url: `/${BUCKET}/tagged?tagging`, body })).status).toBe(204)
  expect((await tags()).text).toContain('<TagSet><Tag><Key>c</Key><Value>2</Value></Tag></TagSet>')
  expect((await ask({ method: 'DELETE', url: `/${BUCKET}/tagged?tagging` })).status).toBe(204)
  expect((await tags()).text).toContain('<TagSet></TagSet>')
})

test('tags and the source of a copy may hold UTF-8 that nobody escaped', async () => {
  const { accessKeyId: secretId, secretAccessKey: secretKey } = running.credentials
  const start = Math.floor(Date.now() / 1000) - 1
  const putBytes = (key: string, headers: Record<string, string>) => {
    const url = `/${BUCKET}/${key}`
    const request = cosSigned({ method: 'PUT', url, start, secretId, secretKey, headers })
    const wire = Object.entries(request.headers).map(([name, value]) => [name, textToHeader(value)])
    return running.system.serve({ ...request, headers: Object.fromEntries(wire) })
  }
  await putBytes('%C3%A9%E4%B8%AD', { 'content-length': '0', 'x-cos-tagging': 'a=é中&b=%C3%A9' })
  await putBytes('copied', { 'content-length': '0', 'x-cos-copy-source': `${BUCKET}/é中` })
  const { text } = await ask({ url: `/${BUCKET}/copied?tagging` })
  expect([...text.matchAll(/<Value>([^<]*)</g)].map(([, value]) => value)).toEqual(['é中', 'é'])
})
