import { setImmediate as others } from 'node:timers/promises'
import { isStoreError, type ErrorCode } from '../errors.ts'
import { callerOf, jobContext } from './asker.ts'
import type { BatchDeps } from './deps.ts'
import type { JobControl } from './job-control.ts'
import type { Cursor, Job } from './model.ts'
import { ThrottleMeter, WindowSize } from './pace.ts'
import type { RateMeter } from './rate-meter.ts'
import { stride, type Item } from './walk.ts'
import { runWindow, type WindowJob } from './window.ts'

/** Objects looked up at once; windows are taken from them, and the cursor moves when all have a result. */
const STRIDE = 256
/** A member who loses his rights loses them here within this time. */
const ASK_AGAIN_MS = 250

/** How a run ended: all done, told to stop, or by what stopped it. */
export type RunEnd = { kind: 'done' } | { kind: 'stopped' } | { kind: 'halted' | 'failed'; reason: ErrorCode }

/**
 * Works a job off from its cursor. Each object's change and its result are one transaction, and the cursor moves only
 * past objects that have a result, so whatever moment the process dies at, no object is done twice or skipped.
 */
export async function runJob(
  deps: BatchDeps,
  job: Job,
  control: JobControl,
  rates: RateMeter,
): Promise<RunEnd> {
  const run = new Run(deps, job, control, rates)
  try {
    return await run.toTheEnd()
  } catch (error) {
    if (isStoreError(error)) return { kind: 'failed', reason: error.code }
    throw error
  } finally {
    run.close()
  }
}

class Run {
  readonly #deps: BatchDeps
  readonly #job: Job
  readonly #control: JobControl
  readonly #rates: RateMeter
  readonly #meter: ThrottleMeter
  readonly #size = new WindowSize()
  #halt: ErrorCode | undefined
  #asked: { at: number; window: WindowJob } | undefined

  constructor(deps: BatchDeps, job: Job, control: JobControl, rates: RateMeter) {
    this.#deps = deps
    this.#job = job
    this.#control = control
    this.#rates = rates
    this.#meter = new ThrottleMeter(job.throttle, () => performance.now())
  }

  close(): void {
    this.#size.stop()
  }

  async toTheEnd(): Promise<RunEnd> {
    let cursor: Cursor | undefined = this.#job.progress.cursor
    for (;;) {
      if (this.#control.stopping) return { kind: 'stopped' }
      const begun = performance.now()
      const { items, cursor: next } = await stride(this.#deps, this.#job, cursor, STRIDE)
      const open = await this.#withoutResult(items)
      if (!(await this.#workOff(open))) return this.#interrupted()
      if (next === undefined) return { kind: 'done' }
      cursor = next
      const activeMs = Math.round(performance.now() - begun)
      const { state } = await this.#deps.repository.change(this.#job.jobId, () => ({
        cursor: next,
        activeMs,
      }))
      if (state !== 'Active') return { kind: 'stopped' }
    }
  }

  /** What a stop broke off is no fault. */
  #interrupted(): RunEnd {
    const halt = this.#control.stopping ? undefined : this.#halt
    return halt === undefined ? { kind: 'stopped' } : { kind: 'halted', reason: halt }
  }

  /** True: all of them have a result. */
  async #workOff(items: readonly Item[]): Promise<boolean> {
    for (let done = 0; done < items.length;) {
      const window = items.slice(done, done + this.#meter.most(this.#size.size))
      if (!(await this.#admitted(window.length))) return false
      const asked = await this.#asker()
      const begun = performance.now()
      const outcome = await runWindow(this.#deps, asked, window)
      this.#rates.add({ objects: window.length, ms: performance.now() - begun, ...outcome })
      this.#meter.spend(window.length, outcome.rewrittenBytes)
      this.#halt = outcome.halt
      if (this.#halt !== undefined) return false
      done += window.length
      this.#size.adapt()
      // Requests that came meanwhile have their turn.
      await others()
    }
    return true
  }

  /** Waits until the throttle lets these pass; false: the job shall stop. */
  async #admitted(objects: number): Promise<boolean> {
    for (;;) {
      if (this.#control.stopping) return false
      const throttle = this.#control.takeThrottle()
      if (throttle !== undefined) this.#meter.set(throttle)
      const wait = this.#meter.waitMs(objects)
      if (wait <= 0) return true
      await this.#control.sleep(Math.min(wait, 1000))
    }
  }

  /** After a kill the window at hand is met again, and part of it has its result. */
  async #withoutResult(items: readonly Item[]): Promise<readonly Item[]> {
    if (this.#job.progress.attempt > 1) return items
    const places = items.map(({ bucketId, key, row }) => ({
      bucketId,
      key,
      versionId: row?.versionId ?? 'null',
    }))
    const settled = await this.#deps.repository.settled(this.#job.jobId, places)
    return settled.size === 0 ? items : items.filter((_item, at) => !settled.has(at))
  }

  /** Asked anew every moment: who lost his role changes nothing any more. @throws StoreError NoSuchProject | AccessDenied */
  async #asker(): Promise<WindowJob> {
    const now = performance.now()
    if (this.#asked !== undefined && now - this.#asked.at < ASK_AGAIN_MS) return this.#asked.window
    const { jobId, projectId } = this.#job
    const caller = await callerOf(this.#deps, this.#job)
    const all = await this.#deps.catalog.listBuckets(projectId)
    const buckets = new Map(all.map((bucket) => [bucket.bucketId, bucket]))
    const window = {
      job: this.#job,
      asker: { caller, context: jobContext(jobId, this.#control.signal) },
      buckets,
    }
    this.#asked = { at: now, window }
    return window
  }
}
