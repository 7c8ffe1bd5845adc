import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Caller } from './model.ts'
import type { Operation } from './operations.ts'
import { initiate } from './multipart.test-support.ts'
import { openPermissions, type PermissionsBench } from './permissions.test-support.ts'
import { caller, get, keyFor, METADATA, METHODS, put, SECURE, type Method } from './store.test-support.ts'

const BYTES = Buffer.from('copied')

let bench: PermissionsBench
/** the five methods: plaintext, SSE-S3, SSE-KMS under the default key and under an own one, SSE-C */
let methods: readonly Method[]
let ownKey: { keyId: string; arn: string }

beforeAll(async () => {
  bench = await openPermissions()
  ownKey = await bench.newKey()
  const of = (name: string) => METHODS.find((method) => method.name === name)!
  const own: Method = {
    ...of('managed-key AES256'),
    name: 'own key',
    encryption: { kind: 'managed-key', suite: 'AES256', context: {}, keyRef: ownKey.keyId },
  }
  methods = [of('none'), of('service-key AES256'), of('managed-key AES256'), own, of('customer-key AES256')]
  for (const method of methods)
    await put(bench, `from ${method.name}`, BYTES, { encryption: method.encryption })
})
afterAll(() => bench.dispose())

const NAMES = ['none', 'service-key AES256', 'managed-key AES256', 'own key', 'customer-key AES256']
const method = (name: string): Method => methods.find((candidate) => candidate.name === name)!

/** Three who may read and write every object, and differ in the keys they may use. */
const PRINCIPALS: readonly [
  who: string,
  caller: () => Caller,
  mayDecrypt: (m: Method) => boolean,
  mayEncrypt: (m: Method) => boolean,
][] = [
  ['a member', () => bench.member('member'), () => true, () => true],
  [
    'a member who may not decrypt by any key',
    () => bench.member('member', { Effect: 'Deny', Action: 'kms:Decrypt', Resource: '*' }),
    ({ mode }) => mode !== 'managed-key',
    () => true,
  ],
  [
    'a member whom the own key is closed to',
    () => bench.member('member', { Effect: 'Deny', Action: 'kms:*', Resource: ownKey.arn }),
    ({ name }) => name !== 'own key',
    ({ name }) => name !== 'own key',
  ],
]

function copyOf(from: Method, to: Method, key: string): Operation {
  return {
    name: 'CopyObject',
    bucket: bench.bucket,
    key,
    source: { bucket: bench.bucket, key: `from ${from.name}`, conditions: {}, ...keyFor(from) },
    metadata: METADATA,
    tags: undefined,
    storageClass: undefined,
    encryption: to.encryption,
    conditions: {},
  }
}

describe.each(PRINCIPALS)('%s copies', (_, who, mayDecrypt, mayEncrypt) => {
  test.each(NAMES.flatMap((from) => NAMES.map((to) => [from, to] as const)))('%s to %s', async (from, to) => {
    const may = mayDecrypt(method(from)) && mayEncrypt(method(to))
    const key = `copy of ${from} to ${to}`
    expect(await bench.outcome(copyOf(method(from), method(to), key), who())).toBe(
      may ? 'done' : 'AccessDenied',
    )
    if (may) expect((await get(bench, key, keyFor(method(to)))).bytes).toEqual(BYTES)
    else await expect(get(bench, key)).rejects.toMatchObject({ code: 'NoSuchKey' })
    await bench.store.run(
      { name: 'DeleteObject', bucket: bench.bucket, key, conditions: {} },
      caller(bench.projectId),
      SECURE,
    )
  })

  test.each(NAMES.flatMap((from) => NAMES.map((to) => [from, to] as const)))(
    'a part of %s to an upload of %s',
    async (from, to) => {
      const uploadId = await initiate(bench, 'up', method(to))
      const operation: Operation = {
        name: 'UploadPartCopy',
        bucket: bench.bucket,
        key: 'up',
        uploadId,
        partNumber: 1,
        source: { bucket: bench.bucket, key: `from ${from}`, conditions: {}, ...keyFor(method(from)) },
        ...keyFor(method(to)),
      }
      // Parts are written under the upload's data key, which has to be opened (S3 API reference, UploadPart).
      const may = mayDecrypt(method(from)) && mayDecrypt(method(to))
      expect(await bench.outcome(operation, who())).toBe(may ? 'done' : 'AccessDenied')
    },
  )
})

describe('the confused deputy', () => {
  test('writes where he may, but does not read for others what they may not', async () => {
    const writeOnly = bench.member('auditor', {
      Effect: 'Allow',
      Action: 's3:PutObject',
      Resource: 'arn:aws:s3:::bucket/*',
    })
    expect(await bench.outcome(copyOf(method('none'), method('none'), 'stolen'), writeOnly)).toBe(
      'AccessDenied',
    )
    await expect(get(bench, 'stolen')).rejects.toMatchObject({ code: 'NoSuchKey' })
  })

  test('reads where he may, but does not write where he may not', async () => {
    expect(await bench.outcome(copyOf(method('none'), method('none'), 'put'), bench.member('reader'))).toBe(
      'AccessDenied',
    )
  })

  test('is not used by another project, on either side', async () => {
    const stranger = caller(bench.otherProjectId)
    await bench.store.run({ name: 'CreateBucket', bucket: 'theirs' }, stranger, SECURE)
    const taking = copyOf(method('none'), method('none'), 'x') as Extract<Operation, { name: 'CopyObject' }>
    expect(await bench.outcome({ ...taking, bucket: 'theirs' }, stranger)).toBe('AccessDenied')
    expect(
      await bench.outcome(
        { ...taking, source: { ...taking.source, bucket: 'theirs' } },
        bench.member('owner'),
      ),
    ).toBe('AccessDenied')
  })

  test('tags come along only for those who may read and write them', async () => {
    await put(bench, 'tagged', BYTES, { tags: { a: '1' } })
    const copy = { ...copyOf(method('none'), method('none'), 'tagged copy') } as Extract<
      Operation,
      { name: 'CopyObject' }
    >
    const tagged = { ...copy, source: { ...copy.source, key: 'tagged' } }
    const without = (Action: string) => bench.member('member', { Effect: 'Deny', Action, Resource: '*' })
    expect(await bench.outcome(tagged, without('s3:GetObjectTagging'))).toBe('AccessDenied')
    expect(await bench.outcome(tagged, without('s3:PutObjectTagging'))).toBe('AccessDenied')
    expect(await bench.outcome({ ...tagged, tags: {} }, without('s3:*Tagging'))).toBe('done')
    expect(await bench.outcome({ ...tagged, tags: { b: '2' } }, without('s3:PutObjectTagging'))).toBe(
      'AccessDenied',
    )
    expect(await bench.outcome(tagged, bench.member('member'))).toBe('done')
  })

  test.each<[string, { expectedOwner?: string; expectedSourceOwner?: string }, string]>([
    ['neither is asked about', {}, 'done'],
    ['the owner of the destination is another', { expectedOwner: '000000000000' }, 'AccessDenied'],
    ['the owner of the source is another', { expectedSourceOwner: '000000000000' }, 'AccessDenied'],
  ])('%s', async (_, expected, outcome) => {
    const operation = copyOf(method('none'), method('none'), 'owned')
    const running = bench.store.run(
      operation as Extract<Operation, { name: 'CopyObject' }>,
      bench.member('owner'),
      {
        ...SECURE,
        ...expected,
      },
    )
    const code = await running.then(
      () => 'done',
      (error: { code: string }) => error.code,
    )
    expect(code).toBe(outcome)
  })
})
