import {
  MOST_SELECTED_KEYS,
  MOST_SELECTED_PREFIXES,
  type JobFilter,
  type JobSelection,
} from '@/lib/console/schemas-jobs'

/** What an operation of the object list can be about. */
export interface OperationScope {
  name: 'selected' | 'filter' | 'search' | 'folder' | 'bucket'
  /** undefined: more is ticked than a job may name one by one */
  selection: JobSelection | undefined
}

export interface ObjectListState {
  bucket: string
  /** the open folder; '' is the bucket itself */
  prefix: string
  /** the beginning of names that is searched for */
  search: string
  /** what else narrows the list */
  filter?: Omit<JobFilter, 'prefix'> | undefined
  /** keys, and prefixes of folders */
  selected: readonly string[]
}

/** From the narrowest to the widest; a selection is always meant alone. */
export function operationScopes(list: ObjectListState): OperationScope[] {
  const { bucket, prefix, search, filter = {}, selected } = list
  if (selected.length > 0) return [{ name: 'selected', selection: selectionOf(bucket, selected) }]
  const within = (place: string): JobSelection => ({
    kind: 'filter',
    bucket,
    ...(place !== '' && { prefix: place }),
  })
  const filtered = Object.values(filter).some((value) => value !== undefined)
  const scopes: OperationScope[] = [{ name: 'bucket', selection: within('') }]
  if (prefix !== '') scopes.unshift({ name: 'folder', selection: within(prefix) })
  if (filtered) scopes.unshift({ name: 'filter', selection: { ...filter, ...within(prefix + search) } })
  else if (search !== '') scopes.unshift({ name: 'search', selection: within(prefix + search) })
  return scopes
}

function selectionOf(bucket: string, selected: readonly string[]): JobSelection | undefined {
  const prefixes = selected.filter((id) => id.endsWith('/'))
  const keys = selected.filter((id) => !id.endsWith('/'))
  const [folder] = prefixes
  if (selected.length === 1 && folder !== undefined) return { kind: 'filter', bucket, prefix: folder }
  if (keys.length > MOST_SELECTED_KEYS || prefixes.length > MOST_SELECTED_PREFIXES) return undefined
  return { kind: 'keys', bucket, keys, ...(prefixes.length > 0 && { prefixes }) }
}
