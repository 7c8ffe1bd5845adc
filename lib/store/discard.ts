import { isStoreError } from '../errors.ts'
import type { StoreDeps } from './deps.ts'

/**
 * Runs a commit; when the catalog *refused* it, the blobs just written are removed at once. After any other
 * failure nobody knows whether the commit reached the disk, so the blobs stay for the orphan sweep, which may judge them
 * from now on.
 */
export async function discardUnlessCommitted(
  deps: StoreDeps,
  blobIds: readonly string[],
  commit: () => Promise<void>,
): Promise<void> {
  try {
    await commit()
  } catch (error) {
    if (isStoreError(error)) await Promise.allSettled(blobIds.map((id) => deps.blobs.delete(id)))
    throw error
  } finally {
    deps.blobs.settle(blobIds)
  }
}
