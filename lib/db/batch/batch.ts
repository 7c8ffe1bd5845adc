import type { BatchRepository, JobChange } from '../../batch/batch-repository.ts'
import type { Job, JobState, NewJob, Rates } from '../../batch/model.ts'
import { StoreError } from '../../errors.ts'
import type { SqlRow } from '../catalog/row-values.ts'
import type { Sqlite } from '../connections.ts'
import { jsonSetting } from '../json-setting.ts'
import type { WriterQueue } from '../writer-queue.ts'
import { bindNewJob, changed, JOB_COLUMNS, SELECT_JOB, toJob } from './job-rows.ts'
import { resultMethods } from './results.ts'

/** Jobs and their results: plain SQL on the driver, because every object of a job adds to them. */
export function sqliteBatch(reader: Sqlite, writer: Sqlite, queue: WriterQueue): BatchRepository {
  return {
    ...jobReads(reader),
    ...jobWrites(writer, queue),
    ...resultMethods(reader, writer, queue),
    ...rateMethods(reader, writer, queue),
  }
}

function jobReads(reader: Sqlite): Pick<BatchRepository, 'find' | 'list' | 'inStates' | 'undoneBy'> {
  const find = reader.prepare<[string], SqlRow>(`${SELECT_JOB} WHERE job_id = +?`)
  // Jobs of one millisecond are told apart by their ids.
  const list = reader.prepare<{ project: string; before: string | null; limit: number }, SqlRow>(
    `${SELECT_JOB} WHERE project_id = +@project AND (@before IS NULL OR (created_at, job_id) <
       (SELECT created_at, job_id FROM batch_job WHERE job_id = +@before AND project_id = +@project))
     ORDER BY created_at DESC, job_id DESC LIMIT @limit`,
  )
  const inState = reader.prepare<[string], SqlRow>(`${SELECT_JOB} WHERE state = +?`)
  const undoneBy = reader
    .prepare<[string], string>(`SELECT job_id FROM batch_job WHERE undo_of = +? ORDER BY created_at, job_id`)
    .pluck()
  return {
    find: async (jobId) => {
      const row = find.get(jobId)
      return row && toJob(row)
    },
    list: async (project, before, limit) => list.all({ project, before: before ?? null, limit }).map(toJob),
    inStates: async (states: readonly JobState[]) =>
      states.flatMap((state) => inState.all(state).map(toJob)).sort(inTurn),
    undoneBy: async (jobId) => undoneBy.all(jobId),
  }
}

function inTurn(one: Job, other: Job): number {
  return (
    (one.confirmedAt ?? Infinity) - (other.confirmedAt ?? Infinity) ||
    one.createdAt - other.createdAt ||
    (one.jobId < other.jobId ? -1 : 1)
  )
}

function jobWrites(
  writer: Sqlite,
  queue: WriterQueue,
): Pick<BatchRepository, 'insert' | 'change' | 'remove' | 'pruneUnconfirmed'> {
  const places = JOB_COLUMNS.map(() => '?').join(', ')
  const insert = writer.prepare(`INSERT INTO batch_job (${JOB_COLUMNS.join(', ')}) VALUES (${places})`)
  const insertProgress = writer.prepare(
    `INSERT INTO batch_progress (number, job_id, attempt, "cursor", unchanged, rewrapped, rewritten, failed, bytes, active_ms)
     SELECT coalesce(max(number), 0) + 1, ?, 1, NULL, 0, 0, 0, 0, 0, 0 FROM batch_progress`,
  )
  const find = writer.prepare<[string], SqlRow>(`${SELECT_JOB} WHERE job_id = +?`)
  const found = (jobId: string): Job => {
    const row = find.get(jobId)
    if (row === undefined) throw new StoreError('NoSuchJob', 'There is no such job in the project', { jobId })
    return toJob(row)
  }
  const write = changeWriter(writer)
  const drop = jobRemover(writer)
  const unconfirmed = writer
    .prepare<[number], string>("SELECT job_id FROM batch_job WHERE state = 'Suspended' AND created_at < ?")
    .pluck()
  return {
    insert: (job: NewJob) =>
      queue.write(() => {
        insert.run(...bindNewJob(job))
        insertProgress.run(job.jobId)
      }),
    change: (jobId, decide) =>
      queue.write(() => {
        const job = found(jobId)
        const change = decide(job)
        if (change === undefined) return job
        const after = changed(job, change)
        write(after, change)
        return after
      }),
    remove: (jobId, check) =>
      queue.write(() => {
        check(found(jobId))
        drop(jobId)
      }),
    pruneUnconfirmed: (madeBefore) =>
      queue.write(() => {
        const jobs = unconfirmed.all(madeBefore)
        for (const jobId of jobs) drop(jobId)
        return jobs.length
      }),
  }
}

/** Moving the cursor of a running job touches its small row only. */
function changeWriter(writer: Sqlite): (after: Job, change: JobChange) => void {
  const setJob = writer.prepare(
    `UPDATE batch_job SET state = ?, reason = ?, plan = ?, confirmed_at = ?, started_at = ?, finished_at = ?,
       objects_per_second = ?, bytes_per_second = ? WHERE job_id = ?`,
  )
  const setProgress = writer.prepare(
    'UPDATE batch_progress SET attempt = ?, "cursor" = ?, active_ms = active_ms + ? WHERE job_id = ?',
  )
  return (after, { cursor, attempt, activeMs, ...ofJob }) => {
    if (cursor !== undefined || attempt !== undefined || activeMs !== undefined) {
      const { progress } = after
      setProgress.run(progress.attempt, orNull(progress.cursor), activeMs ?? 0, after.jobId)
    }
    if (Object.keys(ofJob).length === 0) return
    const {
      state,
      reason = null,
      plan,
      confirmedAt = null,
      startedAt = null,
      finishedAt = null,
      throttle,
    } = after
    const { objectsPerSecond = null, bytesPerSecond = null } = throttle
    const times = [confirmedAt, startedAt, finishedAt]
    setJob.run(state, reason, orNull(plan), ...times, objectsPerSecond, bytesPerSecond, after.jobId)
  }
}

/** Only plans are taken away whole, and those have no results. */
function jobRemover(writer: Sqlite): (jobId: string) => void {
  const job = writer.prepare('DELETE FROM batch_job WHERE job_id = ?')
  const progress = writer.prepare('DELETE FROM batch_progress WHERE job_id = ?')
  return (jobId) => {
    progress.run(jobId)
    job.run(jobId)
  }
}

function rateMethods(
  reader: Sqlite,
  writer: Sqlite,
  queue: WriterQueue,
): Pick<BatchRepository, 'rates' | 'saveRates'> {
  const { get, set } = jsonSetting<Rates>('batch-rates', reader, writer, queue)
  return { rates: get, saveRates: set }
}

function orNull(value: object | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value)
}
