import { StoreError } from '../../errors.ts'
import type { CorsConfiguration, CorsMethod, CorsRule } from '../../store/cors-model.ts'
import { childOf, childrenOf, malformed, textOf, type XmlElement } from './xml-read.ts'
import type { XmlNode } from './xml-write.ts'

/** `<CORSConfiguration>` of S3, OSS and COS, which differ by these. */
export interface CorsVocabulary {
  /** at most so many rules; default: what the store takes */
  mostRules?: number
  /** a header to expose may be a pattern */
  exposesPatterns?: boolean
  /** `<ResponseVary>` */
  responseVary?: boolean
}

const RULE_ELEMENTS: ReadonlySet<string> = new Set([
  'ID',
  'AllowedOrigin',
  'AllowedMethod',
  'AllowedHeader',
  'ExposeHeader',
  'MaxAgeSeconds',
])

/** What the rules mean is the store's to check. @throws StoreError MalformedXML | InvalidRequest */
export function readCorsConfiguration(document: XmlElement, vocabulary: CorsVocabulary): CorsConfiguration {
  const known = ['CORSRule', ...(vocabulary.responseVary ? ['ResponseVary'] : [])]
  if (document.children.some(({ name }) => !known.includes(name))) throw malformed()
  const rules = childrenOf(document, 'CORSRule').map((rule) => readRule(rule, vocabulary))
  const { mostRules = Infinity } = vocabulary
  if (rules.length > mostRules)
    throw new StoreError(
      'InvalidRequest',
      `The number of CORS rules should not exceed allowed limit of ${mostRules} rules.`,
    )
  const vary = textOf(document, 'ResponseVary')?.trim().toLowerCase() === 'true'
  return { rules, ...(vary && { responseVary: true }) }
}

function readRule(element: XmlElement, { exposesPatterns = false }: CorsVocabulary): CorsRule {
  if (element.children.some(({ name }) => !RULE_ELEMENTS.has(name))) throw malformed()
  const list = (name: string): string[] =>
    childrenOf(element, name)
      .map(({ text }) => text.trim())
      // SDKs write an empty element where there is nothing
      .filter((text) => text !== '')
  const exposeHeaders = list('ExposeHeader')
  const pattern = exposesPatterns ? undefined : exposeHeaders.find((name) => name.includes('*'))
  if (pattern !== undefined)
    throw new StoreError(
      'InvalidRequest',
      `ExposeHeader "${pattern}" contains wildcard. We currently do not support wildcard for ExposeHeader.`,
    )
  const id = textOf(element, 'ID')?.trim()
  const maxAge = childOf(element, 'MaxAgeSeconds')?.text.trim()
  if (maxAge && !/^\d{1,9}$/.test(maxAge)) throw malformed()
  return {
    ...(id && { id }),
    allowedOrigins: list('AllowedOrigin'),
    allowedMethods: list('AllowedMethod') as CorsMethod[],
    allowedHeaders: list('AllowedHeader'),
    exposeHeaders,
    ...(maxAge && { maxAgeSeconds: Number(maxAge) }),
  }
}

export function corsNodes(
  { rules, responseVary = false }: CorsConfiguration,
  vocabulary: CorsVocabulary,
): XmlNode[] {
  const vary: XmlNode[] = vocabulary.responseVary ? [['ResponseVary', responseVary]] : []
  return [...rules.map((rule): XmlNode => ['CORSRule', ruleNodes(rule)]), ...vary]
}

function ruleNodes({ id, maxAgeSeconds, ...rule }: CorsRule): XmlNode[] {
  const list = (name: string, values: readonly string[]): XmlNode[] => values.map((value) => [name, value])
  return [
    ...(id === undefined ? [] : list('ID', [id])),
    ...list('AllowedOrigin', rule.allowedOrigins),
    ...list('AllowedMethod', rule.allowedMethods),
    ...list('AllowedHeader', rule.allowedHeaders),
    ...list('ExposeHeader', rule.exposeHeaders),
    ...(maxAgeSeconds === undefined ? [] : list('MaxAgeSeconds', [String(maxAgeSeconds)])),
  ]
}
