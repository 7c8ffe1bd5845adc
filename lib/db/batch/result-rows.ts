import type { EncryptionBefore } from '../../batch/model.ts'
import { StoreError } from '../../errors.ts'
import type { BatchResult } from '../../store/catalog.ts'
import type { Sqlite } from '../connections.ts'

/** Results of batch jobs, inside the transaction of the change that they tell of. */
export interface BatchResultRows {
  /**
   * Records what a job did to an object version and moves its counters. A result that failed in an earlier attempt
   * gives way; any other is final.
   * @throws StoreError ConditionalRequestConflict when the job did it before, or is gone
   */
  add(result: RecordedResult): void
}

/** A result as it is kept: of the encryption before only what an undo needs. */
export type RecordedResult = Omit<BatchResult, 'previous'> & { previous: EncryptionBefore }

type Value = string | number | null
interface Progress {
  number: number
  attempt: number
}

const COLUMNS = [
  'job',
  'bucket_id',
  'key',
  'version_id',
  'attempt',
  'outcome',
  'error',
  'size',
  'at',
  'mode',
  'suite',
  'key_id',
  'key_version',
  'context',
  'bucket_key_enabled',
  'key_version_after',
] as const

export function batchResultRows(writer: Sqlite): BatchResultRows {
  const names = COLUMNS.map((column) => `"${column}"`).join(', ')
  const places = COLUMNS.map(() => '?').join(', ')
  const progress = writer.prepare<[string], Progress>(
    'SELECT number, attempt FROM batch_progress WHERE job_id = ?',
  )
  const insert = writer.prepare(
    `INSERT INTO batch_result (${names}) VALUES (${places}) ON CONFLICT DO NOTHING`,
  )
  const giveWay = writer.prepare<[number, string, string, string, number], { size: number }>(
    `DELETE FROM batch_result WHERE job = ? AND bucket_id = ? AND key = ? AND version_id = ?
     AND outcome = 'failed' AND attempt < ? RETURNING size`,
  )
  const uncount = writer.prepare(
    'UPDATE batch_progress SET failed = failed - 1, bytes = bytes - ? WHERE number = ?',
  )
  const count = counters(writer)

  return {
    add: (result) => {
      const job = progress.get(result.jobId)
      if (job === undefined) throw conflict()
      if (job.attempt > 1) {
        const { bucketId, key, versionId } = result
        const before = giveWay.get(job.number, bucketId, key, versionId, job.attempt)
        if (before !== undefined) uncount.run(before.size, job.number)
      }
      if (insert.run(bind(result, job)).changes === 0) throw conflict()
      count[result.outcome].run(result.size, job.number)
    },
  }
}

type Outcome = BatchResult['outcome']
type Counter = { run(bytes: number, job: number): unknown }

function counters(writer: Sqlite): Record<Outcome, Counter> {
  const counter = (outcome: Outcome): Counter =>
    writer.prepare(
      `UPDATE batch_progress SET ${outcome} = ${outcome} + 1, bytes = bytes + ? WHERE number = ?`,
    )
  return {
    unchanged: counter('unchanged'),
    rewrapped: counter('rewrapped'),
    rewritten: counter('rewritten'),
    failed: counter('failed'),
  }
}

function bind(result: RecordedResult, { number, attempt }: Progress): Value[] {
  const { bucketId, key, versionId, outcome, error, size, at, previous } = result
  const fixed = [number, bucketId, key, versionId, attempt, outcome, error ?? null, size, at]
  return [...fixed, ...bindPrevious(previous), result.keyVersionAfter ?? null]
}

/** ARNs are left out: they follow from the key's id. Service-managed keys have an id that follows from the project. */
function bindPrevious(previous: EncryptionBefore): Value[] {
  const { mode, suite = null, keyId = null, keyVersion = null, context, bucketKeyEnabled } = previous
  const managed = mode === 'managed-key'
  return [
    mode,
    suite,
    keyId,
    keyVersion,
    managed && context !== undefined ? JSON.stringify(context) : null,
    managed && bucketKeyEnabled !== undefined ? Number(bucketKeyEnabled) : null,
  ]
}

function conflict(): StoreError {
  return new StoreError(
    'ConditionalRequestConflict',
    'The job has changed this object before, or is no longer there',
  )
}
