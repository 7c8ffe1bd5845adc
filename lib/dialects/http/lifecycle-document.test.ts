import { describe, expect, test } from 'vitest'
import type { StoreError } from '../../errors.ts'
import { readLifecycle, type LifecycleVocabulary } from './lifecycle-document.ts'
import { lifecycleNodes } from './lifecycle-nodes.ts'
import { readXml } from './xml-read.ts'
import { writeXml } from './xml-write.ts'

const known = (word: string): string | undefined => (/^[A-Za-z_]+$/.test(word) ? word : undefined)
const S3: LifecycleVocabulary = { storageClass: known, storageClassWord: (word) => word, form: 'filter' }
const COS: LifecycleVocabulary = { ...S3, localMidnight: true }
const OSS: LifecycleVocabulary = { ...S3, form: 'rule' }

const read = (inside: string, vocabulary = S3) =>
  readLifecycle(readXml(`<LifecycleConfiguration>${inside}</LifecycleConfiguration>`), vocabulary)
const again = (inside: string, vocabulary = S3): string =>
  writeXml('L', undefined, lifecycleNodes(read(inside, vocabulary), vocabulary))
    .toString()
    .replace(/^.*<L>|<\/L>$/gs, '')
const rule = (inside: string, filter = '<Filter><Prefix>a/</Prefix></Filter>'): string =>
  `<Rule><ID>r</ID>${filter}<Status>Enabled</Status>${inside}</Rule>`

function refusal(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    return (error as StoreError).code
  }
  return 'none'
}

const TAG = '<Tag><Key>k</Key><Value>v</Value></Tag>'
const SIZES =
  '<ObjectSizeGreaterThan>500</ObjectSizeGreaterThan><ObjectSizeLessThan>64000</ObjectSizeLessThan>'
const ALL = `<Transition><Days>30</Days><StorageClass>GLACIER</StorageClass></Transition><Transition><Days>90</Days><StorageClass>DEEP_ARCHIVE</StorageClass></Transition><Expiration><Days>365</Days></Expiration><NoncurrentVersionTransition><NoncurrentDays>3</NoncurrentDays><NewerNoncurrentVersions>2</NewerNoncurrentVersions><StorageClass>GLACIER</StorageClass></NoncurrentVersionTransition><NoncurrentVersionExpiration><NoncurrentDays>10</NoncurrentDays><NewerNoncurrentVersions>5</NewerNoncurrentVersions></NoncurrentVersionExpiration>`

describe('S3 and COS: written as it was read', () => {
  test.each([
    ['every action', rule(ALL)],
    [
      'uploads',
      rule(
        '<AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation></AbortIncompleteMultipartUpload>',
      ),
    ],
    ['a date', rule('<Expiration><Date>2030-01-01T00:00:00.000Z</Date></Expiration>')],
    ['markers', rule('<Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>')],
    ['everything', rule('<Expiration><Days>1</Days></Expiration>', '<Filter><Prefix></Prefix></Filter>')],
    ['a tag', rule('<Expiration><Days>1</Days></Expiration>', `<Filter>${TAG}</Filter>`)],
    [
      'several conditions',
      rule(
        '<Expiration><Days>1</Days></Expiration>',
        `<Filter><And><Prefix>a</Prefix>${TAG}<Tag><Key>l</Key><Value></Value></Tag>${SIZES}</And></Filter>`,
      ),
    ],
  ])('%s', (_, xml) => {
    expect(again(xml)).toBe(xml)
    expect(again(xml, COS)).toBe(xml)
  })

  test('a prefix in the rule, S3’s older form, and a filter without any condition', () => {
    const expiration = '<Expiration><Days>1</Days></Expiration>'
    expect(read(rule(expiration, '<Prefix>x</Prefix>')).rules[0]!.filter).toEqual({ prefix: 'x', tags: {} })
    expect(read(rule(expiration, '<Filter/>')).rules[0]!.filter).toEqual({ prefix: '', tags: {} })
  })

  test('a rule without a name gets one of its own', () => {
    const unnamed = rule('<Expiration><Days>1</Days></Expiration>').replace('<ID>r</ID>', '')
    const { rules } = read(unnamed + unnamed)
    expect(rules[0]!.id).toMatch(/^[\w-]{36}$/)
    expect(rules[0]!.id).not.toBe(rules[1]!.id)
  })

  test('a midnight elsewhere is one to COS only', () => {
    const xml = rule('<Expiration><Date>2030-01-01T00:00:00+08:00</Date></Expiration>')
    expect(read(xml, COS).rules[0]!.expiration).toEqual({ date: Date.UTC(2029, 11, 31, 16) })
    expect(refusal(() => read(xml))).toBe('InvalidArgument')
  })
})

describe('OSS: written as it was read', () => {
  const inRule = (inside: string, more = '') =>
    `<Rule><ID>r</ID><Prefix>log/</Prefix>${more}<Status>Enabled</Status>${inside}</Rule>`
  test.each([
    ['days', inRule('<Expiration><Days>3</Days></Expiration>')],
    [
      'tags',
      inRule('<Expiration><Days>3</Days></Expiration>', `${TAG}<Tag><Key>l</Key><Value>m</Value></Tag>`),
    ],
    ['sizes', inRule('<Expiration><Days>3</Days></Expiration>', `<Filter>${SIZES}</Filter>`)],
    [
      'written before a date',
      inRule('<Expiration><CreatedBeforeDate>2002-10-11T00:00:00.000Z</CreatedBeforeDate></Expiration>'),
    ],
    ['uploads', inRule('<AbortMultipartUpload><Days>1</Days></AbortMultipartUpload>')],
    [
      'uploads begun before a date',
      inRule(
        '<AbortMultipartUpload><CreatedBeforeDate>2030-11-11T00:00:00.000Z</CreatedBeforeDate></AbortMultipartUpload>',
      ),
    ],
    ['every action', inRule(ALL)],
  ])('%s', (_, xml) => expect(again(xml, OSS)).toBe(xml))

  test('what is told to others of a date before which things were written is a date', () => {
    const { rules } = read(
      inRule('<Expiration><CreatedBeforeDate>2002-10-11T00:00:00.000Z</CreatedBeforeDate></Expiration>'),
      OSS,
    )
    expect(rules[0]!.expiration).toEqual({ createdBefore: Date.UTC(2002, 9, 11) })
    expect(JSON.stringify(lifecycleNodes({ rules }, S3))).toContain('["Date","2002-10-11T00:00:00.000Z"]')
  })

  test.each([
    [
      'last access',
      inRule(
        '<Transition><Days>1</Days><IsAccessTime>true</IsAccessTime><StorageClass>IA</StorageClass></Transition>',
      ),
    ],
    [
      'going back when read',
      inRule(
        '<Transition><Days>1</Days><ReturnToStdWhenVisit>true</ReturnToStdWhenVisit><StorageClass>IA</StorageClass></Transition>',
      ),
    ],
    ['AtimeBase', inRule('<AtimeBase>1</AtimeBase><Expiration><Days>3</Days></Expiration>')],
    [
      'exceptions',
      inRule('<Expiration><Days>3</Days></Expiration>', '<Filter><Not><Prefix>log/x</Prefix></Not></Filter>'),
    ],
  ])('what is not done is refused: %s', (_, xml) => {
    expect(refusal(() => read(xml, OSS))).toBe('NotImplemented')
  })
})

describe('refused', () => {
  const EXPIRATION = '<Expiration><Days>1</Days></Expiration>'
  test.each([
    ['no status', `<Rule><Filter/>${EXPIRATION}</Rule>`, 'MalformedXML'],
    ['neither filter nor prefix', rule(EXPIRATION, ''), 'MalformedXML'],
    ['both', rule(EXPIRATION, '<Prefix>a</Prefix><Filter/>'), 'MalformedXML'],
    [
      'two conditions without And',
      rule(EXPIRATION, `<Filter><Prefix>a</Prefix>${TAG}</Filter>`),
      'MalformedXML',
    ],
    ['a tag twice', rule(EXPIRATION, `<Filter><And>${TAG}${TAG}</And></Filter>`), 'InvalidTag'],
    [
      'days and a date',
      rule('<Expiration><Days>1</Days><Date>2030-01-01T00:00:00Z</Date></Expiration>'),
      'MalformedXML',
    ],
    ['no time', rule('<Expiration></Expiration>'), 'MalformedXML'],
    ['days in words', rule('<Expiration><Days>ten</Days></Expiration>'), 'MalformedXML'],
    ['noon', rule('<Expiration><Date>2030-01-01T12:00:00Z</Date></Expiration>'), 'InvalidArgument'],
    ['no such day', rule('<Expiration><Date>2030-13-01T00:00:00Z</Date></Expiration>'), 'InvalidArgument'],
    ['no storage class', rule('<Transition><Days>1</Days></Transition>'), 'MalformedXML'],
    ['an unknown action', rule('<Archive><Days>1</Days></Archive>'), 'NotImplemented'],
    ['an unknown condition', rule(EXPIRATION, '<Filter><Suffix>x</Suffix></Filter>'), 'NotImplemented'],
    ['words of OSS', rule('<AbortMultipartUpload><Days>1</Days></AbortMultipartUpload>'), 'NotImplemented'],
  ])('%s: %s', (_, xml, code) => expect(refusal(() => read(xml))).toBe(code))
})
