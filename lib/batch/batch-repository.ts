import type { ErrorCode } from '../errors.ts'
import type { Cursor, Job, JobResult, JobState, NewJob, Plan, Rates, ResultPlace, Throttle } from './model.ts'

/** What becomes of a job; what is absent stays. */
export interface JobChange {
  state?: JobState
  /** null takes it away */
  reason?: ErrorCode | null
  plan?: Plan
  throttle?: Throttle
  confirmedAt?: number
  startedAt?: number
  /** null: it goes on */
  finishedAt?: number | null
  /** null: from the beginning */
  cursor?: Cursor | null
  attempt?: number
  /** milliseconds of work to add */
  activeMs?: number
}

export interface ResultQuery {
  outcome?: JobResult['outcome'] | undefined
  /** failed before this attempt only */
  attemptBelow?: number | undefined
  after: ResultPlace | undefined
  limit: number
}

export interface ResultPage {
  results: JobResult[]
  /** the place to continue after; undefined: all was looked at. A page may be short and not the last. */
  next: ResultPlace | undefined
}

/** What batch jobs ask of a database. Writes are durable when their promise resolves. */
export interface BatchRepository {
  /** In state Preparing. */
  insert(job: NewJob): Promise<void>
  find(jobId: string): Promise<Job | undefined>
  /** Newest first, older than the job `before`. */
  list(projectId: string, before: string | undefined, limit: number): Promise<Job[]>
  /** In one of these states, of all projects, in the order in which they were confirmed (then made). */
  inStates(states: readonly JobState[]): Promise<Job[]>
  /** The jobs that take this one back. */
  undoneBy(jobId: string): Promise<string[]>
  /**
   * Hands the job as it is inside the transaction to `decide` and writes what it answers (undefined: nothing).
   * @returns the job as it is then
   * @throws StoreError NoSuchJob, and whatever `decide` throws
   */
  change(jobId: string, decide: (job: Job) => JobChange | undefined): Promise<Job>
  /** With its results. `check` sees the job inside the transaction and throws to refuse. @throws StoreError NoSuchJob */
  remove(jobId: string, check: (job: Job) => void): Promise<void>

  /** Adds results of what the catalog did not record in a transaction of its own; one that is there already stays. */
  addResults(jobId: string, results: readonly JobResult[]): Promise<void>
  /** Which of these (by index) have a result that stands: any, or one of this attempt where it failed. */
  settled(jobId: string, places: readonly ResultPlace[]): Promise<Set<number>>
  results(jobId: string, query: ResultQuery): Promise<ResultPage>
  /** The results of these, in their order. */
  resultsAt(jobId: string, places: readonly ResultPlace[]): Promise<(JobResult | undefined)[]>

  rates(): Promise<Rates | undefined>
  saveRates(rates: Rates): Promise<void>

  /**
   * Takes away some results of jobs that ended before `endedBefore` (ms) and that no unfinished undo goes by; false:
   * there are none left.
   */
  pruneResults(endedBefore: number, limit: number): Promise<boolean>
  /** Takes away jobs that nobody confirmed and that were made before `madeBefore` (ms). */
  pruneUnconfirmed(madeBefore: number): Promise<number>
}
