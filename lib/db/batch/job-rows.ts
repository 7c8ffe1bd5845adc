import type { ErrorCode } from '../../errors.ts'
import type { JobChange } from '../../batch/batch-repository.ts'
import type { Cursor, Job, JobState, NewJob, Plan, Selection, Target } from '../../batch/model.ts'
import { count, flag, json, oneOf, optional, text, type SqlRow } from '../catalog/row-values.ts'

type Value = string | number | null

const STATES: readonly JobState[] = [
  'Preparing',
  'Suspended',
  'Ready',
  'Active',
  'Pausing',
  'Paused',
  'Cancelling',
  'Cancelled',
  'Complete',
  'Failed',
]

export const JOB_COLUMNS = [
  'job_id',
  'project_id',
  'user_id',
  'undo_of',
  'state',
  'reason',
  'selection',
  'target',
  'plan',
  'created_at',
  'confirmed_at',
  'started_at',
  'finished_at',
  'objects_per_second',
  'bytes_per_second',
  'results_pruned',
] as const

const PROGRESS_COLUMNS = [
  'attempt',
  'cursor',
  'unchanged',
  'rewrapped',
  'rewritten',
  'failed',
  'bytes',
] as const

/** Rows of both tables by the job's id: what a job is, and how far. */
export const SELECT_JOB = `SELECT ${[...JOB_COLUMNS, ...PROGRESS_COLUMNS].map((c) => `"${c}"`).join(', ')}
  FROM batch_job JOIN batch_progress USING (job_id)`

export function bindNewJob(job: NewJob): Value[] {
  const { jobId, projectId, userId, undoOf, selection, target, throttle, createdAt } = job
  const { objectsPerSecond = null, bytesPerSecond = null } = throttle
  const fixed = [jobId, projectId, userId, undoOf ?? null, 'Preparing', null]
  const asked = [JSON.stringify(selection), JSON.stringify(target), null, createdAt]
  return [...fixed, ...asked, null, null, null, objectsPerSecond, bytesPerSecond, 0]
}

export function toJob(row: SqlRow): Job {
  return {
    jobId: text(row, 'job_id'),
    projectId: text(row, 'project_id'),
    userId: text(row, 'user_id'),
    undoOf: optional(row, 'undo_of', text),
    state: oneOf(row, 'state', STATES),
    reason: optional(row, 'reason', text) as ErrorCode | undefined,
    selection: json<Selection>(row, 'selection'),
    target: json<Target>(row, 'target'),
    plan: optional(row, 'plan', json<Plan>),
    throttle: {
      objectsPerSecond: optional(row, 'objects_per_second', count),
      bytesPerSecond: optional(row, 'bytes_per_second', count),
    },
    createdAt: count(row, 'created_at'),
    confirmedAt: optional(row, 'confirmed_at', count),
    startedAt: optional(row, 'started_at', count),
    finishedAt: optional(row, 'finished_at', count),
    resultsPruned: flag(row, 'results_pruned'),
    progress: {
      attempt: count(row, 'attempt'),
      cursor: optional(row, 'cursor', json<Cursor>),
      unchanged: count(row, 'unchanged'),
      rewrapped: count(row, 'rewrapped'),
      rewritten: count(row, 'rewritten'),
      failed: count(row, 'failed'),
      bytes: count(row, 'bytes'),
    },
  }
}

/** The job with a change made to it. */
export function changed(job: Job, change: JobChange): Job {
  const { cursor, attempt, reason, finishedAt, activeMs: _counted, ...rest } = change
  return {
    ...job,
    ...rest,
    ...(reason !== undefined && { reason: reason ?? undefined }),
    ...(finishedAt !== undefined && { finishedAt: finishedAt ?? undefined }),
    progress: {
      ...job.progress,
      ...(cursor !== undefined && { cursor: cursor ?? undefined }),
      ...(attempt !== undefined && { attempt }),
    },
  }
}
