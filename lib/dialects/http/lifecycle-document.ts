import { randomUUID } from 'node:crypto'
import { StoreError } from '../../errors.ts'
import type {
  LifecycleConfiguration,
  LifecycleFilter,
  LifecycleRule,
  LifecycleTime,
  NoncurrentTime,
} from '../../store/lifecycle-model.ts'
import type { Tags } from '../../store/model.ts'
import { uniqueTags } from './tagging-header.ts'
import { childOf, childrenOf, malformed, textOf, type XmlElement } from './xml-read.ts'

/** `<LifecycleConfiguration>` of S3, OSS and COS, which differ by these. */
export interface LifecycleVocabulary {
  /** a vendor's word → what is stored; undefined: no word of his */
  storageClass: (word: string) => string | undefined
  storageClassWord: (storageClass: string) => string
  /** OSS: prefix and tags stand in the rule itself, `<CreatedBeforeDate>` beside Days and Date, other words for uploads */
  form: 'filter' | 'rule'
  /** midnight of a date may be that of another time zone (COS) */
  localMidnight?: boolean
}

/**
 * What the rules mean is the store's to check; what is not done here is refused, never passed over.
 * @throws StoreError MalformedXML | NotImplemented | InvalidArgument | InvalidTag
 */
export function readLifecycle(
  document: XmlElement,
  vocabulary: LifecycleVocabulary,
): Pick<LifecycleConfiguration, 'rules'> {
  expectOnly(document, ['Rule'])
  return { rules: childrenOf(document, 'Rule').map((rule) => readRule(rule, vocabulary)) }
}

const ACTIONS = ['Expiration', 'Transition', 'NoncurrentVersionExpiration', 'NoncurrentVersionTransition']

/** Elements of an upload's end, and of the days until then. */
export function uploadWords({ form }: LifecycleVocabulary): { element: string; days: string } {
  return form === 'rule'
    ? { element: 'AbortMultipartUpload', days: 'Days' }
    : { element: 'AbortIncompleteMultipartUpload', days: 'DaysAfterInitiation' }
}

function readRule(element: XmlElement, vocabulary: LifecycleVocabulary): LifecycleRule {
  const { form } = vocabulary
  const uploads = uploadWords(vocabulary)
  const own = form === 'rule' ? ['Prefix', 'Tag', 'Filter'] : ['Prefix', 'Filter']
  expectOnly(element, ['ID', 'Status', ...own, ...ACTIONS, uploads.element])
  const status = trimmed(element, 'Status')
  if (status !== 'Enabled' && status !== 'Disabled') throw malformed()
  const expiration = childOf(element, 'Expiration')
  const transitions = childrenOf(element, 'Transition').map((each) => readTransition(each, vocabulary))
  const noncurrent = childOf(element, 'NoncurrentVersionExpiration')
  const noncurrentTransitions = childrenOf(element, 'NoncurrentVersionTransition').map((each) => ({
    ...readNoncurrent(each, ['StorageClass', ...ACCESS_TIME]),
    storageClass: readClass(each, vocabulary),
  }))
  const abort = childOf(element, uploads.element)
  return {
    // S3 makes one up as well.
    id: trimmed(element, 'ID') ?? randomUUID(),
    enabled: status === 'Enabled',
    filter: form === 'rule' ? filterOfRule(element) : readFilter(element),
    ...(expiration && { expiration: readExpiration(expiration, vocabulary) }),
    ...(transitions.length > 0 && { transitions }),
    ...(noncurrent && { noncurrentExpiration: readNoncurrent(noncurrent, []) }),
    ...(noncurrentTransitions.length > 0 && { noncurrentTransitions }),
    ...(abort && { abortUploads: readAbort(abort, vocabulary) }),
  }
}

/** S3 and COS: `<Filter>` with one condition, or with several in `<And>`; the prefix in the rule is S3's older form. */
function readFilter(rule: XmlElement): LifecycleFilter {
  const filter = childOf(rule, 'Filter')
  const prefix = textOf(rule, 'Prefix')
  if ((filter === undefined) === (prefix === undefined)) throw malformed()
  if (filter === undefined) return { prefix: prefix!, tags: {} }
  const and = childOf(filter, 'And')
  if (filter.children.length > 1) throw malformed()
  return readConditions(and ?? filter)
}

function readConditions(element: XmlElement): LifecycleFilter {
  expectOnly(element, ['Prefix', 'Tag', 'ObjectSizeGreaterThan', 'ObjectSizeLessThan'])
  return { prefix: textOf(element, 'Prefix') ?? '', tags: readTags(element), ...readSizes(element) }
}

function filterOfRule(rule: XmlElement): LifecycleFilter {
  const filter = childOf(rule, 'Filter')
  if (filter) expectOnly(filter, ['ObjectSizeGreaterThan', 'ObjectSizeLessThan'])
  return { prefix: textOf(rule, 'Prefix') ?? '', tags: readTags(rule), ...(filter && readSizes(filter)) }
}

function readTags(element: XmlElement): Tags {
  const pairs = childrenOf(element, 'Tag').map((tag): [string, string] => {
    const [key, value] = [textOf(tag, 'Key'), textOf(tag, 'Value')]
    if (key === undefined || value === undefined) throw malformed()
    return [key, value]
  })
  return uniqueTags(pairs)
}

function readSizes(element: XmlElement): Pick<LifecycleFilter, 'sizeGreaterThan' | 'sizeLessThan'> {
  const [least, most] = [number(element, 'ObjectSizeGreaterThan'), number(element, 'ObjectSizeLessThan')]
  return {
    ...(least !== undefined && { sizeGreaterThan: least }),
    ...(most !== undefined && { sizeLessThan: most }),
  }
}

function readExpiration(
  element: XmlElement,
  vocabulary: LifecycleVocabulary,
): NonNullable<LifecycleRule['expiration']> {
  const marker = trimmed(element, 'ExpiredObjectDeleteMarker')
  if (marker !== undefined && marker !== 'true' && marker !== 'false') throw malformed()
  if (marker !== 'true') return readTime(element, vocabulary, ['ExpiredObjectDeleteMarker'])
  if (element.children.length > 1) throw malformed()
  return { expiredDeleteMarker: true }
}

/** OSS: rules by the time of the last access, which nobody writes down here. */
const ACCESS_TIME = ['IsAccessTime', 'ReturnToStdWhenVisit', 'AllowSmallFile']

function readTransition(element: XmlElement, vocabulary: LifecycleVocabulary) {
  return {
    ...readTime(element, vocabulary, ['StorageClass', ...ACCESS_TIME]),
    storageClass: readClass(element, vocabulary),
  }
}

function readClass(element: XmlElement, { storageClass }: LifecycleVocabulary): string {
  for (const flag of ACCESS_TIME)
    if (trimmed(element, flag) === 'true' && flag !== 'AllowSmallFile') throw notImplemented(flag)
  const kept = storageClass(trimmed(element, 'StorageClass') ?? '')
  if (kept === undefined) throw malformed()
  return kept
}

/** Exactly one of Days, Date and CreatedBeforeDate. */
function readTime(
  element: XmlElement,
  { form, localMidnight = false }: LifecycleVocabulary,
  beside: readonly string[],
  daysElement = 'Days',
): LifecycleTime {
  expectOnly(element, [daysElement, 'Date', ...(form === 'rule' ? ['CreatedBeforeDate'] : []), ...beside])
  const days = number(element, daysElement)
  const date = midnight(element, 'Date', localMidnight)
  const createdBefore = midnight(element, 'CreatedBeforeDate', localMidnight)
  if ([days, date, createdBefore].filter((time) => time !== undefined).length !== 1) throw malformed()
  if (days !== undefined) return { days }
  return date === undefined ? { createdBefore: createdBefore! } : { date }
}

function readAbort(
  element: XmlElement,
  vocabulary: LifecycleVocabulary,
): NonNullable<LifecycleRule['abortUploads']> {
  const time = readTime(element, vocabulary, [], uploadWords(vocabulary).days)
  if ('date' in time) throw malformed()
  return time
}

function readNoncurrent(element: XmlElement, beside: readonly string[]): NoncurrentTime {
  expectOnly(element, ['NoncurrentDays', 'NewerNoncurrentVersions', ...beside])
  const [days, keep] = [number(element, 'NoncurrentDays'), number(element, 'NewerNoncurrentVersions')]
  if (days === undefined) throw malformed()
  return { days, ...(keep !== undefined && { keep }) }
}

function number(element: XmlElement, name: string): number | undefined {
  const text = trimmed(element, name)
  if (text === undefined) return undefined
  if (!/^-?\d{1,15}$/.test(text)) throw malformed()
  return Number(text)
}

const MIDNIGHT = /^\d{4}-\d{2}-\d{2}(?:T00:00(?::00(?:\.0{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/

/** ms since the epoch. @throws StoreError InvalidArgument */
function midnight(element: XmlElement, name: string, local: boolean): number | undefined {
  const text = trimmed(element, name)
  if (text === undefined) return undefined
  const zone = MIDNIGHT.exec(text)?.[1] ?? 'Z'
  const ms = Date.parse(`${text.slice(0, 10)}T00:00:00${zone}`)
  if (!MIDNIGHT.test(text) || Number.isNaN(ms) || !(local || /^(?:Z|[+-]00:?00)$/.test(zone)))
    throw new StoreError('InvalidArgument', `'${name}' must be at midnight GMT`, { argument: name })
  return ms
}

function trimmed(element: XmlElement, name: string): string | undefined {
  return textOf(element, name)?.trim() || undefined
}

/** What we do not know we do not do: it must not look as if we did. */
function expectOnly(element: XmlElement, names: readonly string[]): void {
  const strange = element.children.find(({ name }) => !names.includes(name))
  if (strange !== undefined) throw notImplemented(strange.name)
}

function notImplemented(element: string): StoreError {
  return new StoreError('NotImplemented', 'An element of the lifecycle configuration is not implemented.', {
    argument: element,
  })
}
