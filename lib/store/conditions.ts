import { StoreError } from '../errors.ts'
import type { WriteConditions } from './model.ts'
import type { ReadConditions } from './operations.ts'

interface Validators {
  /** without quotes */
  etag: string
  /** ms */
  lastModified: number
}

/**
 * Preconditions of a read in the order of RFC 9110 §13.2.2. Times compare by whole seconds, as HTTP dates have no more.
 * @throws StoreError PreconditionFailed | NotModified (`etag` and `lastModified` in the facts)
 */
export function checkRead(conditions: ReadConditions, current: Validators): void {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = conditions
  const modified = Math.floor(current.lastModified / 1000)
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, current.etag)) throw failed('If-Match')
  } else if (ifUnmodifiedSince !== undefined && modified > Math.floor(ifUnmodifiedSince / 1000)) {
    throw failed('If-Unmodified-Since')
  }
  if (ifNoneMatch !== undefined) {
    if (matches(ifNoneMatch, current.etag)) throw notModified(current)
  } else if (ifModifiedSince !== undefined && modified <= Math.floor(ifModifiedSince / 1000)) {
    throw notModified(current)
  }
}

/** The same on a copy source, where "not modified" is a failed precondition too (S3 API, CopyObject). */
export function checkCopySource(conditions: ReadConditions, current: Validators): void {
  try {
    checkRead(conditions, current)
  } catch (error) {
    if (error instanceof StoreError && error.code === 'NotModified')
      throw failed('x-amz-copy-source-If-None-Match')
    throw error
  }
}

/**
 * Preconditions of a write against the current version (S3 user guide, "Conditional writes").
 * @throws StoreError PreconditionFailed | NoSuchKey (If-Match on an absent key)
 */
export function checkWrite(conditions: WriteConditions, current: Validators | undefined): void {
  if (conditions.ifAbsent === true && current !== undefined) throw failed('If-None-Match')
  if (conditions.ifMatch === undefined) return
  if (current === undefined) throw new StoreError('NoSuchKey', 'The specified key does not exist.')
  if (!matches([conditions.ifMatch], current.etag)) throw failed('If-Match')
}

function matches(wanted: readonly string[], etag: string): boolean {
  return wanted.some((candidate) => candidate === '*' || candidate === etag)
}

function failed(condition: string): StoreError {
  return new StoreError(
    'PreconditionFailed',
    'At least one of the pre-conditions you specified did not hold',
    { condition },
  )
}

function notModified(current: Validators): StoreError {
  return new StoreError('NotModified', 'Not Modified', {
    etag: current.etag,
    lastModified: current.lastModified,
  })
}
