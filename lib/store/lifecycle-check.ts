import { StoreError } from '../errors.ts'
import type {
  LifecycleConfiguration,
  LifecycleFilter,
  LifecycleRule,
  NoncurrentTime,
} from './lifecycle-model.ts'
import { storageRank } from './storage-rank.ts'
import { checkTags } from './tagging.ts'

/** S3 user guide, "Lifecycle configuration elements". */
const MOST_RULES = 1000
const LONGEST_ID = 255
const MOST_KEPT = 100
const MOST_DAYS = 2 ** 31 - 1
/** characters of its JSON: every bucket in use is remembered with its rules */
const LONGEST = 256 * 1024

/**
 * That rules mean something and contradict neither each other nor themselves; the messages are S3's.
 * @throws StoreError InvalidRequest | InvalidArgument | InvalidTag | MalformedXML | EntityTooLarge
 */
export function checkLifecycle(configuration: LifecycleConfiguration): void {
  const { rules } = configuration
  if (rules.length === 0 || rules.length > MOST_RULES) throw malformed()
  if (JSON.stringify(configuration).length > LONGEST)
    throw new StoreError('EntityTooLarge', 'The lifecycle configuration is too long.', { maximum: LONGEST })
  if (new Set(rules.map(({ id }) => id)).size < rules.length)
    throw badArgument('Rule ID must be unique. Found same ID for more than one rule', 'ID')
  for (const rule of rules) checkRule(rule)
}

function checkRule(rule: LifecycleRule): void {
  if (rule.id.length > LONGEST_ID)
    throw badArgument(`ID length should not exceed allowed limit of ${LONGEST_ID}`, 'ID')
  const { expiration, transitions, noncurrentExpiration, noncurrentTransitions, abortUploads } = rule
  const actions = [
    expiration,
    transitions?.[0],
    noncurrentExpiration,
    noncurrentTransitions?.[0],
    abortUploads,
  ]
  if (actions.every((action) => action === undefined))
    throw badRequest('At least one action needs to be specified in a rule')
  checkFilter(rule.filter)
  checkCombination(rule)
  if (expiration !== undefined) checkTime('Expiration', 'Days', expiration, 1)
  for (const transition of transitions ?? []) checkTime('Transition', 'Days', transition, 0)
  if (abortUploads) checkTime('AbortIncompleteMultipartUpload', 'DaysAfterInitiation', abortUploads, 1)
  if (noncurrentExpiration) checkNoncurrent('NoncurrentVersionExpiration', noncurrentExpiration, 1)
  for (const transition of noncurrentTransitions ?? [])
    checkNoncurrent('NoncurrentVersionTransition', transition, 0)
  checkClasses(transitions)
  checkClasses(noncurrentTransitions)
  checkOrder(rule)
}

function checkFilter({
  prefix,
  tags,
  sizeGreaterThan: least = 0,
  sizeLessThan: most,
}: LifecycleFilter): void {
  if (Buffer.byteLength(prefix) > 1024 || prefix.includes('\0') || !prefix.isWellFormed())
    throw badRequest('The maximum size of a prefix is 1024.')
  checkTags(tags)
  const sizes = [least, most ?? 1]
  if (sizes.some((size) => !Number.isSafeInteger(size) || size < 0)) throw malformed()
  if (most !== undefined && most <= least)
    throw badRequest("'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'")
}

/** Uploads have neither tags nor a size yet, and delete markers never. */
function checkCombination({ filter, expiration, abortUploads }: LifecycleRule): void {
  const tagged = Object.keys(filter.tags).length > 0
  const sized = filter.sizeGreaterThan !== undefined || filter.sizeLessThan !== undefined
  const what = tagged ? 'Tags' : sized ? 'ObjectSize filters' : undefined
  if (what === undefined) return
  if (abortUploads) throw badRequest(`AbortIncompleteMultipartUpload cannot be specified with ${what}.`)
  if (expiration && 'expiredDeleteMarker' in expiration)
    throw badRequest(`ExpiredObjectDeleteMarker cannot be specified with ${what}.`)
}

type Time = NonNullable<LifecycleRule['expiration']>

function checkTime(action: string, element: string, time: Time, least: number): void {
  if ('expiredDeleteMarker' in time) return
  if ('days' in time) return checkDays(action, element, time.days, least)
  const date = 'date' in time ? time.date : time.createdBefore
  if (!Number.isSafeInteger(date) || date < 0) throw malformed()
}

function checkDays(action: string, element: string, days: number, least: number): void {
  if (Number.isInteger(days) && days >= least && days <= MOST_DAYS) return
  const kind = least === 1 ? 'a positive' : 'a nonnegative'
  throw badArgument(`'${element}' for ${action} action must be ${kind} integer`, element)
}

function checkNoncurrent(action: string, { days, keep = 1 }: NoncurrentTime, least: number): void {
  checkDays(action, 'NoncurrentDays', days, least)
  if (!Number.isInteger(keep) || keep < 1 || keep > MOST_KEPT)
    throw badArgument(
      `'NewerNoncurrentVersions' for ${action} action must be a positive integer and cannot exceed ${MOST_KEPT}`,
      'NewerNoncurrentVersions',
    )
}

function checkClasses(transitions: readonly { storageClass: string }[] = []): void {
  const classes = transitions.map(({ storageClass }) => storageClass)
  if (new Set(classes).size < classes.length)
    throw badRequest("'StorageClass' must be different for 'Transition' actions in same 'Rule'")
  // To the warmest class there is nothing to come from.
  if (classes.some((storageClass) => !storageRank(storageClass))) throw malformed()
}

/** What expires first is never moved, so its writer meant something else. */
function checkOrder({ expiration, transitions = [], filter }: LifecycleRule): void {
  if (expiration === undefined || !('days' in expiration)) return
  for (const transition of transitions)
    if ('days' in transition && transition.days >= expiration.days)
      throw badArgument(
        `'Days' in the Expiration action for filter '(prefix=${filter.prefix})' must be greater than 'Days' in the Transition action`,
        'Days',
      )
}

function badArgument(message: string, argument: string): StoreError {
  return new StoreError('InvalidArgument', message, { argument })
}

function badRequest(message: string): StoreError {
  return new StoreError('InvalidRequest', message)
}

function malformed(): StoreError {
  return new StoreError(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  )
}
