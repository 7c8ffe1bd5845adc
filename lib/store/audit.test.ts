import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Caller } from './model.ts'
import type { Operation, OperationOf } from './operations.ts'
import { complete, initiate, uploadPart } from './multipart.test-support.ts'
import { openPermissions, statements, type PermissionsBench } from './permissions.test-support.ts'
import { caller, METADATA, METHODS, put, putOf, run, SECURE } from './store.test-support.ts'

const MANAGED = METHODS.find(({ name }) => name === 'managed-key AES256')!
const BYTES = Buffer.from('x')

let bench: PermissionsBench
let keyId: string
beforeAll(async () => {
  bench = await openPermissions()
  keyId = (await bench.deps.keyring.defaultKey(bench.projectId)).keyId
})
afterAll(() => bench.dispose())
beforeEach(() => void bench.audit.events.splice(0))

/** What was reported since the test began: action, result, key version. */
const heard = () => bench.audit.events.map(({ action, result, keyVersion }) => [action, result, keyVersion])
const read = (key: string): OperationOf<'GetObject'> => ({
  name: 'GetObject',
  bucket: bench.bucket,
  key,
  conditions: {},
})

describe('each use of a key is reported', () => {
  test('with who, whence, which key and version, and which object', async () => {
    const who = { ...bench.member('member'), accessKeyId: 'CFRX' }
    const context = { ...SECURE, requestId: 'r-7', remoteAddress: '192.0.2.7' }
    const operation = putOf(bench, 'k', BYTES, { encryption: MANAGED.encryption })
    await bench.store.run(operation, who, context)
    expect(bench.audit.events).toEqual([
      {
        at: expect.any(Number) as number,
        projectId: bench.projectId,
        actor: { userId: 'u', accessKeyId: 'CFRX', sourceAddress: '192.0.2.7' },
        action: 'kms:GenerateDataKey',
        keyId,
        keyVersion: 1,
        bucket: 'bucket',
        objectKey: 'k',
        result: 'Success',
        requestId: 'r-7',
        details: { via: 's3' },
      },
    ])
  })

  test('reads, copies and multipart uploads', async () => {
    await put(bench, 'k', BYTES, { encryption: MANAGED.encryption })
    await bench.outcome(read('k'), caller(bench.projectId))
    const source = { bucket: bench.bucket, key: 'k', conditions: {} }
    const rest = { metadata: METADATA, tags: {}, storageClass: undefined, conditions: {} }
    await run(bench, {
      name: 'CopyObject',
      bucket: bench.bucket,
      key: 'c',
      source,
      ...rest,
      encryption: MANAGED.encryption,
    })
    const uploadId = await initiate(bench, 'm', MANAGED)
    const { etag } = await uploadPart(bench, 'm', uploadId, 1, BYTES)
    await complete(bench, 'm', uploadId, [{ number: 1, etag }])
    expect(heard()).toEqual(
      [
        'kms:GenerateDataKey',
        'kms:Decrypt',
        'kms:Decrypt',
        'kms:GenerateDataKey',
        'kms:GenerateDataKey',
        'kms:Decrypt',
        'kms:Decrypt',
      ].map((action) => [action, 'Success', 1]),
    )
  })

  test('refusals, and keys that cannot be used or found', async () => {
    await put(bench, 'k', BYTES, { encryption: MANAGED.encryption })
    const denied = bench.member('member', { Effect: 'Deny', Action: 'kms:*', Resource: '*' })
    await bench.outcome(read('k'), denied)
    const encryption = { kind: 'managed-key', suite: 'AES256', context: {}, keyRef: 'alias/none' } as const
    await bench.outcome(putOf(bench, 'n', BYTES, { encryption }), bench.member('member'))
    await bench.setBucketPolicy({
      Effect: 'Allow',
      Principal: '*',
      Action: 's3:GetObject',
      Resource: 'arn:aws:s3:::bucket/*',
    })
    await bench.outcome(read('k'), { kind: 'anonymous' })
    await bench.noBucketPolicy()
    const uses = bench.audit.events.filter(({ action }) => action.startsWith('kms:'))
    expect(uses.map((event) => [event.action, event.result, event.keyId, event.actor.userId])).toEqual([
      ['kms:GenerateDataKey', 'Success', keyId, 'u'],
      ['kms:Decrypt', 'AccessDenied', keyId, 'u'],
      ['kms:GenerateDataKey', 'KeyNotFound', undefined, 'u'],
      ['kms:Decrypt', 'SignatureRequired', keyId, undefined],
    ])
  })

  test('keys of the service and of customers too, each told by its owner', async () => {
    const uses: Record<string, unknown> = {}
    for (const { name, encryption, customerKey } of METHODS.filter(({ mode }) => mode !== 'managed-key')) {
      await put(bench, 'k', BYTES, { encryption })
      await run(bench, { ...read('k'), ...(customerKey && { customerKey }) })
      uses[name] = bench.audit.events.splice(0).map(({ action, keyId, keyVersion, details }) => ({
        action,
        keyId,
        versioned: keyVersion !== undefined,
        owner: details['owner'],
      }))
    }
    const both = (use: object) => [
      { action: 'kms:GenerateDataKey', ...use },
      { action: 'kms:Decrypt', ...use },
    ]
    const service = both({ keyId: `service/${bench.projectId}`, versioned: true, owner: 'service' })
    const customer = both({ keyId: undefined, versioned: false, owner: 'customer' })
    expect(uses).toEqual({
      none: [],
      'service-key AES256': service,
      'service-key SM4': service,
      'customer-key AES256': customer,
      'customer-key SM4': customer,
    })
  })

  test('a wrong customer key is a use that was refused', async () => {
    const { encryption, customerKey } = METHODS.find(({ name }) => name === 'customer-key AES256')!
    await put(bench, 'k', BYTES, { encryption })
    bench.audit.events.splice(0)
    const wrong = { ...customerKey!, key: Buffer.alloc(32, 9) }
    await bench.outcome({ ...read('k'), customerKey: wrong }, caller(bench.projectId))
    expect(heard()).toEqual([['kms:Decrypt', 'WrongCustomerKey', undefined]])
  })

  test('proving headers opens the data key, too; deleting opens nothing', async () => {
    await put(bench, 'k', BYTES, { encryption: MANAGED.encryption })
    bench.audit.events.splice(0)
    await run(bench, { name: 'HeadObject', bucket: bench.bucket, key: 'k', conditions: {} })
    await run(bench, { name: 'DeleteObject', bucket: bench.bucket, key: 'k', conditions: {} })
    expect(heard()).toEqual([['kms:Decrypt', 'Success', 1]])
    expect(bench.audit.events[0]!.details).toEqual({ via: 's3', headersOnly: true })
  })
})

describe('acts on buckets are reported before they are answered', () => {
  const policy = () =>
    statements({ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::acts/x' })
  const acts = (): Operation[] => [
    { name: 'CreateBucket', bucket: 'acts' },
    { name: 'PutBucketEncryption', bucket: 'acts', rule: { kind: 'service-key', suite: 'SM4' } },
    { name: 'DeleteBucketEncryption', bucket: 'acts' },
    { name: 'PutBucketPolicy', bucket: 'acts', policy: policy() },
    { name: 'DeleteBucketPolicy', bucket: 'acts' },
    { name: 'DeleteBucket', bucket: 'acts' },
  ]
  const ACTIONS = [
    's3:CreateBucket',
    's3:PutEncryptionConfiguration',
    's3:PutEncryptionConfiguration',
    's3:PutBucketPolicy',
    's3:DeleteBucketPolicy',
    's3:DeleteBucket',
  ]

  test('when they are done', async () => {
    for (const act of acts()) expect(await bench.outcome(act, caller(bench.projectId)), act.name).toBe('done')
    expect(bench.audit.events.map(({ action, result, bucket }) => [action, result, bucket])).toEqual(
      ACTIONS.map((action) => [action, 'Success', 'acts']),
    )
    expect(bench.audit.events[1]!.details).toEqual({ encryption: 'service-key', suite: 'SM4' })
    expect(JSON.stringify(bench.audit.events)).not.toContain('Statement')
  })

  test('when they are refused, to the project whose bucket it is', async () => {
    await run(bench, { name: 'CreateBucket', bucket: 'acts' })
    bench.audit.events.splice(0)
    const refused: [Operation, Caller][] = acts().map((act) => [act, bench.member('auditor')])
    for (const [act, who] of refused) await bench.outcome(act, who)
    await bench.outcome({ name: 'DeleteBucket', bucket: 'acts' }, caller(bench.otherProjectId))
    expect(bench.audit.events.map(({ action, result }) => [action, result])).toEqual(
      [...ACTIONS, 's3:DeleteBucket'].map((action) => [action, 'AccessDenied']),
    )
    expect(new Set(bench.audit.events.map(({ projectId }) => projectId))).toEqual(new Set([bench.projectId]))
  })
})
