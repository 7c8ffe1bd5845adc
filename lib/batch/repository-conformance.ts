import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { BatchRepository, ResultQuery } from './batch-repository.ts'
import type { JobResult, NewJob, ResultPlace } from './model.ts'

const SELECTION = { kind: 'keys', bucketId: 'b', keys: ['k'], prefixes: [] } as const

export interface BatchRepositoryHarness {
  repository: BatchRepository
  newProject(): Promise<string>
}

/** What every database that keeps batch jobs must do. */
export function batchRepositoryConformance(name: string, harness: () => BatchRepositoryHarness): void {
  const repository = (): BatchRepository => harness().repository

  async function newJob(changes: Partial<NewJob> = {}): Promise<NewJob> {
    const job: NewJob = {
      jobId: randomUUID(),
      projectId: changes.projectId ?? (await harness().newProject()),
      userId: 'u',
      undoOf: undefined,
      selection: SELECTION,
      target: { kind: 'managed-key', suite: 'SM4', keyRef: 'key', context: { a: 'ü' } },
      throttle: {},
      createdAt: 1000,
      ...changes,
    }
    await repository().insert(job)
    return job
  }

  function result(key: string, changes: Partial<JobResult> = {}): JobResult {
    const before = { mode: 'service-key', suite: 'AES256', keyVersion: 3 } as const
    return {
      bucketId: 'b',
      key,
      versionId: 'null',
      outcome: 'rewrapped',
      size: 10,
      before,
      at: 5,
      ...changes,
    }
  }

  async function all(jobId: string, query: Partial<ResultQuery> = {}): Promise<JobResult[]> {
    const found: JobResult[] = []
    for (let after: ResultPlace | undefined; ;) {
      const page = await repository().results(jobId, { after, limit: 3, ...query })
      found.push(...page.results)
      if (page.next === undefined) return found
      after = page.next
    }
  }

  describe(`${name}: jobs`, () => {
    test('a job is found as it was made, and nothing is done yet', async () => {
      const job = await newJob({ throttle: { bytesPerSecond: 7 }, undoOf: 'another' })
      expect(await repository().find(job.jobId)).toEqual({
        ...job,
        throttle: { objectsPerSecond: undefined, bytesPerSecond: 7 },
        state: 'Preparing',
        reason: undefined,
        plan: undefined,
        confirmedAt: undefined,
        startedAt: undefined,
        finishedAt: undefined,
        resultsPruned: false,
        progress: {
          attempt: 1,
          cursor: undefined,
          unchanged: 0,
          rewrapped: 0,
          rewritten: 0,
          failed: 0,
          bytes: 0,
        },
      })
      expect(await repository().find('no such job')).toBeUndefined()
      expect(await repository().undoneBy('another')).toEqual([job.jobId])
    })

    test('a change is decided on the job as it is, and what it does not name stays', async () => {
      const { jobId } = await newJob()
      const { change } = repository()
      await change(jobId, () => ({ state: 'Active', reason: 'StorageFull', startedAt: 5, finishedAt: 6 }))
      await change(jobId, () => ({ cursor: { stretch: 1, after: 'ü/k' }, attempt: 2 }))
      await change(jobId, ({ state }) =>
        state === 'Active' ? { throttle: { objectsPerSecond: 3 } } : undefined,
      )
      const after = await repository().find(jobId)
      expect(after).toMatchObject({
        state: 'Active',
        reason: 'StorageFull',
        startedAt: 5,
        finishedAt: 6,
        throttle: { objectsPerSecond: 3 },
        progress: { cursor: { stretch: 1, after: 'ü/k' }, attempt: 2 },
      })
      expect(await change(jobId, () => undefined)).toEqual(after)
      expect(await change(jobId, () => ({ reason: null, finishedAt: null, cursor: null }))).toMatchObject({
        reason: undefined,
        finishedAt: undefined,
        progress: { cursor: undefined },
      })
    })

    test('who refuses within a change changes nothing', async () => {
      const { jobId } = await newJob()
      const refuse = (): never => {
        throw new RangeError('no')
      }
      await expect(repository().change(jobId, refuse)).rejects.toThrow(RangeError)
      await expect(repository().remove(jobId, refuse)).rejects.toThrow(RangeError)
      expect(await repository().find(jobId)).toMatchObject({ state: 'Preparing' })
      await expect(repository().change('gone', () => ({}))).rejects.toMatchObject({ code: 'NoSuchJob' })
      await repository().remove(jobId, () => undefined)
      expect(await repository().find(jobId)).toBeUndefined()
    })

    test('the list is of one project, newest first, page by page', async () => {
      const projectId = await harness().newProject()
      const jobs: NewJob[] = []
      for (const createdAt of [1, 2, 2, 3]) jobs.push(await newJob({ projectId, createdAt }))
      await newJob({ createdAt: 9 })
      const listed: string[] = []
      for (let before: string | undefined; ;) {
        const page = await repository().list(projectId, before, 2)
        listed.push(...page.map(({ jobId }) => jobId))
        if (page.length < 2) break
        before = page.at(-1)!.jobId
      }
      const newestFirst = jobs.sort((a, b) => b.createdAt - a.createdAt || (a.jobId < b.jobId ? 1 : -1))
      expect(listed).toEqual(newestFirst.map(({ jobId }) => jobId))
    })

    test('jobs in a state come in the order of their confirmation', async () => {
      const [one, two, three] = [await newJob(), await newJob(), await newJob()]
      const ready = (job: NewJob, confirmedAt: number) =>
        repository().change(job.jobId, () => ({ state: 'Ready', confirmedAt }))
      await ready(two, 1)
      await ready(one, 2)
      const mine = new Set([one.jobId, two.jobId, three.jobId])
      const found = (await repository().inStates(['Preparing', 'Ready'])).filter(({ jobId }) =>
        mine.has(jobId),
      )
      expect(found.map(({ jobId }) => jobId)).toEqual([two.jobId, one.jobId, three.jobId])
    })
  })

  describe(`${name}: results`, () => {
    test('a result moves the counters; the first of a version stands', async () => {
      const { jobId } = await newJob()
      await repository().addResults(jobId, [
        result('a'),
        result('b', { outcome: 'failed', error: 'KeyDisabled' }),
      ])
      await repository().addResults(jobId, [
        result('a', { outcome: 'failed', error: 'NoSuchKey' }),
        result('c', { size: 5 }),
      ])
      expect((await repository().find(jobId))?.progress).toMatchObject({ rewrapped: 2, failed: 1, bytes: 25 })
      expect((await all(jobId)).map(({ key, outcome, error }) => [key, outcome, error])).toEqual([
        ['a', 'rewrapped', undefined],
        ['b', 'failed', 'KeyDisabled'],
        ['c', 'rewrapped', undefined],
      ])
    })

    test('how it was encrypted is kept, whatever it was', async () => {
      const { jobId } = await newJob()
      const befores: JobResult['before'][] = [
        { mode: 'none' },
        { mode: 'service-key', suite: 'SM4', keyVersion: 0 },
        { mode: 'customer-key', suite: 'AES256' },
        {
          mode: 'managed-key',
          suite: 'AES256',
          keyId: 'k',
          keyVersion: 2,
          context: { ü: '' },
          bucketKeyEnabled: true,
        },
      ]
      await repository().addResults(
        jobId,
        befores.map((before, at) => result(`k${at}`, { before })),
      )
      expect((await all(jobId)).map(({ before }) => before)).toEqual(befores)
    })

    test('another attempt replaces what failed, once, and the counters follow', async () => {
      const { jobId } = await newJob()
      const failed = { outcome: 'failed', error: 'KeyDisabled' } as const
      await repository().addResults(jobId, [result('a', failed), result('b', failed), result('c')])
      await repository().change(jobId, () => ({ attempt: 2 }))
      expect((await all(jobId, { outcome: 'failed', attemptBelow: 2 })).map(({ key }) => key)).toEqual([
        'a',
        'b',
      ])
      await repository().addResults(jobId, [
        result('a'),
        result('b', { ...failed, error: 'AccessDenied' }),
        result('c'),
      ])
      await repository().addResults(jobId, [result('b')])
      expect((await repository().find(jobId))?.progress).toMatchObject({ rewrapped: 2, failed: 1, bytes: 30 })
      expect(await all(jobId, { outcome: 'failed', attemptBelow: 2 })).toEqual([])
      expect((await all(jobId, { outcome: 'failed' })).map(({ error }) => error)).toEqual(['AccessDenied'])
    })

    test('which have a result that stands, in the order asked', async () => {
      const { jobId } = await newJob()
      const { jobId: other } = await newJob()
      await repository().addResults(jobId, [
        result('a'),
        result('f', { outcome: 'failed', error: 'NoSuchKey' }),
      ])
      await repository().addResults(other, [result('x')])
      const places = ['x', 'a', 'f'].map((key) => ({ bucketId: 'b', key, versionId: 'null' }))
      expect(await repository().settled(jobId, places)).toEqual(new Set([1, 2]))
      expect((await repository().resultsAt(jobId, places)).map((found) => found?.key)).toEqual([
        undefined,
        'a',
        'f',
      ])
      await repository().change(jobId, () => ({ attempt: 2 }))
      expect(await repository().settled(jobId, places)).toEqual(new Set([1]))
      expect(await repository().settled('gone', places)).toEqual(new Set())
    })

    test('pages of an outcome lack nothing and repeat nothing, however rare it is', async () => {
      const { jobId } = await newJob()
      const many = Array.from({ length: 50 }, (_, at) =>
        result(`k${String(at).padStart(2, '0')}`, at % 17 === 0 ? { outcome: 'unchanged' } : {}),
      )
      await repository().addResults(jobId, many)
      await repository().addResults(jobId, [
        result('k00', { bucketId: 'c' }),
        result('k00', { versionId: 'v2' }),
      ])
      expect(await all(jobId)).toHaveLength(52)
      expect((await all(jobId, { outcome: 'unchanged' })).map(({ key }) => key)).toEqual([
        'k00',
        'k17',
        'k34',
      ])
      expect(await all(jobId, { outcome: 'rewrapped' })).toHaveLength(49)
    })

    test('results go when their time is over, piece by piece, and the job stays', async () => {
      const { jobId } = await newJob()
      await repository().addResults(jobId, [result('a'), result('b'), result('c')])
      expect(await repository().pruneResults(100, 2)).toBe(false)
      await repository().change(jobId, () => ({ state: 'Complete', finishedAt: 50 }))
      expect(await repository().pruneResults(50, 2)).toBe(false)
      const undo = await newJob({ undoOf: jobId })
      expect(await repository().pruneResults(51, 2)).toBe(false)
      await repository().change(undo.jobId, () => ({ finishedAt: 1 }))
      expect(await repository().pruneResults(51, 2)).toBe(true)
      expect(await all(jobId)).toHaveLength(1)
      while (await repository().pruneResults(51, 2));
      expect(await all(jobId)).toEqual([])
      expect(await repository().find(jobId)).toMatchObject({
        resultsPruned: true,
        progress: { rewrapped: 3 },
      })
    })

    test('plans that nobody confirmed go, and nothing else', async () => {
      const [old, young, running] = [await newJob(), await newJob({ createdAt: 3000 }), await newJob()]
      for (const { jobId } of [old, young]) await repository().change(jobId, () => ({ state: 'Suspended' }))
      await repository().change(running.jobId, () => ({ state: 'Active' }))
      expect(await repository().pruneUnconfirmed(2000)).toBe(1)
      expect(await repository().find(old.jobId)).toBeUndefined()
      expect(await repository().find(young.jobId)).toBeDefined()
      expect(await repository().find(running.jobId)).toBeDefined()
    })

    test('rates are remembered', async () => {
      const rates = { rewrapsPerSecond: 1.5, rewritesPerSecond: 2, rewrittenBytesPerSecond: 3 }
      expect(await repository().rates()).toBeUndefined()
      await repository().saveRates({ ...rates, rewritesPerSecond: 9 })
      await repository().saveRates(rates)
      expect(await repository().rates()).toEqual(rates)
    })
  })
}
