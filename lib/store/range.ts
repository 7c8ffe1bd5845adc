import { StoreError } from '../errors.ts'
import type { RequestedRange } from './operations.ts'

/** First and last plaintext byte, both inclusive. */
export interface ByteRange {
  start: number
  endInclusive: number
}

/**
 * Turns a requested range into bytes of an object of `size` (RFC 9110 §14.1.2).
 * @throws StoreError InvalidRange when it lies wholly outside
 */
export function resolveRange(range: RequestedRange, size: number): ByteRange {
  if ('suffix' in range) {
    if (range.suffix === 0 || size === 0) throw unsatisfiable(size)
    return { start: Math.max(0, size - range.suffix), endInclusive: size - 1 }
  }
  if (range.start >= size) throw unsatisfiable(size)
  return { start: range.start, endInclusive: Math.min(range.endInclusive ?? size - 1, size - 1) }
}

function unsatisfiable(size: number): StoreError {
  return new StoreError('InvalidRange', 'The requested range is not satisfiable', { size })
}
