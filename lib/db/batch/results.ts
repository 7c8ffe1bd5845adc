import { setImmediate as others } from 'node:timers/promises'
import type { BatchRepository, ResultPage, ResultQuery } from '../../batch/batch-repository.ts'
import type { EncryptionBefore, JobResult, ResultPlace } from '../../batch/model.ts'
import { isStoreError, type ErrorCode } from '../../errors.ts'
import { count, flag, json, oneOf, optional, text, type SqlRow } from '../catalog/row-values.ts'
import type { Sqlite } from '../connections.ts'
import type { WriterQueue } from '../writer-queue.ts'
import { batchResultRows } from './result-rows.ts'

type ResultMethods = Pick<
  BatchRepository,
  'addResults' | 'settled' | 'results' | 'resultsAt' | 'pruneResults'
>

/** Rows looked at before the event loop has its turn, and in one request. */
const SLICE = 2000
const MOST_A_REQUEST = 20_000
/** Before every key: what a walk begins behind. */
const START: ResultPlace = { bucketId: '', key: '', versionId: '' }

const BEHIND = '(bucket_id, key, version_id) > (@bucketId, @key, @versionId)'
const ORDER = 'ORDER BY bucket_id, key, version_id'

export function resultMethods(reader: Sqlite, writer: Sqlite, queue: WriterQueue): ResultMethods {
  return {
    ...adding(writer, queue),
    ...settling(reader),
    ...pruning(writer, queue),
    results: resultReader(reader),
  }
}

function adding(writer: Sqlite, queue: WriterQueue): Pick<ResultMethods, 'addResults'> {
  const rows = batchResultRows(writer)
  const addUnlessThere = (jobId: string, { before, ...result }: JobResult): void => {
    try {
      rows.add({ ...result, jobId, previous: before })
    } catch (error) {
      if (!isStoreError(error) || error.code !== 'ConditionalRequestConflict') throw error
    }
  }
  return {
    addResults: (jobId, results) =>
      queue.write(() => {
        for (const result of results) addUnlessThere(jobId, result)
      }),
  }
}

function settling(reader: Sqlite): Pick<ResultMethods, 'settled' | 'resultsAt'> {
  const job = reader.prepare<[string], { number: number; attempt: number }>(
    'SELECT number, attempt FROM batch_progress WHERE job_id = ?',
  )
  const PLACE = 'job = ? AND bucket_id = ? AND key = ? AND version_id = ?'
  const stands = reader.prepare<[number, string, string, string, number]>(
    `SELECT 1 FROM batch_result WHERE ${PLACE} AND (outcome <> 'failed' OR attempt = ?)`,
  )
  const one = reader.prepare<[number, string, string, string], SqlRow>(
    `SELECT * FROM batch_result WHERE ${PLACE}`,
  )
  return {
    settled: async (jobId, places) => {
      const of = job.get(jobId)
      if (of === undefined) return new Set()
      const found = places.map(({ bucketId, key, versionId }) =>
        stands.get(of.number, bucketId, key, versionId, of.attempt),
      )
      return new Set(found.flatMap((row, at) => (row === undefined ? [] : [at])))
    },
    resultsAt: async (jobId, places) => {
      const of = job.get(jobId)
      return places.map(({ bucketId, key, versionId }) => {
        const row = of && one.get(of.number, bucketId, key, versionId)
        return row && toResult(row)
      })
    },
  }
}

type Slice = ResultPlace & { job: number; limit: number; attemptBelow: number }

function resultReader(reader: Sqlite): ResultMethods['results'] {
  const number = reader
    .prepare<[string], number>('SELECT number FROM batch_progress WHERE job_id = ?')
    .pluck()
  const all = reader.prepare<Slice, SqlRow>(
    `SELECT * FROM batch_result WHERE job = +@job AND ${BEHIND} AND attempt < @attemptBelow ${ORDER} LIMIT @limit`,
  )
  // By the partial index, which is for exactly this outcome.
  const failed = reader.prepare<Slice, SqlRow>(
    `SELECT * FROM batch_result WHERE job = +@job AND outcome = 'failed' AND ${BEHIND} AND attempt < @attemptBelow
     ${ORDER} LIMIT @limit`,
  )
  return async (jobId, { outcome, attemptBelow = Number.MAX_SAFE_INTEGER, after, limit }: ResultQuery) => {
    const job = number.get(jobId)
    if (job === undefined) return { results: [], next: undefined }
    const from = { job, attemptBelow, ...(after ?? START) }
    if (outcome === undefined || outcome === 'failed') {
      const rows = (outcome === undefined ? all : failed).all({ ...from, limit: limit + 1 })
      return pageOf(rows.map(toResult), limit)
    }
    return sifted(all, from, outcome, limit)
  }
}

/** What no index helps with is searched for slice by slice, and for a bounded time a request. */
async function sifted(
  all: { all(slice: Slice): SqlRow[] },
  from: Omit<Slice, 'limit'>,
  outcome: JobResult['outcome'],
  limit: number,
): Promise<ResultPage> {
  const found: JobResult[] = []
  let place: Omit<Slice, 'limit'> = from
  for (let seen = 0; seen < MOST_A_REQUEST; seen += SLICE) {
    const rows = all.all({ ...place, limit: SLICE })
    for (const row of rows) if (row['outcome'] === outcome) found.push(toResult(row))
    if (found.length > limit) return pageOf(found, limit)
    const last = rows.at(-1)
    if (last === undefined || rows.length < SLICE) return { results: found, next: undefined }
    place = { ...place, ...placeOf(last) }
    await others()
  }
  const { bucketId, key, versionId } = place
  return { results: found, next: { bucketId, key, versionId } }
}

function pageOf(found: JobResult[], limit: number): ResultPage {
  if (found.length <= limit) return { results: found, next: undefined }
  const results = found.slice(0, limit)
  const { bucketId, key, versionId } = results.at(-1)!
  return { results, next: { bucketId, key, versionId } }
}

function pruning(writer: Sqlite, queue: WriterQueue): Pick<ResultMethods, 'pruneResults'> {
  const due = writer.prepare<[number], { jobId: string; number: number }>(
    `SELECT job_id AS jobId, number FROM batch_job JOIN batch_progress USING (job_id)
     WHERE state IN ('Complete', 'Cancelled', 'Failed') AND results_pruned = 0 AND finished_at < ?
       AND NOT EXISTS (SELECT 1 FROM batch_job AS undo WHERE undo.undo_of = batch_job.job_id AND undo.finished_at IS NULL)
     LIMIT 1`,
  )
  const some = writer.prepare(
    `DELETE FROM batch_result WHERE (job, bucket_id, key, version_id) IN
       (SELECT job, bucket_id, key, version_id FROM batch_result WHERE job = ? LIMIT ?)`,
  )
  const done = writer.prepare('UPDATE batch_job SET results_pruned = 1 WHERE job_id = ?')
  return {
    pruneResults: (endedBefore, limit) =>
      queue.write(() => {
        const job = due.get(endedBefore)
        if (job === undefined) return false
        if (some.run(job.number, limit).changes < limit) done.run(job.jobId)
        return true
      }),
  }
}

const OUTCOMES = ['unchanged', 'rewrapped', 'rewritten', 'failed'] as const
const MODES = ['none', 'service-key', 'managed-key', 'customer-key'] as const
const SUITES = ['AES256', 'SM4'] as const

function toResult(row: SqlRow): JobResult {
  return {
    ...placeOf(row),
    outcome: oneOf(row, 'outcome', OUTCOMES),
    error: optional(row, 'error', text) as ErrorCode | undefined,
    size: count(row, 'size'),
    at: count(row, 'at'),
    before: beforeOf(row),
    keyVersionAfter: optional(row, 'key_version_after', count),
  }
}

function beforeOf(row: SqlRow): EncryptionBefore {
  return {
    mode: oneOf(row, 'mode', MODES),
    suite: optional(row, 'suite', (r, column) => oneOf(r, column, SUITES)),
    keyId: optional(row, 'key_id', text),
    keyVersion: optional(row, 'key_version', count),
    context: optional(row, 'context', json<Record<string, string>>),
    bucketKeyEnabled: optional(row, 'bucket_key_enabled', flag),
  }
}

function placeOf(row: SqlRow): ResultPlace {
  return { bucketId: text(row, 'bucket_id'), key: text(row, 'key'), versionId: text(row, 'version_id') }
}
