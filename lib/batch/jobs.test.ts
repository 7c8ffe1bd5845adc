import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { EncryptionChoice } from '../store/encryption-model.ts'
import { ORIGIN, openBatchBench, putMany, untilState, type BatchBench } from './batch.test-support.ts'
import type { MemberCaller } from './deps.ts'
import type { AskedJob, AskedTarget, JobView } from './jobs.ts'
import type { JobResult } from './model.ts'

const AES = { kind: 'service-key', suite: 'AES256' } as const

let folder: string
let bench: BatchBench
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'coffer-batch-'))
  bench = await openBatchBench(folder, { COFFER_SCRUB_DAYS: '0' })
})
afterAll(async () => {
  await bench.system.close()
  rmSync(folder, { recursive: true })
})

let bucket = ''
let buckets = 0
beforeEach(async () => {
  bucket = `bucket-${++buckets}`
  await bench.run({ name: 'CreateBucket', bucket })
})

const put = (prefix: string, count: number, encryption: EncryptionChoice) =>
  putMany(bench, { bucket, prefix, count, encryption })

function managed(keyRef: string, context: Record<string, string> = {}) {
  return { kind: 'managed-key', suite: 'AES256', keyRef, context } as const
}

const whole = (): AskedJob['selection'] => ({ kind: 'filter', bucket, filter: {} })

async function planned(asked: AskedJob, as: MemberCaller = bench.owner): Promise<JobView> {
  const { job } = await bench.system.batch.create(as, asked, ORIGIN)
  return untilState(bench, job.jobId, 'Suspended', 'Failed')
}

async function confirmed(asked: AskedJob, as: MemberCaller = bench.owner): Promise<string> {
  const { job } = await planned(asked, as)
  await bench.system.batch.act(as, job.jobId, 'confirm', ORIGIN)
  return job.jobId
}

const done = (jobId: string): Promise<JobView> =>
  untilState(bench, jobId, 'Complete', 'Failed', 'Paused', 'Cancelled')

async function ran(target: AskedTarget, selection: AskedJob['selection'] = whole()): Promise<JobView> {
  return done(await confirmed({ selection, target }))
}

async function results(jobId: string, outcome?: JobResult['outcome']): Promise<JobResult[]> {
  return (await bench.system.batch.results(bench.owner, jobId, { outcome, limit: 1000 }, ORIGIN)).results
}

async function keysUnder(keyId: string): Promise<string[]> {
  const page = await bench.run({
    name: 'ListObjects',
    bucket,
    prefix: '',
    delimiter: '',
    after: '',
    limit: 1000,
  })
  const under = page.objects.filter(
    ({ encryption }) => encryption.mode === 'managed-key' && encryption.keyId === keyId,
  )
  return under.map(({ key }) => key)
}

async function report(jobId: string): Promise<string[]> {
  const pieces: Buffer[] = []
  for await (const piece of await bench.system.batch.report(bench.owner, jobId, ORIGIN)) pieces.push(piece)
  return Buffer.concat(pieces).toString().trimEnd().split('\r\n')
}

/** Somebody with another role in the project. */
async function member(role: MemberCaller['role']): Promise<MemberCaller> {
  const { members, accounts } = bench.system
  const email = `${role}-${Math.random().toString(36).slice(2)}@example.org`
  const { token } = await members.invite(bench.owner, { email, role }, ORIGIN)
  const password = 'correct horse battery'
  const { session, projectId } = await members.acceptAsNewUser({ token, name: role, password }, ORIGIN)
  return accounts.callerFor(session.userId, projectId)
}

// ---- the plan

test('a plan counts what each object needs, and changes nothing', async () => {
  const [from, to] = [await bench.newKey(), await bench.newKey()]
  await put('m/', 5, managed(from))
  await put('n/', 3, { kind: 'none' })
  await put('s/', 2, { kind: 'service-key', suite: 'SM4' })
  await put('t/', 4, managed(to))
  const { job, estimatedSeconds } = await planned({ selection: whole(), target: managed(to) })
  expect(job).toMatchObject({
    state: 'Suspended',
    progress: { unchanged: 0, rewrapped: 0, rewritten: 0, failed: 0 },
  })
  expect(job.plan).toEqual({
    complete: true,
    total: { objects: 14, bytes: 14 * 40 },
    unchanged: { objects: 4, bytes: 160 },
    rewrapped: { objects: 5, bytes: 200 },
    rewritten: { objects: 5, bytes: 200 },
    cannot: {},
    keyServiceCalls: 5 * 2 + 5,
  })
  expect(estimatedSeconds).toBeGreaterThan(0)
  expect(await keysUnder(to)).toHaveLength(4)
})

test('a plan names what cannot be changed and why, and the job then fails exactly that', async () => {
  const [off, to] = [await bench.newKey(), await bench.newKey()]
  await bench.run({ name: 'PutBucketEncryption', bucket, rule: { kind: 'none' }, customerKeysBlocked: false })
  await put('c/', 2, { kind: 'customer-key', suite: 'AES256', key: Buffer.alloc(32, 7) })
  await put('off/', 3, managed(off))
  await put('ok/', 1, AES)
  await bench.system.kms.run('DisableKey', { keyId: off }, bench.owner, ORIGIN)
  const keys = ['c/0000000', 'c/0000001', 'off/0000000', 'off/0000001', 'off/0000002', 'ok/0000000', 'gone']
  const asked = { selection: { kind: 'keys', bucket, keys }, target: managed(to) } as const
  const { job } = await planned(asked)
  expect(job.plan?.cannot).toEqual({
    'customer-key': { objects: 2, bytes: 80 },
    'key-unusable': { objects: 3, bytes: 120 },
    'not-found': { objects: 1, bytes: 0 },
  })
  await bench.system.batch.act(bench.owner, job.jobId, 'confirm', ORIGIN)
  expect((await done(job.jobId)).job).toMatchObject({
    state: 'Complete',
    progress: { rewrapped: 1, failed: 6 },
  })
  const failures = (await results(job.jobId, 'failed')).map(({ key, error }) => [key, error])
  expect(failures).toEqual([
    ['c/0000000', 'CustomerKeyRequired'],
    ['c/0000001', 'CustomerKeyRequired'],
    ['gone', 'NoSuchKey'],
    ['off/0000000', 'KeyDisabled'],
    ['off/0000001', 'KeyDisabled'],
    ['off/0000002', 'KeyDisabled'],
  ])
})

test('a plan that is discarded leaves no trace but in the audit log', async () => {
  await put('a/', 1, AES)
  const { job } = await planned({ selection: whole(), target: { kind: 'none' } })
  expect(await bench.system.batch.act(bench.owner, job.jobId, 'discard', ORIGIN)).toBeUndefined()
  await expect(bench.system.batch.get(bench.owner, job.jobId, ORIGIN)).rejects.toMatchObject({
    code: 'NoSuchJob',
  })
})

test('a customer’s key is no target, for a reason', async () => {
  const asked = { selection: whole(), target: { kind: 'customer-key' } } as const
  await expect(bench.system.batch.create(bench.owner, asked, ORIGIN)).rejects.toMatchObject({
    code: 'InvalidRequest',
    facts: { reason: 'customer-key' },
  })
})

// ---- selections

test('keys and folders of a selection are done once each, whatever they overlap', async () => {
  const to = await bench.newKey()
  await put('a/', 3, AES)
  await put('a/b/', 2, AES)
  await put('c/', 2, AES)
  const keys = ['a/0000001', 'c/0000000', 'c/0000000']
  const { job } = await ran(managed(to), { kind: 'keys', bucket, keys, prefixes: ['a/', 'a/b/'] })
  expect(job).toMatchObject({
    state: 'Complete',
    plan: { total: { objects: 6 } },
    progress: { rewrapped: 6 },
  })
  expect(await keysUnder(to)).toEqual(
    ['a/0000000', 'a/0000001', 'a/0000002', 'a/b/0000000', 'a/b/0000001', 'c/0000000'].sort(),
  )
})

test('a filter chooses by method and prefix', async () => {
  const to = await bench.newKey()
  await put('x/', 2, { kind: 'none' })
  await put('x/s', 2, AES)
  await put('y/', 2, { kind: 'none' })
  const { job } = await ran(managed(to), {
    kind: 'filter',
    bucket,
    filter: { prefix: 'x/', modes: ['none'] },
  })
  expect(job.progress).toMatchObject({ rewritten: 2, rewrapped: 0, unchanged: 0, failed: 0 })
  expect(await keysUnder(to)).toEqual(['x/0000000', 'x/0000001'])
})

test('after a rotation everything of a key in all buckets goes to its newest version, keeping its context', async () => {
  const key = await bench.newKey()
  await put('a/', 3, managed(key, { team: 'one' }))
  const other = `${bucket}-too`
  await bench.run({ name: 'CreateBucket', bucket: other })
  await putMany(bench, { bucket: other, prefix: 'b/', count: 2, encryption: managed(key) })
  await bench.system.kms.run('RotateKeyOnDemand', { keyId: key }, bench.owner, ORIGIN)
  await put('new/', 1, managed(key))
  const view = await ran({ kind: 'newest-version' }, { kind: 'key', keyId: key, olderVersionsOnly: true })
  expect(view.job).toMatchObject({
    plan: { total: { objects: 5 } },
    progress: { rewrapped: 5, unchanged: 0 },
  })
  expect(view.undoable).toBe(0)
  const { objects } = await bench.run({
    name: 'ListObjects',
    bucket,
    prefix: 'a/',
    delimiter: '',
    after: '',
    limit: 10,
  })
  for (const { encryption } of objects)
    expect(encryption).toMatchObject({ keyVersion: 2, context: { team: 'one' } })
  expect(await bench.system.kms.run('GetBlastRadius', { keyId: key }, bench.owner, ORIGIN)).toMatchObject({
    versions: [{ version: 2, objects: 6 }],
  })
})

// ---- what people do to it

test('a job is paused between windows, goes on where it was, and is cancelled for good', async () => {
  const to = await bench.newKey()
  await put('a/', 60, AES)
  const { batch } = bench.system
  const throttle = { objectsPerSecond: 20 }
  const jobId = await confirmed({ selection: whole(), target: managed(to), throttle })
  await untilState(bench, jobId, 'Active')
  await sleep(300)
  await batch.act(bench.owner, jobId, 'pause', ORIGIN)
  const paused = (await untilState(bench, jobId, 'Paused')).job
  const { rewrapped } = paused.progress
  expect(rewrapped).toBeLessThan(60)
  await sleep(200)
  expect(await keysUnder(to)).toHaveLength(rewrapped)
  await expect(batch.act(bench.owner, jobId, 'pause', ORIGIN)).rejects.toMatchObject({
    code: 'InvalidRequest',
    facts: { state: 'Paused' },
  })
  await batch.act(bench.owner, jobId, 'resume', ORIGIN)
  await untilState(bench, jobId, 'Active')
  await sleep(300)
  await batch.act(bench.owner, jobId, 'cancel', ORIGIN)
  const cancelled = (await untilState(bench, jobId, 'Cancelled')).job
  expect(await keysUnder(to)).toHaveLength(cancelled.progress.rewrapped)
  expect(cancelled.progress.rewrapped).toBeLessThan(60)
  expect((await batch.get(bench.owner, jobId, ORIGIN)).actions).toEqual([])
})

test('a throttle holds, and takes effect while the job runs', async () => {
  await put('a/', 200, AES)
  const { batch } = bench.system
  const begun = performance.now()
  const throttle = { objectsPerSecond: 40 }
  const jobId = await confirmed({ selection: whole(), target: managed(await bench.newKey()), throttle })
  await untilState(bench, jobId, 'Active')
  await sleep(1000)
  const { progress } = (await batch.get(bench.owner, jobId, ORIGIN)).job
  const seconds = (performance.now() - begun) / 1000
  // A burst of a second at the most besides.
  expect(progress.rewrapped).toBeLessThanOrEqual(40 * (seconds + 1))
  expect(progress.rewrapped).toBeGreaterThan(0)
  await batch.setThrottle(bench.owner, jobId, {}, ORIGIN)
  expect((await done(jobId)).job.progress.rewrapped).toBe(200)
})

test('what failed is tried again, and only that', async () => {
  const [from, to] = [await bench.newKey(), await bench.newKey()]
  await put('a/', 3, AES)
  await put('b/', 3, managed(from))
  await bench.system.kms.run('DisableKey', { keyId: from }, bench.owner, ORIGIN)
  const { job } = await ran(managed(to))
  expect(job.progress).toMatchObject({ rewrapped: 3, failed: 3, bytes: 240 })
  await bench.system.kms.run('EnableKey', { keyId: from }, bench.owner, ORIGIN)
  await bench.system.batch.act(bench.owner, job.jobId, 'retry-failed', ORIGIN)
  const again = await done(job.jobId)
  expect(again.job).toMatchObject({
    state: 'Complete',
    progress: { attempt: 2, rewrapped: 6, failed: 0, bytes: 240 },
  })
  expect(again.actions).toEqual([])
  expect(await results(job.jobId)).toHaveLength(6)
  expect(await keysUnder(to)).toHaveLength(6)
})

test('an undo gives back each object’s method, and leaves what somebody changed since', async () => {
  const [from, to] = [await bench.newKey(), await bench.newKey()]
  await put('k/', 3, managed(from, { team: 'one' }))
  await put('s/', 2, AES)
  await put('p/', 1, { kind: 'none' })
  const first = await ran(managed(to))
  expect(first.undoable).toBe(5)
  await putMany(bench, { bucket, prefix: 'k/', count: 1, encryption: managed(to) })
  const undo = await bench.system.batch.undo(bench.owner, first.job.jobId, ORIGIN)
  const { job: plan } = await untilState(bench, undo.job.jobId, 'Suspended')
  expect(plan.plan).toMatchObject({ rewrapped: { objects: 4 }, cannot: { 'changed-since': { objects: 1 } } })
  await bench.system.batch.act(bench.owner, plan.jobId, 'confirm', ORIGIN)
  const { job } = await done(plan.jobId)
  expect(job).toMatchObject({ state: 'Complete', progress: { rewrapped: 4, failed: 1 } })
  expect((await results(job.jobId, 'failed'))[0]).toMatchObject({
    key: 'k/0000000',
    error: 'ConditionalRequestConflict',
  })
  expect(await keysUnder(from)).toEqual(['k/0000001', 'k/0000002'])
  expect(await keysUnder(to)).toEqual(['k/0000000', 'p/0000000'])
  expect((await bench.system.batch.get(bench.owner, first.job.jobId, ORIGIN)).undoneBy).toEqual([job.jobId])
  const lines = await report(job.jobId)
  expect(lines.find((line) => line.includes('k/0000001'))).toContain(
    `"rewrapped",,"managed-key","AES256","${to}",1,"managed-key","AES256","${from}"`,
  )
})

test('the report has a line for each object, with before, after and reason', async () => {
  const to = await bench.newKey()
  await put('=formula', 1, AES)
  await put('p/', 1, { kind: 'none' })
  const keys = ['=formula0000000', 'p/0000000', 'missing']
  const { job } = await ran(managed(to), { kind: 'keys', bucket, keys })
  const [header, ...lines] = await report(job.jobId)
  expect(header).toContain('"bucket","key","versionId","size","outcome","reason"')
  expect(lines).toHaveLength(3)
  expect(lines[0]).toMatch(
    new RegExp(
      `^"${bucket}","'=formula0000000","null",40,"rewrapped",,"service-key","AES256",.*"managed-key","AES256","${to}"`,
    ),
  )
  expect(lines[1]).toMatch(/^"bucket-\d+","missing","null",0,"failed","NoSuchKey","none"/)
  expect(lines[2]).toMatch(/"p\/0000000","null",40,"rewritten",,"none",,,,"managed-key"/)
})

// ---- who may

test('a job ends with its reason when its member loses the project or his role', async () => {
  await put('a/', 300, AES)
  const to = await bench.newKey()
  const throttle = { objectsPerSecond: 50 }
  const lose: [string, (who: MemberCaller) => Promise<void>, string][] = [
    ['project', (who) => bench.system.members.remove(bench.owner, who.userId, ORIGIN), 'NoSuchProject'],
    [
      'role',
      (who) => bench.system.members.changeRole(bench.owner, who.userId, 'reader', ORIGIN),
      'AccessDenied',
    ],
  ]
  for (const [, take, reason] of lose) {
    const who = await member('member')
    const jobId = await confirmed({ selection: whole(), target: managed(to), throttle }, who)
    await untilState(bench, jobId, 'Active')
    await take(who)
    await bench.system.batch.setThrottle(bench.owner, jobId, {}, ORIGIN)
    const { job } = await done(jobId)
    expect(job).toMatchObject({ state: 'Failed', reason })
    expect(job.progress.rewrapped).toBeLessThan(300)
  }
})

test('readers see jobs and change none; members change their own; administrators all', async () => {
  await put('a/', 1, AES)
  const [reader, one, other, administrator] = [
    await member('reader'),
    await member('member'),
    await member('member'),
    await member('administrator'),
  ]
  const { batch } = bench.system
  const asked = { selection: whole(), target: { kind: 'none' } } as const
  await expect(batch.create(reader, asked, ORIGIN)).rejects.toMatchObject({ code: 'AccessDenied' })
  const { job } = await planned(asked, one)
  expect((await batch.get(reader, job.jobId, ORIGIN)).actions).toEqual([])
  expect((await batch.list(reader, { limit: 1 }, ORIGIN)).jobs[0]?.job.jobId).toBe(job.jobId)
  for (const who of [reader, other])
    await expect(batch.act(who, job.jobId, 'confirm', ORIGIN)).rejects.toMatchObject({ code: 'AccessDenied' })
  expect((await batch.get(one, job.jobId, ORIGIN)).actions).toEqual(['confirm', 'cancel', 'discard'])
  await batch.act(administrator, job.jobId, 'cancel', ORIGIN)
  expect((await batch.get(one, job.jobId, ORIGIN)).job.state).toBe('Cancelled')
})

test('jobs of another project are not there, nor are its buckets', async () => {
  await put('a/', 1, AES)
  const { job } = await planned({ selection: whole(), target: { kind: 'none' } })
  const { accounts, members } = bench.system
  const project = await members.createProject(
    {
      userId: bench.owner.userId,
      email: 'ada@example.org',
      name: 'Ada',
      isAdministrator: true,
      createdAt: 0,
    },
    'Another',
    ORIGIN,
  )
  const elsewhere = await accounts.callerFor(bench.owner.userId, project.projectId)
  await expect(bench.system.batch.get(elsewhere, job.jobId, ORIGIN)).rejects.toMatchObject({
    code: 'NoSuchJob',
  })
  const asked = { selection: whole(), target: { kind: 'none' } } as const
  await expect(bench.system.batch.create(elsewhere, asked, ORIGIN)).rejects.toMatchObject({
    code: 'NoSuchBucket',
  })
  expect((await bench.system.batch.list(elsewhere, { limit: 10 }, ORIGIN)).jobs).toEqual([])
})

// ---- several, and restarts

test('of a project one job runs at a time, in the order of their confirmation', async () => {
  await put('a/', 40, AES)
  const throttle = { objectsPerSecond: 30 }
  const [one, two] = [await bench.newKey(), await bench.newKey()]
  const first = await confirmed({ selection: whole(), target: managed(one), throttle })
  await untilState(bench, first, 'Active')
  const second = await confirmed({ selection: whole(), target: managed(two) })
  expect((await bench.system.batch.get(bench.owner, second, ORIGIN)).job.state).toBe('Ready')
  const ends = [await done(first), await done(second)].map(({ job }) => job)
  expect(ends[1]!.startedAt).toBeGreaterThanOrEqual(ends[0]!.finishedAt!)
  expect(await keysUnder(two)).toHaveLength(40)
})

test('a clean stop ends the window; the next start goes on, and so do plans', async () => {
  const to = await bench.newKey()
  await put('a/', 80, AES)
  const throttle = { objectsPerSecond: 40 }
  const jobId = await confirmed({ selection: whole(), target: managed(to), throttle })
  await untilState(bench, jobId, 'Active')
  await sleep(300)
  const plan = await bench.system.batch.create(bench.owner, { selection: whole(), target: AES }, ORIGIN)
  await bench.system.close()
  bench = await openBatchBench(folder, { COFFER_SCRUB_DAYS: '0' })
  await bench.system.batch.setThrottle(bench.owner, jobId, {}, ORIGIN)
  expect((await done(jobId)).job).toMatchObject({ state: 'Complete', progress: { rewrapped: 80, failed: 0 } })
  expect((await untilState(bench, plan.job.jobId, 'Suspended')).job.plan?.total.objects).toBe(80)
})

test('what is done to a job is in the audit log, and how it ended', async () => {
  await put('a/', 1, AES)
  const { job } = await ran({ kind: 'none' })
  const acts = async () => {
    const { records } = await bench.system.auditReading.search(
      bench.owner,
      { action: 'coffer:' },
      { limit: 50 },
      ORIGIN,
    )
    return records
      .filter(({ details, requestId }) => details['job'] === job.jobId || requestId === job.jobId)
      .map(({ action, details, result }) => [action, details['action'] ?? details['state'] ?? '', result])
      .reverse()
  }
  // The record of its end is written after the job has its state.
  await expect.poll(acts).toEqual([
    ['coffer:CreateJob', '', 'Success'],
    ['coffer:UpdateJob', 'confirm', 'Success'],
    ['coffer:RunJob', 'Complete', 'Success'],
  ])
})

test('a job’s uses of keys are in the audit log under its id, its objects in its results', async () => {
  await put('a/', 3, AES)
  const { job } = await ran(managed(await bench.newKey()))
  await bench.system.audit.flush()
  const { records } = await bench.system.auditReading.search(bench.owner, {}, { limit: 100 }, ORIGIN)
  const actions = records
    .filter(({ requestId, action }) => requestId === job.jobId && !action.startsWith('coffer:'))
    .map(({ action, result, objectKey }) => `${action} ${result} ${objectKey}`)
  const uses = ['kms:ReEncryptFrom', 'kms:ReEncryptTo']
  expect(actions.sort()).toEqual(
    uses.flatMap((use) => [0, 1, 2].map((each) => `${use} Success a/000000${each}`)),
  )
})
