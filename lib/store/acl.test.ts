import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Caller, CannedAcl, ObjectAcl } from './model.ts'
import { complete, initiate, uploadPart } from './multipart.test-support.ts'
import type { Operation } from './operations.ts'
import { openPermissions, type PermissionsBench } from './permissions.test-support.ts'
import { createStore } from './store.ts'
import {
  caller,
  collect,
  keyFor,
  METADATA,
  METHODS,
  put,
  putOf,
  run,
  SECURE,
  type Method,
} from './store.test-support.ts'

const BYTES = Buffer.from('what it says')
const NOBODY: Caller = { kind: 'anonymous' }
const BUCKET_ACLS: readonly CannedAcl[] = [
  'private',
  'public-read',
  'public-read-write',
  'authenticated-read',
]
const OBJECT_ACLS: readonly ObjectAcl[] = ['default', ...BUCKET_ACLS]
const PLAIN = { kind: 'none' } as const
const SERVICE = METHODS.find(({ name }) => name === 'service-key AES256')!
const MANAGED = METHODS.find(({ name }) => name === 'managed-key AES256')!

let bench: PermissionsBench
beforeAll(async () => {
  bench = await openPermissions()
  for (const method of METHODS)
    for (const acl of OBJECT_ACLS)
      await put(bench, keyOf(method, acl), BYTES, { encryption: method.encryption, acl })
})
afterAll(() => bench.dispose())
beforeEach(() => bench.noBucketPolicy())

const keyOf = (method: Method, acl: ObjectAcl) => `${method.name}/${acl}`
const at = (key: string) => ({ bucket: bench.bucket, key })
const read = (key: string, method = METHODS[0]!): Operation => ({
  name: 'GetObject',
  ...at(key),
  conditions: {},
  ...keyFor(method),
})
const setBucket = (acl: CannedAcl) => run(bench, { name: 'PutBucketAcl', bucket: bench.bucket, acl })
const aclOf = async (key: string) => (await run(bench, { name: 'GetObjectAcl', ...at(key) })).acl

/** Who is no member of the project, by name. */
function outsiders(): [name: string, who: Caller, signed: boolean][] {
  return [
    ['nobody in particular', NOBODY, false],
    ['the owner of another project', caller(bench.otherProjectId), true],
  ]
}

function lets(acl: CannedAcl, signed: boolean): boolean {
  return acl === 'public-read' || acl === 'public-read-write' || (acl === 'authenticated-read' && signed)
}

function underKey(method: Method, signed: boolean): string {
  if (method.mode !== 'managed-key') return 'done'
  // A stranger is somebody, but the key's policy does not name him.
  return signed ? 'AccessDenied' : 'SignatureRequired'
}

describe.each(BUCKET_ACLS)('in a bucket that is %s', (bucketAcl) => {
  beforeAll(() => setBucket(bucketAcl))

  test.each(METHODS.map((method) => [method.name, method] as const))(
    '%s: read and described as the ACL of the object says, or the bucket’s by default',
    async (_, method) => {
      for (const acl of OBJECT_ACLS)
        for (const [name, who, signed] of outsiders()) {
          const allowed = lets(acl === 'default' ? bucketAcl : acl, signed)
          const expected = allowed ? underKey(method, signed) : 'AccessDenied'
          const key = keyOf(method, acl)
          expect(await bench.outcome(read(key, method), who), `${name}, ${acl}`).toBe(expected)
          const head = { ...read(key, method), name: 'HeadObject' } as Operation
          // What is said of an object needs no right to its key, only a name.
          const described = allowed && signed ? 'done' : expected
          expect(await bench.outcome(head, who), `HEAD by ${name}, ${acl}`).toBe(described)
        }
    },
  )

  test.each(METHODS.map((method) => [method.name, method] as const))(
    '%s: written only where everybody may write',
    async (_, method) => {
      for (const [name, who, signed] of outsiders()) {
        const operation = putOf(bench, 'new', BYTES, { encryption: method.encryption })
        const expected = bucketAcl === 'public-read-write' ? underKey(method, signed) : 'AccessDenied'
        expect(await bench.outcome(operation, who), name).toBe(expected)
      }
    },
  )

  test('listed where it may be read, and nothing else is ever given away', async () => {
    const key = keyOf(METHODS[0]!, 'public-read-write')
    const listing = { prefix: '', delimiter: '', limit: 10 }
    for (const [name, who, signed] of outsiders()) {
      const list: Operation = { name: 'ListObjects', bucket: bench.bucket, ...listing, after: '' }
      const expected = lets(bucketAcl, signed) ? 'done' : 'AccessDenied'
      expect(await bench.outcome(list, who), name).toBe(expected)
      const others: Operation[] = [
        { name: 'GetObjectAcl', ...at(key) },
        { name: 'PutObjectAcl', ...at(key), acl: 'public-read' },
        { name: 'GetBucketAcl', bucket: bench.bucket },
        { name: 'PutBucketAcl', bucket: bench.bucket, acl: 'public-read-write' },
        { name: 'GetObjectAttributes', ...at(key), partsAfter: 0, maxParts: 1 },
        { name: 'GetObjectTagging', ...at(key) },
        { name: 'DeleteObject', ...at(key), conditions: {} },
        { name: 'DeleteObjects', bucket: bench.bucket, objects: [{ key }], quiet: false },
        { name: 'ListObjectVersions', bucket: bench.bucket, ...listing, afterKey: '', afterVersionId: '' },
        { name: 'ListMultipartUploads', bucket: bench.bucket, ...listing, afterKey: '', afterUploadId: '' },
        { name: 'VerifyObject', ...at(key) },
        { name: 'ModifyEncryption', ...at(key), target: { kind: 'none' } },
        { name: 'GetBucketEncryption', bucket: bench.bucket },
        putOf(bench, 'new', BYTES, { tags: { a: 'b' } }),
        putOf(bench, 'new', BYTES, { acl: 'public-read' }),
      ]
      for (const operation of others)
        expect(await bench.outcome(operation, who), `${operation.name} by ${name}`).toBe('AccessDenied')
    }
  })

  test('absent and forbidden are one to those who may not list', async () => {
    for (const [name, who, signed] of outsiders()) {
      const expected = lets(bucketAcl, signed) ? 'NoSuchKey' : 'AccessDenied'
      expect(await bench.outcome(read('absent'), who), name).toBe(expected)
      expect(await bench.outcome(read(keyOf(METHODS[0]!, 'private')), who), name).toBe('AccessDenied')
    }
    expect(await bench.outcome({ ...read('absent'), bucket: 'no-such-bucket' } as Operation, NOBODY)).toBe(
      'AccessDenied',
    )
  })
})

describe('with an object that everybody may read', () => {
  const key = keyOf(METHODS[0]!, 'public-read')
  beforeAll(() => setBucket('private'))

  test('a rule that says no is stronger', async () => {
    expect(await bench.outcome(read(key), NOBODY)).toBe('done')
    const Resource = `arn:aws:s3:::bucket/*`
    await bench.setBucketPolicy({ Effect: 'Deny', Principal: '*', Action: 's3:GetObject', Resource })
    expect(await bench.outcome(read(key), NOBODY)).toBe('AccessDenied')
    expect(await bench.outcome(read(key), bench.member('reader'))).toBe('AccessDenied')
  })

  test('who signs in vain from within the project may, too: it is public', async () => {
    expect(await bench.outcome(read(key), bench.member('auditor'))).toBe('done')
    expect(await bench.outcome(read(keyOf(METHODS[0]!, 'private')), bench.member('auditor'))).toBe(
      'AccessDenied',
    )
  })

  test('it is its version that is public, not its key', async () => {
    const { bucket: kept } = await run(bench, { name: 'CreateBucket', bucket: 'kept-versions' })
    await run(bench, { name: 'PutBucketVersioning', bucket: kept.name, state: 'Enabled' })
    const write = (acl: ObjectAcl) => run(bench, { ...putOf(bench, 'k', BYTES, { acl }), bucket: kept.name })
    const open = (await write('public-read')).versionId!
    const closed = (await write('default')).versionId!
    const of = (versionId?: string) =>
      bench.outcome({ ...read('k'), bucket: kept.name, ...(versionId && { versionId }) } as Operation, NOBODY)
    expect([await of(), await of(open), await of(closed), await of('null')]).toEqual([
      'AccessDenied',
      'done',
      'AccessDenied',
      'AccessDenied',
    ])
    const change = { name: 'PutObjectAcl', bucket: kept.name, key: 'k', versionId: open } as const
    await run(bench, { ...change, acl: 'private' })
    expect(await of(open)).toBe('AccessDenied')
  })
})

test('a link that everybody may read leads only to what everybody may read', async () => {
  await setBucket('private')
  const link = {
    metadata: METADATA,
    tags: {},
    storageClass: 'STANDARD',
    conditions: {},
    acl: 'public-read',
  } as const
  for (const acl of ['public-read', 'private'] as const) {
    const target = keyOf(METHODS[0]!, acl)
    await run(bench, { name: 'PutSymlink', ...at(`link to ${acl}`), target, ...link })
  }
  expect(await bench.outcome(read('link to public-read'), NOBODY)).toBe('done')
  expect(await bench.outcome(read('link to private'), NOBODY)).toBe('AccessDenied')
})

describe('the ACL of an object', () => {
  test('is set when it is written, by every way to write, and is its bucket’s where nothing is said', async () => {
    await put(bench, 'put', BYTES, { acl: 'public-read' })
    await put(bench, 'silent', BYTES)
    const whole = {
      metadata: METADATA,
      tags: {},
      storageClass: 'STANDARD',
      encryption: PLAIN,
      conditions: {},
    }
    const copy = { name: 'CopyObject', ...whole, source: { ...at('put'), conditions: {} } } as const
    await run(bench, { ...copy, ...at('copy'), acl: 'public-read' })
    await run(bench, { ...copy, ...at('silent copy') })
    const { uploadId } = await run(bench, {
      name: 'CreateMultipartUpload',
      ...at('parts'),
      ...whole,
      acl: 'authenticated-read',
    })
    const { etag } = await uploadPart(bench, 'parts', uploadId, 1, BYTES)
    await complete(bench, 'parts', uploadId, [{ number: 1, etag }])
    const seen = await Promise.all(['put', 'silent', 'copy', 'silent copy', 'parts'].map(aclOf))
    expect(seen).toEqual(['public-read', 'default', 'public-read', 'default', 'authenticated-read'])
  })

  test('does not come along with a copy, not even onto itself', async () => {
    await put(bench, 'k', BYTES, { acl: 'public-read', encryption: SERVICE.encryption })
    await run(bench, {
      name: 'CopyObject',
      ...at('k'),
      source: { ...at('k'), conditions: {} },
      metadata: METADATA,
      tags: undefined,
      storageClass: undefined,
      encryption: MANAGED.encryption,
      conditions: {},
    })
    expect(await aclOf('k')).toBe('default')
  })

  test.each([
    ['rewrapped', SERVICE, MANAGED],
    ['rewritten', METHODS[0]!, SERVICE],
    ['decrypted', SERVICE, METHODS[0]!],
  ] as const)('stays when its encryption is modified: %s', async (_, from, to) => {
    await put(bench, 'm', BYTES, { acl: 'public-read', encryption: from.encryption })
    const target = to.encryption as Exclude<typeof to.encryption, { kind: 'bucket-default' }>
    await run(bench, { name: 'ModifyEncryption', ...at('m'), target })
    expect(await aclOf('m')).toBe('public-read')
  })

  test('changes neither date nor content, and can be taken back to the bucket’s', async () => {
    await put(bench, 'k', BYTES, { encryption: SERVICE.encryption })
    const head = async () =>
      (await run(bench, { name: 'HeadObject', ...at('k'), conditions: {} })).object.lastModified
    const before = await head()
    for (const acl of ['public-read', 'default'] as const) {
      await run(bench, { name: 'PutObjectAcl', ...at('k'), acl })
      expect(await aclOf('k')).toBe(acl)
    }
    expect(await head()).toBe(before)
    const { body } = await run(bench, { name: 'GetObject', ...at('k'), conditions: {} })
    expect(await collect(body)).toEqual(BYTES)
  })

  test('where it is the bucket’s, the answer says what that comes to', async () => {
    await put(bench, 'k', BYTES)
    for (const acl of BUCKET_ACLS) {
      await setBucket(acl)
      expect(await run(bench, { name: 'GetObjectAcl', ...at('k') })).toEqual({
        acl: 'default',
        effective: acl,
      })
      expect(await run(bench, { name: 'GetBucketAcl', bucket: bench.bucket })).toMatchObject({ acl })
    }
    await setBucket('private')
  })
})

describe('who may make something public', () => {
  const makers = (): [string, Operation][] => [
    ['a bucket', { name: 'PutBucketAcl', bucket: bench.bucket, acl: 'public-read' }],
    ['a bucket as it is made', { name: 'CreateBucket', bucket: 'public-one', acl: 'public-read' }],
    ['an object', { name: 'PutObjectAcl', ...at('k'), acl: 'public-read' }],
    ['an object as it is written', putOf(bench, 'k', BYTES, { acl: 'public-read' })],
    [
      'an upload',
      {
        name: 'CreateMultipartUpload',
        ...at('k'),
        metadata: METADATA,
        tags: {},
        storageClass: 'STANDARD',
        encryption: PLAIN,
        acl: 'authenticated-read',
      },
    ],
    [
      'a copy',
      {
        name: 'CopyObject',
        ...at('c'),
        source: { ...at('k'), conditions: {} },
        metadata: METADATA,
        tags: undefined,
        storageClass: undefined,
        encryption: PLAIN,
        conditions: {},
        acl: 'public-read-write',
      },
    ],
  ]
  beforeEach(() => put(bench, 'k', BYTES))
  afterAll(() => setBucket('private'))

  test('administrators, not members', async () => {
    for (const [name, operation] of makers()) {
      expect(await bench.outcome(operation, bench.member('member')), name).toBe('AccessDenied')
      expect(await bench.outcome(operation, bench.member('administrator')), name).toBe('done')
    }
  })

  test('a member to whom a policy gives the right, unless another takes it for public ones', async () => {
    const allow = { Effect: 'Allow', Action: 's3:PutObjectAcl', Resource: '*' }
    const Condition = { StringEquals: { 's3:x-amz-acl': ['public-read', 'public-read-write'] } }
    const operation = putOf(bench, 'k', BYTES, { acl: 'public-read' })
    expect(await bench.outcome(operation, bench.member('member', allow))).toBe('done')
    const deny = { Effect: 'Deny', Action: 's3:PutObject', Resource: '*', Condition }
    expect(await bench.outcome(operation, bench.member('member', allow, deny))).toBe('AccessDenied')
  })

  test('to write something private needs no right of its own', async () => {
    for (const acl of ['private', 'default'] as const)
      expect(await bench.outcome(putOf(bench, 'k', BYTES, { acl }), bench.member('member'))).toBe('done')
  })

  test('nobody where public access is blocked, and what was public is not', async () => {
    await setBucket('public-read-write')
    await put(bench, 'open', BYTES, { acl: 'public-read' })
    await bench.setBucketPolicy({
      Effect: 'Allow',
      Principal: '*',
      Action: 's3:*',
      Resource: ['arn:aws:s3:::bucket', 'arn:aws:s3:::bucket/*'],
    })
    const blocked = createStore({ ...bench.deps, publicAccess: 'blocked' })
    const outcome = (operation: Operation, who: Caller) =>
      blocked.run(operation, who, SECURE).then(
        () => 'done',
        (error: { code: string }) => error.code,
      )
    for (const [name, operation] of makers())
      expect(await outcome(operation, caller(bench.projectId)), name).toBe('AccessDenied')
    expect(await outcome(read('open'), NOBODY)).toBe('AccessDenied')
    expect(await outcome(putOf(bench, 'open', BYTES), NOBODY)).toBe('AccessDenied')
    await bench.noBucketPolicy()
    expect(await outcome(read('open'), caller(bench.otherProjectId))).toBe('AccessDenied')
    const close: Operation = { name: 'PutBucketAcl', bucket: bench.bucket, acl: 'private' }
    expect(await outcome(close, caller(bench.projectId))).toBe('done')
    const answer = await blocked.run(
      { name: 'GetBucketAcl', bucket: bench.bucket },
      caller(bench.projectId),
      SECURE,
    )
    expect(answer).toMatchObject({ acl: 'private', publicAccessBlocked: true })
  })
})

describe('the audit log', () => {
  beforeEach(() => void bench.audit.events.splice(0))

  test('hears who made what public, by whichever way', async () => {
    const context = { ...SECURE, requestId: 'r-9' }
    await bench.store.run(putOf(bench, 'k', BYTES, { acl: 'public-read' }), bench.member('owner'), context)
    await run(bench, { name: 'PutObjectAcl', ...at('k'), acl: 'private' })
    await setBucket('public-read')
    await bench.outcome(putOf(bench, 'k', BYTES, { acl: 'public-read' }), bench.member('member'))
    const acts = bench.audit.events.map(({ action, objectKey, result, details }) => [
      action,
      objectKey,
      result,
      details,
    ])
    expect(acts).toEqual([
      ['s3:PutObjectAcl', 'k', 'Success', { acl: 'public-read' }],
      ['s3:PutObjectAcl', 'k', 'Success', { acl: 'private' }],
      ['s3:PutBucketAcl', undefined, 'Success', { acl: 'public-read' }],
      ['s3:PutObjectAcl', 'k', 'AccessDenied', { acl: 'public-read' }],
    ])
  })

  test('hears of nobody in particular who used a key, and whence', async () => {
    await put(bench, 'service', BYTES, { encryption: SERVICE.encryption, acl: 'public-read' })
    await put(bench, 'managed', BYTES, { encryption: MANAGED.encryption, acl: 'public-read' })
    bench.audit.events.splice(0)
    const context = { ...SECURE, remoteAddress: '192.0.2.7' }
    for (const key of ['service', 'managed'])
      await bench.store
        .run({ name: 'GetObject', ...at(key), conditions: {} }, NOBODY, context)
        .then(({ body }) => collect(body))
        .catch(() => undefined)
    expect(
      bench.audit.events.map(({ action, actor, result, details }) => ({ action, actor, result, details })),
    ).toEqual([
      {
        action: 'kms:Decrypt',
        actor: { userId: undefined, accessKeyId: undefined, sourceAddress: '192.0.2.7' },
        result: 'Success',
        details: { via: 's3', anonymous: true, owner: 'service' },
      },
      {
        action: 'kms:Decrypt',
        actor: { userId: undefined, accessKeyId: undefined, sourceAddress: '192.0.2.7' },
        result: 'SignatureRequired',
        details: { via: 's3', anonymous: true },
      },
    ])
  })
})

test('an upload by nobody in particular is completed under the rules of its bucket', async () => {
  await setBucket('public-read-write')
  const context = { ...SECURE, requestId: 'r' }
  const method = SERVICE
  const whole = { metadata: METADATA, tags: {}, storageClass: 'STANDARD', encryption: method.encryption }
  const create = { name: 'CreateMultipartUpload', ...at('by nobody'), ...whole } as const
  const { uploadId } = await bench.store.run(create, NOBODY, context)
  const { etag } = await uploadPart(bench, 'by nobody', uploadId, 1, BYTES)
  const finish = { name: 'CompleteMultipartUpload', ...at('by nobody'), uploadId, conditions: {} } as const
  await bench.store.run({ ...finish, parts: [{ number: 1, etag }] }, NOBODY, context)
  const abort: Operation = {
    name: 'AbortMultipartUpload',
    ...at('k'),
    uploadId: await initiate(bench, 'k', method),
  }
  expect(await bench.outcome(abort, NOBODY)).toBe('AccessDenied')
  expect(await bench.outcome(read('by nobody'), NOBODY)).toBe('done')
  await setBucket('private')
  expect(await bench.outcome(read('by nobody'), NOBODY)).toBe('AccessDenied')
})
