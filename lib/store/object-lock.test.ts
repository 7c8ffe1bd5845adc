import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { ObjectLock, ProjectRole, Retention } from './model.ts'
import { complete, initiate, uploadPart } from './multipart.test-support.ts'
import type { OperationName, OperationOf, Results } from './operations.ts'
import { caller, METHODS, openBench, put, putOf, run, SECURE, type Bench } from './store.test-support.ts'

const DAY = 86_400_000
const START = Date.parse('2026-11-21T13:00:00Z')
let now = START
let bench: Bench
beforeAll(async () => {
  bench = await openBench({ now: () => now })
})
afterAll(() => bench.dispose())

let bucket: string
let count = 0
beforeEach(async () => {
  now = START
  bucket = `locked-${count++}`
  await run(bench, { name: 'CreateBucket', bucket, objectLock: true })
})

const at = () => ({ bucket, key: 'k' })
const until = (days: number, mode: Retention['mode']): Retention => ({
  mode,
  retainUntil: START + days * DAY,
})
const write = async (lock?: ObjectLock) =>
  (await put(bench, 'k', Buffer.from('x'), { bucket, ...(lock && { lock }) })).versionId!
const as = <N extends OperationName>(role: ProjectRole, operation: OperationOf<N>): Promise<Results[N]> =>
  bench.store.run<N>(operation, caller(bench.projectId, role), SECURE)
const code = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: { code: string }) => error.code,
  )
const remove = (versionId: string, bypassGovernance = false, role: ProjectRole = 'owner') =>
  code(as(role, { name: 'DeleteObject', ...at(), versionId, conditions: {}, bypassGovernance }))
const retain = (retention: Retention | undefined, bypassGovernance = false) =>
  code(run(bench, { name: 'PutObjectRetention', ...at(), retention, bypassGovernance }))

test('a bucket made with object lock keeps versions, and cannot stop', async () => {
  expect(await run(bench, { name: 'GetBucketVersioning', bucket })).toEqual({ state: 'Enabled' })
  expect(await code(run(bench, { name: 'PutBucketVersioning', bucket, state: 'Suspended' }))).toBe(
    'InvalidBucketState',
  )
  const maker = (role: ProjectRole) =>
    code(as(role, { name: 'CreateBucket', bucket: 'by-a-member', objectLock: true }))
  expect(await maker('member')).toBe('AccessDenied')
})

test('COMPLIANCE: nobody deletes it or shortens it before its time, everybody may lengthen', async () => {
  const id = await write({ retention: until(2, 'COMPLIANCE') })
  expect([await remove(id), await remove(id, true)]).toEqual(['ObjectLocked', 'ObjectLocked'])
  expect(await retain(until(1, 'COMPLIANCE'), true)).toBe('ObjectLocked')
  expect(await retain(until(3, 'GOVERNANCE'), true)).toBe('ObjectLocked')
  expect(await retain(undefined, true)).toBe('ObjectLocked')
  expect(await retain(until(3, 'COMPLIANCE'))).toBeUndefined()
  now = START + 2 * DAY
  expect(await remove(id)).toBe('ObjectLocked')
  now = START + 3 * DAY
  expect(await remove(id)).toBeUndefined()
})

test('GOVERNANCE: only he who may bypass it and says so', async () => {
  const id = await write({ retention: until(2, 'GOVERNANCE') })
  expect(await remove(id)).toBe('ObjectLocked')
  expect(await retain(until(1, 'GOVERNANCE'))).toBe('ObjectLocked')
  expect(await retain(undefined)).toBe('ObjectLocked')
  expect(await retain(until(1, 'GOVERNANCE'), true)).toBeUndefined()
  expect(await remove(id, true)).toBeUndefined()
})

test('GOVERNANCE: to ask for the bypass is not to have its right', async () => {
  const id = await write({ retention: until(2, 'GOVERNANCE') })
  const allowed = {
    Effect: 'Allow',
    Principal: '*',
    Action: 's3:DeleteObjectVersion',
    Resource: `arn:aws:s3:::${bucket}/*`,
  }
  const policy = JSON.stringify({ Version: '2012-10-17', Statement: [allowed] })
  await run(bench, { name: 'PutBucketPolicy', bucket, policy })
  expect(await remove(id, true, 'member')).toBe('ObjectLocked')
  expect(await remove(id, true, 'administrator')).toBeUndefined()
})

test('a legal hold knows no time and no bypass', async () => {
  const id = await write({ legalHold: true })
  now = START + 100_000 * DAY
  expect(await remove(id, true)).toBe('ObjectLocked')
  await run(bench, { name: 'PutObjectLegalHold', ...at(), on: false })
  expect(await run(bench, { name: 'GetObjectLegalHold', ...at() })).toEqual({ on: false })
  expect(await remove(id)).toBeUndefined()
})

test('a locked version is kept under later writes and markers, and its encryption as it is', async () => {
  const id = await write({ legalHold: true })
  const target = { kind: 'service-key', suite: 'AES256' } as const
  expect(await code(run(bench, { name: 'ModifyEncryption', ...at(), target }))).toBe('ObjectLocked')
  await write()
  await run(bench, { name: 'DeleteObject', ...at(), conditions: {} })
  const { deleted, failed } = await run(bench, {
    name: 'DeleteObjects',
    bucket,
    objects: [{ key: 'k', versionId: id }, { key: 'other' }],
    quiet: false,
  })
  expect(deleted.map(({ key }) => key)).toEqual(['other'])
  expect(failed).toMatchObject([{ key: 'k', versionId: id, error: { code: 'ObjectLocked' } }])
  expect((await run(bench, { name: 'GetObject', ...at(), versionId: id, conditions: {} })).versionId).toBe(id)
})

test('what is written without a lock gets the bucket’s, uploads in parts too', async () => {
  const configuration = { defaultRetention: { mode: 'GOVERNANCE', days: 5 } } as const
  await run(bench, { name: 'PutObjectLockConfiguration', bucket, configuration })
  expect(await run(bench, { name: 'GetObjectLockConfiguration', bucket })).toEqual({ configuration })
  await write()
  const retention = { retention: until(5, 'GOVERNANCE') }
  expect(await run(bench, { name: 'GetObjectRetention', ...at() })).toEqual(retention)
  const inBucket = { ...bench, bucket }
  const uploadId = await initiate(inBucket, 'k', METHODS[0]!)
  const { etag } = await uploadPart(inBucket, 'k', uploadId, 1, Buffer.from('part'))
  await complete(inBucket, 'k', uploadId, [{ number: 1, etag }])
  expect(await run(bench, { name: 'GetObjectRetention', ...at() })).toEqual(retention)
  await write({ retention: until(1, 'COMPLIANCE') })
  expect(await run(bench, { name: 'GetObjectRetention', ...at() })).toEqual({
    retention: until(1, 'COMPLIANCE'),
  })
})

test('locks are asked for with their own rights, in time to come, and in buckets that have them', async () => {
  const lock = { retention: until(1, 'GOVERNANCE') }
  const asMember = (changes: object) =>
    code(as('member', putOf(bench, 'k', Buffer.from('x'), { bucket, ...changes })))
  expect(await asMember({ lock })).toBe('AccessDenied')
  expect(await asMember({ lock: { legalHold: true } })).toBe('AccessDenied')
  expect(await asMember({})).toBeUndefined()
  expect(await code(write({ retention: until(-1, 'GOVERNANCE') }))).toBe('InvalidArgument')
  const elsewhere = putOf(bench, 'k', Buffer.from('x'), { lock })
  expect(await code(run(bench, elsewhere))).toBe('InvalidRequest')
  const { object } = await run(bench, { name: 'HeadObject', ...at(), conditions: {} })
  expect(object.retention).toBeUndefined()
  expect(await code(run(bench, { name: 'GetObjectRetention', ...at() }))).toBe(
    'NoSuchObjectLockConfiguration',
  )
})

test('acts on locks and versions are in the audit log', async () => {
  await write()
  await retain(until(1, 'GOVERNANCE'))
  const last = bench.audit.events.at(-1)
  expect(last).toMatchObject({
    action: 's3:PutObjectRetention',
    bucket,
    objectKey: 'k',
    result: 'Success',
    details: { retention: 'GOVERNANCE', bypassGovernance: false },
  })
})
