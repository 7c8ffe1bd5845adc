import * as S3 from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { createHash, randomBytes } from 'node:crypto'
import { Agent } from 'node:http'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startSystem, type RunningSystem } from '../testing/running-system.ts'

/** The whole pipeline with real parts: the AWS SDK, HTTP, SQLite, files, keys. */
let running: RunningSystem
let s3: S3.S3Client
let defaultKeyArn: string
const Bucket = 'sdk-suite'

beforeAll(async () => {
  running = await startSystem()
  s3 = client({ endpoint: `http://127.0.0.1:${running.port}`, forcePathStyle: true })
  defaultKeyArn = (await running.system.keyring.defaultKey(running.projectId)).arn
  await s3.send(new S3.CreateBucketCommand({ Bucket }))
})
afterAll(async () => {
  expect(running.faults).toEqual([])
  await running.stop()
})

function client(options: S3.S3ClientConfig): S3.S3Client {
  return new S3.S3Client({
    region: 'us-east-1',
    credentials: running.credentials,
    maxAttempts: 1,
    ...options,
  })
}

const customer = (seed: number) => {
  const key = Buffer.alloc(32, seed)
  return {
    SSECustomerAlgorithm: 'AES256',
    SSECustomerKey: key.toString('base64'),
    SSECustomerKeyMD5: createHash('md5').update(key).digest('base64'),
  }
}
const copySourceCustomer = (seed: number) => {
  const { SSECustomerAlgorithm, SSECustomerKey, SSECustomerKeyMD5 } = customer(seed)
  return {
    CopySourceSSECustomerAlgorithm: SSECustomerAlgorithm,
    CopySourceSSECustomerKey: SSECustomerKey,
    CopySourceSSECustomerKeyMD5: SSECustomerKeyMD5,
  }
}
const put = (
  Key: string,
  Body: S3.PutObjectCommandInput['Body'] = 'hello',
  more: Partial<S3.PutObjectCommandInput> = {},
) => s3.send(new S3.PutObjectCommand({ Bucket, Key, Body, ...more }))
const get = (Key: string, more: Partial<S3.GetObjectCommandInput> = {}) =>
  s3.send(new S3.GetObjectCommand({ Bucket, Key, ...more }))
const head = (Key: string, more: Partial<S3.HeadObjectCommandInput> = {}) =>
  s3.send(new S3.HeadObjectCommand({ Bucket, Key, ...more }))
const bytes = async (Key: string, more: Partial<S3.GetObjectCommandInput> = {}) =>
  Buffer.from(await (await get(Key, more)).Body!.transformToByteArray())
const md5 = (data: Buffer | string) => createHash('md5').update(data).digest('hex')

async function failure(promise: Promise<unknown>): Promise<{ status: number | undefined; code: string }> {
  try {
    await promise
  } catch (error) {
    const { name, $metadata } = error as S3.S3ServiceException
    return { status: $metadata?.httpStatusCode, code: name }
  }
  throw new Error('succeeded')
}

describe('keys', () => {
  const keys = [
    'plain',
    'a//b',
    '//',
    '/leading',
    'trailing/',
    'a%2Fb',
    '%',
    'a+b c',
    '.',
    '..',
    '../x',
    'a/./../b',
    '😀/健康',
    "~!*'()",
    '?q=1&r#f;:@,$',
    'tab\tx',
    'a\rb\nc',
    '\u0001',
    '<&">',
    ' blank ',
    'e\u0301',
    '\ufffd',
    'x'.repeat(1024),
    '健'.repeat(341),
  ]

  it.each(keys)('%j is stored, read, listed, copied and deleted', async (Key) => {
    const Prefix = Key
    await put(Key, Key)
    expect((await bytes(Key)).toString()).toBe(Key)
    expect((await head(Key)).ContentLength).toBe(Buffer.byteLength(Key))
    const listed = await s3.send(new S3.ListObjectsV2Command({ Bucket, Prefix, EncodingType: 'url' }))
    expect(listed.Contents?.map((object) => decodeURIComponent(object.Key!))).toContain(Key)
    const CopySource = encodeURIComponent(`${Bucket}/${Key}`)
    await s3.send(new S3.CopyObjectCommand({ Bucket, Key: 'copy-of', CopySource }))
    expect((await bytes('copy-of')).toString()).toBe(Key)
    const deleted = await s3.send(
      new S3.DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key }, { Key: 'copy-of' }] } }),
    )
    expect(deleted.Deleted?.map((object) => object.Key).sort()).toEqual([Key, 'copy-of'].sort())
    expect(await failure(head(Key))).toEqual({ status: 404, code: 'NotFound' })
  })

  it('are refused beyond 1,024 bytes', async () => {
    expect(await failure(put('健'.repeat(342)))).toEqual({ status: 400, code: 'KeyTooLongError' })
  })

  it('may hold what XML 1.0 cannot, and a plain listing still names them', async () => {
    await put('odd/ \r\n\t<&>')
    const { Contents } = await s3.send(new S3.ListObjectsCommand({ Bucket, Prefix: 'odd/' }))
    expect(Contents?.map(({ Key }) => Key)).toEqual(['odd/ \r\n\t<&>'])
  })
})

it('is reached by virtual host', async () => {
  const lookup = (_: string, options: { all?: boolean }, callback: (...values: unknown[]) => void) =>
    options.all ? callback(null, [{ address: '127.0.0.1', family: 4 }]) : callback(null, '127.0.0.1', 4)
  const virtual = client({
    endpoint: `http://localhost:${running.port}`,
    requestHandler: { httpAgent: new Agent({ lookup: lookup as never }) },
  })
  await virtual.send(new S3.PutObjectCommand({ Bucket, Key: 'virtual/../k', Body: 'v' }))
  expect((await bytes('virtual/../k')).toString()).toBe('v')
  expect((await virtual.send(new S3.ListObjectsV2Command({ Bucket, Prefix: 'virtual' }))).KeyCount).toBe(1)
  virtual.destroy()
})

describe('encryption', () => {
  type Answer = Pick<
    S3.PutObjectCommandOutput,
    'ServerSideEncryption' | 'SSEKMSKeyId' | 'BucketKeyEnabled' | 'SSECustomerAlgorithm' | 'SSECustomerKeyMD5'
  >
  const modes: [string, () => Partial<S3.PutObjectCommandInput>, () => Answer][] = [
    ['plaintext', () => ({}), () => ({})],
    ['SSE-S3', () => ({ ServerSideEncryption: 'AES256' }), () => ({ ServerSideEncryption: 'AES256' })],
    [
      'SSE-KMS, default key',
      () => ({ ServerSideEncryption: 'aws:kms' }),
      () => ({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: defaultKeyArn }),
    ],
    [
      'SSE-KMS, bare id',
      () => ({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: defaultKeyArn.split('/').pop() }),
      () => ({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: defaultKeyArn }),
    ],
    [
      'SSE-KMS, ARN',
      () => ({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: defaultKeyArn }),
      () => ({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: defaultKeyArn }),
    ],
    [
      'SSE-KMS, alias',
      () => ({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'alias/aws/s3' }),
      () => ({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: defaultKeyArn }),
    ],
    [
      'SSE-KMS, context and bucket key',
      () => ({
        ServerSideEncryption: 'aws:kms',
        SSEKMSEncryptionContext: Buffer.from('{"部門":"健康"}').toString('base64'),
        BucketKeyEnabled: true,
      }),
      () => ({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: defaultKeyArn, BucketKeyEnabled: true }),
    ],
    [
      'SSE-C',
      () => customer(1),
      () => ({ SSECustomerAlgorithm: 'AES256', SSECustomerKeyMD5: customer(1).SSECustomerKeyMD5 }),
    ],
  ]
  const said = (answer: Answer): Answer => {
    const { ServerSideEncryption, SSEKMSKeyId, BucketKeyEnabled, SSECustomerAlgorithm, SSECustomerKeyMD5 } =
      answer
    return Object.fromEntries(
      Object.entries({
        ServerSideEncryption,
        SSEKMSKeyId,
        BucketKeyEnabled,
        SSECustomerAlgorithm,
        SSECustomerKeyMD5,
      }).filter(([, value]) => value !== undefined),
    )
  }
  const body = randomBytes(200_000)

  it.each(modes)('%s: put, get, head, range, attributes', async (name, asked, answered) => {
    const Key = `modes/${name}`
    const key = name === 'SSE-C' ? customer(1) : {}
    const written = await put(Key, body, asked())
    expect(said(written)).toEqual(answered())
    if (name === 'plaintext' || name === 'SSE-S3') expect(written.ETag).toBe(`"${md5(body)}"`)
    else expect(written.ETag).not.toBe(`"${md5(body)}"`)
    const read = await get(Key, { ...key, ChecksumMode: 'ENABLED' })
    expect(said(read)).toEqual(answered())
    expect(read.ETag).toBe(written.ETag)
    expect(read.ChecksumCRC32).toBe(written.ChecksumCRC32)
    expect(Buffer.from(await read.Body!.transformToByteArray()).equals(body)).toBe(true)
    const known = await head(Key, key)
    expect(said(known)).toEqual(answered())
    expect(known.ContentLength).toBe(body.length)
    const part = await get(Key, { ...key, Range: 'bytes=65530-131080' })
    expect(part).toMatchObject({
      ContentRange: `bytes 65530-131080/200000`,
      ContentLength: 65551,
      $metadata: { httpStatusCode: 206 },
    })
    expect(Buffer.from(await part.Body!.transformToByteArray()).equals(body.subarray(65530, 131081))).toBe(
      true,
    )
    const attributes = await s3.send(
      new S3.GetObjectAttributesCommand({
        Bucket,
        Key,
        ObjectAttributes: ['ETag', 'ObjectSize', 'Checksum', 'StorageClass'],
        ...key,
      }),
    )
    expect(attributes).toMatchObject({
      ETag: written.ETag!.slice(1, -1),
      ObjectSize: body.length,
      Checksum: { ChecksumCRC32: written.ChecksumCRC32 },
    })
  })

  it.each(modes)('%s: multipart with a copied part', async (name, asked, answered) => {
    const Key = `multipart/${name}`
    const key = name === 'SSE-C' ? customer(1) : {}
    const parts = [randomBytes(5 * 2 ** 20), randomBytes(1000)]
    await put('multipart/source', Buffer.concat(parts))
    const { UploadId, ...created } = await s3.send(
      new S3.CreateMultipartUploadCommand({ Bucket, Key, ...(asked() as object) }),
    )
    expect(said(created)).toEqual(answered())
    const copied = await s3.send(
      new S3.UploadPartCopyCommand({
        Bucket,
        Key,
        UploadId,
        PartNumber: 1,
        CopySource: `${Bucket}/multipart/source`,
        CopySourceRange: `bytes=0-${5 * 2 ** 20 - 1}`,
        ...key,
      }),
    )
    const sent = await s3.send(
      new S3.UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 2, Body: parts[1], ...key }),
    )
    expect(said(sent)).toEqual(answered())
    const listed = await s3.send(new S3.ListPartsCommand({ Bucket, Key, UploadId, ...key }))
    expect(listed.Parts?.map(({ PartNumber, Size, ETag }) => [PartNumber, Size, ETag])).toEqual([
      [1, 5 * 2 ** 20, copied.CopyPartResult!.ETag],
      [2, 1000, sent.ETag],
    ])
    const Parts = [
      { PartNumber: 1, ETag: copied.CopyPartResult!.ETag },
      { PartNumber: 2, ETag: sent.ETag },
    ]
    const done = await s3.send(
      new S3.CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }),
    )
    expect(done.ETag).toMatch(/^"[0-9a-f]{32}-2"$/)
    expect(await bytes(Key, key)).toEqual(Buffer.concat(parts))
    const second = await get(Key, { ...key, PartNumber: 2 })
    expect(second).toMatchObject({ PartsCount: 2, ContentLength: 1000, $metadata: { httpStatusCode: 206 } })
    await second.Body!.transformToByteArray()
  })

  it('copies between every two modes', async () => {
    for (const [from, askedFrom] of modes.filter(([name]) =>
      ['plaintext', 'SSE-S3', 'SSE-KMS, default key', 'SSE-C'].includes(name),
    )) {
      await put('matrix/from', from, askedFrom())
      for (const [to, askedTo, answered] of modes) {
        const source = from === 'SSE-C' ? copySourceCustomer(1) : {}
        const copied = await s3.send(
          new S3.CopyObjectCommand({
            Bucket,
            Key: 'matrix/to',
            CopySource: `${Bucket}/matrix/from`,
            ...(askedTo() as object),
            ...source,
          }),
        )
        expect(said(copied), `${from} → ${to}`).toEqual(answered())
        expect((await bytes('matrix/to', to === 'SSE-C' ? customer(1) : {})).toString()).toBe(from)
      }
    }
  })

  /** Rows of aws-s3.md §3 that need an object, a key or an upload. */
  describe('misuse', () => {
    beforeAll(async () => {
      await put('misuse/c', 'secret', customer(1))
      await put('misuse/plain')
    })
    const upload = async (more: object) =>
      (await s3.send(new S3.CreateMultipartUploadCommand({ Bucket, Key: 'misuse/upload', ...more }))).UploadId
    const part = (UploadId: string | undefined, more: object) =>
      s3.send(
        new S3.UploadPartCommand({
          Bucket,
          Key: 'misuse/upload',
          UploadId,
          PartNumber: 1,
          Body: 'x',
          ...more,
        }),
      )
    const kms = (SSEKMSKeyId: string) =>
      put('misuse/kms', 'x', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId })
    const copy = (more: object) =>
      s3.send(
        new S3.CopyObjectCommand({ Bucket, Key: 'misuse/copy', CopySource: `${Bucket}/misuse/c`, ...more }),
      )
    const attributes = (more: object) =>
      s3.send(
        new S3.GetObjectAttributesCommand({ Bucket, Key: 'misuse/c', ObjectAttributes: ['ETag'], ...more }),
      )

    it.each<[string, () => Promise<unknown>, number, string]>([
      ['8 GET without the key', () => get('misuse/c'), 400, 'InvalidRequest'],
      ['8 attributes without the key', () => attributes({}), 400, 'InvalidRequest'],
      ['8 copy without the key', () => copy({}), 400, 'InvalidRequest'],
      ['9 GET with a wrong key', () => get('misuse/c', customer(2)), 403, 'AccessDenied'],
      ['9 copy with a wrong key', () => copy(copySourceCustomer(2)), 403, 'AccessDenied'],
      ['10 a key for an object without', () => get('misuse/plain', customer(1)), 400, 'InvalidRequest'],
      [
        '11 part with a key, upload without',
        async () => part(await upload({}), customer(1)),
        400,
        'InvalidRequest',
      ],
      [
        '11 part without a key, upload with',
        async () => part(await upload(customer(1)), {}),
        400,
        'InvalidRequest',
      ],
      [
        '12 part with another key',
        async () => part(await upload(customer(1)), customer(2)),
        400,
        'InvalidRequest',
      ],
      [
        '15 an unknown method',
        () => put('misuse/x', 'x', { ServerSideEncryption: 'ROT13' as 'AES256' }),
        400,
        'InvalidArgument',
      ],
      ['DSSE', () => put('misuse/x', 'x', { ServerSideEncryption: 'aws:kms:dsse' }), 400, 'InvalidArgument'],
      ['17 a malformed key id', () => kms('not a key'), 400, 'KMS.NotFoundException'],
      ['18 an unknown key', () => kms('1234abcd-12ab-34cd-56ef-1234567890ab'), 400, 'KMS.NotFoundException'],
      ['18 an unknown alias', () => kms('alias/nobody'), 400, 'KMS.NotFoundException'],
      [
        '19 a key of another region',
        () => kms(defaultKeyArn.replace('us-east-1', 'eu-west-1')),
        400,
        'KMS.NotFoundException',
      ],
      [
        '28 a wrong Content-MD5',
        () => put('misuse/x', 'x', { ContentMD5: 'AAAAAAAAAAAAAAAAAAAAAA==' }),
        400,
        'BadDigest',
      ],
      [
        '28 a wrong checksum',
        () => put('misuse/x', 'x', { ChecksumSHA256: `${'A'.repeat(43)}=` }),
        400,
        'BadDigest',
      ],
    ])('row %s', async (_, run, status, code) => {
      expect(await failure(run())).toEqual({ status, code })
      expect(await failure(head('misuse/x')), 'nothing is left behind').toEqual({
        status: 404,
        code: 'NotFound',
      })
    })

    it('row 8 and 9 for HEAD, which has no body to say why', async () => {
      expect((await failure(head('misuse/c'))).status).toBe(400)
      expect((await failure(head('misuse/c', customer(2)))).status).toBe(403)
    })

    it('row 14 an SSE-C write to a bucket that blocks it; what is there stays readable', async () => {
      const rule = (EncryptionType: 'SSE-C' | 'NONE') => ({
        Rules: [{ BlockedEncryptionTypes: { EncryptionType: [EncryptionType] } }],
      })
      const configure = (type: 'SSE-C' | 'NONE') =>
        s3.send(new S3.PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: rule(type) }))
      await configure('SSE-C')
      expect(await failure(put('misuse/x', 'x', customer(1)))).toEqual({ status: 403, code: 'AccessDenied' })
      expect((await bytes('misuse/c', customer(1))).toString()).toBe('secret')
      await configure('NONE')
      await s3.send(new S3.DeleteBucketEncryptionCommand({ Bucket }))
    })

    it('an SSE-C object is deleted without its key', async () => {
      await put('misuse/deleted', 'x', customer(3))
      await s3.send(new S3.DeleteObjectCommand({ Bucket, Key: 'misuse/deleted' }))
      expect((await failure(head('misuse/deleted'))).status).toBe(404)
    })
  })
})

describe('buckets', () => {
  it('are made, described and removed', async () => {
    const name = { Bucket: 'another-one' }
    expect((await s3.send(new S3.CreateBucketCommand(name))).Location).toBe('/another-one')
    expect(await failure(s3.send(new S3.CreateBucketCommand(name)))).toEqual({
      status: 409,
      code: 'BucketAlreadyOwnedByYou',
    })
    expect((await s3.send(new S3.HeadBucketCommand(name))).BucketRegion).toBe('us-east-1')
    expect((await s3.send(new S3.GetBucketLocationCommand(name))).LocationConstraint).toBeUndefined()
    expect((await s3.send(new S3.GetBucketVersioningCommand(name))).Status).toBeUndefined()
    const acl = await s3.send(new S3.GetBucketAclCommand(name))
    expect(acl).toMatchObject({
      Owner: { ID: running.projectId },
      Grants: [{ Permission: 'FULL_CONTROL', Grantee: { Type: 'CanonicalUser', ID: running.projectId } }],
    })
    const { Buckets, Owner } = await s3.send(new S3.ListBucketsCommand({}))
    expect(Buckets?.map(({ Name }) => Name)).toEqual(['another-one', Bucket])
    expect(Owner?.ID).toBe(running.projectId)
    const inRegion = async (BucketRegion: string) =>
      (await s3.send(new S3.ListBucketsCommand({ BucketRegion }))).Buckets?.length ?? 0
    expect([await inRegion('us-east-1'), await inRegion('eu-west-1')]).toEqual([2, 0])
    expect(await s3.send(new S3.ListBucketsCommand({ MaxBuckets: 1 }))).toMatchObject({
      Buckets: [{ Name: 'another-one' }],
      ContinuationToken: expect.any(String) as string,
    })
    await s3.send(new S3.PutObjectCommand({ ...name, Key: 'k', Body: 'x' }))
    expect(await failure(s3.send(new S3.DeleteBucketCommand(name)))).toEqual({
      status: 409,
      code: 'BucketNotEmpty',
    })
    await s3.send(new S3.DeleteObjectCommand({ ...name, Key: 'k' }))
    await s3.send(new S3.DeleteBucketCommand(name))
    expect(await failure(s3.send(new S3.HeadBucketCommand(name)))).toEqual({ status: 404, code: 'NotFound' })
    expect(await failure(s3.send(new S3.ListObjectsV2Command(name)))).toEqual({
      status: 404,
      code: 'NoSuchBucket',
    })
  })

  it.each(['ab', 'UPPER', 'a..b', '-ab', 'ab-', '192.168.0.1', 'xn--x', 'a_b', 'x'.repeat(64)])(
    'refuse the name %s',
    async (name) => {
      expect(await failure(s3.send(new S3.CreateBucketCommand({ Bucket: name })))).toEqual({
        status: 400,
        code: 'InvalidBucketName',
      })
    },
  )

  it('refuse another region', async () => {
    const configuration = { CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' as const } }
    expect(
      (await failure(s3.send(new S3.CreateBucketCommand({ Bucket: 'elsewhere', ...configuration })))).status,
    ).toBe(400)
  })

  it('have a default encryption that can be set, seen and removed', async () => {
    const get = () => s3.send(new S3.GetBucketEncryptionCommand({ Bucket }))
    const absent = { status: 404, code: 'ServerSideEncryptionConfigurationNotFoundError' }
    expect(await failure(get())).toEqual(absent)
    const rule = {
      ApplyServerSideEncryptionByDefault: {
        SSEAlgorithm: 'aws:kms' as const,
        KMSMasterKeyID: defaultKeyArn.split('/').pop(),
      },
      BucketKeyEnabled: true,
    }
    await s3.send(
      new S3.PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules: [rule] } }),
    )
    expect((await get()).ServerSideEncryptionConfiguration?.Rules).toEqual([rule])
    expect(await put('by-default')).toMatchObject({
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: defaultKeyArn,
      BucketKeyEnabled: true,
    })
    const unflagged = await put('by-default', 'x', { BucketKeyEnabled: false })
    expect([unflagged.SSEKMSKeyId, unflagged.BucketKeyEnabled]).toEqual([defaultKeyArn, undefined])
    expect(await put('by-default', 'x', { ServerSideEncryption: 'AES256' })).toMatchObject({
      ServerSideEncryption: 'AES256',
    })
    await s3.send(new S3.DeleteBucketEncryptionCommand({ Bucket }))
    await s3.send(new S3.DeleteBucketEncryptionCommand({ Bucket }))
    expect(await failure(get())).toEqual(absent)
    expect((await put('by-default')).ServerSideEncryption).toBeUndefined()
  })

  it('report a missing bucket before a bad document', async () => {
    const configuration = { Bucket: 'no-such-bucket', ServerSideEncryptionConfiguration: { Rules: [] } }
    expect(await failure(s3.send(new S3.PutBucketEncryptionCommand(configuration)))).toEqual({
      status: 404,
      code: 'NoSuchBucket',
    })
    expect(await failure(s3.send(new S3.PutBucketEncryptionCommand({ ...configuration, Bucket })))).toEqual({
      status: 400,
      code: 'MalformedXML',
    })
  })

  it.each<[string, () => Promise<unknown>, string]>([
    ['policy', () => s3.send(new S3.GetBucketPolicyCommand({ Bucket })), 'NoSuchBucketPolicy'],
    ['CORS', () => s3.send(new S3.GetBucketCorsCommand({ Bucket })), 'NoSuchCORSConfiguration'],
    [
      'lifecycle',
      () => s3.send(new S3.GetBucketLifecycleConfigurationCommand({ Bucket })),
      'NoSuchLifecycleConfiguration',
    ],
    ['tags', () => s3.send(new S3.GetBucketTaggingCommand({ Bucket })), 'NoSuchTagSet'],
  ])('have no %s and say so', async (_, run, code) => {
    expect(await failure(run())).toEqual({ status: 404, code })
  })

  it('answer NotImplemented for what does not exist yet', async () => {
    expect(
      await failure(
        s3.send(
          new S3.PutBucketRequestPaymentCommand({
            Bucket,
            RequestPaymentConfiguration: { Payer: 'Requester' },
          }),
        ),
      ),
    ).toEqual({ status: 501, code: 'NotImplemented' })
    expect(await failure(s3.send(new S3.GetBucketLoggingCommand({ Bucket })))).toEqual({
      status: 501,
      code: 'NotImplemented',
    })
  })
})

describe('listings', () => {
  const names = ['a/1', 'a/2', 'b', 'c/1/x', 'c/2', 'd e', 'é']
  beforeAll(async () => {
    await s3.send(new S3.CreateBucketCommand({ Bucket: 'listings' }))
    for (const Key of names) await s3.send(new S3.PutObjectCommand({ Bucket: 'listings', Key, Body: 'xyz' }))
  })

  it.each([1, 2, 3, 1000])('V2 pages of %i', async (MaxKeys) => {
    const seen: string[] = []
    for await (const page of S3.paginateListObjectsV2(
      { client: s3, pageSize: MaxKeys },
      { Bucket: 'listings', Delimiter: '/' },
    )) {
      expect((page.Contents?.length ?? 0) + (page.CommonPrefixes?.length ?? 0)).toBeLessThanOrEqual(MaxKeys)
      seen.push(
        ...(page.Contents ?? []).map(({ Key }) => Key!),
        ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix!),
      )
    }
    expect(seen.sort()).toEqual(['a/', 'b', 'c/', 'd e', 'é'].sort())
  })

  it('V1 pages by marker, with and without a delimiter', async () => {
    for (const Delimiter of ['/', undefined]) {
      const seen: string[] = []
      let Marker: string | undefined
      do {
        const page: S3.ListObjectsCommandOutput = await s3.send(
          new S3.ListObjectsCommand({ Bucket: 'listings', Delimiter, MaxKeys: 2, Marker }),
        )
        seen.push(
          ...(page.Contents ?? []).map(({ Key }) => Key!),
          ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix!),
        )
        Marker = page.IsTruncated ? (page.NextMarker ?? page.Contents!.at(-1)!.Key) : undefined
      } while (Marker !== undefined)
      expect(seen.sort()).toEqual((Delimiter ? ['a/', 'b', 'c/', 'd e', 'é'] : names).toSorted())
    }
  })

  it('honours prefix, start-after, max-keys 0, encoding and owner', async () => {
    const list = (more: object) => s3.send(new S3.ListObjectsV2Command({ Bucket: 'listings', ...more }))
    expect((await list({ Prefix: 'c/' })).Contents?.map(({ Key }) => Key)).toEqual(['c/1/x', 'c/2'])
    expect((await list({ StartAfter: 'c/1/x' })).Contents?.map(({ Key }) => Key)).toEqual(['c/2', 'd e', 'é'])
    const grouped = await list({ StartAfter: 'c/1/x', Delimiter: '/' })
    expect(grouped.CommonPrefixes).toEqual([{ Prefix: 'c/' }])
    expect(grouped.Contents?.map(({ Key }) => Key)).toEqual(['d e', 'é'])
    const first = await list({ StartAfter: 'c/1/x', Delimiter: '/', MaxKeys: 1 })
    const rest = await list({ Delimiter: '/', ContinuationToken: first.NextContinuationToken })
    expect([first.CommonPrefixes, rest.CommonPrefixes]).toEqual([[{ Prefix: 'c/' }], undefined])
    expect(await list({ MaxKeys: 0 })).toMatchObject({ KeyCount: 0, IsTruncated: false })
    expect((await list({ EncodingType: 'url', Prefix: 'd' })).Contents?.[0]?.Key).toBe('d%20e')
    expect((await list({ FetchOwner: true })).Contents?.[0]).toMatchObject({
      Size: 3,
      StorageClass: 'STANDARD',
      ETag: `"${md5('xyz')}"`,
      Owner: { ID: running.projectId },
    })
  })

  it('lists uploads in progress and forgets aborted ones', async () => {
    const ids: string[] = []
    for (const Key of ['u/1', 'u/2', 'u/2'])
      ids.push((await s3.send(new S3.CreateMultipartUploadCommand({ Bucket: 'listings', Key }))).UploadId!)
    const list = (more: object) =>
      s3.send(new S3.ListMultipartUploadsCommand({ Bucket: 'listings', ...more }))
    const all = (await list({})).Uploads!
    expect(all.map(({ Key }) => Key)).toEqual(['u/1', 'u/2', 'u/2'])
    expect(all.map(({ UploadId }) => UploadId).sort()).toEqual(ids.toSorted())
    const first = await list({ MaxUploads: 2 })
    expect(first).toMatchObject({
      IsTruncated: true,
      NextKeyMarker: 'u/2',
      NextUploadIdMarker: all[1]!.UploadId,
    })
    expect(
      (await list({ KeyMarker: first.NextKeyMarker, UploadIdMarker: first.NextUploadIdMarker })).Uploads,
    ).toEqual([all[2]])
    expect((await list({ Delimiter: '/' })).CommonPrefixes).toEqual([{ Prefix: 'u/' }])
    for (const [i, Key] of ['u/1', 'u/2', 'u/2'].entries())
      await s3.send(new S3.AbortMultipartUploadCommand({ Bucket: 'listings', Key, UploadId: ids[i] }))
    expect((await list({})).Uploads).toBeUndefined()
    expect(
      await failure(s3.send(new S3.ListPartsCommand({ Bucket: 'listings', Key: 'u/1', UploadId: ids[0] }))),
    ).toEqual({ status: 404, code: 'NoSuchUpload' })
  })
})

describe('objects', () => {
  it('keep their metadata', async () => {
    const stored = {
      ContentType: 'text/plain; charset=utf-8',
      CacheControl: 'no-store',
      ContentDisposition: 'attachment; filename="x.txt"',
      ContentEncoding: 'identity',
      ContentLanguage: 'zh-TW',
      Metadata: { colour: 'blue', empty: '' },
      StorageClass: 'STANDARD_IA' as const,
      Tagging: 'a=1&b=x%20y',
      WebsiteRedirectLocation: '/other',
    }
    await put('metadata', 'x', stored)
    const { StorageClass, Tagging: _, ...rest } = stored
    expect(await head('metadata')).toMatchObject({
      ...rest,
      StorageClass,
      TagCount: 2,
      AcceptRanges: 'bytes',
    })
    expect((await s3.send(new S3.GetObjectTaggingCommand({ Bucket, Key: 'metadata' }))).TagSet).toEqual([
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: 'x y' },
    ])
    await s3.send(
      new S3.PutObjectTaggingCommand({
        Bucket,
        Key: 'metadata',
        Tagging: { TagSet: [{ Key: '鍵', Value: '值' }] },
      }),
    )
    expect((await s3.send(new S3.GetObjectTaggingCommand({ Bucket, Key: 'metadata' }))).TagSet).toEqual([
      { Key: '鍵', Value: '值' },
    ])
    await s3.send(new S3.DeleteObjectTaggingCommand({ Bucket, Key: 'metadata' }))
    expect((await s3.send(new S3.GetObjectTaggingCommand({ Bucket, Key: 'metadata' }))).TagSet).toEqual([])
    expect((await s3.send(new S3.GetObjectAclCommand({ Bucket, Key: 'metadata' }))).Grants).toHaveLength(1)
  })

  it('give user metadata beyond ASCII back as RFC 2047 words', async () => {
    await put('unicode', 'x', {
      Metadata: { name: '=?UTF-8?B?5YGl5bq3?=', evil: '=?UTF-8?B?DQpTZXQtQ29va2llOiB4?=' },
    })
    expect((await head('unicode')).Metadata).toEqual({
      name: '=?UTF-8?B?5YGl5bq3?=',
      evil: '=?UTF-8?B?DQpTZXQtQ29va2llOiB4?=',
    })
  })

  it('are replaced by copies onto themselves only if something changes', async () => {
    await put('self')
    const copy = (more: object) =>
      s3.send(new S3.CopyObjectCommand({ Bucket, Key: 'self', CopySource: `${Bucket}/self`, ...more }))
    expect(await failure(copy({}))).toEqual({ status: 400, code: 'InvalidRequest' })
    expect(await copy({ ServerSideEncryption: 'AES256' })).toMatchObject({
      ServerSideEncryption: 'AES256',
      CopyObjectResult: { ETag: `"${md5('hello')}"` },
    })
    await copy({
      MetadataDirective: 'REPLACE',
      Metadata: { a: '1' },
      TaggingDirective: 'REPLACE',
      Tagging: 't=1',
    })
    expect(await head('self')).toMatchObject({ Metadata: { a: '1' }, TagCount: 1 })
  })

  it('redirect where they say themselves, not where the source of a copy does', async () => {
    const from = (source: string, Key: string, WebsiteRedirectLocation?: string) =>
      s3.send(
        new S3.CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/${source}`, WebsiteRedirectLocation }),
      )
    const redirect = async (Key: string) => (await head(Key)).WebsiteRedirectLocation
    await put('away', 'x', { WebsiteRedirectLocation: '/one', Metadata: { a: '1' } })
    await from('away', 'stays')
    await from('away', 'elsewhere', '/two')
    expect([await redirect('stays'), await redirect('elsewhere')]).toEqual([undefined, '/two'])
    expect((await head('elsewhere')).Metadata).toEqual({ a: '1' })
    await from('away', 'away', '/three')
    expect(await redirect('away')).toBe('/three')
    expect(await failure(from('away', 'away'))).toEqual({ status: 400, code: 'InvalidRequest' })
  })

  it('are copied to STANDARD unless another class is asked for, so that a restored one can be read', async () => {
    const copy = (Key: string, more: object = {}) =>
      s3.send(new S3.CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/cold`, ...more }))
    await put('cold', 'x', { StorageClass: 'GLACIER' })
    const RestoreRequest = { Days: 1 }
    await s3.send(new S3.RestoreObjectCommand({ Bucket, Key: 'cold', RestoreRequest }))
    await copy('warm')
    expect((await bytes('warm')).toString()).toBe('x')
    await copy('cooler', { StorageClass: 'STANDARD_IA' })
    expect((await head('cooler')).StorageClass).toBe('STANDARD_IA')
    expect(await failure(copy('cold'))).toEqual({ status: 400, code: 'InvalidRequest' })
    await copy('cold', { MetadataDirective: 'REPLACE' })
    expect((await head('cold')).StorageClass).toBeUndefined()
  })

  it('honour conditions', async () => {
    const { ETag } = await put('conditions')
    const { LastModified } = await head('conditions')
    expect((await failure(get('conditions', { IfNoneMatch: ETag }))).status).toBe(304)
    expect((await failure(get('conditions', { IfModifiedSince: LastModified }))).status).toBe(304)
    expect(await failure(get('conditions', { IfMatch: '"other"' }))).toEqual({
      status: 412,
      code: 'PreconditionFailed',
    })
    expect((await failure(get('conditions', { IfUnmodifiedSince: new Date(0) }))).status).toBe(412)
    expect(await failure(put('conditions', 'x', { IfNoneMatch: '*' }))).toEqual({
      status: 412,
      code: 'PreconditionFailed',
    })
    expect(await failure(put('conditions', 'x', { IfMatch: '"other"' }))).toEqual({
      status: 412,
      code: 'PreconditionFailed',
    })
    expect(await failure(put('absent', 'x', { IfMatch: '"other"' }))).toEqual({
      status: 404,
      code: 'NoSuchKey',
    })
    await put('conditions', 'x', { IfMatch: ETag })
    const copy = (more: object) =>
      s3.send(
        new S3.CopyObjectCommand({ Bucket, Key: 'copied', CopySource: `${Bucket}/conditions`, ...more }),
      )
    expect(await failure(copy({ CopySourceIfMatch: ETag }))).toEqual({
      status: 412,
      code: 'PreconditionFailed',
    })
    expect(await failure(copy({ CopySourceIfNoneMatch: `"${md5('x')}"` }))).toEqual({
      status: 412,
      code: 'PreconditionFailed',
    })
  })

  it('give what has no bytes without a range, and without a checksum of anything else', async () => {
    await put('empty', '')
    const upload = { Bucket, Key: 'empty-part' }
    const { UploadId } = await s3.send(new S3.CreateMultipartUploadCommand(upload))
    const Parts = []
    for (const [i, size] of [5 * 2 ** 20, 0].entries()) {
      const part = { ...upload, UploadId, PartNumber: i + 1, Body: Buffer.alloc(size) }
      Parts.push({ PartNumber: i + 1, ETag: (await s3.send(new S3.UploadPartCommand(part))).ETag })
    }
    const MultipartUpload = { Parts }
    await s3.send(new S3.CompleteMultipartUploadCommand({ ...upload, UploadId, MultipartUpload }))
    for (const [Key, more] of [
      ['empty', { PartNumber: 1 }],
      ['empty', { Range: 'bytes=-5' }],
      ['empty-part', { PartNumber: 2 }],
    ] as const) {
      expect(await bytes(Key, more)).toHaveLength(0)
      for (const { $metadata, ContentLength, ContentRange } of [await get(Key, more), await head(Key, more)])
        expect([$metadata.httpStatusCode, ContentLength, ContentRange]).toEqual([200, 0, undefined])
    }
    expect((await head('empty-part', { PartNumber: 2 })).PartsCount).toBe(2)
  })

  it('refuse ranges beyond their end', async () => {
    await put('ranges', '0123456789')
    expect((await bytes('ranges', { Range: 'bytes=-3' })).toString()).toBe('789')
    expect((await bytes('ranges', { Range: 'bytes=7-100' })).toString()).toBe('789')
    expect(await failure(get('ranges', { Range: 'bytes=10-' }))).toEqual({
      status: 416,
      code: 'InvalidRange',
    })
    await put('empty', '')
    expect((await get('empty')).ContentLength).toBe(0)
    expect((await failure(get('empty', { Range: 'bytes=0-0' }))).status).toBe(416)
  })

  it('belong to the expected owner or to nobody', async () => {
    await put('owned', 'x', { ExpectedBucketOwner: running.accountNumber })
    expect(await failure(get('owned', { ExpectedBucketOwner: '999999999999' }))).toEqual({
      status: 403,
      code: 'AccessDenied',
    })
  })
})

describe('checksums', () => {
  const algorithms = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const
  const body = randomBytes(150_000)

  it.each(algorithms)('%s of the SDK, in the header and in the trailer', async (ChecksumAlgorithm) => {
    const field = `Checksum${ChecksumAlgorithm}` as const
    const buffered = await put('checksum', body, { ChecksumAlgorithm })
    const streamed = await put('checksum', Readable.from([body.subarray(0, 70_000), body.subarray(70_000)]), {
      ChecksumAlgorithm,
      ContentLength: body.length,
    })
    expect(buffered[field]).toMatch(/=$/)
    expect(streamed[field]).toBe(buffered[field])
    const read = await get('checksum', { ChecksumMode: 'ENABLED' })
    expect(read[field]).toBe(buffered[field])
    expect(Buffer.from(await read.Body!.transformToByteArray()).equals(body)).toBe(true)
    expect(await failure(put('checksum', 'other', { [field]: buffered[field] }))).toEqual({
      status: 400,
      code: 'BadDigest',
    })
  })

  it('of a body that arrived otherwise are told', async () => {
    const ContentMD5 = createHash('md5').update('other').digest('base64')
    const error = await put('digest', 'hello', { ContentMD5 }).catch((refusal: unknown) => refusal)
    const [ExpectedDigest, CalculatedDigest] = [md5('other'), md5('hello')]
    expect(error).toMatchObject({ name: 'BadDigest', ExpectedDigest, CalculatedDigest })
  })

  it('that were chosen are told of uploads in progress', async () => {
    const chosen = { ChecksumAlgorithm: 'CRC32C', ChecksumType: 'FULL_OBJECT' } as const
    const upload = { Bucket, Key: 'chosen checksum' }
    const { UploadId } = await s3.send(new S3.CreateMultipartUploadCommand({ ...upload, ...chosen }))
    const { Uploads } = await s3.send(new S3.ListMultipartUploadsCommand({ Bucket, Prefix: upload.Key }))
    expect(Uploads).toMatchObject([{ UploadId, ...chosen }])
    expect(await s3.send(new S3.ListPartsCommand({ ...upload, UploadId }))).toMatchObject(chosen)
    await s3.send(new S3.AbortMultipartUploadCommand({ ...upload, UploadId }))
  })

  it('claimed at completion are held to, or refused', async () => {
    const upload = { Bucket, Key: 'claims' }
    const created = await s3.send(
      new S3.CreateMultipartUploadCommand({ ...upload, ChecksumAlgorithm: 'CRC32' }),
    )
    const at = { ...upload, UploadId: created.UploadId }
    const part = { ...at, PartNumber: 1, Body: body, ChecksumAlgorithm: 'CRC32' } as const
    const { ETag, ChecksumCRC32 } = await s3.send(new S3.UploadPartCommand(part))
    const complete = (claims: S3.CompletedPart, more: Partial<S3.CompleteMultipartUploadCommandInput> = {}) =>
      s3.send(
        new S3.CompleteMultipartUploadCommand({
          ...at,
          ...more,
          MultipartUpload: { Parts: [{ PartNumber: 1, ETag, ...claims }] },
        }),
      )
    const ChecksumSHA256 = createHash('sha256').digest('base64')
    const refused = { status: 400, code: 'InvalidRequest' }
    expect(await failure(complete({ ChecksumSHA256 }))).toEqual(refused)
    expect(await failure(complete({ ChecksumCRC32, ChecksumSHA256 }))).toEqual(refused)
    expect(await failure(complete({ ChecksumCRC32 }, { ChecksumSHA256 }))).toEqual(refused)
    expect(await failure(complete({ ChecksumCRC32 }, { ChecksumType: 'FULL_OBJECT' }))).toEqual(refused)
    expect((await failure(complete({ ChecksumCRC32: 'AAAAAA==' }))).code).toBe('InvalidPart')
    const done = await complete({ ChecksumCRC32 }, { ChecksumType: 'COMPOSITE' })
    expect(done.ChecksumType).toBe('COMPOSITE')
    expect(done.Location).toBe(`http://127.0.0.1:${running.port}/${Bucket}/claims`)
  })

  it('are kept of multipart uploads, composite and whole', async () => {
    for (const [ChecksumAlgorithm, ChecksumType] of [
      ['SHA256', 'COMPOSITE'],
      ['CRC64NVME', 'FULL_OBJECT'],
      ['CRC32', 'FULL_OBJECT'],
    ] as const) {
      const upload = new Upload({
        client: s3,
        partSize: 5 * 2 ** 20,
        params: {
          Bucket,
          Key: 'big',
          Body: Buffer.concat([body, Buffer.alloc(11 * 2 ** 20, 7)]),
          ChecksumAlgorithm,
          ChecksumType,
        },
      })
      const done = await upload.done()
      const value = done[`Checksum${ChecksumAlgorithm}`]
      expect(value).toMatch(ChecksumType === 'COMPOSITE' ? /=-3$/ : /=$/)
      expect(await head('big', { ChecksumMode: 'ENABLED' })).toMatchObject({
        [`Checksum${ChecksumAlgorithm}`]: value,
        ChecksumType,
      })
      const attributes = await s3.send(
        new S3.GetObjectAttributesCommand({
          Bucket,
          Key: 'big',
          ObjectAttributes: ['ObjectParts'],
          MaxParts: 2,
        }),
      )
      expect(attributes.ObjectParts).toMatchObject({
        TotalPartsCount: 3,
        IsTruncated: true,
        NextPartNumberMarker: '2',
      })
    }
  })
})

describe('presigned URLs', () => {
  it('read, with other headers, and write', async () => {
    const Key = 'presigned/ü +'
    const write = await getSignedUrl(
      s3,
      new S3.PutObjectCommand({
        Bucket,
        Key,
        ContentType: 'text/plain',
        Metadata: { a: 'b' },
        ServerSideEncryption: 'AES256',
      }),
      { expiresIn: 60 },
    )
    const answer = await fetch(write, {
      method: 'PUT',
      body: 'hello',
      headers: { 'content-type': 'text/plain', 'x-amz-server-side-encryption': 'AES256' },
    })
    expect([answer.status, answer.headers.get('x-amz-server-side-encryption')]).toEqual([200, 'AES256'])
    const read = await getSignedUrl(
      s3,
      new S3.GetObjectCommand({ Bucket, Key, ResponseContentDisposition: 'attachment; filename="健.txt"' }),
      { expiresIn: 60 },
    )
    const got = await fetch(read)
    expect(await got.text()).toBe('hello')
    expect(got.headers.get('x-amz-meta-a')).toBe('b')
    expect(Buffer.from(got.headers.get('content-disposition')!, 'latin1').toString()).toBe(
      'attachment; filename="健.txt"',
    )
    expect((await fetch(read.replace('presigned', 'presignee'))).status).toBe(403)
    expect(
      (await fetch(write, { method: 'PUT', body: 'x', headers: { 'x-amz-copy-source': `/${Bucket}/plain` } }))
        .status,
    ).toBe(403)
  })
})

describe('presigned metadata and tags', () => {
  it.each(['é', '健康', 'naïve: 中'])('are what they were signed as: %s', async (text) => {
    const described = { Bucket, Key: 'presigned', Metadata: { a: text }, Tagging: `a=${text}` }
    const url = await getSignedUrl(s3, new S3.PutObjectCommand(described), { expiresIn: 60 })
    expect(url).toContain('x-amz-meta-a=')
    expect((await fetch(url, { method: 'PUT', body: 'x' })).status).toBe(200)
    const word = `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`
    expect((await head('presigned')).Metadata).toEqual({ a: word })
    const { TagSet } = await s3.send(new S3.GetObjectTaggingCommand({ Bucket, Key: 'presigned' }))
    expect(TagSet).toEqual([{ Key: 'a', Value: text }])
  })
})

describe('strangers', () => {
  it('learn nothing', async () => {
    for (const path of ['/', `/${Bucket}`, `/${Bucket}/metadata`, '/no-such-bucket', '/no-such-bucket/k']) {
      const answer = await fetch(`http://127.0.0.1:${running.port}${path}`)
      expect([path, answer.status]).toEqual([path, 403])
      expect(await answer.text()).toContain('<Code>AccessDenied</Code>')
    }
    expect(
      (await fetch(`http://127.0.0.1:${running.port}/${Bucket}/x`, { method: 'PUT', body: 'x' })).status,
    ).toBe(403)
  })

  it('with a wrong secret or an unknown key are refused, and every answer has a request id', async () => {
    const wrong = client({
      endpoint: `http://127.0.0.1:${running.port}`,
      forcePathStyle: true,
      credentials: { ...running.credentials, secretAccessKey: 'guess' },
    })
    expect(await failure(wrong.send(new S3.ListBucketsCommand({})))).toEqual({
      status: 403,
      code: 'SignatureDoesNotMatch',
    })
    const unknown = client({
      endpoint: `http://127.0.0.1:${running.port}`,
      forcePathStyle: true,
      credentials: { accessKeyId: 'AKIA', secretAccessKey: 'guess' },
    })
    const error: unknown = await unknown.send(new S3.ListBucketsCommand({})).catch((e: unknown) => e)
    expect(error).toMatchObject({
      name: 'InvalidAccessKeyId',
      $metadata: {
        requestId: expect.stringMatching(/^[0-9A-F]{16}$/) as string,
        extendedRequestId: expect.any(String) as string,
      },
    })
    wrong.destroy()
    unknown.destroy()
  })
})
