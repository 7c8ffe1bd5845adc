import { setImmediate as nextTurn } from 'node:timers/promises'
import { csvRow } from '../audit/csv.ts'
import type { BatchRepository } from './batch-repository.ts'
import type { EncryptionBefore, Job, JobResult, ResultPlace } from './model.ts'

const PAGE = 500

const HEADER = [
  'bucket',
  'key',
  'versionId',
  'size',
  'outcome',
  'reason',
  'methodBefore',
  'algorithmBefore',
  'keyIdBefore',
  'keyVersionBefore',
  'methodAfter',
  'algorithmAfter',
  'keyIdAfter',
  'keyVersionAfter',
  'time',
]

type Source = Pick<BatchRepository, 'results' | 'resultsAt'>

/** Every object of a job, one line each (RFC 4180), in order of buckets and keys; written while it is read. */
export async function* csvReport(
  source: Source,
  job: Job,
  bucketName: (bucketId: string) => string,
): AsyncGenerator<Buffer> {
  yield Buffer.from(csvRow(HEADER))
  let after: ResultPlace | undefined
  do {
    const { results, next } = await source.results(job.jobId, { after, limit: PAGE })
    const earlier = job.undoOf === undefined ? [] : await source.resultsAt(job.undoOf, results)
    const lines = results.map((result, at) => lineOf(job, result, earlier[at], bucketName))
    if (lines.length > 0) yield Buffer.from(lines.join(''))
    after = next
    await nextTurn()
  } while (after !== undefined)
}

function lineOf(
  job: Job,
  result: JobResult,
  earlier: JobResult | undefined,
  bucketName: (bucketId: string) => string,
): string {
  const { bucketId, key, versionId, size, outcome, error, before, at } = result
  const after = encryptionAfter(job, result, earlier)
  return csvRow([
    bucketName(bucketId),
    key,
    versionId,
    size,
    outcome,
    error,
    before.mode,
    before.suite,
    before.keyId,
    before.keyVersion,
    after.mode,
    after.suite,
    after.keyId,
    after.keyVersion,
    new Date(at).toISOString(),
  ])
}

/** What the job left: its target where it changed something, what was there where it did not. */
function encryptionAfter(
  { target }: Job,
  { outcome, before, keyVersionAfter: keyVersion }: JobResult,
  earlier: JobResult | undefined,
): EncryptionBefore {
  if (outcome === 'unchanged' || outcome === 'failed') return before
  if (target.kind === 'newest-version') return { ...before, keyVersion }
  if (target.kind === 'previous') return { ...(earlier?.before ?? before), keyVersion }
  if (target.kind === 'none') return { mode: 'none' }
  const keyId = target.kind === 'managed-key' ? target.keyRef : undefined
  return { mode: target.kind, suite: target.suite, keyId, keyVersion }
}
