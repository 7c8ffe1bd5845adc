import type { ErrorCode } from '../errors.ts'
import type { SuiteName } from '../crypto/suites.ts'
import type { BatchResult } from '../store/catalog.ts'
import type { EncryptionMode, EncryptionTarget } from '../store/encryption-model.ts'
import type { ObjectFilter, VersionScope } from '../store/object-filter.ts'

/**
 * S3 Batch Operations' words (S3 user guide, "Job status"): Suspended awaits the member's word, Ready waits until
 * another job of the project is done.
 */
export type JobState =
  | 'Preparing'
  | 'Suspended'
  | 'Ready'
  | 'Active'
  | 'Pausing'
  | 'Paused'
  | 'Cancelling'
  | 'Cancelled'
  | 'Complete'
  | 'Failed'

/**
 * Which object versions a job is for; of jobs that say nothing of `versions`, the current ones. Buckets by id: a bucket
 * that is deleted and made again is another one.
 */
export type Selection =
  /** in order of their UTF-8 bytes; no key lies below a prefix and no prefix below another */
  | {
      kind: 'keys'
      bucketId: string
      keys: readonly string[]
      prefixes: readonly string[]
      versions?: VersionScope | undefined
    }
  | { kind: 'filter'; filter: ObjectFilter }
  /** everything under a key, in all buckets that the project had; below this version of it, where one is given */
  | {
      kind: 'key'
      keyId: string
      keyVersionBelow?: number | undefined
      bucketIds: readonly string[]
      versions?: VersionScope | undefined
    }
  /** what another job re-wrapped */
  | { kind: 'undo'; jobId: string }

/** A customer's key is none: a job outlives a restart, and no such key is ever stored. `keyRef` is a key's id. */
export type Target =
  | Exclude<EncryptionTarget, { kind: 'customer-key' }>
  /** each object's own method, under the version of its key that wraps today */
  | { kind: 'newest-version' }
  /** of an undo: each object's method before */
  | { kind: 'previous' }

export interface Throttle {
  objectsPerSecond?: number | undefined
  /** plaintext bytes */
  bytesPerSecond?: number | undefined
}

export interface Amount {
  objects: number
  /** plaintext */
  bytes: number
}

/** Why an object will not be changed. */
export type CannotReason =
  | 'customer-key'
  | 'archived'
  | 'locked'
  | 'denied'
  | 'key-denied'
  | 'key-unusable'
  /** of an undo: somebody changed it after the re-wrap */
  | 'changed-since'
  /** a key that was named has no object */
  | 'not-found'

/** What a job would do, counted object by object before anything is changed. */
export interface Plan {
  /** false: counting goes on */
  complete: boolean
  /** by the catalog's counters, while counting goes on; undefined: there is none for just this */
  expected?: Amount | undefined
  total: Amount
  unchanged: Amount
  /** only the data key is wrapped anew */
  rewrapped: Amount
  /** data is read and written */
  rewritten: Amount
  cannot: Partial<Record<CannotReason, Amount>>
  keyServiceCalls: number
}

/** Where a walk through a selection goes on; everything before has been dealt with. JSON in the database. */
export interface Cursor {
  /** which of the selection's stretches */
  stretch: number
  /** the place (of what was found, or of a result) after which it goes on */
  after?: string | undefined
}

export interface Progress {
  /** from 1; each `retry failed` is another one */
  attempt: number
  cursor: Cursor | undefined
  unchanged: number
  rewrapped: number
  rewritten: number
  failed: number
  /** plaintext bytes of objects with a result */
  bytes: number
}

export interface Job {
  jobId: string
  projectId: string
  /** as whom it works */
  userId: string
  undoOf: string | undefined
  state: JobState
  /** why it paused by itself or failed */
  reason: ErrorCode | undefined
  selection: Selection
  target: Target
  plan: Plan | undefined
  throttle: Throttle
  /** ms since the epoch */
  createdAt: number
  confirmedAt: number | undefined
  startedAt: number | undefined
  finishedAt: number | undefined
  resultsPruned: boolean
  progress: Progress
}

export type NewJob = Pick<
  Job,
  'jobId' | 'projectId' | 'userId' | 'undoOf' | 'selection' | 'target' | 'throttle' | 'createdAt'
>

/** How an object was encrypted before a job came. */
export interface EncryptionBefore {
  mode: EncryptionMode
  suite?: SuiteName | undefined
  keyId?: string | undefined
  keyVersion?: number | undefined
  context?: Record<string, string> | undefined
  bucketKeyEnabled?: boolean | undefined
}

/** Which object version a result is of. */
export interface ResultPlace {
  bucketId: string
  key: string
  versionId: string
}

export interface JobResult extends ResultPlace {
  outcome: BatchResult['outcome']
  error?: ErrorCode | undefined
  size: number
  before: EncryptionBefore
  /** of its key, where the job wrapped or sealed the data key anew */
  keyVersionAfter?: number | undefined
  at: number
}

/** Rates that this installation reached, smoothed over its jobs. */
export interface Rates {
  rewrapsPerSecond: number
  /** beside its bytes, each rewritten object costs this */
  rewritesPerSecond: number
  rewrittenBytesPerSecond: number
}
