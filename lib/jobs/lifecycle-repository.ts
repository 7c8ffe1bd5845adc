/** How far the lifecycle job is, so that a run goes on where a process ended. */
export interface LifecycleRepository {
  /** The last run that was begun. */
  lastRun(): Promise<LifecycleRun | undefined>
  /** Takes the place of the run before. */
  keepRun(run: LifecycleRun): Promise<void>
}

export interface LifecycleRun {
  /** when it was due, ms since the epoch */
  slot: number
  finished: boolean
  /** everything before it is done; undefined: nothing is */
  position?: LifecyclePosition | undefined
}

/** Buckets in order of their ids; of each its versions, then its uploads, in order of keys. */
export interface LifecyclePosition {
  bucketId: string
  stage: 'versions' | 'uploads'
  /** '': none of the bucket's is done */
  afterKey: string
}
