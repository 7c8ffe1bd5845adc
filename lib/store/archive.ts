import { StoreError } from '../errors.ts'
import type { ObjectRow, Restore } from './model.ts'
import type { RestoreStatus } from './operations.ts'

/**
 * Storage classes that must be restored before reading, as the vendors name them: S3's GLACIER and DEEP_ARCHIVE (S3
 * API reference, PutObject), OSS's Archive, ColdArchive and DeepColdArchive, COS's ARCHIVE and DEEP_ARCHIVE.
 */
const ARCHIVE_CLASSES: ReadonlySet<string> = new Set([
  'GLACIER',
  'DEEP_ARCHIVE',
  'ARCHIVE',
  'Archive',
  'ColdArchive',
  'DeepColdArchive',
])

type Archivable = Pick<ObjectRow, 'storageClass' | 'restore'>

export function isArchiveClass(storageClass: string): boolean {
  return ARCHIVE_CLASSES.has(storageClass)
}

/** Cannot be read at `now` (ms): of an archive class and not restored, or no longer. */
export function isArchived({ storageClass, restore }: Archivable, now: number): boolean {
  return isArchiveClass(storageClass) && !isReadable(restore, now)
}

/** @throws StoreError InvalidObjectState */
export function refuseArchived(row: Archivable, now: number): void {
  if (isArchived(row, now))
    throw new StoreError('InvalidObjectState', "The operation is not valid for the object's storage class", {
      storageClass: row.storageClass,
    })
}

/** What is told of a restore; undefined: nobody asked for one, or its time is over. */
export function restoreStatus({ restore }: Archivable, now: number): RestoreStatus | undefined {
  if (restore === undefined || now >= restore.expiresAt) return undefined
  return now < restore.availableAt ? { ongoing: true } : { ongoing: false, expiresAt: restore.expiresAt }
}

function isReadable(restore: Restore | undefined, now: number): boolean {
  return restore !== undefined && restore.availableAt <= now && now < restore.expiresAt
}
