import { isStoreError, type ErrorCode } from '../errors.ts'
import { reportEnd } from './job-events.ts'
import type { BatchDeps } from './deps.ts'
import { JobControl } from './job-control.ts'
import { UNFINISHED } from './job-states.ts'
import type { Job, Throttle } from './model.ts'
import { FIRST_RATES } from './plan.ts'
import { prepareJob } from './prepare-job.ts'
import { RateMeter } from './rate-meter.ts'
import { runJob, type RunEnd } from './run-job.ts'

/** A clean stop waits so long for the window at hand; then the rewriting of a large object is given up, to begin anew. */
const STOP_GRACE_MS = 5000
/** When not even a job's row could be written, it is tried again after this. */
const AFTER_FAULT_MS = 10_000

interface Running {
  job: Job
  control: JobControl
  rates: RateMeter
  done: Promise<void>
}

/**
 * Runs jobs: all plans at once, and of each project one job at a time, in the order in which they were confirmed. What
 * a job's row says is the truth; this only follows it, so after any end of the process everything goes on from there.
 */
export class BatchEngine {
  readonly #deps: BatchDeps
  readonly #running = new Map<string, Running>()
  #looking: Promise<void> = Promise.resolve()
  #closed = false

  constructor(deps: BatchDeps) {
    this.#deps = deps
  }

  /** Takes up what an earlier process left, and from then on whatever it is told of. */
  async start(): Promise<void> {
    await this.#settleLeftovers()
    await this.look()
  }

  /** Something changed: a job was made, confirmed, resumed or ended. */
  look(): Promise<void> {
    this.#looking = this.#looking.then(() => this.#startWhatMay()).catch(report)
    return this.#looking
  }

  /** Lets a job end its window and follow its row's state. */
  stop(jobId: string): void {
    this.#running.get(jobId)?.control.stop()
  }

  throttle(jobId: string, throttle: Throttle): void {
    this.#running.get(jobId)?.control.throttle(throttle)
  }

  /** Of a job that runs now. */
  rates(jobId: string): { objectsPerSecond: number; bytesPerSecond: number } | undefined {
    return this.#running.get(jobId)?.rates.shown()
  }

  /** Windows at hand are ended; their jobs stay Active and go on at the next start. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#looking
    const running = [...this.#running.values()]
    for (const { control } of running) control.stop()
    const timer = setTimeout(() => running.forEach(({ control }) => control.abort()), STOP_GRACE_MS)
    await Promise.all(running.map(({ done }) => done))
    clearTimeout(timer)
  }

  /** Of jobs that were told to pause or end when the process died. */
  async #settleLeftovers(): Promise<void> {
    for (const { jobId } of await this.#deps.repository.inStates(['Pausing', 'Cancelling']))
      await this.#followRow(jobId)
  }

  async #startWhatMay(): Promise<void> {
    if (this.#closed) return
    const jobs = await this.#deps.repository.inStates(UNFINISHED)
    const busy = new Set<string>()
    for (const { job } of this.#running.values()) if (job.state !== 'Preparing') busy.add(job.projectId)
    // Those that were at it when the process ended come before those that wait.
    const order = [
      ...jobs.filter(({ state }) => state === 'Active'),
      ...jobs.filter(({ state }) => state === 'Ready'),
    ]
    for (const job of jobs)
      if (job.state === 'Preparing' && !this.#running.has(job.jobId)) this.#begin(job, this.#prepare)
    for (const job of order) {
      if (busy.has(job.projectId) || this.#running.has(job.jobId)) continue
      busy.add(job.projectId)
      this.#begin(await this.#activated(job), this.#run)
    }
  }

  #activated({ jobId }: Job): Promise<Job> {
    return this.#deps.repository.change(jobId, ({ state, startedAt }) =>
      state === 'Ready'
        ? { state: 'Active', ...(startedAt === undefined && { startedAt: this.#deps.now() }) }
        : undefined,
    )
  }

  #begin(job: Job, work: (running: Running) => Promise<void>): void {
    const rates = new RateMeter(() => performance.now())
    const running: Running = { job, control: new JobControl(), rates, done: Promise.resolve() }
    this.#running.set(job.jobId, running)
    running.done = work.call(this, running).then(
      () => this.#ended(job.jobId, 0),
      (error: unknown) => {
        report(error)
        this.#ended(job.jobId, AFTER_FAULT_MS)
      },
    )
  }

  #ended(jobId: string, lookAfterMs: number): void {
    this.#running.delete(jobId)
    if (lookAfterMs === 0) void this.look()
    else setTimeout(() => void this.look(), lookAfterMs).unref()
  }

  async #prepare({ job, control }: Running): Promise<void> {
    try {
      const plan = await prepareJob(this.#deps, job, control)
      if (plan === undefined) return
      await this.#deps.repository.change(job.jobId, ({ state }) =>
        state === 'Preparing' ? { plan, state: 'Suspended' } : undefined,
      )
    } catch (error) {
      // Discarded while it counted.
      if (codeOf(error) === 'NoSuchJob') return
      await this.#end(job, { kind: 'failed', reason: codeOf(error) })
    }
  }

  async #run({ job, control, rates }: Running): Promise<void> {
    if (job.state !== 'Active') return
    const end = await runJob(this.#deps, job, control, rates).catch((error: unknown): RunEnd => {
      report(error)
      return { kind: 'halted', reason: codeOf(error) }
    })
    await this.#end(job, end)
    const { repository } = this.#deps
    await repository.saveRates(rates.learned((await repository.rates()) ?? FIRST_RATES))
  }

  async #end(job: Job, end: RunEnd): Promise<void> {
    if (end.kind === 'stopped') return this.#followRow(job.jobId)
    const now = this.#deps.now()
    const ended = await this.#deps.repository.change(job.jobId, ({ state }) => {
      if (state === 'Cancelling') return { state: 'Cancelled', finishedAt: now }
      switch (end.kind) {
        case 'done':
          return { state: 'Complete', finishedAt: now }
        case 'halted':
          return { state: 'Paused', reason: end.reason }
        case 'failed':
          return { state: 'Failed', reason: end.reason, finishedAt: now }
      }
    })
    await reportEnd(this.#deps, ended)
  }

  /** The window has ended; what its row asked for is done now. */
  async #followRow(jobId: string): Promise<void> {
    const { repository, now } = this.#deps
    const found = await repository.find(jobId)
    if (found === undefined) return
    const job = await repository.change(jobId, ({ state }) => {
      if (state === 'Pausing') return { state: 'Paused' }
      return state === 'Cancelling' ? { state: 'Cancelled', finishedAt: now() } : undefined
    })
    if (job.state === 'Cancelled' || job.state === 'Paused') await reportEnd(this.#deps, job)
  }
}

function codeOf(error: unknown): ErrorCode {
  return isStoreError(error) ? error.code : 'InternalError'
}

/** Without its message, which may quote what must not be logged. */
function report(error: unknown): void {
  const known = error instanceof Error ? error : new Error()
  console.error(
    JSON.stringify({ level: 'error', event: 'batch-failed', errorName: known.name, stack: stackOf(known) }),
  )
}

/** Places of the code only. */
function stackOf({ stack = '' }: Error): string[] {
  return stack.split('\n').filter((line) => line.trimStart().startsWith('at '))
}
