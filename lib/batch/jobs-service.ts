import { randomUUID } from 'node:crypto'
import { Acts, type ActOrigin } from '../accounts/acts.ts'
import { StoreError } from '../errors.ts'
import { jobArn, projectArn } from '../policy/resources.ts'
import { resolvedSelection, resolvedTarget } from './asked-job.ts'
import type { JobChange } from './batch-repository.ts'
import type { BatchDeps, MemberCaller } from './deps.ts'
import { BatchEngine } from './engine.ts'
import { nextState, requireAction, type JobAction } from './job-states.ts'
import { JobViews } from './job-views.ts'
import type { AskedJob, BatchJobs, JobView } from './jobs.ts'
import type { Job, NewJob, Throttle } from './model.ts'
import { csvReport } from './report.ts'
import { pruneJobs } from './retention.ts'

export function createBatchJobs(deps: BatchDeps): BatchJobs {
  return new BatchJobsService(deps)
}

class BatchJobsService implements BatchJobs {
  readonly #deps: BatchDeps
  readonly #engine: BatchEngine
  readonly #acts: Acts
  readonly #views: JobViews

  constructor(deps: BatchDeps) {
    this.#deps = deps
    this.#engine = new BatchEngine(deps)
    this.#acts = new Acts(deps.audit, deps.now)
    this.#views = new JobViews(deps, this.#engine, this.#acts)
  }

  start(): Promise<void> {
    return this.#engine.start()
  }

  close(): Promise<void> {
    return this.#engine.close()
  }

  prune(): Promise<void> {
    return pruneJobs(this.#deps)
  }

  create(caller: MemberCaller, asked: AskedJob, origin: ActOrigin): Promise<JobView> {
    const { selection: wanted, target } = asked
    const details = { selection: wanted.kind, target: target.kind }
    return this.#make(caller, origin, details, async () => {
      const asker = { caller, context: { ...origin, ...remote(origin), signal: NEVER } }
      return {
        undoOf: undefined,
        selection: await resolvedSelection(this.#deps, asker, wanted),
        target: await resolvedTarget(this.#deps, caller.projectId, target),
        throttle: asked.throttle ?? {},
      }
    })
  }

  undo(caller: MemberCaller, jobId: string, origin: ActOrigin): Promise<JobView> {
    return this.#make(caller, origin, { selection: 'undo', of: jobId }, async () => {
      const job = await this.#find(caller, jobId)
      this.#requireMine(caller, job, origin)
      const { finishedAt, progress, resultsPruned } = job
      if (finishedAt === undefined) throw refused('not-ended')
      if (resultsPruned || progress.rewrapped === 0) throw refused('nothing-to-undo')
      const selection = { kind: 'undo', jobId } as const
      return { undoOf: jobId, selection, target: { kind: 'previous' }, throttle: job.throttle }
    })
  }

  async list(
    caller: MemberCaller,
    { before, limit }: { before?: string | undefined; limit: number },
    origin: ActOrigin,
  ): Promise<{ jobs: JobView[]; next: string | undefined }> {
    this.#acts.check(caller, 'coffer:ListJobs', projectArn(caller.account), origin)
    const found = await this.#deps.repository.list(caller.projectId, before, limit + 1)
    const jobs = found.slice(0, limit)
    const next = found.length > limit ? jobs.at(-1)?.jobId : undefined
    return { jobs: await this.#views.of(caller, jobs, origin), next }
  }

  async get(caller: MemberCaller, jobId: string, origin: ActOrigin): Promise<JobView> {
    return this.#view(caller, await this.#seen(caller, jobId, origin), origin)
  }

  async act(
    caller: MemberCaller,
    jobId: string,
    action: JobAction,
    origin: ActOrigin,
  ): Promise<JobView | undefined> {
    const job = await this.#changed(caller, jobId, origin, { job: jobId, action }, () =>
      action === 'discard' ? this.#discard(jobId) : this.#step(jobId, action),
    )
    return job && this.#view(caller, job, origin)
  }

  async setThrottle(
    caller: MemberCaller,
    jobId: string,
    throttle: Throttle,
    origin: ActOrigin,
  ): Promise<JobView> {
    const { objectsPerSecond = 0, bytesPerSecond = 0 } = throttle
    const details = { job: jobId, action: 'throttle', objectsPerSecond, bytesPerSecond }
    const job = await this.#changed(caller, jobId, origin, details, () =>
      this.#deps.repository.change(jobId, () => ({ throttle })),
    )
    this.#engine.throttle(jobId, throttle)
    return this.#view(caller, job, origin)
  }

  async results(...[caller, jobId, query, origin]: Parameters<BatchJobs['results']>) {
    await this.#seen(caller, jobId, origin)
    const { outcome, after, limit } = query
    const page = await this.#deps.repository.results(jobId, { outcome, after, limit })
    return { ...page, bucketNames: await this.#views.bucketNames(caller.projectId) }
  }

  async report(caller: MemberCaller, jobId: string, origin: ActOrigin): Promise<AsyncIterable<Buffer>> {
    const job = await this.#seen(caller, jobId, origin)
    const names = await this.#views.bucketNames(caller.projectId)
    return csvReport(this.#deps.repository, job, (bucketId) => names.get(bucketId) ?? bucketId)
  }

  /** Makes the job and begins to count. */
  async #make(
    caller: MemberCaller,
    origin: ActOrigin,
    details: Record<string, string>,
    asked: () => Promise<Pick<NewJob, 'undoOf' | 'selection' | 'target' | 'throttle'>>,
  ): Promise<JobView> {
    const jobId = randomUUID()
    const act = {
      action: 'coffer:CreateJob',
      resource: jobArn(caller.account, jobId),
      details: { job: jobId, ...details },
    } as const
    await this.#acts.perform(caller, act, origin, async () => {
      const { userId, projectId } = caller
      const { repository, now } = this.#deps
      await repository.insert({ jobId, projectId, userId, createdAt: now(), ...(await asked()) })
    })
    await this.#engine.look()
    return this.#view(caller, await this.#find(caller, jobId), origin)
  }

  /** Checks, does and reports what somebody does to a job. */
  #changed<T>(
    caller: MemberCaller,
    jobId: string,
    origin: ActOrigin,
    details: Record<string, string | number>,
    work: () => Promise<T>,
  ): Promise<T> {
    const act = { action: 'coffer:UpdateJob', resource: jobArn(caller.account, jobId), details } as const
    return this.#acts.perform(caller, act, origin, async () => {
      this.#requireMine(caller, await this.#find(caller, jobId), origin)
      return work()
    })
  }

  async #step(jobId: string, action: Exclude<JobAction, 'discard'>): Promise<Job> {
    const { repository, now } = this.#deps
    const job = await repository.change(jobId, (before) => stepOf(before, action, now()))
    if (action === 'pause' || action === 'cancel') this.#engine.stop(jobId)
    await this.#engine.look()
    return (await repository.find(jobId)) ?? job
  }

  async #discard(jobId: string): Promise<undefined> {
    this.#engine.stop(jobId)
    await this.#deps.repository.remove(jobId, (job) => requireAction(job, 'discard'))
  }

  async #find({ projectId }: MemberCaller, jobId: string): Promise<Job> {
    const job = await this.#deps.repository.find(jobId)
    if (job?.projectId !== projectId)
      throw new StoreError('NoSuchJob', 'There is no such job in the project', { jobId })
    return job
  }

  #seen(caller: MemberCaller, jobId: string, origin: ActOrigin): Promise<Job> {
    this.#acts.check(caller, 'coffer:GetJob', jobArn(caller.account, jobId), origin)
    return this.#find(caller, jobId)
  }

  #requireMine(caller: MemberCaller, { jobId, userId }: Job, origin: ActOrigin): void {
    if (userId !== caller.userId)
      this.#acts.check(caller, 'coffer:UpdateAnyJob', jobArn(caller.account, jobId), origin)
  }

  async #view(caller: MemberCaller, job: Job, origin: ActOrigin): Promise<JobView> {
    return (await this.#views.of(caller, [job], origin))[0]!
  }
}

/** Nobody gives up a request of the console's own. */
const NEVER = new AbortController().signal

function remote({ remoteAddress }: ActOrigin): { remoteAddress?: string } {
  return remoteAddress === undefined ? {} : { remoteAddress }
}

function stepOf(job: Job, action: Exclude<JobAction, 'discard'>, now: number): JobChange {
  const state = nextState(job, action)
  switch (action) {
    case 'confirm':
      return { state, confirmedAt: now }
    case 'pause':
      return { state }
    case 'resume':
      return { state, reason: null }
    case 'cancel':
      return state === 'Cancelled' ? { state, finishedAt: now } : { state }
    case 'retry-failed':
      return { state, reason: null, finishedAt: null, cursor: null, attempt: job.progress.attempt + 1 }
  }
}

function refused(reason: string): StoreError {
  return new StoreError('InvalidRequest', 'The job cannot be undone', { reason })
}
