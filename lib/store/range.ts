import { StoreError } from '../errors.ts'

/** `bytes=a-b`, `bytes=a-`, `bytes=-n` (RFC 9110 §14.1); a list of ranges is not served and reads whole. */
export type RequestedRange = ({ start: number; endInclusive?: number } | { suffix: number }) & {
  /** only of the object that the client has begun to read; of any other, all of it (RFC 9110 §13.1.5) */
  ifRange?: IfRange
}

/** A strong entity tag without quotes, the time of the last change in ms, or neither, which fits no object. */
export type IfRange = { etag: string } | { lastModified: number } | 'unreadable'

/** First and last plaintext byte, both inclusive; of no bytes, the last one lies before the first. */
export interface ByteRange {
  start: number
  endInclusive: number
}

export function isEmptyRange({ start, endInclusive }: ByteRange): boolean {
  return endInclusive < start
}

/**
 * Turns a requested range into bytes of an object of `size` (RFC 9110 §14.1.2). The last bytes of an empty object are
 * none, and can be had; a first one it does not have.
 * @throws StoreError InvalidRange when it lies wholly outside
 */
export function resolveRange(range: RequestedRange, size: number): ByteRange {
  if ('suffix' in range) {
    if (range.suffix === 0) throw unsatisfiable(size)
    return { start: Math.max(0, size - range.suffix), endInclusive: size - 1 }
  }
  if (range.start >= size) throw unsatisfiable(size)
  return { start: range.start, endInclusive: Math.min(range.endInclusive ?? size - 1, size - 1) }
}

/** Whether the object is still the one of which the client wants the rest; times have whole seconds (RFC 9110 §13.1.5). */
export function isUnchanged(
  validator: IfRange | undefined,
  current: { etag: string; lastModified: number },
): boolean {
  if (validator === undefined) return true
  if (validator === 'unreadable') return false
  return 'etag' in validator
    ? validator.etag === current.etag
    : validator.lastModified === Math.floor(current.lastModified / 1000) * 1000
}

function unsatisfiable(size: number): StoreError {
  return new StoreError('InvalidRange', 'The requested range is not satisfiable', { size })
}
