import type { Catalog } from '../store/catalog.ts'
import type { ObjectFilter } from '../store/object-filter.ts'
import type { ObjectRow } from '../store/model.ts'
import type { BatchRepository } from './batch-repository.ts'
import type { Cursor, Job, JobResult, ResultPlace, Selection } from './model.ts'

/** One object that a job is for. */
export interface Item {
  bucketId: string
  key: string
  /** undefined: there is no such object */
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
  catalog: Pick<Catalog, 'find' | 'findObject'>
  repository: Pick<BatchRepository, 'results'>
}

/**
 * The objects of a job after `cursor`, about `limit` of them, always in the same order: an object that keeps its key
 * is met once, whatever else comes and goes meanwhile. A stride may be empty and not the last.
 */
export function stride(
  deps: WalkDeps,
  job: Pick<Job, 'jobId' | 'selection' | 'progress'>,
  cursor: Cursor | undefined,
  limit: number,
): Promise<Stride> {
  const { selection, progress } = job
  if (progress.attempt > 1) return failedBefore(deps, job.jobId, progress.attempt, cursor, limit)
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
      const { keyId, keyVersionBelow, bucketIds } = selection
      return bucketIds.map((bucketId) => ({ filter: { bucketId, keyId, keyVersionBelow } }))
    }
    case 'keys': {
      const { bucketId, keys, prefixes } = selection
      return [{ bucketId, keys }, ...prefixes.map((prefix) => ({ filter: { bucketId, prefix } }))]
    }
  }
}

async function throughStretches(
  deps: WalkDeps,
  selection: Exclude<Selection, { kind: 'undo' }>,
  { stretch, after }: Cursor,
  limit: number,
): Promise<Stride> {
  const all = stretches(selection)
  const here = all[stretch]
  if (here === undefined) return { items: [], cursor: undefined }
  const found =
    'filter' in here ? await filtered(deps, here.filter, after, limit) : await named(deps, here, after, limit)
  if (found.next !== undefined) return { items: found.items, cursor: { stretch, after: found.next } }
  const ended = stretch + 1 >= all.length
  return { items: found.items, cursor: ended ? undefined : { stretch: stretch + 1 } }
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
  const items = await Promise.all(these.map((key) => lookUp(catalog, { bucketId, key })))
  return { items, next: start + limit < keys.length ? these.at(-1) : undefined }
}

/** For another attempt: what failed in an earlier one. */
async function failedBefore(
  deps: WalkDeps,
  jobId: string,
  attempt: number,
  cursor: Cursor | undefined,
  limit: number,
): Promise<Stride> {
  const query = { outcome: 'failed', attemptBelow: attempt, after: placeOf(cursor), limit } as const
  return again(deps, await deps.repository.results(jobId, query))
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

async function lookUp(
  catalog: Pick<Catalog, 'findObject'>,
  { bucketId, key }: { bucketId: string; key: string },
): Promise<Item> {
  return { bucketId, key, row: await catalog.findObject(bucketId, key) }
}

function itemOf(row: ObjectRow): Item {
  return { bucketId: row.bucketId, key: row.key, row }
}

function placeOf(cursor: Cursor | undefined): ResultPlace | undefined {
  return cursor?.after === undefined ? undefined : (JSON.parse(cursor.after) as ResultPlace)
}
