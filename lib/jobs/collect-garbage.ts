import type { BlobStore } from '../blobs/blob-store.ts'
import type { Catalog } from '../store/catalog.ts'

const BATCH = 500

/** Deletes blobs that nothing refers to any more; the row goes after the blob, so a crash repeats work but loses none. Returns how many. */
export async function collectGarbage({
  catalog,
  blobs,
  now = Date.now,
}: {
  catalog: Catalog
  blobs: BlobStore
  now?: () => number
}): Promise<number> {
  let collected = 0
  for (;;) {
    const due = await catalog.dueGarbage(now(), BATCH)
    if (due.length === 0) return collected
    for (const blobId of due) await blobs.delete(blobId)
    await catalog.forgetGarbage(due)
    collected += due.length
  }
}
