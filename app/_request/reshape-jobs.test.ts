import { expect, test } from 'vitest'
import type { JobView } from '@/lib/batch/jobs'
import type { Job } from '@/lib/batch/model'
import { createJobSchema, jobResultSchema, jobSchema } from '@/lib/console/schemas-jobs'
import { askedJob, jobJson, jobResultJson } from './reshape-jobs'

const NAMES = new Map([['id-1', 'photos']])
const AMOUNT = { objects: 10, bytes: 100 }

function view(job: Partial<Job>, rest: Partial<JobView> = {}): JobView {
  return {
    job: {
      jobId: 'j',
      projectId: 'p',
      userId: 'u',
      undoOf: undefined,
      state: 'Active',
      reason: undefined,
      selection: { kind: 'filter', filter: { bucketId: 'id-1' } },
      target: { kind: 'none' },
      plan: {
        complete: true,
        total: AMOUNT,
        unchanged: AMOUNT,
        rewrapped: AMOUNT,
        rewritten: AMOUNT,
        cannot: { locked: AMOUNT },
        keyServiceCalls: 3,
      },
      throttle: { objectsPerSecond: undefined, bytesPerSecond: undefined },
      createdAt: 1,
      confirmedAt: undefined,
      startedAt: undefined,
      finishedAt: undefined,
      resultsPruned: false,
      progress: {
        attempt: 1,
        cursor: undefined,
        unchanged: 1,
        rewrapped: 2,
        rewritten: 0,
        failed: 1,
        bytes: 40,
      },
      ...job,
    },
    madeBy: 'Ada',
    bucketNames: NAMES,
    actions: ['pause'],
    throttleable: true,
    estimatedSeconds: 2,
    measured: false,
    rates: undefined,
    resultsUntil: undefined,
    undoable: 0,
    undoneBy: [],
    ...rest,
  }
}

test.each<[string, Partial<Job>, object]>([
  ['a whole bucket', {}, { selection: { kind: 'filter', bucket: 'photos' } }],
  [
    'a filter of a bucket that is gone',
    {
      selection: {
        kind: 'filter',
        filter: { bucketId: 'id-2', modes: ['none'], tag: { key: 'k', value: undefined } },
      },
    },
    { selection: { kind: 'filter', bucket: 'id-2', modes: ['none'], tag: { key: 'k' } } },
  ],
  [
    'many keys',
    {
      selection: {
        kind: 'keys',
        bucketId: 'id-1',
        keys: Array.from({ length: 50 }, (_, at) => `k${at}`),
        prefixes: ['f/'],
      },
    },
    {
      selection: {
        kind: 'keys',
        count: 50,
        keys: expect.objectContaining({ length: 10 }) as unknown,
        prefixes: ['f/'],
      },
    },
  ],
  [
    'a key after its rotation',
    {
      selection: { kind: 'key', keyId: 'k', keyVersionBelow: 2, bucketIds: [] },
      target: { kind: 'newest-version' },
    },
    { selection: { kind: 'key', keyId: 'k', olderVersionsOnly: true }, target: { kind: 'newest-version' } },
  ],
  [
    'an undo',
    { selection: { kind: 'undo', jobId: 'i' }, target: { kind: 'previous' }, reason: 'StorageFull' },
    { selection: { kind: 'undo', of: 'i' }, target: { kind: 'previous' }, reason: 'StorageFull' },
  ],
  [
    'to a key',
    { target: { kind: 'managed-key', suite: 'SM4', keyRef: 'k', context: { a: 'b' } } },
    { target: { kind: 'managed-key', suite: 'SM4', keyId: 'k', context: { a: 'b' } } },
  ],
])('%s is told as the contract has it', (_name, job, expected) => {
  const json = jobJson(view(job))
  expect(jobSchema.parse(json)).toEqual(json)
  expect(json).toMatchObject({
    ...expected,
    progress: { done: 4, total: 10 },
    plan: { cannot: [{ reason: 'locked', ...AMOUNT }] },
  })
})

test('what remains goes by objects where data keys are wrapped, by bytes where data is written', () => {
  const rates = { objectsPerSecond: 2, bytesPerSecond: 10 }
  expect(jobJson(view({}, { rates })).progress.remainingSeconds).toBe(3)
  const { plan } = view({}).job
  const written = view({ plan: { ...plan!, rewrapped: { objects: 0, bytes: 0 } } }, { rates })
  expect(jobJson(written).progress.remainingSeconds).toBe(6)
})

test('a result is told without what it lacks', () => {
  const result = {
    bucketId: 'id-1',
    key: 'k',
    versionId: 'null',
    size: 1,
    at: 2,
    outcome: 'rewritten',
    before: { mode: 'none' },
  } as const
  const json = jobResultJson(result, NAMES)
  expect(jobResultSchema.parse(json)).toEqual(json)
  expect(json).toEqual({
    bucket: 'photos',
    key: 'k',
    versionId: 'null',
    size: 1,
    at: 2,
    outcome: 'rewritten',
    before: { mode: 'none' },
  })
})

test('a filter of the console is one of the jobs', () => {
  const asked = createJobSchema.parse({
    selection: { kind: 'filter', bucket: 'b', prefix: 'f/', minSize: 3 },
    target: { kind: 'none' },
  })
  expect(askedJob(asked).selection).toEqual({
    kind: 'filter',
    bucket: 'b',
    filter: { prefix: 'f/', minSize: 3 },
  })
})
