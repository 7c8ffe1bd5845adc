import type { KeyRange, NewestOlder, Span, Walk } from './filter-walks.ts'
import { NEWEST, type FoundPlace } from './found-place.ts'
import { isBefore, keyBytes, type KeyBound } from './key-order.ts'

/** Entries looked at before the event loop has its turn. */
const SLICE = 4_096

/** Part of a search that is short enough to be done at once. */
export interface Slice {
  span: Span
  /** where the search goes on behind it; undefined: it is the last */
  next: FoundPlace | undefined
  /** about so many entries are looked at */
  entries: number
}

export interface Measures {
  /** what measures a slice: the walks, or every object where the walks together pass all of them */
  measures: readonly Walk[]
  /** given where older versions are searched, too */
  newestOlder: NewestOlder | undefined
}

/**
 * A range of keys, from a place in it on, as slices. What matches often fills the page with the first, short slice; what
 * is rare deserves longer ones.
 */
export function* slices(
  by: Measures,
  range: KeyRange,
  from: FoundPlace | undefined,
  first: number,
): Generator<Slice> {
  const { bucket, upper } = range
  const start = from === undefined ? range.lower : behind(from.key)
  let lower = isBefore(start, range.lower) ? range.lower : start
  if (from?.below !== undefined && lower === start && isBefore(keyBytes(from.key), upper))
    yield* versionsOf(by, bucket, from.key, from.below)
  for (let size = first; ; size = Math.min(4 * size, SLICE)) {
    const last = keyAt(by.measures, { bucket, lower, upper }, size)
    if (last === undefined) {
      yield { span: { bucket, lower, upper }, next: undefined, entries: size }
      return
    }
    if (by.newestOlder === undefined) {
      const end = behind(last)
      yield { span: { bucket, lower, upper: end }, next: { key: last }, entries: size }
      lower = end
    } else if (keyAt(by.measures, { bucket, lower, upper }, 1) === last) {
      // One key has more versions than a slice has entries.
      yield* versionsOf(by, bucket, last, NEWEST)
      lower = behind(last)
    } else {
      const end = keyBytes(last)
      yield { span: { bucket, lower, upper: end }, next: { key: last, below: NEWEST }, entries: size }
      lower = end
    }
  }
}

/** No two versions of a key have the same sequence, so a range of so many sequences holds no more versions. */
function* versionsOf({ newestOlder }: Measures, bucket: string, key: string, top: number): Generator<Slice> {
  for (let below = top; below > 0;) {
    const newest = newestOlder?.(bucket, key, below) ?? 0
    const from = Math.max(0, newest + 1 - SLICE)
    const next = from === 0 ? { key } : { key, below: from }
    yield { span: { bucket, key, from, below }, next, entries: newest + 1 - from }
    below = from
  }
}

/** The key up to which all measures together have no more than `count` entries; undefined: all of them end before. */
function keyAt(measures: readonly Walk[], range: KeyRange, count: number): string | undefined {
  const each = Math.ceil(count / measures.length)
  const ends = measures.flatMap((walk) => walk.keyAt(range, each - 1) ?? [])
  return ends.sort(byBytes)[0]
}

/** The smallest bound above this key alone. */
function behind(key: string): KeyBound {
  return keyBytes(`${key}\0`)
}

export function byBytes(a: string, b: string): number {
  return Buffer.compare(keyBytes(a), keyBytes(b))
}
