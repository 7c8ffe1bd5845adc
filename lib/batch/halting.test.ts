import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { StoreError, type ErrorCode } from '../errors.ts'
import type { Store } from '../store/operations.ts'
import { caller, openBench, put, type Bench } from '../store/store.test-support.ts'
import type { MemberCaller } from './deps.ts'
import { createBatchJobs } from './jobs-service.ts'
import type { BatchJobs, JobView } from './jobs.ts'
import type { JobState } from './model.ts'

const ORIGIN = { requestId: 'r', remoteAddress: undefined, secure: true }
const WHOLE_BUCKET = 30
const AES = { kind: 'service-key', suite: 'AES256' } as const

let bench: Bench
let batch: BatchJobs
/** What goes wrong with objects from now on, and how often. */
let fault: { code: ErrorCode; left: number } | undefined
const owner = (): MemberCaller => caller(bench.projectId) as MemberCaller

beforeEach(async () => {
  bench = await openBench()
  fault = undefined
  batch = createBatchJobs({
    ...bench.deps,
    repository: bench.database.batch,
    store: failing(bench.store),
    audit: {
      ...bench.audit,
      append: async () => undefined,
      record: () => undefined,
      flush: async () => undefined,
    },
    callerFor: async () => owner(),
    nameOf: async () => undefined,
  })
  for (let at = 0; at < WHOLE_BUCKET; at++)
    await put(bench, `k${String(at).padStart(2, '0')}`, Buffer.from('content'), { encryption: AES })
})
afterEach(async () => {
  await batch.close()
  await bench.dispose()
})

/** The store as it is, but for the faults that a test asks for. */
function failing(store: Store): Store {
  return {
    run: (operation, ...rest) => {
      if (operation.name === 'ModifyEncryption' && fault !== undefined && fault.left-- > 0)
        return Promise.reject(new StoreError(fault.code, 'A fault'))
      return store.run(operation, ...rest)
    },
  }
}

async function until(jobId: string, ...states: JobState[]): Promise<JobView> {
  for (;;) {
    const view = await batch.get(owner(), jobId, ORIGIN)
    if (states.includes(view.job.state)) return view
    await sleep(5)
  }
}

async function confirmed(): Promise<string> {
  const asked = {
    selection: { kind: 'filter', bucket: bench.bucket, filter: {} },
    target: { kind: 'managed-key', suite: 'AES256' },
  } as const
  const { jobId } = (await batch.create(owner(), asked, ORIGIN)).job
  await until(jobId, 'Suspended')
  await batch.act(owner(), jobId, 'confirm', ORIGIN)
  return jobId
}

test.each<ErrorCode>(['StorageFull', 'KeyServiceUnavailable'])(
  '%s pauses the job instead of failing every object; resumed, it skips and repeats nothing',
  async (code) => {
    fault = { code, left: 5 }
    const jobId = await confirmed()
    const paused = await until(jobId, 'Paused')
    expect(paused.job).toMatchObject({ reason: code, progress: { failed: 0, rewrapped: WHOLE_BUCKET - 5 } })
    await batch.act(owner(), jobId, 'resume', ORIGIN)
    const { job } = await until(jobId, 'Complete', 'Failed')
    expect(job).toMatchObject({
      state: 'Complete',
      reason: undefined,
      progress: { rewrapped: WHOLE_BUCKET, failed: 0 },
    })
  },
)

test('somebody else at the same object: it is looked at again, and counts once', async () => {
  fault = { code: 'ConditionalRequestConflict', left: 2 }
  const { job } = await until(await confirmed(), 'Complete')
  expect(job.progress).toMatchObject({ rewrapped: WHOLE_BUCKET, failed: 0 })
})

test('an object that fails keeps none of the others', async () => {
  fault = { code: 'ObjectCorrupt', left: 3 }
  const jobId = await confirmed()
  const { job } = await until(jobId, 'Complete')
  expect(job.progress).toMatchObject({ rewrapped: WHOLE_BUCKET - 3, failed: 3 })
  const { results } = await batch.results(owner(), jobId, { outcome: 'failed', limit: 10 }, ORIGIN)
  expect(results.map(({ error }) => error)).toEqual(['ObjectCorrupt', 'ObjectCorrupt', 'ObjectCorrupt'])
})
