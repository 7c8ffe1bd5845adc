import type { ObjectFilter } from '../../store/object-filter.ts'

/**
 * What a row of object_version must be for a filter, as SQL that is the same for every filter, so that statements stay
 * prepared. No method or suite is part of another's name between the bars.
 */
export const FILTER_CONDITIONS = `
  delete_marker = 0
  AND (@modes IS NULL OR instr(@modes, '|' || mode || '|') > 0)
  AND (@suites IS NULL OR instr(@suites, '|' || suite || '|') > 0)
  AND (@keyId IS NULL OR key_id = +@keyId)
  AND (@versionBelow IS NULL OR key_version < @versionBelow)
  AND size >= @minSize AND size <= @maxSize
  AND last_modified >= @modifiedFrom AND last_modified < @modifiedTo
  AND (@tagKey IS NULL OR EXISTS (
    SELECT 1 FROM json_each(tags) AS tag WHERE tag.key = +@tagKey AND (@tagValue IS NULL OR tag.value = +@tagValue)))`

export interface FilterBindings {
  modes: string | null
  suites: string | null
  keyId: string | null
  versionBelow: number | null
  minSize: number
  maxSize: number
  modifiedFrom: number
  modifiedTo: number
  tagKey: string | null
  tagValue: string | null
}

export function filterBindings(filter: ObjectFilter): FilterBindings {
  return {
    modes: list(filter.modes),
    suites: list(filter.suites),
    keyId: filter.keyId ?? null,
    versionBelow: filter.keyVersionBelow ?? null,
    minSize: filter.minSize ?? 0,
    maxSize: filter.maxSize ?? Number.MAX_SAFE_INTEGER,
    modifiedFrom: filter.modifiedFrom ?? 0,
    modifiedTo: filter.modifiedTo ?? Number.MAX_SAFE_INTEGER,
    tagKey: filter.tag?.key ?? null,
    tagValue: filter.tag?.value ?? null,
  }
}

function list(values: readonly string[] | undefined): string | null {
  return values === undefined ? null : `|${values.join('|')}|`
}
