import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EncryptionTarget } from './encryption-model.ts'
import type { Caller } from './model.ts'
import type { ModifyEncryption } from './operations.ts'
import { openPermissions, type PermissionsBench } from './permissions.test-support.ts'
import { caller, put } from './store.test-support.ts'

let bench: PermissionsBench
let key: { keyId: string; arn: string }
beforeAll(async () => {
  bench = await openPermissions()
  key = await bench.newKey()
})
afterAll(() => bench.dispose())

const PLAIN: EncryptionTarget = { kind: 'none' }
const SERVICE: EncryptionTarget = { kind: 'service-key', suite: 'AES256' }
const SM4: EncryptionTarget = { kind: 'service-key', suite: 'SM4' }
const own = (): EncryptionTarget => ({ kind: 'managed-key', suite: 'AES256', context: {}, keyRef: key.keyId })

const denying = (...Action: string[]): (() => Caller) => {
  return () => bench.member('member', { Effect: 'Deny', Action, Resource: '*' })
}

/** Stores an object under `from` and has somebody change it. */
async function outcome(from: EncryptionTarget, target: EncryptionTarget, who: Caller): Promise<string> {
  await put(bench, 'k', Buffer.from('x'), { encryption: from })
  const operation: ModifyEncryption = { name: 'ModifyEncryption', bucket: bench.bucket, key: 'k', target }
  const code = await bench.outcome(operation, who)
  const { bucketId } = (await bench.deps.catalog.findBucket(bench.bucket))!
  const { encryption } = (await bench.deps.catalog.findObject(bucketId, 'k'))!
  expect(encryption.mode).toBe((code === 'done' ? target : from).kind)
  return code
}

describe.each<[string, () => Caller, { rewrap: boolean; rewrite: boolean }]>([
  ['a member', () => bench.member('member'), { rewrap: true, rewrite: true }],
  ['a reader', () => bench.member('reader'), { rewrap: false, rewrite: false }],
  ['an auditor', () => bench.member('auditor'), { rewrap: false, rewrite: false }],
  ['the owner of another project', () => caller(bench.otherProjectId), { rewrap: false, rewrite: false }],
  ['nobody', () => ({ kind: 'anonymous' }), { rewrap: false, rewrite: false }],
  [
    'without s3:UpdateObjectEncryption',
    denying('s3:UpdateObjectEncryption'),
    { rewrap: false, rewrite: false },
  ],
  ['without s3:GetObject', denying('s3:GetObject'), { rewrap: true, rewrite: false }],
  ['without s3:PutObject', denying('s3:PutObject'), { rewrap: true, rewrite: false }],
  ['without kms:ReEncryptFrom', denying('kms:ReEncryptFrom'), { rewrap: false, rewrite: true }],
  ['without kms:ReEncryptTo', denying('kms:ReEncryptTo'), { rewrap: false, rewrite: true }],
  ['without kms:Decrypt', denying('kms:Decrypt'), { rewrap: true, rewrite: false }],
  ['without kms:GenerateDataKey', denying('kms:GenerateDataKey'), { rewrap: true, rewrite: false }],
])('%s', (_, who, may) => {
  const expected = (allowed: boolean): string => (allowed ? 'done' : 'AccessDenied')
  const sm4 = (): EncryptionTarget => ({ kind: 'managed-key', suite: 'SM4', context: {} })

  test(`re-wraps: ${expected(may.rewrap)}`, async () => {
    const defaultKey: EncryptionTarget = { kind: 'managed-key', suite: 'AES256', context: {} }
    expect(await outcome(own(), defaultKey, who())).toBe(expected(may.rewrap))
  })
  test(`rewrites: ${expected(may.rewrite)}`, async () => {
    expect(await outcome(own(), sm4(), who())).toBe(expected(may.rewrite))
  })
})

test('from and to service-managed keys no right to any key is needed', async () => {
  const who = denying('kms:*')()
  expect(await outcome(PLAIN, SERVICE, who)).toBe('done')
  expect(await outcome(SERVICE, SM4, who)).toBe('done')
  expect(await outcome(SERVICE, own(), who)).toBe('AccessDenied')
  expect(await outcome(own(), SERVICE, who)).toBe('AccessDenied')
})

test('a key that its policy closes is used by whom a grant lets, and only for what it says', async () => {
  const closed = await bench.newKey()
  const target: EncryptionTarget = { kind: 'managed-key', suite: 'AES256', context: {}, keyRef: closed.keyId }
  const owner = { AWS: `arn:aws:iam::${bench.account}:user/u2` }
  await bench.setKeyPolicy(closed.keyId, {
    Effect: 'Allow',
    Principal: owner,
    Action: 'kms:*',
    Resource: '*',
  })
  const member = bench.member('member')
  expect(await outcome(SERVICE, target, member)).toBe('AccessDenied')
  await bench.grant(closed.keyId, {
    granteePrincipal: `arn:aws:iam::${bench.account}:user/${member.userId}`,
    operations: ['ReEncryptTo'],
  })
  expect(await outcome(SERVICE, target, member)).toBe('done')
  const back: ModifyEncryption = { name: 'ModifyEncryption', bucket: bench.bucket, key: 'k', target: SERVICE }
  expect(await bench.outcome(back, member)).toBe('AccessDenied')
})

describe('what bucket policies say of encryption holds for changes of it, too', () => {
  const bucketPolicy = (Action: string, Condition: object) =>
    bench.setBucketPolicy({
      Effect: 'Deny',
      Principal: '*',
      Action,
      Resource: `arn:aws:s3:::${bench.bucket}/*`,
      Condition,
    })

  test.each(['s3:UpdateObjectEncryption', 's3:PutObject'])('%s only to SSE-KMS', async (action) => {
    const who = bench.member('member')
    await bucketPolicy(action, { StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } })
    try {
      const change = (target: EncryptionTarget): ModifyEncryption => ({
        name: 'ModifyEncryption',
        bucket: bench.bucket,
        key: 'policed',
        target,
      })
      await bench.noBucketPolicy()
      await put(bench, 'policed', Buffer.from('x'))
      await bucketPolicy(action, { StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } })
      expect(await bench.outcome(change(SERVICE), who)).toBe('AccessDenied')
      expect(await bench.outcome(change(own()), who)).toBe('done')
      expect(await bench.outcome(change(PLAIN), who)).toBe('AccessDenied')
    } finally {
      await bench.noBucketPolicy()
    }
  })
})
