import type { BlobStore } from '../blobs/blob-store.ts'
import type { Catalog } from '../store/catalog.ts'

const BATCH = 500

export interface SweepDeps {
  catalog: Pick<Catalog, 'referenced'>
  blobs: Pick<BlobStore, 'list' | 'delete'>
  /** ms that a blob may lie without a row: a running upload's blob is durable before its row is; 0 only while no writer runs */
  graceMs: number
  /** ms since the epoch */
  now?: () => number
}

/**
 * Removes blobs that no row names: what uploads left that died between the blob's commit and the catalog's.
 * @returns how many blobs were removed
 */
export async function sweepOrphans({ catalog, blobs, graceMs, now = Date.now }: SweepDeps): Promise<number> {
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
    // Without a grace the clock does not matter: a blob dated in the future by a clock set back is an orphan too.
    if (graceMs === 0 || modifiedAt <= newest) batch.push(id)
    if (batch.length >= BATCH) await finish()
  }
  await finish()
  return swept
}
