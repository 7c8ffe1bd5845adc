import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rolePolicies, roleAllows } from '../policy/roles.ts'
import type { CorsRule } from './cors-model.ts'
import type { LifecycleRule } from './lifecycle-model.ts'
import type { Caller, ProjectRole } from './model.ts'
import type { Operation, OperationName } from './operations.ts'
import {
  bodyOf,
  caller,
  collect,
  METADATA,
  openBench,
  put,
  putOf,
  run,
  SECURE,
  traces,
  type Bench,
} from './store.test-support.ts'
import { initiate } from './multipart.test-support.ts'
import { METHODS } from './store.test-support.ts'

let bench: Bench
let uploadId: string
beforeAll(async () => {
  bench = await openBench()
  await put(bench, 'k', Buffer.from('x'))
  uploadId = await initiate(bench, 'up', METHODS[0]!)
})
afterAll(() => bench.dispose())

/** One of every operation, on things that exist. */
function everyOperation(): { [N in OperationName]: Extract<Operation, { name: N }> } {
  const { bucket } = bench
  const at = { bucket, key: 'k' }
  const up = { bucket, key: 'up', uploadId }
  const source = { ...at, conditions: {} }
  const write = {
    metadata: METADATA,
    storageClass: 'STANDARD',
    tags: {},
    encryption: { kind: 'none' },
  } as const
  const part = { partNumber: 1, body: bodyOf(Buffer.from('x')), contentLength: 1, checks: {} }
  const listing = { prefix: '', delimiter: '', limit: 10 }
  return {
    ListBuckets: { name: 'ListBuckets' },
    CreateBucket: { name: 'CreateBucket', bucket: 'new-bucket' },
    HeadBucket: { name: 'HeadBucket', bucket },
    DeleteBucket: { name: 'DeleteBucket', bucket },
    GetBucketEncryption: { name: 'GetBucketEncryption', bucket },
    PutBucketEncryption: { name: 'PutBucketEncryption', bucket, rule: { kind: 'none' } },
    DeleteBucketEncryption: { name: 'DeleteBucketEncryption', bucket },
    GetBucketPolicy: { name: 'GetBucketPolicy', bucket },
    PutBucketPolicy: { name: 'PutBucketPolicy', bucket, policy: nothingAtAll(bucket) },
    DeleteBucketPolicy: { name: 'DeleteBucketPolicy', bucket },
    GetBucketPolicyStatus: { name: 'GetBucketPolicyStatus', bucket },
    ListObjects: { name: 'ListObjects', bucket, ...listing, after: '' },
    FindObjects: { name: 'FindObjects', bucket, filter: {}, limit: 10 },
    GetBucketCoverage: { name: 'GetBucketCoverage', bucket, folder: '' },
    GetProjectCoverage: { name: 'GetProjectCoverage' },
    ListMultipartUploads: {
      name: 'ListMultipartUploads',
      bucket,
      ...listing,
      afterKey: '',
      afterUploadId: '',
    },
    PutObject: putOf(bench, 'k', Buffer.from('x')),
    AppendObject: {
      ...putOf(bench, 'grown', Buffer.from('x')),
      name: 'AppendObject',
      position: 0,
      ofExisting: 'must-agree',
    },
    PutSymlink: { name: 'PutSymlink', bucket, key: 'link', target: 'k', ...write, conditions: {} },
    GetSymlink: { name: 'GetSymlink', ...at },
    GetObject: { name: 'GetObject', ...at, conditions: {} },
    HeadObject: { name: 'HeadObject', ...at, conditions: {} },
    GetObjectAttributes: { name: 'GetObjectAttributes', ...at, partsAfter: 0, maxParts: 1 },
    CopyObject: { name: 'CopyObject', bucket, key: 'c', source, ...write, conditions: {} },
    VerifyObject: { name: 'VerifyObject', ...at },
    ModifyEncryption: { name: 'ModifyEncryption', ...at, target: { kind: 'service-key', suite: 'AES256' } },
    DeleteObject: { name: 'DeleteObject', ...at, conditions: {} },
    DeleteObjects: { name: 'DeleteObjects', bucket, objects: [{ key: 'k' }], quiet: false },
    CreateMultipartUpload: { name: 'CreateMultipartUpload', ...at, ...write },
    UploadPart: { name: 'UploadPart', ...up, ...part },
    UploadPartCopy: { name: 'UploadPartCopy', ...up, partNumber: 1, source },
    CompleteMultipartUpload: {
      name: 'CompleteMultipartUpload',
      ...up,
      parts: [{ number: 1, etag: '' }],
      conditions: {},
    },
    AbortMultipartUpload: { name: 'AbortMultipartUpload', ...up },
    ListParts: { name: 'ListParts', ...up, after: 0, limit: 1 },
    GetObjectTagging: { name: 'GetObjectTagging', ...at },
    PutObjectTagging: { name: 'PutObjectTagging', ...at, tags: {} },
    DeleteObjectTagging: { name: 'DeleteObjectTagging', ...at },
    ListObjectVersions: {
      name: 'ListObjectVersions',
      bucket,
      ...listing,
      afterKey: '',
      afterVersionId: '',
    },
    GetBucketAcl: { name: 'GetBucketAcl', bucket },
    PutBucketAcl: { name: 'PutBucketAcl', bucket, acl: 'private' },
    GetObjectAcl: { name: 'GetObjectAcl', ...at },
    PutObjectAcl: { name: 'PutObjectAcl', ...at, acl: 'default' },
    GetBucketVersioning: { name: 'GetBucketVersioning', bucket },
    PutBucketVersioning: { name: 'PutBucketVersioning', bucket, state: 'Suspended' },
    RestoreObject: { name: 'RestoreObject', ...at, days: 1, tier: 'Standard' },
    GetObjectLockConfiguration: { name: 'GetObjectLockConfiguration', bucket },
    PutObjectLockConfiguration: { name: 'PutObjectLockConfiguration', bucket, configuration: {} },
    GetObjectRetention: { name: 'GetObjectRetention', ...at },
    PutObjectRetention: { name: 'PutObjectRetention', ...at, retention: undefined },
    GetObjectLegalHold: { name: 'GetObjectLegalHold', ...at },
    PutObjectLegalHold: { name: 'PutObjectLegalHold', ...at, on: false },
    GetBucketCors: { name: 'GetBucketCors', bucket },
    PutBucketCors: { name: 'PutBucketCors', bucket, configuration: { rules: [ANY_PAGE] } },
    DeleteBucketCors: { name: 'DeleteBucketCors', bucket },
    GetBucketLifecycle: { name: 'GetBucketLifecycle', bucket },
    PutBucketLifecycle: { name: 'PutBucketLifecycle', bucket, configuration: { rules: [NEVER] } },
    DeleteBucketLifecycle: { name: 'DeleteBucketLifecycle', bucket },
  }
}

const ANY_PAGE: CorsRule = {
  allowedOrigins: ['*'],
  allowedMethods: ['GET'],
  allowedHeaders: [],
  exposeHeaders: [],
}
const NEVER: LifecycleRule = {
  id: 'never',
  enabled: false,
  filter: { prefix: '', tags: {} },
  expiration: { days: 1 },
}

/** A policy that changes nothing: it allows what nobody has to nobody here. */
function nothingAtAll(bucket: string): string {
  const Principal = { AWS: 'arn:aws:iam::000000000000:user/nobody' }
  const Statement = {
    Effect: 'Allow',
    Principal,
    Action: 's3:GetObject',
    Resource: `arn:aws:s3:::${bucket}/none`,
  }
  return JSON.stringify({ Version: '2012-10-17', Statement })
}

const SEEING: OperationName[] = [
  'ListBuckets',
  'HeadBucket',
  'GetBucketEncryption',
  'GetBucketPolicy',
  'GetBucketPolicyStatus',
  'ListObjects',
  'FindObjects',
  'GetBucketCoverage',
  'GetProjectCoverage',
  'ListMultipartUploads',
  'HeadObject',
  'GetObjectAttributes',
  'ListParts',
  'GetObjectTagging',
  'ListObjectVersions',
  'GetBucketAcl',
  'GetObjectAcl',
  'GetBucketVersioning',
  'GetObjectLockConfiguration',
  'GetObjectRetention',
  'GetObjectLegalHold',
  'GetBucketCors',
  'GetBucketLifecycle',
]
/** Answered by what there is not, to those who may know. */
const ABSENT: Partial<Record<OperationName, string>> = {
  GetSymlink: 'NotSymlink',
  GetBucketPolicy: 'NoSuchBucketPolicy',
  GetBucketPolicyStatus: 'NoSuchBucketPolicy',
  GetObjectLockConfiguration: 'ObjectLockConfigurationNotFound',
  GetObjectRetention: 'InvalidRequest',
  GetObjectLegalHold: 'InvalidRequest',
}
/** What those may do who may not do everything. */
const ALLOWED: Partial<Record<ProjectRole, readonly OperationName[]>> = {
  reader: [...SEEING, 'GetObject', 'GetSymlink', 'VerifyObject'],
  auditor: SEEING,
}

/** Runs an operation as somebody; `undefined` when it was allowed. */
async function refusal(operation: Operation, who: Caller): Promise<string | undefined> {
  try {
    const result = await bench.store.run(operation, who, SECURE)
    if (typeof result === 'object' && result !== null && 'body' in result)
      await collect((result as { body: AsyncIterable<Buffer> }).body)
    return undefined
  } catch (error) {
    return (error as { code: string }).code
  }
}

const NAMES = Object.keys({
  ListBuckets: 0,
  CreateBucket: 0,
  HeadBucket: 0,
  DeleteBucket: 0,
  GetBucketEncryption: 0,
  PutBucketEncryption: 0,
  DeleteBucketEncryption: 0,
  GetBucketPolicy: 0,
  PutBucketPolicy: 0,
  DeleteBucketPolicy: 0,
  GetBucketPolicyStatus: 0,
  ListObjects: 0,
  FindObjects: 0,
  GetBucketCoverage: 0,
  GetProjectCoverage: 0,
  ListMultipartUploads: 0,
  PutObject: 0,
  AppendObject: 0,
  PutSymlink: 0,
  GetSymlink: 0,
  GetObject: 0,
  HeadObject: 0,
  GetObjectAttributes: 0,
  CopyObject: 0,
  VerifyObject: 0,
  ModifyEncryption: 0,
  DeleteObject: 0,
  DeleteObjects: 0,
  CreateMultipartUpload: 0,
  UploadPart: 0,
  UploadPartCopy: 0,
  CompleteMultipartUpload: 0,
  AbortMultipartUpload: 0,
  ListParts: 0,
  GetObjectTagging: 0,
  PutObjectTagging: 0,
  DeleteObjectTagging: 0,
  ListObjectVersions: 0,
  GetBucketAcl: 0,
  PutBucketAcl: 0,
  GetObjectAcl: 0,
  PutObjectAcl: 0,
  GetBucketVersioning: 0,
  PutBucketVersioning: 0,
  RestoreObject: 0,
  GetObjectLockConfiguration: 0,
  PutObjectLockConfiguration: 0,
  GetObjectRetention: 0,
  PutObjectRetention: 0,
  GetObjectLegalHold: 0,
  PutObjectLegalHold: 0,
  GetBucketCors: 0,
  PutBucketCors: 0,
  DeleteBucketCors: 0,
  GetBucketLifecycle: 0,
  PutBucketLifecycle: 0,
  DeleteBucketLifecycle: 0,
} satisfies Record<OperationName, 0>) as OperationName[]

describe.each(['reader', 'auditor'] as const)('a %s', (role) => {
  test.each(NAMES.map((name) => [name, ALLOWED[role]!.includes(name) ? 'may' : 'may not'] as const))(
    '%s: %s',
    async (name, may) => {
      const before = await traces(bench)
      const code = await refusal(everyOperation()[name], caller(bench.projectId, role))
      expect(code).toBe(may === 'may' ? ABSENT[name] : 'AccessDenied')
      expect(await traces(bench)).toEqual(before)
    },
  )
})

const RULES: readonly OperationName[] = [
  'PutBucketAcl',
  'PutObjectAcl',
  'PutBucketPolicy',
  'DeleteBucketPolicy',
  'PutBucketVersioning',
  'PutObjectLockConfiguration',
  'PutObjectRetention',
  'PutObjectLegalHold',
  'PutBucketCors',
  'DeleteBucketCors',
  'PutBucketLifecycle',
  'DeleteBucketLifecycle',
]

test.each(['owner', 'administrator', 'member'] as const)('what is denied to a %s', async (role) => {
  for (const name of NAMES.filter(
    (candidate) => candidate !== 'DeleteBucket' && !candidate.startsWith('Abort'),
  )) {
    const code = await refusal(everyOperation()[name], caller(bench.projectId, role))
    if (role === 'member' && RULES.includes(name)) expect(code, name).toBe('AccessDenied')
    else expect(code, name).not.toBe('AccessDenied')
  }
  await put(bench, 'k', Buffer.from('x'))
})

test.each(NAMES)('%s: denied to nobody in particular, whether the bucket exists or not', async (name) => {
  const operation = everyOperation()[name]
  expect(await refusal(operation, { kind: 'anonymous' })).toBe('AccessDenied')
  if ('bucket' in operation)
    expect(await refusal({ ...operation, bucket: 'no-such-bucket' }, { kind: 'anonymous' })).toBe(
      'AccessDenied',
    )
})

test.each(NAMES.filter((name) => !['ListBuckets', 'CreateBucket', 'GetProjectCoverage'].includes(name)))(
  '%s: denied to the owner of another project, who learns only that the bucket exists',
  async (name) => {
    const operation = everyOperation()[name]
    const stranger = caller(bench.otherProjectId)
    expect(await refusal(operation, stranger)).toBe('AccessDenied')
    expect(await refusal({ ...operation, bucket: 'no-such-bucket' } as Operation, stranger)).toBe(
      'NoSuchBucket',
    )
  },
)

test('another project’s buckets are not listed', async () => {
  const { buckets } = await bench.store.run({ name: 'ListBuckets' }, caller(bench.otherProjectId), SECURE)
  expect(buckets).toEqual([])
  expect((await run(bench, { name: 'ListBuckets' })).buckets.length).toBeGreaterThan(0)
})

test('who may read may describe and decrypt, and who may write may read and encrypt', () => {
  for (const role of Object.keys(rolePolicies) as ProjectRole[]) {
    const may = (action: Parameters<typeof roleAllows>[1]) => roleAllows(role, action)
    if (may('s3:GetObject')) expect([may('s3:GetObjectAttributes'), may('kms:Decrypt')]).toEqual([true, true])
    if (may('s3:PutObject')) expect([may('s3:GetObject'), may('kms:GenerateDataKey')]).toEqual([true, true])
  }
})
