import type { BlobStore } from '../blobs/blob-store.ts'
import type { Catalog } from '../store/catalog.ts'

const BATCH = 500

export interface GarbageDeps {
  catalog: Pick<Catalog, 'dueGarbage' | 'forgetGarbage'>
  blobs: Pick<BlobStore, 'delete'>
  /** ms since the epoch */
  now?: () => number
}

/**
 * Removes the blobs of replaced and deleted objects whose time has come. The blob goes first, then its row:
 * after a crash in between, the next round deletes a blob that is gone already, which succeeds.
 * @returns how many blobs were removed
 */
export async function collectGarbage({ catalog, blobs, now = Date.now }: GarbageDeps): Promise<number> {
  let collected = 0
  for (;;) {
    const due = await catalog.dueGarbage(now(), BATCH)
    if (due.length === 0) return collected
    for (const id of due) await blobs.delete(id)
    await catalog.forgetGarbage(due)
    collected += due.length
  }
}
