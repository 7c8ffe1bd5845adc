import { isStoreError, storageFull, StoreError } from '../errors.ts'

/**
 * Translates what the disk says, and remembers when it can no longer be believed: after a failed fsync the
 * kernel may have dropped the dirty pages and report success the next time (PostgreSQL's "fsyncgate"), so
 * nothing more is written until somebody has looked and started Coffer again.
 */
export class DiskHealth {
  #distrusted = false

  /** @throws StoreError StorageFull once the disk is distrusted */
  requireWritable(): void {
    if (this.#distrusted) throw readOnly()
  }

  /** The failure of a write step as callers may see it. */
  writeFailure(error: unknown): unknown {
    if (isStoreError(error)) return error
    const code = errnoOf(error)
    if (code === undefined) return error
    if (NO_ROOM.has(code)) return storageFull({ errno: code }, error)
    if (NO_HANDLES.has(code)) return tooManyOpen(code, error)
    if (code === 'EIO') this.#distrusted = true
    return this.#distrusted ? readOnly(error) : storageFailed(code, error)
  }

  /** The failure of fsync or fdatasync: unless there was simply no room, the disk is not believed again. */
  syncFailure(error: unknown): unknown {
    const code = errnoOf(error)
    if (code !== undefined && !NO_ROOM.has(code)) this.#distrusted = true
    return this.writeFailure(error)
  }
}

/** A read that the disk refused: the bytes are lost for now, which is for an operator to see. */
export function readFailure(id: string, error: unknown): unknown {
  const code = errnoOf(error)
  if (code === undefined) return error
  if (NO_HANDLES.has(code)) return tooManyOpen(code, error)
  return new StoreError(
    'ObjectCorrupt',
    'The stored bytes cannot be read',
    { blob: id, errno: code },
    { cause: error },
  )
}

export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

const NO_ROOM: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EROFS'])

const NO_HANDLES: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE'])

function tooManyOpen(errno: string, cause: unknown): StoreError {
  return new StoreError('SlowDown', 'Too many files are open. Please try again.', { errno }, { cause })
}

function storageFailed(errno: string, cause: unknown): StoreError {
  return new StoreError('InternalError', 'The storage failed. Please try again.', { errno }, { cause })
}

function readOnly(cause?: unknown): StoreError {
  const why = 'The storage takes no writes: its disk reported an error. Reading still works.'
  return new StoreError('StorageFull', why, { errno: 'EIO' }, { cause })
}
