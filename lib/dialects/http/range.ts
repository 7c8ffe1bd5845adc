import type { RequestedRange } from '../../store/operations.ts'

const SINGLE_RANGE = /^bytes=(\d*)-(\d*)$/

/**
 * Reads a Range header (RFC 9110 §14.2). What is not one well-formed byte range, a list included, is ignored as
 * the RFC allows: the whole object is served.
 */
export function parseRange(header: string | undefined): RequestedRange | undefined {
  const match = header === undefined ? null : SINGLE_RANGE.exec(header.trim())
  if (match === null) return undefined
  const [, first = '', last = ''] = match
  if (first === '') return last === '' ? undefined : { suffix: position(last) }
  if (last === '') return { start: position(first) }
  const range = { start: position(first), endInclusive: position(last) }
  return range.endInclusive < range.start ? undefined : range
}

/** Positions beyond 2^53 lie beyond any object; clamping keeps the arithmetic exact. */
function position(digits: string): number {
  return Math.min(Number(digits), Number.MAX_SAFE_INTEGER)
}
