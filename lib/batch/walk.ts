import { setImmediate as others } from 'node:timers/promises'
import type { Catalog } from '../store/catalog.ts'
import type { ObjectFilter } from '../store/object-filter.ts'
import type { ObjectRow } from '../store/model.ts'
import { isObjectVersion } from '../store/version-ids.ts'
import type { BatchRepository } from './batch-repository.ts'
import type { Cursor, Job, JobResult, ResultPlace, Selection } from './model.ts'

/** One object version that a job is for. */
export interface Item {
  bucketId: string
  key: string
  /** undefined: there is none */
  row: ObjectRow | undefined
  /** of an undo or another attempt: what was done to it before */
  earlier?: JobResult
}

/** A step through a selection: what comes next, and where to go on once all of it has a result. */
export interface Stride {
  items: Item[]
  /** undefined: this was the last */
  cursor: Cursor | undefined
}

export interface WalkDeps {
  catalog: Pick<Catalog, 'find' | 'findObject' | 'findVersion'>
  repository: Pick<BatchRepository, 'results' | 'resultsAt'>
}

/** Stretches of one stride: many may be empty, and each costs a look. */
const MOST_STRETCHES = 64

/**
 * The object versions of a job after `cursor`, about `limit` of them, always in the same order: a version that keeps its
 * key is met once, whatever else comes and goes meanwhile. A stride may be empty and not the last.
 */
export function stride(
  deps: WalkDeps,
  job: Pick<Job, 'jobId' | 'selection' | 'progress'>,
  cursor: Cursor | undefined,
  limit: number,
): Promise<Stride> {
  const { selection, progress } = job
  if (progress.attempt > 1) return failedBefore(deps, job, cursor, limit)
  if (selection.kind === 'undo') return rewrappedBy(deps, selection.jobId, cursor, limit)
  return throughStretches(deps, selection, cursor ?? { stretch: 0 }, limit)
}

type Stretch = { bucketId: string; keys: readonly string[] } | { filter: ObjectFilter }

/** A selection as a row of stretches, each in order of its keys. */
function stretches(selection: Exclude<Selection, { kind: 'undo' }>): Stretch[] {
  switch (selection.kind) {
    case 'filter':
      return [{ filter: selection.filter }]
    case 'key': {
      const { keyId, keyVersionBelow, bucketIds, versions } = selection
      return bucketIds.map((bucketId) => ({ filter: { bucketId, keyId, keyVersionBelow, versions } }))
    }
    case 'keys': {
      const { bucketId, keys, prefixes, versions } = selection
      const each = keys.map((key) => ({ filter: { bucketId, key, versions } }))
      return [
        ...(versions === 'all' ? each : [{ bucketId, keys }]),
        ...prefixes.map((prefix) => ({ filter: { bucketId, prefix, versions } })),
      ]
    }
  }
}

async function throughStretches(
  deps: WalkDeps,
  selection: Exclude<Selection, { kind: 'undo' }>,
  from: Cursor,
  limit: number,
): Promise<Stride> {
  const all = stretches(selection)
  const items: Item[] = []
  let { stretch, after } = from
  const last = Math.min(all.length, stretch + MOST_STRETCHES)
  for (; stretch < last && items.length < limit; stretch += 1) {
    const found = await through(deps, all[stretch]!, after, limit - items.length)
    items.push(...found.items)
    if (found.next !== undefined) return { items, cursor: { stretch, after: found.next } }
    after = undefined
    await others()
  }
  return { items, cursor: stretch < all.length ? { stretch } : undefined }
}

function through(deps: WalkDeps, stretch: Stretch, after: string | undefined, limit: number): Promise<Found> {
  return 'filter' in stretch
    ? filtered(deps, stretch.filter, after, limit)
    : named(deps, stretch, after, limit)
}

interface Found {
  items: Item[]
  next: string | undefined
}

async function filtered(
  { catalog }: WalkDeps,
  filter: ObjectFilter,
  after: string | undefined,
  limit: number,
): Promise<Found> {
  const { objects, next } = await catalog.find(filter, after, limit)
  const { bucketId, key } = filter
  // A key that was named is told of, though it has no version (any more).
  if (key !== undefined && objects.length === 0 && after === undefined && next === undefined)
    return { items: [{ bucketId, key, row: undefined }], next }
  return { items: objects.map(itemOf), next }
}

async function named(
  { catalog }: WalkDeps,
  { bucketId, keys }: { bucketId: string; keys: readonly string[] },
  after: string | undefined,
  limit: number,
): Promise<Found> {
  const start = after === undefined ? 0 : keys.indexOf(after) + 1
  const these = keys.slice(start, start + limit)
  const items = await Promise.all(
    these.map(async (key) => ({ bucketId, key, row: await catalog.findObject(bucketId, key) })),
  )
  return { items, next: start + limit < keys.length ? these.at(-1) : undefined }
}

/** For another attempt: what failed in an earlier one. An undo still goes by what it takes back. */
async function failedBefore(
  deps: WalkDeps,
  { jobId, selection, progress }: Pick<Job, 'jobId' | 'selection' | 'progress'>,
  cursor: Cursor | undefined,
  limit: number,
): Promise<Stride> {
  const query = { outcome: 'failed', attemptBelow: progress.attempt, after: placeOf(cursor), limit } as const
  const { results, next } = await deps.repository.results(jobId, query)
  if (selection.kind !== 'undo') return again(deps, { results, next })
  const undone = await deps.repository.resultsAt(selection.jobId, results)
  return again(deps, { results: results.map((result, at) => undone[at] ?? result), next })
}

async function rewrappedBy(
  deps: WalkDeps,
  jobId: string,
  cursor: Cursor | undefined,
  limit: number,
): Promise<Stride> {
  const query = { outcome: 'rewrapped', after: placeOf(cursor), limit } as const
  return again(deps, await deps.repository.results(jobId, query))
}

async function again(
  { catalog }: WalkDeps,
  { results, next }: { results: JobResult[]; next: ResultPlace | undefined },
): Promise<Stride> {
  const items = await Promise.all(
    results.map(async (earlier) => ({ ...(await lookUp(catalog, earlier)), earlier })),
  )
  return { items, cursor: next && { stretch: 0, after: JSON.stringify(next) } }
}

/** The very version that a result is of, current or not. */
async function lookUp(
  catalog: Pick<Catalog, 'findVersion'>,
  { bucketId, key, versionId }: ResultPlace,
): Promise<Item> {
  const version = await catalog.findVersion(bucketId, key, versionId)
  return { bucketId, key, row: version && isObjectVersion(version) ? version : undefined }
}

function itemOf(row: ObjectRow): Item {
  return { bucketId: row.bucketId, key: row.key, row }
}

function placeOf(cursor: Cursor | undefined): ResultPlace | undefined {
  return cursor?.after === undefined ? undefined : (JSON.parse(cursor.after) as ResultPlace)
}
