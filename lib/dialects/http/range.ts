import { isEmptyRange, type ByteRange, type IfRange, type RequestedRange } from '../../store/range.ts'
import { parseHttpDate } from './dates.ts'

const SINGLE_RANGE = /^bytes=(\d*)-(\d*)$/
const STRONG_TAG = /^"([^"]*)"$/

/**
 * Reads Range and If-Range (RFC 9110 §14.2, §13.1.5). What is not one well-formed byte range, a list included, is
 * ignored as the RFC allows: the whole object is served.
 */
export function readRange(
  header: (name: 'range' | 'if-range') => string | undefined,
): RequestedRange | undefined {
  const range = parseRange(header('range'))
  const ifRange = header('if-range')
  return range && ifRange !== undefined ? { ...range, ifRange: parseIfRange(ifRange.trim()) } : range
}

/** The Content-Range of a part of an object (RFC 9110 §14.4); of all of it, or of no bytes, none. @param size bytes of the whole object */
export function contentRange(range: ByteRange | undefined, size: number): { 'content-range'?: string } {
  if (range === undefined || isEmptyRange(range)) return {}
  return { 'content-range': `bytes ${range.start}-${range.endInclusive}/${size}` }
}

function parseRange(header: string | undefined): RequestedRange | undefined {
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

/** A weak tag fits nothing: bytes are to be joined, and it does not promise that they are the same. */
function parseIfRange(text: string): IfRange {
  const etag = STRONG_TAG.exec(text)?.[1]
  if (etag !== undefined) return { etag }
  const lastModified = parseHttpDate(text)
  return lastModified === undefined ? 'unreadable' : { lastModified }
}
