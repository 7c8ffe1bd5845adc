import { isStoreError, StoreError, type ErrorCode } from '../errors.ts'
import type { Asker } from '../store/authorize.ts'
import type { Bucket, ObjectRow } from '../store/model.ts'
import type { Results } from '../store/operations.ts'
import { NULL_VERSION } from '../store/version-ids.ts'
import type { BatchDeps } from './deps.ts'
import { encryptionBefore, isChangedSince, itemTarget } from './item-target.ts'
import type { Job, JobResult } from './model.ts'
import type { Item } from './walk.ts'

/** Reading and writing at once; each streams, so this bounds memory and what the disk is asked. */
const REWRITES_AT_ONCE = 8
/** Somebody else changed the object at the same moment: what there is now is looked at again. */
const TRIES = 3

export interface WindowJob {
  job: Job
  asker: Asker
  /** of the project, by id */
  buckets: ReadonlyMap<string, Bucket>
}

export interface WindowOutcome {
  /** plaintext bytes of all objects of the window */
  bytes: number
  rewrapped: number
  rewritten: number
  rewrittenBytes: number
  /** what no object is to blame for: the job has to stop, and these objects have no result */
  halt: ErrorCode | undefined
}

/** Failures of the machine around the objects: going on would only collect millions of them. */
const HALTING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'StorageFull',
  'KeyServiceUnavailable',
  'SlowDown',
  'ClientDisconnected',
])

/**
 * Changes some objects at once and records what became of each. The catalog records a change in the transaction of the
 * change itself; what changed nothing is recorded here afterwards. Killed in between, the objects without a result are
 * met again.
 */
export async function runWindow(
  deps: BatchDeps,
  run: WindowJob,
  items: readonly Item[],
): Promise<WindowOutcome> {
  const outcome: WindowOutcome = { bytes: 0, rewrapped: 0, rewritten: 0, rewrittenBytes: 0, halt: undefined }
  const others: JobResult[] = []
  const queue = items.filter((item) => needsRewriting(run.job, item))
  const quick = items.filter((item) => !needsRewriting(run.job, item))
  const one = async (item: Item): Promise<void> => {
    const done = await settle(deps, run, item)
    if (typeof done === 'string') outcome.halt = done
    else if (done !== undefined) note(outcome, others, done)
  }
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined && outcome.halt === undefined; item = queue.shift())
      await one(item)
  }
  await Promise.all([...quick.map(one), ...Array.from({ length: REWRITES_AT_ONCE }, worker)])
  if (others.length > 0) await deps.repository.addResults(run.job.jobId, others)
  return outcome
}

function note(outcome: WindowOutcome, others: JobResult[], done: JobResult): void {
  outcome.bytes += done.size
  if (done.outcome === 'rewrapped') outcome.rewrapped += 1
  else if (done.outcome === 'rewritten') {
    outcome.rewritten += 1
    outcome.rewrittenBytes += done.size
  } else others.push(done)
}

/** A guess that only decides how many run at once. */
function needsRewriting({ target }: Job, item: Item): boolean {
  if (item.row === undefined) return false
  const { encryption } = item.row
  const to = itemTarget(target, item)
  const [from, wanted] = [encryption.mode === 'none' ? 'none' : encryption.suite, to && suiteOf(to)]
  return wanted !== undefined && from !== wanted
}

function suiteOf(target: NonNullable<ReturnType<typeof itemTarget>>): string {
  return target.kind === 'none' ? 'none' : target.suite
}

/** Its result; the code of what the job must stop for; undefined: somebody recorded one meanwhile. */
async function settle(
  deps: BatchDeps,
  run: WindowJob,
  item: Item,
): Promise<JobResult | ErrorCode | undefined> {
  for (let attempt = 1; ; attempt++) {
    try {
      return { ...resultOf(deps, item), ...outcomeOf(await modify(deps, run, item)) }
    } catch (error) {
      const code = isStoreError(error) ? error.code : 'InternalError'
      if (HALTING.has(code)) return code
      if (code === 'ConditionalRequestConflict' && !isChangedSince(item)) {
        if (await isSettled(deps, run.job, item)) return undefined
        if (attempt < TRIES) continue
      }
      if (code === 'InternalError') console.error(`[jobs] ${run.job.jobId}: an object failed`, nameOf(error))
      return { ...resultOf(deps, item), outcome: 'failed', error: code }
    }
  }
}

async function modify(
  { store }: BatchDeps,
  { job, asker, buckets }: WindowJob,
  item: Item,
): Promise<Results['ModifyEncryption']> {
  const bucket = buckets.get(item.bucketId)
  if (bucket === undefined) throw failure('NoSuchBucket')
  if (isChangedSince(item)) throw failure('ConditionalRequestConflict')
  if (item.row === undefined) throw failure('NoSuchKey')
  const target = itemTarget(job.target, item)
  if (target === undefined) throw failure('CustomerKeyRequired')
  const rewrapOnly = job.target.kind === 'newest-version' || job.target.kind === 'previous'
  return store.run(
    {
      name: 'ModifyEncryption',
      bucket: bucket.name,
      key: item.key,
      // Not what somebody put in its place meanwhile.
      ...(isOneOfMany(bucket, item.row) && { versionId: item.row.versionId }),
      target,
      jobId: job.jobId,
      ...(rewrapOnly && { rewrapOnly }),
    },
    asker.caller,
    asker.context,
  )
}

function isOneOfMany({ versioning }: Bucket, { versionId }: ObjectRow): boolean {
  return versioning !== undefined || versionId !== NULL_VERSION
}

function outcomeOf({ change, size }: Results['ModifyEncryption']): Pick<JobResult, 'outcome' | 'size'> {
  return { outcome: change, size }
}

function resultOf({ now }: BatchDeps, { bucketId, key, row, earlier }: Item): Omit<JobResult, 'outcome'> {
  const place = { bucketId, key, versionId: versionOf(row, earlier) }
  const before = row ? encryptionBefore(row.encryption) : (earlier?.before ?? { mode: 'none' as const })
  return { ...place, size: row?.size ?? earlier?.size ?? 0, before, at: now() }
}

/** Another attempt replaces the result of the version that failed, though another version may lie there now. */
function versionOf(row: ObjectRow | undefined, earlier: JobResult | undefined): string {
  return earlier?.versionId ?? row?.versionId ?? NULL_VERSION
}

async function isSettled(
  { repository }: BatchDeps,
  { jobId }: Job,
  { bucketId, key, row }: Item,
): Promise<boolean> {
  const place = { bucketId, key, versionId: row?.versionId ?? NULL_VERSION }
  return (await repository.settled(jobId, [place])).size > 0
}

function failure(code: ErrorCode): StoreError {
  return new StoreError(code, 'The object cannot be changed by this job')
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error
}
