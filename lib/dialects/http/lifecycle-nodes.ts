import type {
  LifecycleConfiguration,
  LifecycleFilter,
  LifecycleRule,
  LifecycleTime,
  NoncurrentTime,
} from '../../store/lifecycle-model.ts'
import { formatIsoDate } from './dates.ts'
import { uploadWords, type LifecycleVocabulary } from './lifecycle-document.ts'
import type { XmlNode } from './xml-write.ts'

/** The rules as a vendor writes them, whoever made them. */
export function lifecycleNodes(
  { rules }: LifecycleConfiguration,
  vocabulary: LifecycleVocabulary,
): XmlNode[] {
  return rules.map((rule): XmlNode => ['Rule', ruleNodes(rule, vocabulary)])
}

function ruleNodes(rule: LifecycleRule, vocabulary: LifecycleVocabulary): XmlNode[] {
  const { form, storageClassWord } = vocabulary
  const uploads = uploadWords(vocabulary)
  const filter =
    form === 'rule' ? filterInRule(rule.filter) : ([['Filter', filterNodes(rule.filter)]] as XmlNode[])
  const classNode = (storageClass: string): XmlNode => ['StorageClass', storageClassWord(storageClass)]
  return [
    ['ID', rule.id],
    ...filter,
    ['Status', rule.enabled ? 'Enabled' : 'Disabled'],
    ...(rule.transitions ?? []).map((transition): XmlNode => [
      'Transition',
      [...timeNodes(transition, vocabulary), classNode(transition.storageClass)],
    ]),
    ...optional('Expiration', rule.expiration && expirationNodes(rule.expiration, vocabulary)),
    ...(rule.noncurrentTransitions ?? []).map((transition): XmlNode => [
      'NoncurrentVersionTransition',
      [...noncurrentNodes(transition), classNode(transition.storageClass)],
    ]),
    ...optional(
      'NoncurrentVersionExpiration',
      rule.noncurrentExpiration && noncurrentNodes(rule.noncurrentExpiration),
    ),
    ...optional(uploads.element, rule.abortUploads && timeNodes(rule.abortUploads, vocabulary, uploads.days)),
  ]
}

function optional(name: string, nodes: XmlNode[] | undefined): XmlNode[] {
  return nodes === undefined ? [] : [[name, nodes]]
}

/** Several conditions stand in `<And>`; no condition at all is an empty prefix. */
function filterNodes({ prefix, tags, ...sizes }: LifecycleFilter): XmlNode[] {
  const conditions: XmlNode[] = [
    ...(prefix === '' ? [] : ([['Prefix', prefix]] as XmlNode[])),
    ...tagNodes(tags),
    ...sizeNodes(sizes),
  ]
  if (conditions.length === 0) return [['Prefix', '']]
  return conditions.length === 1 ? conditions : [['And', conditions]]
}

function filterInRule({ prefix, tags, ...sizes }: LifecycleFilter): XmlNode[] {
  const nodes = sizeNodes(sizes)
  return [
    ['Prefix', prefix],
    ...tagNodes(tags),
    ...(nodes.length === 0 ? [] : ([['Filter', nodes]] as XmlNode[])),
  ]
}

function tagNodes(tags: LifecycleFilter['tags']): XmlNode[] {
  return Object.entries(tags).map(([key, value]): XmlNode => [
    'Tag',
    [
      ['Key', key],
      ['Value', value],
    ],
  ])
}

function sizeNodes({
  sizeGreaterThan,
  sizeLessThan,
}: Pick<LifecycleFilter, 'sizeGreaterThan' | 'sizeLessThan'>): XmlNode[] {
  const nodes: XmlNode[] = []
  if (sizeGreaterThan !== undefined) nodes.push(['ObjectSizeGreaterThan', sizeGreaterThan])
  if (sizeLessThan !== undefined) nodes.push(['ObjectSizeLessThan', sizeLessThan])
  return nodes
}

function expirationNodes(
  expiration: NonNullable<LifecycleRule['expiration']>,
  vocabulary: LifecycleVocabulary,
): XmlNode[] {
  return 'expiredDeleteMarker' in expiration
    ? [['ExpiredObjectDeleteMarker', true]]
    : timeNodes(expiration, vocabulary)
}

/** What only OSS has a word for is a date to the others: they would not see it otherwise. */
function timeNodes(time: LifecycleTime, { form }: LifecycleVocabulary, daysElement = 'Days'): XmlNode[] {
  if ('days' in time) return [[daysElement, time.days]]
  if ('date' in time) return [['Date', formatIsoDate(time.date)]]
  return [[form === 'rule' ? 'CreatedBeforeDate' : 'Date', formatIsoDate(time.createdBefore)]]
}

function noncurrentNodes({ days, keep }: NoncurrentTime): XmlNode[] {
  return [
    ['NoncurrentDays', days],
    ...(keep === undefined ? [] : ([['NewerNoncurrentVersions', keep]] as XmlNode[])),
  ]
}
