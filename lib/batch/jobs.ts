import type { ActOrigin } from '../accounts/acts.ts'
import type { SuiteName } from '../crypto/suites.ts'
import type { ObjectFilter, VersionScope } from '../store/object-filter.ts'
import type { ResultPage } from './batch-repository.ts'
import type { MemberCaller } from './deps.ts'
import type { JobAction } from './job-states.ts'
import type { Job, JobResult, ResultPlace, Throttle } from './model.ts'

/** A selection as people make it: buckets by name. */
export type AskedSelection =
  | {
      kind: 'keys'
      bucket: string
      keys: readonly string[]
      prefixes?: readonly string[] | undefined
      /** absent: current */
      versions?: VersionScope | undefined
    }
  | { kind: 'filter'; bucket: string; filter: Omit<ObjectFilter, 'bucketId'> }
  | {
      kind: 'key'
      keyId: string
      /** only what lies under older versions of the key */
      olderVersionsOnly?: boolean | undefined
      /** of objects; absent: all, since a key holds them all */
      versions?: VersionScope | undefined
    }

export type AskedTarget =
  | { kind: 'none' }
  | { kind: 'service-key'; suite: SuiteName }
  | {
      kind: 'managed-key'
      suite: SuiteName
      /** id, ARN or alias; undefined: the project's default key */
      keyRef?: string | undefined
      context?: Record<string, string> | undefined
    }
  | { kind: 'newest-version' }
  /** always refused: a job outlives a restart, and no such key is ever stored */
  | { kind: 'customer-key' }

export interface AskedJob {
  selection: AskedSelection
  target: AskedTarget
  throttle?: Throttle | undefined
}

/** A job with everything that people are shown of it. */
export interface JobView {
  job: Job
  /** undefined: somebody who is gone */
  madeBy: string | undefined
  /** by id; one that is gone has none */
  bucketNames: ReadonlyMap<string, string>
  /** what the reader may do now */
  actions: JobAction[]
  throttleable: boolean
  estimatedSeconds: number | undefined
  /** the estimate goes by rates of earlier jobs here */
  measured: boolean
  /** over the last seconds, of one that runs */
  rates: { objectsPerSecond: number; bytesPerSecond: number } | undefined
  /** ms since the epoch; of one that ended */
  resultsUntil: number | undefined
  undoable: number
  undoneBy: string[]
}

/**
 * Batch jobs for members: made and changed by those who may (coffer:CreateJob, coffer:UpdateJob; jobs of others with
 * coffer:UpdateAnyJob), seen by all (coffer:ListJobs, coffer:GetJob). What is done to a job is in the audit log; a job
 * works with the rights of whoever made it.
 */
export interface BatchJobs {
  /**
   * Begins to count; nothing is changed before somebody confirms.
   * @throws StoreError AccessDenied | NoSuchBucket | Key* | InvalidRequest with fact `reason` (a customer's key)
   */
  create(caller: MemberCaller, asked: AskedJob, origin: ActOrigin): Promise<JobView>
  /**
   * A new job that gives what was re-wrapped its method before. @throws StoreError AccessDenied | NoSuchJob |
   * InvalidRequest with fact `reason` (not-ended, nothing-to-undo)
   */
  undo(caller: MemberCaller, jobId: string, origin: ActOrigin): Promise<JobView>
  list(
    caller: MemberCaller,
    page: { before?: string | undefined; limit: number },
    origin: ActOrigin,
  ): Promise<{ jobs: JobView[]; next: string | undefined }>
  /** @throws StoreError AccessDenied | NoSuchJob */
  get(caller: MemberCaller, jobId: string, origin: ActOrigin): Promise<JobView>
  /** undefined: it was discarded. @throws StoreError AccessDenied | NoSuchJob | InvalidRequest with fact `state` */
  act(caller: MemberCaller, jobId: string, action: JobAction, origin: ActOrigin): Promise<JobView | undefined>
  /** The throttle as it shall be from now on. @throws StoreError as act */
  setThrottle(caller: MemberCaller, jobId: string, throttle: Throttle, origin: ActOrigin): Promise<JobView>
  /** @throws StoreError AccessDenied | NoSuchJob */
  results(
    caller: MemberCaller,
    jobId: string,
    query: { outcome?: JobResult['outcome'] | undefined; after?: ResultPlace | undefined; limit: number },
    origin: ActOrigin,
  ): Promise<ResultPage & { bucketNames: ReadonlyMap<string, string> }>
  /** CSV, a line an object. @throws StoreError AccessDenied | NoSuchJob */
  report(caller: MemberCaller, jobId: string, origin: ActOrigin): Promise<AsyncIterable<Buffer>>

  /** Goes on with what an earlier process left. */
  start(): Promise<void>
  /** Takes away results whose time is over, and plans that nobody confirmed. */
  prune(): Promise<void>
  /** Ends the windows at hand; jobs go on at the next start. */
  close(): Promise<void>
}
