import type {
  Expiration,
  LifecycleConfiguration,
  LifecycleFilter,
  LifecycleRule,
  LifecycleTime,
  NoncurrentTime,
} from './lifecycle-model.ts'
import { isArchiveClass } from './archive.ts'
import type { Bucket, DeleteMarker, ObjectRow, UploadRow } from './model.ts'
import { isLocked } from './object-lock.ts'
import { storageRank } from './storage-rank.ts'
import { isObjectVersion } from './version-ids.ts'

const DAY = 86_400_000
/** S3 user guide, "Transitioning objects": smaller ones are not worth moving. */
const TRANSITION_BYTES = 128 * 1024
/** The last ms that a Date can be. */
const END_OF_TIME = 8.64e15

/** One version of a key, and its place among the others. */
export interface VersionState {
  version: ObjectRow | DeleteMarker
  isLatest: boolean
  /** of a noncurrent one: when the version above it was written, ms since the epoch */
  supersededAt?: number
  /** of a noncurrent one: how many noncurrent ones are newer */
  newerNoncurrent?: number
  /** of a delete marker: nothing else is left of its key */
  alone?: boolean
}

export type LifecycleAction =
  /** of the current version: what a deletion without a version id does */
  | { kind: 'expire'; ruleId: string }
  /** of a noncurrent version or a lone delete marker: for good */
  | { kind: 'remove'; ruleId: string }
  | { kind: 'transition'; ruleId: string; storageClass: string }

/**
 * What is to be done with a version at `now` (ms), if anything. Deletion goes before transition, and of transitions the
 * coldest (S3 user guide, "Conflicts between lifecycle actions").
 */
export function lifecycleAction(
  configuration: LifecycleConfiguration,
  state: VersionState,
  now: number,
): LifecycleAction | undefined {
  const rules = configuration.rules.filter(({ enabled, filter }) => enabled && fits(filter, state.version))
  const ending = rules.find((rule) => ends(rule, state, now))
  if (ending !== undefined)
    return { kind: state.isLatest && isObjectVersion(state.version) ? 'expire' : 'remove', ruleId: ending.id }
  return isObjectVersion(state.version)
    ? transitionOf(rules, configuration, { ...state, version: state.version }, now)
    : undefined
}

function fits(filter: LifecycleFilter, version: ObjectRow | DeleteMarker): boolean {
  return isObjectVersion(version) ? fitsObject(filter, version) : fitsMarker(filter, version)
}

type Described = Pick<ObjectRow, 'key' | 'size' | 'tags'>

function fitsObject(
  { prefix, tags, sizeGreaterThan, sizeLessThan }: LifecycleFilter,
  object: Described,
): boolean {
  return (
    object.key.startsWith(prefix) &&
    Object.entries(tags).every(
      ([name, value]) => Object.hasOwn(object.tags, name) && object.tags[name] === value,
    ) &&
    (sizeGreaterThan === undefined || object.size > sizeGreaterThan) &&
    (sizeLessThan === undefined || object.size < sizeLessThan)
  )
}

/** A marker has neither tags nor bytes: only rules that ask for none speak of it. */
function fitsMarker(
  { prefix, tags, sizeGreaterThan, sizeLessThan }: LifecycleFilter,
  { key }: DeleteMarker,
): boolean {
  const asks = Object.keys(tags).length > 0 || sizeGreaterThan !== undefined || sizeLessThan !== undefined
  return key.startsWith(prefix) && !asks
}

function ends(rule: LifecycleRule, state: VersionState, now: number): boolean {
  const { expiration, noncurrentExpiration } = rule
  if (!state.isLatest)
    return (
      noncurrentExpiration !== undefined && isOver(noncurrentExpiration, state, now) && !isKept(state, now)
    )
  if (expiration === undefined) return false
  // A rule that deletes objects of some age also clears away the markers of that age (S3 API, ExpiredObjectDeleteMarker).
  if (!isObjectVersion(state.version) && !state.alone) return false
  if ('expiredDeleteMarker' in expiration) return !isObjectVersion(state.version)
  return now >= dueAt(expiration, state.version.lastModified)
}

/** A lock goes before every rule (S3 user guide, "Object Lock and lifecycle"). */
function isKept({ version }: VersionState, now: number): boolean {
  return isObjectVersion(version) && isLocked(version, now)
}

function isOver({ days, keep = 0 }: NoncurrentTime, state: VersionState, now: number): boolean {
  const { supersededAt, newerNoncurrent = 0 } = state
  return supersededAt !== undefined && newerNoncurrent >= keep && now >= dueAt({ days }, supersededAt)
}

function transitionOf(
  rules: readonly LifecycleRule[],
  configuration: LifecycleConfiguration,
  state: VersionState & { version: ObjectRow },
  now: number,
): LifecycleAction | undefined {
  const { version, isLatest } = state
  let coldest: LifecycleAction | undefined
  let rank = storageRank(version.storageClass) ?? 0
  for (const { id: ruleId, filter, transitions = [], noncurrentTransitions = [] } of rules) {
    const due = isLatest
      ? transitions.filter((time) => now >= dueAt(time, version.lastModified))
      : noncurrentTransitions.filter((time) => isOver(time, state, now))
    for (const { storageClass } of due) {
      const colder = storageRank(storageClass) ?? 0
      if (colder <= rank || isTooSmall(version, storageClass, filter, configuration)) continue
      rank = colder
      coldest = { kind: 'transition', ruleId, storageClass }
    }
  }
  return coldest
}

function isTooSmall(
  { size }: ObjectRow,
  storageClass: string,
  filter: LifecycleFilter,
  { transitionMinimum }: LifecycleConfiguration,
): boolean {
  if (transitionMinimum === undefined || size >= TRANSITION_BYTES) return false
  if (filter.sizeGreaterThan !== undefined || filter.sizeLessThan !== undefined) return false
  return transitionMinimum === 'all_storage_classes_128K' || !isArchiveClass(storageClass)
}

/** The rule by which an upload in progress is given up at `now` (ms). */
export function abortingRule(
  { rules }: LifecycleConfiguration,
  { key, initiatedAt }: Pick<UploadRow, 'key' | 'initiatedAt'>,
  now: number,
): string | undefined {
  return rules.find(
    ({ enabled, filter, abortUploads }) =>
      enabled &&
      abortUploads !== undefined &&
      key.startsWith(filter.prefix) &&
      now >= dueAt(abortUploads, initiatedAt),
  )?.id
}

/** For an answer: when a current version expires by the rules of its bucket. */
export function toldExpiration(
  { lifecycle }: Pick<Bucket, 'lifecycle'>,
  object: Described & Pick<ObjectRow, 'lastModified'>,
): { expiration?: Expiration } {
  const expiration = lifecycle && expirationOf(lifecycle, object)
  return expiration === undefined ? {} : { expiration }
}

/** undefined: never, or later than anybody can say */
function expirationOf(
  { rules }: LifecycleConfiguration,
  object: Described & Pick<ObjectRow, 'lastModified'>,
): Expiration | undefined {
  let first: Expiration | undefined
  for (const { enabled, filter, expiration, id: ruleId } of rules) {
    if (!enabled || expiration === undefined || 'expiredDeleteMarker' in expiration) continue
    if (!fitsObject(filter, object)) continue
    const expiresAt = dueAt(expiration, object.lastModified)
    if (expiresAt < (first?.expiresAt ?? END_OF_TIME)) first = { expiresAt, ruleId }
  }
  return first
}

/**
 * From when on a time is over for what happened at `since` (both ms since the epoch): days end at the midnight (UTC) that
 * follows (S3 user guide, "Lifecycle rules: based on an object's age"; OSS and COS count alike).
 */
function dueAt(time: LifecycleTime, since: number): number {
  if ('days' in time) return Math.ceil((since + time.days * DAY) / DAY) * DAY
  if ('date' in time) return time.date
  return since < time.createdBefore ? time.createdBefore : Infinity
}

/** Prefixes in order of their bytes, none within another, under which some rule speaks of versions or of uploads. */
export function walkedPrefixes({ rules }: LifecycleConfiguration, what: 'versions' | 'uploads'): string[] {
  const speaks = what === 'versions' ? speaksOfVersions : speaksOfUploads
  const prefixes = rules
    .filter((rule) => rule.enabled && speaks(rule))
    .map(({ filter }) => filter.prefix)
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  const walked: string[] = []
  // In this order all that begins with a prefix follows it.
  for (const prefix of prefixes) {
    const before = walked.at(-1)
    if (before === undefined || !prefix.startsWith(before)) walked.push(prefix)
  }
  return walked
}

function speaksOfVersions(rule: LifecycleRule): boolean {
  const { expiration, transitions, noncurrentExpiration, noncurrentTransitions } = rule
  return (expiration ?? transitions ?? noncurrentExpiration ?? noncurrentTransitions) !== undefined
}

function speaksOfUploads({ abortUploads }: LifecycleRule): boolean {
  return abortUploads !== undefined
}
