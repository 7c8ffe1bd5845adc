import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Caller, ProjectRole } from './model.ts'
import type { Operation } from './operations.ts'
import { complete, initiate, uploadPart } from './multipart.test-support.ts'
import { openPermissions, type PermissionsBench } from './permissions.test-support.ts'
import { bodyOf, keyFor, METADATA, METHODS, put, putOf, type Method } from './store.test-support.ts'

const BYTES = Buffer.from('what it says')

let bench: PermissionsBench
beforeAll(async () => {
  bench = await openPermissions()
  for (const method of METHODS) await put(bench, method.name, BYTES, { encryption: method.encryption })
})
afterAll(() => bench.dispose())

type Who = ProjectRole | 'member without kms:Decrypt' | 'member without kms:GenerateDataKey' | 'anonymous'
const WHO: readonly Who[] = [
  'owner',
  'administrator',
  'member',
  'reader',
  'auditor',
  'member without kms:Decrypt',
  'member without kms:GenerateDataKey',
  'anonymous',
]

function callerOf(who: Who): Caller {
  if (who === 'anonymous') return { kind: 'anonymous' }
  const [role, , action] = who.split(' ') as [ProjectRole, string?, string?]
  return action === undefined
    ? bench.member(role)
    : bench.member(role, { Effect: 'Deny', Action: action, Resource: '*' })
}

interface Step {
  name: string
  /** the right to the object */
  roles: readonly ProjectRole[]
  /** of SSE-KMS objects: the right to the key */
  keyAction?: 'kms:Decrypt' | 'kms:GenerateDataKey'
  operation: (method: Method) => Promise<Operation>
}

const WRITERS: readonly ProjectRole[] = ['owner', 'administrator', 'member']
const READERS: readonly ProjectRole[] = [...WRITERS, 'reader']
const EVERYBODY: readonly ProjectRole[] = [...READERS, 'auditor']

const at = (key: string) => ({ bucket: bench.bucket, key })
const write = (method: Method) => ({
  metadata: METADATA,
  storageClass: 'STANDARD',
  tags: {},
  encryption: method.encryption,
})

const STEPS: readonly Step[] = [
  {
    name: 'PutObject',
    roles: WRITERS,
    keyAction: 'kms:GenerateDataKey',
    operation: async (method) => putOf(bench, 'put', BYTES, { encryption: method.encryption }),
  },
  {
    name: 'GetObject',
    roles: READERS,
    keyAction: 'kms:Decrypt',
    operation: async (method) => ({
      name: 'GetObject',
      ...at(method.name),
      conditions: {},
      ...keyFor(method),
    }),
  },
  {
    name: 'HeadObject',
    roles: EVERYBODY,
    operation: async (method) => ({
      name: 'HeadObject',
      ...at(method.name),
      conditions: {},
      ...keyFor(method),
    }),
  },
  {
    name: 'GetObjectAttributes',
    roles: EVERYBODY,
    operation: async (method) => ({
      name: 'GetObjectAttributes',
      ...at(method.name),
      ...keyFor(method),
      partsAfter: 0,
      maxParts: 1,
    }),
  },
  {
    name: 'GetObjectTagging',
    roles: EVERYBODY,
    operation: async (method) => ({ name: 'GetObjectTagging', ...at(method.name) }),
  },
  {
    name: 'CreateMultipartUpload',
    roles: WRITERS,
    keyAction: 'kms:GenerateDataKey',
    operation: async (method) => ({ name: 'CreateMultipartUpload', ...at('up'), ...write(method) }),
  },
  {
    name: 'UploadPart',
    roles: WRITERS,
    keyAction: 'kms:Decrypt',
    operation: async (method) => ({
      name: 'UploadPart',
      ...at('part'),
      uploadId: await initiate(bench, 'part', method),
      partNumber: 1,
      body: bodyOf(BYTES),
      contentLength: BYTES.length,
      checks: {},
      ...keyFor(method),
    }),
  },
  {
    name: 'CompleteMultipartUpload',
    roles: WRITERS,
    keyAction: 'kms:Decrypt',
    operation: async (method) => {
      const uploadId = await initiate(bench, 'whole', method)
      const { etag } = await uploadPart(bench, 'whole', uploadId, 1, BYTES, keyFor(method))
      return {
        name: 'CompleteMultipartUpload',
        ...at('whole'),
        uploadId,
        parts: [{ number: 1, etag }],
        conditions: {},
        ...keyFor(method),
      }
    },
  },
  {
    name: 'ListParts',
    roles: EVERYBODY,
    operation: async (method) => ({
      name: 'ListParts',
      ...at('listed'),
      uploadId: await initiate(bench, 'listed', method),
      after: 0,
      limit: 10,
    }),
  },
  {
    name: 'AbortMultipartUpload',
    roles: WRITERS,
    operation: async (method) => ({
      name: 'AbortMultipartUpload',
      ...at('aborted'),
      uploadId: await initiate(bench, 'aborted', method),
    }),
  },
  {
    name: 'DeleteObject',
    roles: WRITERS,
    operation: async (method) => {
      await put(bench, 'gone', BYTES, { encryption: method.encryption })
      return { name: 'DeleteObject', ...at('gone'), conditions: {} }
    },
  },
]

function mayDo(who: Who, { roles, keyAction }: Step, { mode }: Method): boolean {
  if (who === 'anonymous') return false
  const [role, , withheld] = who.split(' ') as [ProjectRole, string?, string?]
  if (!roles.includes(role)) return false
  return mode !== 'managed-key' || keyAction === undefined || keyAction !== withheld
}

describe.each(STEPS.map((step) => [step.name, step] as const))('%s', (_, step) => {
  test.each(METHODS.map((method) => [method.name, method] as const))(
    '%s, by everybody',
    async (__, method) => {
      const outcomes: Record<string, string> = {}
      const expected: Record<string, string> = {}
      for (const who of WHO) {
        outcomes[who] = await bench.outcome(await step.operation(method), callerOf(who))
        expected[who] = mayDo(who, step, method) ? 'done' : 'AccessDenied'
      }
      expect(outcomes).toEqual(expected)
    },
  )
})

describe('what tells of the plaintext', () => {
  const checksumsFor = async (method: Method, who: Who): Promise<string[]> => {
    const operation = { name: 'HeadObject', ...at(method.name), conditions: {}, ...keyFor(method) } as const
    const { object } = await bench.store.run(operation, callerOf(who), {
      requestId: 'r',
      secure: true,
      signal: AbortSignal.timeout(10_000),
    })
    return object.checksums.map(({ algorithm }) => algorithm).sort()
  }

  test.each(METHODS.map((method) => [method.name, method] as const))(
    '%s: checksums are for those who may read it',
    async (_, method) => {
      const all = ['crc64ecma', 'crc64nvme']
      expect(await checksumsFor(method, 'reader')).toEqual(all)
      expect(await checksumsFor(method, 'auditor')).toEqual([])
      const withoutKey = await checksumsFor(method, 'member without kms:Decrypt')
      expect(withoutKey).toEqual(method.mode === 'managed-key' ? [] : all)
    },
  )

  test('and so are those of parts', async () => {
    const method = METHODS.find(({ mode }) => mode === 'managed-key')!
    const uploadId = await initiate(bench, 'parts', method)
    const { etag } = await uploadPart(bench, 'parts', uploadId, 1, BYTES)
    const list = { name: 'ListParts', ...at('parts'), uploadId, after: 0, limit: 10 } as const
    const context = { requestId: 'r', secure: true, signal: AbortSignal.timeout(10_000) }
    const seen = async (who: Who) =>
      (await bench.store.run(list, callerOf(who), context)).parts[0]!.checksums.length
    expect([await seen('member'), await seen('auditor')]).toEqual([1, 0])
    await complete(bench, 'parts', uploadId, [{ number: 1, etag }])
    const attributes = { name: 'GetObjectAttributes', ...at('parts'), partsAfter: 0, maxParts: 9 } as const
    const of = async (who: Who) =>
      (await bench.store.run(attributes, callerOf(who), context)).parts[0]!.checksums.length
    expect([await of('member'), await of('auditor')]).toEqual([1, 0])
  })
})
