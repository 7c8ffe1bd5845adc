import type { ObjectFilter } from '@/lib/console/object-filter'
import type { Suite } from '@/lib/console/schemas'

/** What stands in the fields of the form; an empty field, or 'any', asks nothing. */
export interface FilterDraft {
  mode: Mode | 'any'
  suite: Suite | 'any'
  /** a key's id, or 'any' */
  keyId: string
  /** only what older versions of the key wrap than this one; comes by a link, not by a field */
  keyVersionBelow: number | undefined
  /** MiB */
  minSize: string
  maxSize: string
  /** `YYYY-MM-DD` in the reader's zone, both included */
  fromDay: string
  toDay: string
  tagKey: string
  tagValue: string
  versions: VersionScope
}

export const VERSION_SCOPES = ['current', 'all'] as const
export type VersionScope = (typeof VERSION_SCOPES)[number]

export const MODES = ['none', 'service-key', 'managed-key', 'customer-key'] as const
export type Mode = (typeof MODES)[number]

const MIB = 1024 * 1024

export function draftOf(filter: ObjectFilter): FilterDraft {
  const { modes, suites, keyId, keyVersionBelow, minSize, maxSize, modifiedFrom, modifiedTo, tag } = filter
  return {
    mode: modes?.[0] ?? 'any',
    suite: suites?.[0] ?? 'any',
    keyId: keyId ?? 'any',
    keyVersionBelow,
    minSize: minSize === undefined ? '' : String(minSize / MIB),
    maxSize: maxSize === undefined ? '' : String(maxSize / MIB),
    fromDay: modifiedFrom === undefined ? '' : dayOf(modifiedFrom),
    toDay: modifiedTo === undefined ? '' : dayOf(modifiedTo - 1),
    tagKey: tag?.key ?? '',
    tagValue: tag?.value ?? '',
    versions: filter.versions ?? 'current',
  }
}

export function filterOf(draft: FilterDraft): ObjectFilter {
  const { mode, suite, keyId, tagKey, tagValue } = draft
  const key = keyId === 'any' ? undefined : keyId
  const filter: { [Name in keyof ObjectFilter]: ObjectFilter[Name] | undefined } = {
    modes: mode === 'any' ? undefined : [mode],
    suites: suite === 'any' ? undefined : [suite],
    keyId: key,
    keyVersionBelow: key === undefined ? undefined : draft.keyVersionBelow,
    minSize: bytesOf(draft.minSize),
    maxSize: bytesOf(draft.maxSize),
    modifiedFrom: startOf(draft.fromDay, 0),
    modifiedTo: startOf(draft.toDay, 1),
    versions: draft.versions === 'all' ? 'all' : undefined,
    tag: tagKey.trim() === '' ? undefined : { key: tagKey.trim(), ...(tagValue && { value: tagValue }) },
  }
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined))
}

function bytesOf(mebibytes: string): number | undefined {
  const size = Number(mebibytes)
  return mebibytes.trim() === '' || !Number.isFinite(size) || size < 0 ? undefined : Math.round(size * MIB)
}

/** Midnight at which a day begins in the reader's zone, or a day `later`. */
function startOf(day: string, later: number): number | undefined {
  const [year, month, date] = day.split('-').map(Number)
  if (!year || !month || !date) return undefined
  return new Date(year, month - 1, date + later).getTime()
}

function dayOf(at: number): string {
  const date = new Date(at)
  const two = (part: number): string => String(part).padStart(2, '0')
  return `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}
