import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CustomerKey } from './encryption-model.ts'
import type { OperationName, OperationOf, RequestContext } from './operations.ts'
import {
  caller,
  get,
  INSECURE,
  METHODS,
  named,
  openBench,
  put,
  putOf,
  run,
  SECURE,
  traces,
  type Bench,
} from './store.test-support.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.dispose())

const CUSTOMER = METHODS.filter(({ mode }) => mode === 'customer-key')
const OTHERS = METHODS.filter(({ mode }) => mode !== 'customer-key')
const KEY: CustomerKey = { suite: 'AES256', key: randomBytes(32) }
const SM4_KEY: CustomerKey = { suite: 'SM4', key: randomBytes(16) }

/** Every way to read an object. */
async function reads(key: string, customerKey: CustomerKey | undefined): Promise<Promise<unknown>[]> {
  const at = { bucket: bench.bucket, key, ...(customerKey ? { customerKey } : {}) }
  const copy = {
    name: 'CopyObject',
    bucket: bench.bucket,
    key: 'copy',
    source: { ...at, conditions: {} },
    metadata: undefined,
    tags: undefined,
    storageClass: undefined,
    encryption: { kind: 'none' },
    conditions: {},
  } as const
  return [
    run(bench, { name: 'GetObject', ...at, conditions: {} }),
    run(bench, { name: 'GetObject', ...at, conditions: {}, range: { start: 0 } }),
    run(bench, { name: 'HeadObject', ...at, conditions: {} }),
    run(bench, { name: 'GetObjectAttributes', ...at, partsAfter: 0, maxParts: 10 }),
    run(bench, copy),
  ]
}

async function allRefused(key: string, customerKey: CustomerKey | undefined, code: string): Promise<void> {
  const outcomes = await Promise.allSettled(await reads(key, customerKey))
  expect(
    outcomes.map((o) => (o.status === 'rejected' ? (o.reason as { code: string }).code : 'answered')),
  ).toEqual(outcomes.map(() => code))
}

describe.each(named(CUSTOMER))('an object stored with %s', (_name, { encryption, customerKey }) => {
  const { suite, key: secret } = customerKey!
  beforeAll(() => put(bench, 'mine', Buffer.from('secret'), { encryption }))

  test('opens with its key', async () => {
    expect((await get(bench, 'mine', { customerKey: customerKey! })).bytes.toString()).toBe('secret')
    const outcomes = await Promise.allSettled(await reads('mine', customerKey))
    expect(outcomes.map(({ status }) => status)).toEqual(outcomes.map(() => 'fulfilled'))
  })

  test('does not open without one', () => allRefused('mine', undefined, 'CustomerKeyRequired'))

  test('does not open with another, not even one that differs in one bit', async () => {
    const flipped = Buffer.from(secret)
    flipped[7]! ^= 1
    for (const wrong of [randomBytes(secret.length), flipped, Buffer.alloc(secret.length)])
      await allRefused('mine', { suite, key: wrong }, 'WrongCustomerKey')
  })

  test('does not open with a key of the other suite or of a wrong size', async () => {
    const other = suite === 'AES256' ? SM4_KEY : KEY
    await allRefused('mine', other, 'WrongCustomerKey')
    await allRefused('mine', { suite, key: secret.subarray(1) }, 'InvalidCustomerKey')
    await allRefused('mine', { suite, key: Buffer.alloc(0) }, 'InvalidCustomerKey')
  })

  test('is deleted, tagged and listed without one', async () => {
    await put(bench, 'mine/gone', Buffer.from('x'), { encryption })
    const at = { bucket: bench.bucket, key: 'mine/gone' }
    await run(bench, { name: 'PutObjectTagging', ...at, tags: { a: '' } })
    expect(await run(bench, { name: 'DeleteObject', ...at, conditions: {} })).toEqual({ existed: true })
  })

  test('leaves neither its key nor a digest of it in the database', async () => {
    const row = bench.sql.prepare("SELECT * FROM object_version WHERE key = 'mine'").get() as object
    for (const value of Object.values(row)) {
      const bytes = Buffer.isBuffer(value) ? value : Buffer.from(String(value))
      expect(bytes.includes(secret)).toBe(false)
      expect(bytes.includes(secret.toString('base64'))).toBe(false)
    }
  })
})

test('two objects under one key share nothing that shows it', async () => {
  const { encryption } = CUSTOMER[0]!
  for (const key of ['one', 'two']) await put(bench, key, Buffer.from('same'), { encryption })
  const rows = bench.sql
    .prepare(
      "SELECT wrapped_data_key AS a, customer_key_salt AS b, customer_key_verifier AS c, object_mac AS d, checksums AS e FROM object_version WHERE key IN ('one', 'two')",
    )
    .all() as Record<string, Buffer>[]
  for (const column of ['a', 'b', 'c', 'd', 'e']) expect(rows[0]![column]).not.toEqual(rows[1]![column])
})

describe.each(named(OTHERS))('an object stored with %s', (_name, { encryption }) => {
  test('refuses a customer key: it was not stored with one', async () => {
    await put(bench, 'theirs', Buffer.from('x'), { encryption })
    await allRefused('theirs', KEY, 'CustomerKeyNotApplicable')
  })
})

describe('over a connection that others can read', () => {
  const runInsecurely = <N extends OperationName>(
    operation: OperationOf<N>,
    context: RequestContext = INSECURE,
  ) => bench.store.run<N>(operation, caller(bench.projectId), context)
  const REFUSED = { code: 'CustomerKeyOverInsecureTransport' }

  test('customer keys are refused, for writing before the body is read', async () => {
    const before = await traces(bench)
    let read = false
    const body = async function* (): AsyncGenerator<Buffer> {
      read = true
      yield Buffer.from('x')
    }
    for (const { encryption } of CUSTOMER)
      await expect(
        runInsecurely(putOf(bench, 'k', Buffer.from('x'), { encryption, body: body() })),
      ).rejects.toMatchObject(REFUSED)
    expect(read).toBe(false)
    expect(await traces(bench)).toEqual(before)
  })

  test('customer keys are refused for reading, whether they would fit or not', async () => {
    const { encryption, customerKey } = CUSTOMER[0]!
    await put(bench, 'sse-c', Buffer.from('x'), { encryption })
    await put(bench, 'plain', Buffer.from('x'))
    for (const key of ['sse-c', 'plain']) {
      const operation = {
        name: 'GetObject',
        bucket: bench.bucket,
        key,
        conditions: {},
        customerKey: customerKey!,
      } as const
      await expect(runInsecurely(operation)).rejects.toMatchObject(REFUSED)
    }
  })

  test('other methods work', async () => {
    for (const { encryption } of OTHERS)
      await runInsecurely(putOf(bench, 'k', Buffer.from('x'), { encryption }))
    const head = { name: 'HeadObject', bucket: bench.bucket, key: 'k', conditions: {} } as const
    expect((await runInsecurely(head)).length).toBe(1)
  })
})

test('a bucket may refuse new objects under customer keys; old ones stay readable', async () => {
  const { encryption, customerKey } = CUSTOMER[0]!
  await put(bench, 'old', Buffer.from('x'), { encryption })
  const rule = { kind: 'none' } as const
  const bucket = bench.bucket
  await run(bench, { name: 'PutBucketEncryption', bucket, rule, customerKeysBlocked: true })
  const before = await traces(bench)
  await expect(put(bench, 'new', Buffer.from('x'), { encryption })).rejects.toMatchObject({
    code: 'CustomerKeyBlocked',
  })
  expect(await traces(bench)).toEqual(before)
  expect((await get(bench, 'old', { customerKey: customerKey! })).bytes.toString()).toBe('x')
  await run(bench, { name: 'PutBucketEncryption', bucket, rule, customerKeysBlocked: false })
  await bench.store.run(
    putOf(bench, 'new', Buffer.from('x'), { encryption }),
    caller(bench.projectId),
    SECURE,
  )
})
