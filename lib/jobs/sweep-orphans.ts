import type { BlobStore } from '../blobs/blob-store.ts'
import type { Catalog } from '../store/catalog.ts'

const BATCH = 500

/**
 * Deletes blobs that no row names: what a crash left between the blob and its commit. A running writer's blob
 * is young, so only those older than `graceMs` go; at start, when nobody writes, the grace is 0. Returns how many.
 */
export async function sweepOrphans({
  catalog,
  blobs,
  graceMs,
  now = Date.now,
}: {
  catalog: Catalog
  blobs: BlobStore
  graceMs: number
  now?: () => number
}): Promise<number> {
  const before = now() - graceMs
  let batch: string[] = []
  let swept = 0
  const flush = async (): Promise<void> => {
    const referenced = await catalog.referenced(batch)
    for (const id of batch) {
      if (referenced.has(id)) continue
      await blobs.delete(id)
      swept++
    }
    batch = []
  }
  for await (const { id, modifiedAt } of blobs.list()) {
    if (modifiedAt > before) continue
    batch.push(id)
    if (batch.length >= BATCH) await flush()
  }
  await flush()
  return swept
}
