import type { JobView, AskedJob } from '@/lib/batch/jobs'
import type {
  Amount,
  EncryptionBefore,
  JobResult,
  Plan,
  ResultPlace,
  Selection,
  Target,
  Throttle,
} from '@/lib/batch/model'
import type * as json from '@/lib/console/schemas-jobs'

/** Jobs as the console's JSON (lib/console/schemas-jobs.ts), field by field: nothing slips out unseen. */

/** Of many keys, so many are shown. */
const SHOWN_KEYS = 10

export function jobJson(view: JobView): json.Job {
  const { job, madeBy, bucketNames, actions, throttleable, undoable, undoneBy, resultsUntil } = view
  const { jobId, state, reason, createdAt, confirmedAt, startedAt, finishedAt } = job
  return {
    jobId,
    state,
    selection: selectionJson(job.selection, bucketNames),
    target: targetJson(job.target),
    createdBy: { userId: job.userId, name: madeBy ?? job.userId },
    createdAt,
    progress: progressJson(view),
    throttle: throttleJson(job.throttle),
    actions,
    throttleable,
    undoable,
    undoneBy,
    ...given({ reason, confirmedAt, startedAt, finishedAt, resultsUntil, plan: planJson(view) }),
  }
}

function selectionJson(selection: Selection, names: ReadonlyMap<string, string>): json.ShownSelection {
  const nameOf = (bucketId: string): string => names.get(bucketId) ?? bucketId
  switch (selection.kind) {
    case 'undo':
      return { kind: 'undo', of: selection.jobId }
    case 'key':
      return {
        kind: 'key',
        keyId: selection.keyId,
        olderVersionsOnly: selection.keyVersionBelow !== undefined,
        versions: selection.versions ?? 'current',
      }
    case 'keys': {
      const { bucketId, keys, prefixes, versions } = selection
      const shown = { kind: 'keys' as const, bucket: nameOf(bucketId), count: keys.length }
      return {
        ...shown,
        keys: keys.slice(0, SHOWN_KEYS),
        ...(prefixes.length > 0 && { prefixes: [...prefixes] }),
        ...given({ versions }),
      }
    }
    case 'filter': {
      const { bucketId, modes, suites, tag, ...plain } = selection.filter
      return {
        kind: 'filter',
        bucket: nameOf(bucketId),
        ...given(plain),
        ...(modes && { modes: [...modes] }),
        ...(suites && { suites: [...suites] }),
        ...(tag && { tag: { key: tag.key, ...given({ value: tag.value }) } }),
      }
    }
  }
}

function targetJson(target: Target): json.ShownTarget {
  if (target.kind !== 'managed-key') return target
  return { kind: target.kind, suite: target.suite, keyId: target.keyRef ?? '', context: target.context }
}

function progressJson({ job, rates }: JobView): json.JobProgress {
  const { unchanged, rewrapped, rewritten, failed, bytes } = job.progress
  const done = unchanged + rewrapped + rewritten + failed
  const total = Math.max(done, job.plan?.total.objects ?? 0)
  const totalBytes = Math.max(bytes, job.plan?.total.bytes ?? 0)
  const counts = { done, unchanged, rewrapped, rewritten, failed, bytes, total, totalBytes }
  if (rates === undefined) return counts
  return { ...counts, ...rates, ...given({ remainingSeconds: remaining(job.plan, counts, rates) }) }
}

/** By what the work is made of: reading and writing goes by bytes, wrapping by objects. */
function remaining(
  plan: Plan | undefined,
  { done, total, bytes, totalBytes }: { done: number; total: number; bytes: number; totalBytes: number },
  { objectsPerSecond, bytesPerSecond }: NonNullable<JobView['rates']>,
): number | undefined {
  const byBytes = plan !== undefined && plan.rewritten.objects > plan.rewrapped.objects && bytesPerSecond > 0
  if (byBytes) return (totalBytes - bytes) / bytesPerSecond
  return objectsPerSecond > 0 ? (total - done) / objectsPerSecond : undefined
}

function planJson({ job: { plan }, estimatedSeconds = 0, measured }: JobView): json.JobPlan | undefined {
  if (plan === undefined) return undefined
  const { complete, expected, total, unchanged, rewrapped, rewritten, keyServiceCalls } = plan
  const cannot = (Object.entries(plan.cannot) as [json.CannotReason, Amount][]).map(([reason, amount]) => ({
    reason,
    ...amount,
  }))
  return {
    complete,
    total,
    unchanged,
    rewrapped,
    rewritten,
    cannot,
    keyServiceCalls,
    estimatedSeconds,
    measured,
    ...given({ expected }),
  }
}

export function throttleJson({ objectsPerSecond, bytesPerSecond }: Throttle): json.JobThrottle {
  return given({ objectsPerSecond, bytesPerSecond })
}

export function jobResultJson(result: JobResult, names: ReadonlyMap<string, string>): json.JobResult {
  const { bucketId, key, versionId, size, outcome, error, before, at } = result
  const bucket = names.get(bucketId) ?? bucketId
  return { bucket, key, versionId, size, outcome, before: beforeJson(before), at, ...given({ error }) }
}

function beforeJson({ mode, suite, keyId, keyVersion }: EncryptionBefore): json.JobResult['before'] {
  return { mode, ...given({ suite, keyId, keyVersion }) }
}

/** The JSON of a new job as what is asked of the jobs. */
export function askedJob({ selection, target, throttle }: json.CreateJob): AskedJob {
  return { selection: askedSelection(selection), target, throttle }
}

function askedSelection(selection: json.JobSelection): AskedJob['selection'] {
  if (selection.kind !== 'filter') return selection
  const { kind, bucket, ...filter } = selection
  return { kind, bucket, filter }
}

export function resultCursor(place: ResultPlace): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

/** What is there, without the names of what is not. */
function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never
}
