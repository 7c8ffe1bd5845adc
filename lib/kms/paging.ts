import { StoreError } from '../errors.ts'
import type { Page, Paged } from './operations.ts'

const DEFAULT_LIMIT = 100
const LARGEST_LIMIT = 1000

/**
 * One page of a list in order of `nameOf`, which tells every item from all others. The marker names the last item
 * of the page before, so items that come or go meanwhile neither repeat nor hide another.
 * @throws StoreError InvalidMarker | InvalidArgument
 */
export function pageOf<T>(
  items: readonly T[],
  nameOf: (item: T) => string,
  { limit = DEFAULT_LIMIT, marker }: Page,
): Paged<T> {
  if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_LIMIT)
    throw new StoreError('InvalidArgument', `Limit must be from 1 to ${LARGEST_LIMIT}`, { argument: 'limit' })
  const after = marker === undefined ? undefined : decode(marker)
  const sorted = items.map((item) => ({ item, name: nameOf(item) })).sort((a, b) => compare(a.name, b.name))
  const rest = after === undefined ? sorted : sorted.filter(({ name }) => compare(name, after) > 0)
  const page = rest.slice(0, limit)
  const last = rest.length > limit ? page.at(-1) : undefined
  return { items: page.map(({ item }) => item), nextMarker: last && encode(last.name) }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function encode(name: string): string {
  return Buffer.from(`1:${name}`).toString('base64url')
}

function decode(marker: string): string {
  const text = Buffer.from(marker, 'base64url').toString()
  if (!text.startsWith('1:') || encode(text.slice(2)) !== marker)
    throw new StoreError('InvalidMarker', 'The marker is not one of this list')
  return text.slice(2)
}
