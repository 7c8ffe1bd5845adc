import * as S3 from '@aws-sdk/client-s3'
import COS from 'cos-nodejs-sdk-v5'
import { createHash } from 'node:crypto'
import { request, type IncomingMessage } from 'node:http'
import { createRequire } from 'node:module'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { OssClient, OssOptions } from './oss/ali-oss.test-support.ts'
import { startSystem, type RunningSystem } from './testing/running-system.ts'

/** ACLs by the three vendors' own clients, and who reads without a signature, over HTTP. */
const OSS = createRequire(import.meta.url)('ali-oss') as new (options: OssOptions) => OssClient & Acls

interface Acls {
  putACL(key: string, acl: string): Promise<unknown>
  putBucketACL(bucket: string, acl: string): Promise<unknown>
  getBucketACL(bucket: string): Promise<{ acl: string }>
  getBucketInfo(bucket: string): Promise<{ bucket: Record<string, unknown> }>
}

const BUCKET = 'shared-1250000000'
const SECOND = 'second-1250000000'
const Region = 'ap-guangzhou'
const ALL_USERS = 'http://acs.amazonaws.com/groups/global/AllUsers'

let running: RunningSystem
let s3: S3.S3Client
let oss: OssClient & Acls
let cos: COS

beforeAll(async () => {
  running = await startSystem({
    COFFER_PUBLIC_ACCESS: 'allowed',
    COFFER_OBJECT_DOMAINS: 's3.example.org',
    COFFER_OSS_DOMAINS: 'oss.example.org',
    COFFER_COS_DOMAINS: 'cos.example.org',
  })
  ;({ s3, oss, cos } = clients(running))
  await s3.send(new S3.CreateBucketCommand({ Bucket: BUCKET }))
})
afterAll(async () => {
  expect(running.faults).toEqual([])
  await running.stop()
})

function clients({ credentials, port }: RunningSystem) {
  const { accessKeyId, secretAccessKey } = credentials
  const endpoint = `http://127.0.0.1:${port}`
  return {
    s3: new S3.S3Client({ region: 'us-east-1', credentials, endpoint, forcePathStyle: true, maxAttempts: 1 }),
    oss: new OSS({
      accessKeyId,
      accessKeySecret: secretAccessKey,
      endpoint,
      bucket: BUCKET,
      region: 'oss-cn-hongkong',
    }),
    cos: new COS({
      SecretId: accessKeyId,
      SecretKey: secretAccessKey,
      Protocol: 'http:',
      Ip: `127.0.0.1:${port}`,
    }),
  }
}

interface Answer {
  status: number
  text: string
  /** of an error */
  code: string | undefined
  headers: NodeJS.Dict<string | string[]>
}

/** Unsigned; the name of the host says whose it is. */
function unsigned(
  vendor: 's3' | 'oss' | 'cos',
  path: string,
  { method = 'GET', headers = {}, body = '', on = running, bucket = BUCKET } = {},
): Promise<Answer> {
  const host = `${bucket}.${vendor}.example.org`
  const options = { port: on.port, host: '127.0.0.1', method, path, headers: { host, ...headers } }
  return new Promise((resolve, reject) => {
    const sent = request(options, (answer) => void read(answer).then(resolve, reject))
    sent.on('error', reject)
    sent.end(body)
  })
}
async function read(answer: IncomingMessage): Promise<Answer> {
  let text = ''
  for await (const chunk of answer.setEncoding('utf8')) text += chunk as string
  const code = /<Code>(.*?)<\/Code>/.exec(text)?.[1]
  return { status: answer.statusCode!, text, code, headers: answer.headers }
}

const VENDORS = ['s3', 'oss', 'cos'] as const
const seenBy = (path: string, options: Parameters<typeof unsigned>[2] = {}) =>
  Promise.all(
    VENDORS.map(async (vendor) => {
      const { status, text, code } = await unsigned(vendor, path, options)
      return code === undefined ? [status, text] : [status, code]
    }),
  )
const DENIED = VENDORS.map(() => [403, 'AccessDenied'])

async function failure(work: Promise<unknown>): Promise<[status: number | undefined, code: string]> {
  try {
    await work
  } catch (error) {
    const { name, code, $metadata, status, statusCode } = error as Partial<
      Record<'name' | 'code', string> & Record<'status' | 'statusCode', number> & S3.S3ServiceException
    >
    return [$metadata?.httpStatusCode ?? status ?? statusCode, code ?? name ?? '']
  }
  throw new Error('it did not fail')
}

describe('an object that one vendor’s client makes public is read by everybody, through every vendor’s name', () => {
  const put = (Key: string, more: Partial<S3.PutObjectCommandInput> = {}) =>
    s3.send(new S3.PutObjectCommand({ Bucket: BUCKET, Key, Body: 'hello', ...more }))

  test('S3: written so, made so by a word, by grants, by a document; and taken back', async () => {
    await put('s3', { ACL: 'public-read', ServerSideEncryption: 'AES256' })
    expect(await seenBy('/s3')).toEqual(VENDORS.map(() => [200, 'hello']))
    const at = { Bucket: BUCKET, Key: 's3' }
    const { Grants, Owner } = await s3.send(new S3.GetObjectAclCommand(at))
    expect(Grants).toEqual([
      { Grantee: { ...Owner, Type: 'CanonicalUser' }, Permission: 'FULL_CONTROL' },
      { Grantee: { Type: 'Group', URI: ALL_USERS }, Permission: 'READ' },
    ])
    await s3.send(new S3.PutObjectAclCommand({ ...at, ACL: 'private' }))
    expect(await seenBy('/s3')).toEqual(DENIED)
    // What a client read, it may send back.
    await s3.send(new S3.PutObjectAclCommand({ ...at, AccessControlPolicy: { Grants, Owner } }))
    expect(await seenBy('/s3')).toEqual(VENDORS.map(() => [200, 'hello']))
    await s3.send(new S3.PutObjectAclCommand({ ...at, ACL: 'bucket-owner-full-control' }))
    expect(await seenBy('/s3')).toEqual(DENIED)
    await s3.send(new S3.PutObjectAclCommand({ ...at, GrantRead: `uri="${ALL_USERS}"` }))
    expect((await unsigned('s3', '/s3')).status).toBe(200)
    expect(
      await failure(s3.send(new S3.PutObjectAclCommand({ ...at, GrantRead: 'id="somebody-else"' }))),
    ).toEqual([501, 'NotImplemented'])
    expect((await unsigned('s3', '/s3')).status).toBe(200)
  })

  test('OSS: putACL, and default is its bucket’s', async () => {
    await oss.put('oss', Buffer.from('hello'), { headers: { 'x-oss-server-side-encryption': 'AES256' } })
    expect(await seenBy('/oss')).toEqual(DENIED)
    await oss.putACL('oss', 'public-read')
    expect((await oss.getACL('oss')).acl).toBe('public-read')
    expect(await seenBy('/oss')).toEqual(VENDORS.map(() => [200, 'hello']))
    await oss.putACL('oss', 'default')
    expect(await seenBy('/oss')).toEqual(DENIED)
    expect(await failure(oss.putACL('oss', 'authenticated'))).toEqual([400, 'InvalidArgument'])
  })

  test('COS: putObjectAcl by a word and by a document, and as it is written', async () => {
    const at = { Bucket: BUCKET, Region, Key: 'cos' }
    const write = { ...at, Body: 'hello', ServerSideEncryption: 'AES256' }
    await cos.putObject({ ...write, ACL: 'public-read' })
    expect(await seenBy('/cos')).toEqual(VENDORS.map(() => [200, 'hello']))
    await cos.putObject(write)
    expect((await cos.getObjectAcl(at)).ACL).toBe('default')
    expect(await seenBy('/cos')).toEqual(DENIED)
    await cos.putObjectAcl({ ...at, ACL: 'public-read' })
    const { Owner, Grants } = await cos.getObjectAcl(at)
    expect(await seenBy('/cos')).toEqual(VENDORS.map(() => [200, 'hello']))
    await cos.putObjectAcl({ ...at, ACL: 'private' })
    await cos.putObjectAcl({ ...at, AccessControlPolicy: { Owner, Grants } } as COS.PutObjectAclParams)
    expect((await cos.getObjectAcl(at)).ACL).toBe('public-read')
  })

  test('SSE-KMS never, each in its own words; SSE-C with its key', async () => {
    await put('kms', { ACL: 'public-read', ServerSideEncryption: 'aws:kms' })
    expect(await seenBy('/kms')).toEqual([
      [400, 'InvalidArgument'],
      [403, 'AccessDenied'],
      [403, 'AccessDenied'],
    ])
    const { text } = await unsigned('s3', '/kms')
    expect(text).toContain('<ArgumentName>Authorization</ArgumentName>')
    expect(
      await Promise.all(VENDORS.map(async (v) => (await unsigned(v, '/kms', { method: 'HEAD' })).status)),
    ).toEqual([400, 403, 403])
    const key = Buffer.alloc(32, 7)
    const SSECustomerKey = key.toString('base64')
    const SSECustomerKeyMD5 = createHash('md5').update(key).digest('base64')
    const customer = { SSECustomerAlgorithm: 'AES256', SSECustomerKey, SSECustomerKeyMD5 }
    await put('ssec', { ACL: 'public-read', ...customer })
    const headers = (vendor: 'amz' | 'cos') => ({
      [`x-${vendor}-server-side-encryption-customer-algorithm`]: 'AES256',
      [`x-${vendor}-server-side-encryption-customer-key`]: SSECustomerKey,
      [`x-${vendor}-server-side-encryption-customer-key-md5`]: SSECustomerKeyMD5,
    })
    expect((await unsigned('s3', '/ssec')).code).toBe('InvalidRequest')
    expect((await unsigned('s3', '/ssec', { headers: headers('amz') })).text).toBe('hello')
    expect((await unsigned('cos', '/ssec', { headers: headers('cos') })).text).toBe('hello')
  })
})

describe('what nobody signed', () => {
  test('may have ranges and conditions, but no other headers of the answer', async () => {
    const part = await unsigned('s3', '/s3', { headers: { range: 'bytes=1-2' } })
    expect([part.status, part.text]).toEqual([206, 'el'])
    const etag = part.headers['etag'] as string
    expect((await unsigned('cos', '/s3', { headers: { 'if-none-match': etag } })).status).toBe(304)
    expect(await seenBy('/s3?response-content-type=text/html')).toEqual(
      VENDORS.map(() => [400, 'InvalidRequest']),
    )
  })

  test.each([
    ['s3', 'x-amz-acl'],
    ['s3', 'x-amz-tagging'],
    ['s3', 'x-amz-copy-source'],
    ['s3', 'x-amz-new-thing'],
    ['oss', 'x-oss-object-acl'],
    ['oss', 'x-oss-copy-source'],
    ['oss', 'x-oss-new-thing'],
    ['cos', 'x-cos-acl'],
    ['cos', 'x-cos-copy-source'],
    ['cos', 'x-cos-new-thing'],
  ] as const)('%s: is refused with %s, on reads as on writes', async (vendor, name) => {
    const headers = { [name]: 'private' }
    for (const method of ['GET', 'PUT'])
      expect((await unsigned(vendor, '/s3', { method, headers })).code).toBe('AccessDenied')
  })

  test('absent, forbidden and in no bucket are one', async () => {
    const answers = await Promise.all([
      ...VENDORS.map((vendor) => unsigned(vendor, '/absent')),
      ...VENDORS.map((vendor) => unsigned(vendor, '/absent', { bucket: 'no-such-bucket' })),
    ])
    expect(new Set(answers.map(({ status, code }) => `${status} ${code}`))).toEqual(
      new Set(['403 AccessDenied']),
    )
  })

  test.each(['?acl', '?encryption', '?policy', '?bucketInfo', '?versions', '?uploads', '?tagging'])(
    'tells nothing of the bucket: %s',
    async (query) => {
      await oss.putBucketACL(BUCKET, 'public-read')
      for (const vendor of VENDORS) {
        const { status, text } = await unsigned(vendor, `/${query}`)
        // what a vendor has no such thing as, it says so of to everybody
        const known = status === 200 ? /<ListBucketResult/.test(text) : [403, 404, 501].includes(status)
        expect(known, `${vendor} ${text}`).toBe(true)
        expect(text).not.toMatch(/aws:kms|SSEAlgorithm|<Grant>|uin\/\d|<ID>[0-9a-f-]{12}/)
      }
      await oss.putBucketACL(BUCKET, 'private')
    },
  )
})

describe('a bucket', () => {
  test('is opened and closed by each vendor’s client, and says the same to all', async () => {
    await cos.putBucket({ Bucket: SECOND, Region, ACL: 'public-read' })
    await cos.putObject({ Bucket: SECOND, Region, Key: 'by-cos', Body: 'hello' })
    await s3.send(new S3.PutObjectCommand({ Bucket: SECOND, Key: 'by-s3', Body: 'hello' }))
    const on = { bucket: SECOND }
    expect(await seenBy('/by-cos', on)).toEqual(VENDORS.map(() => [200, 'hello']))
    // S3's own clients write private objects: there an open bucket can only be listed.
    expect(await seenBy('/by-s3', on)).toEqual(DENIED)
    for (const vendor of VENDORS)
      expect((await unsigned(vendor, '/', on)).text).toContain('<Key>by-cos</Key>')
    expect((await oss.getBucketACL(SECOND)).acl).toBe('public-read')
    const { bucket } = await oss.getBucketInfo(SECOND)
    expect(bucket).toMatchObject({ BlockPublicAccess: 'false', AccessControlList: { Grant: 'public-read' } })
    const { Grants } = await s3.send(new S3.GetBucketAclCommand({ Bucket: SECOND }))
    expect(Grants?.map(({ Permission }) => Permission)).toEqual(['FULL_CONTROL', 'READ'])
    await s3.send(new S3.PutBucketAclCommand({ Bucket: SECOND, ACL: 'private' }))
    expect((await cos.getBucketAcl({ Bucket: SECOND, Region })).ACL).toBe('private')
    expect(await seenBy('/by-cos', on)).toEqual(DENIED)
  })

  test('that everybody may write to takes objects and forms, and gives no more away', async () => {
    await oss.putBucketACL(BUCKET, 'public-read-write')
    const form =
      '--x\r\nContent-Disposition: form-data; name="key"\r\n\r\nposted\r\n--x\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nhello\r\n--x--\r\n'
    const headers = {
      'content-type': 'multipart/form-data; boundary=x',
      'content-length': String(form.length),
    }
    for (const vendor of VENDORS) {
      const put = { method: 'PUT', body: 'hello', headers: { 'content-length': '5' } }
      expect((await unsigned(vendor, `/anonymous-${vendor}`, put)).status).toBe(200)
      expect((await unsigned(vendor, `/anonymous-${vendor}`, { method: 'DELETE' })).code).toBe('AccessDenied')
    }
    for (const vendor of ['oss', 'cos'] as const)
      expect((await unsigned(vendor, '/', { method: 'POST', body: form, headers })).status).toBe(204)
    expect((await unsigned('oss', '/posted')).text).toBe('hello')
    await oss.putBucketACL(BUCKET, 'private')
    expect(await seenBy('/posted')).toEqual(DENIED)
  })
})

test('nothing is public unless the operator allows it', async () => {
  const blocked = await startSystem({ COFFER_OSS_DOMAINS: 'oss.example.org' })
  try {
    const { s3, oss, cos } = clients(blocked)
    await s3.send(new S3.CreateBucketCommand({ Bucket: BUCKET }))
    await s3.send(new S3.PutObjectCommand({ Bucket: BUCKET, Key: 'k', Body: 'x' }))
    const denied = [403, 'AccessDenied']
    const at = { Bucket: BUCKET, Region, Key: 'k' }
    expect(await failure(s3.send(new S3.PutObjectAclCommand({ ...at, ACL: 'public-read' })))).toEqual(denied)
    expect(await failure(oss.putACL('k', 'public-read'))).toEqual(denied)
    expect(await failure(oss.putBucketACL(BUCKET, 'public-read'))).toEqual(denied)
    expect(await failure(cos.putObjectAcl({ ...at, ACL: 'public-read' }))).toEqual(denied)
    expect((await unsigned('oss', '/k', { on: blocked })).code).toBe('AccessDenied')
    const { PublicAccessBlockConfiguration } = await s3.send(
      new S3.GetPublicAccessBlockCommand({ Bucket: BUCKET }),
    )
    expect(Object.values(PublicAccessBlockConfiguration!)).toEqual([true, true, true, true])
    expect((await oss.getBucketInfo(BUCKET)).bucket).toMatchObject({ BlockPublicAccess: 'true' })
  } finally {
    await blocked.stop()
  }
})
