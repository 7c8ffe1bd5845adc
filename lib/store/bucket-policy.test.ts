import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { roleArn, userArn } from '../policy/principals.ts'
import type { Caller } from './model.ts'
import type { Operation, RequestContext } from './operations.ts'
import { openPermissions, type PermissionsBench } from './permissions.test-support.ts'
import { caller, METADATA, put, putOf, run, SECURE } from './store.test-support.ts'

const BYTES = Buffer.from('x')
const NOBODY: Caller = { kind: 'anonymous' }

let bench: PermissionsBench
let ownKey: { keyId: string; arn: string }
beforeAll(async () => {
  bench = await openPermissions()
  ownKey = await bench.newKey()
  await put(bench, 'plain', BYTES)
  await put(bench, 'sse-s3', BYTES, { encryption: { kind: 'service-key', suite: 'AES256' } })
  const managed = { kind: 'managed-key', suite: 'AES256', context: {} } as const
  await put(bench, 'sse-kms', BYTES, { encryption: managed })
  await put(bench, 'own-key', BYTES, {
    encryption: { ...managed, keyRef: ownKey.keyId, context: { dept: 'x' } },
  })
})
afterEach(async () => {
  await bench.noBucketPolicy()
  await bench.setKeyPolicy(ownKey.keyId)
})
afterAll(() => bench.dispose())

const ALL = ['arn:aws:s3:::bucket', 'arn:aws:s3:::bucket/*']
const read = (key: string): Operation => ({ name: 'GetObject', bucket: bench.bucket, key, conditions: {} })
const head = (key: string): Operation => ({ name: 'HeadObject', bucket: bench.bucket, key, conditions: {} })
const listing = (prefix: string): Operation => ({
  name: 'ListObjects',
  bucket: bench.bucket,
  prefix,
  delimiter: '/',
  after: '',
  limit: 10,
})
const allow = (Action: string | string[], changes: object = {}) => ({
  Effect: 'Allow',
  Principal: '*',
  Action,
  Resource: ALL,
  ...changes,
})
const deny = (Action: string | string[], changes: object = {}) =>
  allow(Action, { Effect: 'Deny', ...changes })

describe('reading and writing it', () => {
  test('gives back what was written, to the letter', async () => {
    const policy =
      ' {"Version":"2012-10-17", "Statement": {"Sid":"ü","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::bucket/none"} }\n'
    await run(bench, { name: 'PutBucketPolicy', bucket: bench.bucket, policy })
    expect(await run(bench, { name: 'GetBucketPolicy', bucket: bench.bucket })).toEqual({ policy })
    expect(await run(bench, { name: 'GetBucketPolicyStatus', bucket: bench.bucket })).toEqual({
      isPublic: false,
    })
    await bench.setBucketPolicy(allow('s3:GetObject'))
    expect(await run(bench, { name: 'GetBucketPolicyStatus', bucket: bench.bucket })).toEqual({
      isPublic: true,
    })
    await bench.noBucketPolicy()
    for (const name of ['GetBucketPolicy', 'GetBucketPolicyStatus'] as const)
      await expect(run(bench, { name, bucket: bench.bucket })).rejects.toMatchObject({
        code: 'NoSuchBucketPolicy',
      })
    await bench.noBucketPolicy()
  })

  test.each([
    'arn:aws:s3:::other/*',
    'arn:aws:s3:::*',
    'arn:aws:s3:::bucket-2',
    'arn:aws:s3:::bucketother/*',
    'arn:aws:s3:::bucket*',
    '*',
  ])('a policy that speaks of %s is refused', async (Resource) => {
    await expect(bench.setBucketPolicy(allow('s3:GetObject', { Resource }))).rejects.toMatchObject({
      code: 'MalformedPolicy',
      facts: { where: 'Statement[0].Resource' },
    })
  })

  test('whoever locked everybody out, an owner gets back in', async () => {
    await bench.setBucketPolicy(deny('s3:*'))
    for (const role of ['owner', 'administrator'] as const) {
      expect(await bench.outcome(read('plain'), bench.member(role))).toBe('AccessDenied')
      const mend = { name: 'GetBucketPolicy', bucket: bench.bucket } as const
      expect(await bench.outcome(mend, bench.member(role))).toBe(role === 'owner' ? 'done' : 'AccessDenied')
    }
  })
})

describe('nobody in particular', () => {
  test('reads what a policy opens to the world, and only that', async () => {
    await bench.setBucketPolicy(allow('s3:GetObject', { Resource: 'arn:aws:s3:::bucket/*' }))
    expect(await bench.outcome(read('plain'), NOBODY)).toBe('done')
    expect(await bench.outcome(head('sse-s3'), NOBODY)).toBe('done')
    expect(await bench.outcome(putOf(bench, 'plain', BYTES), NOBODY)).toBe('AccessDenied')
    expect(await bench.outcome(listing(''), NOBODY)).toBe('AccessDenied')
    expect(await bench.outcome({ name: 'ListBuckets' }, NOBODY)).toBe('AccessDenied')
  })

  test('never what lies under a managed key, even when its policy names everybody', async () => {
    await bench.setBucketPolicy(allow('s3:*'))
    await bench.setKeyPolicy(ownKey.keyId, {
      Effect: 'Allow',
      Principal: '*',
      Action: 'kms:*',
      Resource: '*',
    })
    for (const key of ['sse-kms', 'own-key'])
      for (const operation of [read(key), head(key)])
        expect(await bench.outcome(operation, NOBODY), key).toBe('SignatureRequired')
    const encryption = { kind: 'managed-key', suite: 'AES256', context: {} } as const
    expect(await bench.outcome(putOf(bench, 'new', BYTES, { encryption }), NOBODY)).toBe('SignatureRequired')
  })

  test('does not learn what is not there', async () => {
    await bench.setBucketPolicy(allow('s3:GetObject'))
    expect(await bench.outcome(read('absent'), NOBODY)).toBe('AccessDenied')
    await bench.setBucketPolicy(allow(['s3:GetObject', 's3:ListBucket']))
    expect(await bench.outcome(read('absent'), NOBODY)).toBe('NoSuchKey')
  })

  test('is not told why', async () => {
    await bench.setBucketPolicy(deny('s3:*', { Sid: 'Secret-Project-X' }))
    const refused = bench.store.run(
      read('plain') as Extract<Operation, { name: 'GetObject' }>,
      NOBODY,
      SECURE,
    )
    await expect(refused).rejects.toMatchObject({ code: 'AccessDenied', facts: {} })
  })
})

describe('absent and forbidden look the same to who may not list', () => {
  test.each(['GetObject', 'HeadObject', 'GetObjectTagging'] as const)('%s', async (name) => {
    const who = bench.member('reader', { Effect: 'Deny', Action: 's3:ListBucket', Resource: '*' })
    const at = { bucket: bench.bucket, key: 'absent' }
    const operation = (
      name === 'GetObjectTagging' ? { name, ...at } : { name, ...at, conditions: {} }
    ) as Operation
    expect(await bench.outcome(operation, who)).toBe('AccessDenied')
    expect(await bench.outcome(operation, bench.member('reader'))).toBe('NoSuchKey')
  })

  test('a bucket, too, to who could do nothing in it', async () => {
    const operation = { name: 'DeleteBucket', bucket: 'no-such-bucket' } as const
    expect(await bench.outcome(operation, bench.member('reader'))).toBe('AccessDenied')
    expect(await bench.outcome(operation, bench.member('owner'))).toBe('NoSuchBucket')
  })
})

describe('a refusal is explained to members of the project', () => {
  test.each<[string, () => Promise<Caller> | Caller, Operation['name'], object]>([
    [
      'by the role',
      () => bench.member('auditor'),
      'GetObject',
      { layer: 'role', rule: undefined, action: 's3:GetObject', resource: 'arn:aws:s3:::bucket/sse-kms' },
    ],
    [
      'by his own policy',
      () => bench.member('member', { Sid: 'Resting', Effect: 'Deny', Action: 's3:Get*', Resource: '*' }),
      'GetObject',
      { layer: 'member-policy', rule: 'Resting', action: 's3:GetObject' },
    ],
    [
      'by the bucket',
      async () => {
        await bench.setBucketPolicy(deny('s3:GetObject', { Sid: 'Closed' }))
        return bench.member('owner')
      },
      'GetObject',
      { layer: 'bucket-policy', rule: 'Closed', action: 's3:GetObject' },
    ],
    [
      'by the key, of which the object says nothing',
      () => bench.member('member', { Effect: 'Deny', Action: 'kms:Decrypt', Resource: '*' }),
      'GetObject',
      { layer: 'member-policy', rule: '1', action: 'kms:Decrypt' },
    ],
  ])('%s', async (_, who, __, facts) => {
    const asked = await who()
    const refused = bench.store.run(
      read('sse-kms') as Extract<Operation, { name: 'GetObject' }>,
      asked,
      SECURE,
    )
    await expect(refused).rejects.toMatchObject({ code: 'AccessDenied', facts })
  })
})

describe('conditions of the request', () => {
  const as = async (operation: Operation, context: Partial<RequestContext>, who = bench.member('owner')) => {
    try {
      await bench.store.run(operation as Extract<Operation, { name: 'ListObjects' }>, who, {
        ...SECURE,
        ...context,
      })
      return 'done'
    } catch (error) {
      return (error as { code: string }).code
    }
  }

  test('where it comes from', async () => {
    const elsewhere = { NotIpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }
    await bench.setBucketPolicy(deny('s3:*', { Condition: elsewhere }))
    expect(await as(listing(''), { remoteAddress: '192.0.2.9' })).toBe('done')
    expect(await as(listing(''), { remoteAddress: '::ffff:192.0.2.9' })).toBe('done')
    expect(await as(listing(''), { remoteAddress: '198.51.100.9' })).toBe('AccessDenied')
    expect(await as(listing(''), {})).toBe('AccessDenied')
  })

  test('over what', async () => {
    await bench.setBucketPolicy(deny('s3:*', { Condition: { Bool: { 'aws:SecureTransport': 'false' } } }))
    expect(await as(listing(''), { secure: true })).toBe('done')
    expect(await as(listing(''), { secure: false })).toBe('AccessDenied')
  })

  test('which folder', async () => {
    const home = { StringNotLike: { 's3:prefix': ['home/${aws:username}/*', ''] } }
    await bench.setBucketPolicy(deny('s3:ListBucket', { Resource: ALL[0], Condition: home }))
    expect(await as(listing('home/u/'), {})).toBe('done')
    expect(await as(listing('home/eve/'), {})).toBe('AccessDenied')
    expect(await as(listing(''), {})).toBe('done')
  })

  test('encrypted by what', async () => {
    await bench.setBucketPolicy(
      deny('s3:PutObject', {
        Condition: { StringNotEquals: { 's3:x-amz-server-side-encryption-aws-kms-key-id': ownKey.arn } },
      }),
    )
    const managed = { kind: 'managed-key', suite: 'AES256', context: {} } as const
    const putting = (encryption: Parameters<typeof putOf>[3]) =>
      as(putOf(bench, 'new', BYTES, encryption), {})
    expect(await putting({ encryption: { ...managed, keyRef: ownKey.keyId } })).toBe('done')
    expect(await putting({ encryption: { ...managed, keyRef: ownKey.arn } })).toBe('done')
    expect(await putting({ encryption: managed })).toBe('AccessDenied')
    expect(await putting({ encryption: { kind: 'service-key', suite: 'AES256' } })).toBe('AccessDenied')
    expect(await putting({})).toBe('AccessDenied')
  })

  test('from where a copy comes', async () => {
    const Condition = {
      StringNotLike: { 's3:x-amz-copy-source': '/bucket/public/*' },
      Null: { 's3:x-amz-copy-source': 'false' },
    }
    await bench.setBucketPolicy(deny('s3:PutObject', { Condition }))
    await put(bench, 'public/a', BYTES)
    const copy = (key: string): Operation => ({
      name: 'CopyObject',
      bucket: bench.bucket,
      key: 'copied',
      source: { bucket: bench.bucket, key, conditions: {} },
      metadata: METADATA,
      tags: {},
      storageClass: undefined,
      encryption: { kind: 'none' },
      conditions: {},
    })
    expect([await as(copy('public/a'), {}), await as(copy('plain'), {})]).toEqual(['done', 'AccessDenied'])
  })

  test('with which tags', async () => {
    const Condition = { 'ForAnyValue:StringEquals': { 's3:RequestObjectTagKeys': 'secret' } }
    await bench.setBucketPolicy(deny('s3:PutObjectTagging', { Condition }))
    const tagging = (tags: Record<string, string>): Operation => ({
      name: 'PutObjectTagging',
      bucket: bench.bucket,
      key: 'plain',
      tags,
    })
    expect(await as(tagging({ a: '1' }), {})).toBe('done')
    expect(await as(tagging({ a: '1', secret: '2' }), {})).toBe('AccessDenied')
    expect(await as(putOf(bench, 'new', BYTES, { tags: { secret: '1' } }), {})).toBe('AccessDenied')
  })
})

test('deleting many: each by itself, and nothing of it where nothing is allowed', async () => {
  await bench.setBucketPolicy(deny('s3:DeleteObject', { Resource: 'arn:aws:s3:::bucket/kept/*' }))
  for (const key of ['kept/1', 'free/1']) await put(bench, key, BYTES)
  const deleting = (...keys: string[]) =>
    bench.store.run(
      { name: 'DeleteObjects', bucket: bench.bucket, objects: keys.map((key) => ({ key })), quiet: false },
      bench.member('owner'),
      SECURE,
    )
  const { deleted, failed } = await deleting('kept/1', 'free/1')
  expect(deleted).toEqual([{ key: 'free/1' }])
  expect(failed).toMatchObject([{ key: 'kept/1', error: { code: 'AccessDenied' } }])
  await expect(deleting('kept/1')).rejects.toMatchObject({ code: 'AccessDenied' })
})

describe('another project', () => {
  const bob = () => caller(bench.otherProjectId) as Caller & { kind: 'member' }

  test('is let in by a policy that names it, as far as its own role goes', async () => {
    expect(await bench.outcome(read('plain'), bob())).toBe('AccessDenied')
    await bench.setBucketPolicy(
      allow(['s3:GetObject', 's3:PutObject'], { Principal: { AWS: bob().account } }),
    )
    expect(await bench.outcome(read('plain'), bob())).toBe('done')
    expect(await bench.outcome(read('plain'), { ...bob(), role: 'auditor' })).toBe('AccessDenied')
    expect(await bench.outcome(listing(''), bob())).toBe('AccessDenied')
  })

  test('needs the key’s word, too, and cannot find out which keys there are', async () => {
    const invited = { Principal: { AWS: userArn(bob().account, 'u') } }
    await bench.setBucketPolicy(allow('s3:*', invited))
    expect(await bench.outcome(read('own-key'), bob())).toBe('AccessDenied')
    await bench.setKeyPolicy(ownKey.keyId, {
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: '*',
      ...invited,
    })
    expect(await bench.outcome(read('own-key'), bob())).toBe('done')
    expect(await bench.outcome(read('sse-kms'), bob())).toBe('AccessDenied')
    for (const keyRef of [ownKey.keyId, '00000000-0000-4000-8000-000000000000', 'alias/x', 'nonsense']) {
      const encryption = { kind: 'managed-key', suite: 'AES256', context: {}, keyRef } as const
      expect(await bench.outcome(putOf(bench, 'n', BYTES, { encryption }), bob()), keyRef).toBe(
        'AccessDenied',
      )
    }
  })
})

describe('the key of an object decides beside the bucket', () => {
  const account = () => ({
    Effect: 'Allow',
    Principal: { AWS: bench.account },
    Action: 'kms:*',
    Resource: '*',
  })

  test('by its policy, also against owners', async () => {
    await bench.setKeyPolicy(ownKey.keyId, {
      ...account(),
      Principal: { AWS: userArn(bench.account, 'someone') },
    })
    expect(await bench.outcome(read('own-key'), bench.member('owner'))).toBe('AccessDenied')
    expect(await bench.outcome(head('own-key'), bench.member('owner'))).toBe('done')
    await bench.setKeyPolicy(ownKey.keyId, account(), {
      Effect: 'Deny',
      Principal: { AWS: roleArn(bench.account, 'reader') },
      Action: 'kms:Decrypt',
      Resource: '*',
    })
    expect(await bench.outcome(read('own-key'), bench.member('reader'))).toBe('AccessDenied')
    expect(await bench.outcome(read('own-key'), bench.member('member'))).toBe('done')
    expect(await bench.outcome(read('sse-kms'), bench.member('reader'))).toBe('done')
  })

  test('by the object’s name in the encryption context, and only through S3', async () => {
    const Condition = {
      StringEquals: {
        'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::bucket/own-key',
        'kms:EncryptionContext:dept': 'x',
        'kms:ViaService': 's3.us-east-1.amazonaws.com',
      },
    }
    await bench.setKeyPolicy(ownKey.keyId, { ...account(), Condition })
    expect(await bench.outcome(read('own-key'), bench.member('member'))).toBe('done')
    const encryption = {
      kind: 'managed-key',
      suite: 'AES256',
      context: { dept: 'x' },
      keyRef: ownKey.keyId,
    } as const
    expect(await bench.outcome(putOf(bench, 'other', BYTES, { encryption }), bench.member('member'))).toBe(
      'AccessDenied',
    )
  })

  test('by a grant with the object’s encryption context', async () => {
    await bench.setBucketPolicy(
      allow('s3:GetObject', { Principal: { AWS: roleArn(bench.account, 'auditor') } }),
    )
    expect(await bench.outcome(read('plain'), bench.member('auditor'))).toBe('done')
    expect(await bench.outcome(read('own-key'), bench.member('auditor'))).toBe('AccessDenied')
    await bench.grant(ownKey.keyId, {
      granteePrincipal: userArn(bench.account, 'u'),
      operations: ['Decrypt'],
      constraints: { encryptionContextSubset: { dept: 'x' } },
    })
    expect(await bench.outcome(read('own-key'), bench.member('auditor'))).toBe('done')
    await bench.grant(ownKey.keyId, {
      grantId: 'g-2',
      tokenHash: Buffer.alloc(32, 1),
      operations: ['Encrypt'],
    })
    expect(await bench.outcome(read('sse-kms'), bench.member('auditor'))).toBe('AccessDenied')
  })
})
