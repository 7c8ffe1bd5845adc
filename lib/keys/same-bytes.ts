import { timingSafeEqual } from 'node:crypto'

/** Constant-time comparison; only the lengths may show. */
export function sameBytes(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}
