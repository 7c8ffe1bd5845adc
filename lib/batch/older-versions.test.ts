import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { EncryptionChoice } from '../store/encryption-model.ts'
import type { VersionScope } from '../store/object-filter.ts'
import { ORIGIN, openBatchBench, putMany, untilState, type BatchBench } from './batch.test-support.ts'
import type { AskedSelection, AskedTarget, JobView } from './jobs.ts'
import type { JobResult } from './model.ts'

const AES = { kind: 'service-key', suite: 'AES256' } as const
const NONE = { kind: 'none' } as const

let folder: string
let bench: BatchBench
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'coffer-batch-versions-'))
  bench = await openBatchBench(folder, { COFFER_SCRUB_DAYS: '0' })
})
afterAll(async () => {
  await bench.system.close()
  rmSync(folder, { recursive: true })
})

let bucket = ''
let buckets = 0
beforeEach(async () => {
  bucket = `versions-${++buckets}`
  await bench.run({ name: 'CreateBucket', bucket, objectLock: true })
})

/** Another version of `<prefix>0000000` and the `count` - 1 that follow. */
const put = (prefix: string, count: number, encryption: EncryptionChoice) =>
  putMany(bench, { bucket, prefix, count, encryption })

const remove = (key: string) => bench.run({ name: 'DeleteObject', bucket, key, conditions: {} })

function managed(keyRef: string) {
  return { kind: 'managed-key', suite: 'AES256', keyRef, context: {} } as const
}

async function ran(target: AskedTarget, selection: AskedSelection): Promise<JobView> {
  const { job } = await bench.system.batch.create(bench.owner, { selection, target }, ORIGIN)
  return confirmed(job.jobId)
}

async function confirmed(jobId: string): Promise<JobView> {
  await untilState(bench, jobId, 'Suspended')
  await bench.system.batch.act(bench.owner, jobId, 'confirm', ORIGIN)
  return untilState(bench, jobId, 'Complete', 'Failed', 'Paused')
}

const whole = (versions?: VersionScope): AskedSelection => ({ kind: 'filter', bucket, filter: { versions } })

interface Seen {
  key: string
  versionId: string
  isLatest: boolean
  mode: string
  keyId: string | undefined
  keyVersion: number | undefined
}

/** All object versions of the bucket, the newest of a key first. */
async function versions(): Promise<Seen[]> {
  const { objects } = await bench.run({
    name: 'FindObjects',
    bucket,
    filter: { versions: 'all' },
    limit: 1000,
  })
  return objects.map(({ key, versionId, isLatest, encryption }) => ({
    key,
    versionId,
    isLatest,
    mode: encryption.mode,
    keyId: encryption.mode === 'managed-key' ? encryption.keyId : undefined,
    keyVersion: 'keyVersion' in encryption ? encryption.keyVersion : undefined,
  }))
}

const under = async (keyId: string): Promise<number> =>
  (await versions()).filter((version) => version.keyId === keyId).length

async function results(jobId: string, outcome?: JobResult['outcome']): Promise<JobResult[]> {
  return (await bench.system.batch.results(bench.owner, jobId, { outcome, limit: 1000 }, ORIGIN)).results
}

async function report(jobId: string): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of await bench.system.batch.report(bench.owner, jobId, ORIGIN)) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

async function plaintextLeft(): Promise<number> {
  const { coverage } = await bench.run({ name: 'GetBucketCoverage', bucket, folder: '' })
  return coverage.plaintextObjects
}

test('a job over all versions leaves no plaintext behind, one over the current ones leaves the older', async () => {
  await put('a/', 3, NONE)
  await put('a/', 3, NONE)
  await put('a/', 2, NONE)
  await remove('a/0000002')
  expect((await ran(AES, whole())).job).toMatchObject({
    plan: { total: { objects: 2 } },
    progress: { rewritten: 2 },
  })
  expect(await plaintextLeft()).toBe(6)
  const { job } = await ran(AES, whole('all'))
  expect(job).toMatchObject({
    plan: { total: { objects: 8 }, rewritten: { objects: 6 }, unchanged: { objects: 2 } },
    progress: { rewritten: 6, unchanged: 2, failed: 0 },
  })
  expect(await plaintextLeft()).toBe(0)
  const done = await results(job.jobId)
  const ids = (await versions()).map(({ key, versionId }) => `${key} ${versionId}`)
  expect(done.map(({ key, versionId }) => `${key} ${versionId}`).sort()).toEqual(ids.sort())
  expect(await report(job.jobId)).toContain(`"${done[0]!.key}","${done[0]!.versionId}",40`)
})

test('all objects of a key are all their versions, also those that were deleted: the key is empty afterwards', async () => {
  const [from, to] = [await bench.newKey(), await bench.newKey()]
  await put('a/', 2, managed(from))
  await put('a/', 2, managed(from))
  await put('gone/', 1, managed(from))
  await remove('gone/0000000')
  const radius = () => bench.system.kms.run('GetBlastRadius', { keyId: from }, bench.owner, ORIGIN)
  expect(await radius()).toMatchObject({ objects: 5 })
  const { job } = await ran(managed(to), { kind: 'key', keyId: from })
  expect(job).toMatchObject({
    selection: { kind: 'key', versions: 'all' },
    plan: { total: { objects: 5 }, rewrapped: { objects: 5 } },
    progress: { rewrapped: 5 },
  })
  expect(await radius()).toMatchObject({ objects: 0 })
  expect(await under(to)).toBe(5)
})

test('after a rotation older versions go to the newest version of the key too, which the report names', async () => {
  const key = await bench.newKey()
  await put('a/', 1, managed(key))
  await put('a/', 1, managed(key))
  await bench.system.kms.run('RotateKeyOnDemand', { keyId: key }, bench.owner, ORIGIN)
  const selection = { kind: 'key', keyId: key, olderVersionsOnly: true } as const
  const { job } = await ran({ kind: 'newest-version' }, selection)
  expect(job.progress).toMatchObject({ rewrapped: 2, failed: 0 })
  expect((await versions()).map(({ keyVersion }) => keyVersion)).toEqual([2, 2])
  const [header, ...lines] = (await report(job.jobId)).trimEnd().split('\r\n')
  expect(header).toContain('"keyIdAfter","keyVersionAfter","time"')
  for (const line of lines)
    expect(line).toContain(`"managed-key","AES256","${key}",1,"managed-key","AES256","${key}",2,`)
})

test('keys and folders take their older versions along where they are asked for', async () => {
  const to = await bench.newKey()
  for (let version = 0; version < 3; version += 1) await put('k', 3, AES)
  for (let version = 0; version < 2; version += 1) await put('f/', 2, AES)
  await remove('k0000001')
  const keys = ['k0000000', 'k0000001', 'missing']
  const { job } = await ran(managed(to), { kind: 'keys', bucket, keys, prefixes: ['f/'], versions: 'all' })
  expect(job).toMatchObject({
    plan: { total: { objects: 11 }, cannot: { 'not-found': { objects: 1 } } },
    progress: { rewrapped: 10, failed: 1 },
  })
  const [failed] = await results(job.jobId, 'failed')
  expect(failed).toMatchObject({ key: 'missing', error: 'NoSuchKey' })
  const left = (await versions()).filter(({ keyId }) => keyId !== to)
  expect(left.map(({ key }) => key)).toEqual(['k0000002', 'k0000002', 'k0000002'])
})

test('a version of no name that lies below others is changed itself', async () => {
  const to = await bench.newKey()
  bucket = `suspended-${buckets}`
  await bench.run({ name: 'CreateBucket', bucket })
  await put('a', 1, NONE)
  await bench.run({ name: 'PutBucketVersioning', bucket, state: 'Enabled' })
  await put('a', 1, AES)
  const selection = { kind: 'filter', bucket, filter: { modes: ['none'], versions: 'all' } } as const
  const { job } = await ran(managed(to), selection)
  expect(job.progress).toMatchObject({ rewritten: 1, failed: 0 })
  expect(await versions()).toMatchObject([
    { isLatest: true, mode: 'service-key' },
    { isLatest: false, mode: 'managed-key', versionId: 'null', keyId: to },
  ])
})

test('locked versions are refused with their reason, tried again when the lock is gone, and undone version by version', async () => {
  const [from, to] = [await bench.newKey(), await bench.newKey()]
  for (let version = 0; version < 3; version += 1) await put('a', 1, managed(from))
  const key = 'a0000000'
  const [, older] = await versions()
  const hold = (on: boolean) =>
    bench.run({ name: 'PutObjectLegalHold', bucket, key, versionId: older!.versionId, on })
  await hold(true)
  const first = await ran(managed(to), whole('all'))
  expect(first.job).toMatchObject({
    plan: { rewrapped: { objects: 2 }, cannot: { locked: { objects: 1 } } },
    progress: { rewrapped: 2, failed: 1 },
  })
  const [locked] = await results(first.job.jobId, 'failed')
  expect(locked).toMatchObject({ key, versionId: older!.versionId, error: 'ObjectLocked' })

  await hold(false)
  await bench.system.batch.act(bench.owner, first.job.jobId, 'retry-failed', ORIGIN)
  const again = await untilState(bench, first.job.jobId, 'Complete')
  expect(again.job.progress).toMatchObject({ attempt: 2, rewrapped: 3, failed: 0 })
  expect(await under(to)).toBe(3)

  // Somebody takes one of them elsewhere meanwhile; the undo of another one is held up, and done when it can be.
  const [newest, , oldest] = await versions()
  const other = await bench.newKey()
  await bench.run({
    name: 'ModifyEncryption',
    bucket,
    key,
    versionId: newest!.versionId,
    target: managed(other),
  })
  await bench.run({ name: 'PutObjectLegalHold', bucket, key, versionId: oldest!.versionId, on: true })
  const undo = await bench.system.batch.undo(bench.owner, first.job.jobId, ORIGIN)
  const undone = await confirmed(undo.job.jobId)
  expect(undone.job).toMatchObject({
    plan: { rewrapped: { objects: 1 }, cannot: { 'changed-since': { objects: 1 }, locked: { objects: 1 } } },
    progress: { rewrapped: 1, failed: 2 },
  })
  await bench.run({ name: 'PutObjectLegalHold', bucket, key, versionId: oldest!.versionId, on: false })
  await bench.system.batch.act(bench.owner, undo.job.jobId, 'retry-failed', ORIGIN)
  const last = await untilState(bench, undo.job.jobId, 'Complete')
  expect(last.job.progress).toMatchObject({ attempt: 2, rewrapped: 2, failed: 1 })
  expect((await versions()).map(({ keyId }) => keyId)).toEqual([other, from, from])
})

test('plaintext that failed is tried again, too', async () => {
  const to = await bench.newKey()
  await put('a', 1, NONE)
  const [version] = await versions()
  const at = { bucket, key: 'a0000000', versionId: version!.versionId }
  await bench.run({ name: 'PutObjectLegalHold', ...at, on: true })
  const { job } = await ran(managed(to), whole('all'))
  expect(job.progress).toMatchObject({ failed: 1 })
  await bench.run({ name: 'PutObjectLegalHold', ...at, on: false })
  await bench.system.batch.act(bench.owner, job.jobId, 'retry-failed', ORIGIN)
  const again = await untilState(bench, job.jobId, 'Complete')
  expect(again.job.progress).toMatchObject({ rewritten: 1, failed: 0 })
})

test('older versions are a selection for those who may list them', async () => {
  const policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Deny', Principal: '*', Action: 's3:ListBucketVersions', Resource: `arn:aws:s3:::${bucket}` },
    ],
  })
  await put('a', 1, AES)
  await bench.run({ name: 'PutBucketPolicy', bucket, policy })
  const find = (versions: VersionScope) =>
    bench.run({ name: 'FindObjects', bucket, filter: { versions }, limit: 10 })
  const plan = (versions: VersionScope) =>
    bench.system.batch.create(bench.owner, { selection: whole(versions), target: NONE }, ORIGIN)
  expect((await find('current')).objects).toHaveLength(1)
  expect((await plan('current')).job.state).toBe('Preparing')
  await expect(find('all')).rejects.toMatchObject({ code: 'AccessDenied' })
  await expect(plan('all')).rejects.toMatchObject({ code: 'AccessDenied' })
})
