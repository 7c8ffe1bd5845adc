import type { BlobStore } from '../blobs/blob-store.ts'
import type { Catalog } from '../store/catalog.ts'
import { startPeriodic, type RunningJob } from './runner.ts'

const BATCH = 500
const HOUR = 3_600_000
const GRACE = 24 * HOUR
const EVERY = 6 * HOUR

export interface SweepDeps {
  catalog: Pick<Catalog, 'referenced'>
  blobs: Pick<BlobStore, 'list' | 'delete'>
  /**
   * ms that a blob may lie without a row, though the store lists none whose row may be on its way; 0 for what an earlier process
   * left
   */
  graceMs: number
  /** ends it between two blobs */
  signal?: AbortSignal | undefined
  /** ms since the epoch */
  now?: () => number
}

/**
 * Removes blobs that no row names: what uploads left that died between the blob's commit and the catalog's.
 * @returns how many blobs were removed
 */
export async function sweepOrphans({
  catalog,
  blobs,
  graceMs,
  signal,
  now = Date.now,
}: SweepDeps): Promise<number> {
  const newest = now() - graceMs
  let swept = 0
  let batch: string[] = []
  const finish = async (): Promise<void> => {
    const named = await catalog.referenced(batch)
    const orphans = batch.filter((id) => !named.has(id))
    for (const id of orphans) await blobs.delete(id)
    swept += orphans.length
    batch = []
  }
  for await (const { id, modifiedAt } of blobs.list()) {
    if (signal?.aborted) return swept
    // Without a grace the clock does not matter: a blob dated in the future by a clock set back is an orphan too.
    if (graceMs === 0 || modifiedAt <= newest) batch.push(id)
    if (batch.length >= BATCH) await finish()
  }
  await finish()
  return swept
}

/**
 * Sweeps at once what earlier processes left, beside the requests, and then every few hours.
 * @param sweepFrom ms since the epoch before which nothing is swept (claim-blobs.ts)
 */
export function startOrphanSweeps(
  deps: Pick<SweepDeps, 'catalog' | 'blobs'> & { sweepFrom: number },
): RunningJob {
  const ending = new AbortController()
  let graceMs = 0
  const job = startPeriodic({
    name: 'sweep-orphans',
    everyMs: EVERY,
    atOnce: true,
    run: async () => {
      if (Date.now() < deps.sweepFrom) return
      await sweepOrphans({ ...deps, graceMs, signal: ending.signal })
      graceMs = GRACE
    },
  })
  return {
    stop: () => {
      ending.abort()
      return job.stop()
    },
  }
}
