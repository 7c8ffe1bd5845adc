import { describe, expect, test } from 'vitest'
import type { StoreError } from '../../errors.ts'
import { corsNodes, readCorsConfiguration, type CorsVocabulary } from './cors-document.ts'
import { readXml } from './xml-read.ts'
import { writeXml } from './xml-write.ts'

const S3: CorsVocabulary = {}
const OSS: CorsVocabulary = { mostRules: 20, responseVary: true }
const COS: CorsVocabulary = { exposesPatterns: true, responseVary: true }
const read = (inside: string, vocabulary = S3) =>
  readCorsConfiguration(readXml(`<CORSConfiguration>${inside}</CORSConfiguration>`), vocabulary)
const RULE = '<CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule>'

function refusal(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    return (error as StoreError).code
  }
  return 'none'
}

test('every element is read, and written as it was', () => {
  const full = `<CORSRule><ID>a&amp;b</ID><AllowedOrigin>https://*.example.org</AllowedOrigin><AllowedOrigin>https://o</AllowedOrigin><AllowedMethod>PUT</AllowedMethod><AllowedMethod>GET</AllowedMethod><AllowedHeader>x-amz-*</AllowedHeader><ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>0</MaxAgeSeconds></CORSRule>${RULE}`
  const configuration = read(full)
  expect(configuration.rules[0]).toEqual({
    id: 'a&b',
    allowedOrigins: ['https://*.example.org', 'https://o'],
    allowedMethods: ['PUT', 'GET'],
    allowedHeaders: ['x-amz-*'],
    exposeHeaders: ['ETag'],
    maxAgeSeconds: 0,
  })
  const written = writeXml('CORSConfiguration', undefined, corsNodes(configuration, S3)).toString()
  expect(written).toContain(full)
})

test('ResponseVary belongs to OSS and COS', () => {
  const vary = `${RULE}<ResponseVary>true</ResponseVary>`
  for (const vocabulary of [OSS, COS]) {
    const configuration = read(vary, vocabulary)
    expect(configuration.responseVary).toBe(true)
    expect(corsNodes(configuration, vocabulary).at(-1)).toEqual(['ResponseVary', true])
    expect(corsNodes(read(RULE, vocabulary), vocabulary).at(-1)).toEqual(['ResponseVary', false])
  }
  expect(refusal(() => read(vary))).toBe('MalformedXML')
})

test('SDKs write empty elements where there is nothing', () => {
  const [rule] = read(
    RULE.replace('</CORSRule>', '<AllowedHeader/><ExposeHeader></ExposeHeader></CORSRule>'),
  ).rules
  expect(rule).toMatchObject({ allowedHeaders: [], exposeHeaders: [] })
})

describe('refused', () => {
  test.each([
    [
      'an unknown element',
      RULE.replace('</CORSRule>', '<AllowCredentials>true</AllowCredentials></CORSRule>'),
      S3,
      'MalformedXML',
    ],
    [
      'an age that is no number',
      RULE.replace('</CORSRule>', '<MaxAgeSeconds>-1</MaxAgeSeconds></CORSRule>'),
      S3,
      'MalformedXML',
    ],
    [
      'a pattern to expose',
      RULE.replace('</CORSRule>', '<ExposeHeader>x-*</ExposeHeader></CORSRule>'),
      S3,
      'InvalidRequest',
    ],
    [
      'a pattern to expose, OSS',
      RULE.replace('</CORSRule>', '<ExposeHeader>*</ExposeHeader></CORSRule>'),
      OSS,
      'InvalidRequest',
    ],
    [
      'a pattern to expose, COS',
      RULE.replace('</CORSRule>', '<ExposeHeader>x-cos-*</ExposeHeader></CORSRule>'),
      COS,
      'none',
    ],
    ['20 rules of OSS', RULE.repeat(20), OSS, 'none'],
    ['21 rules of OSS', RULE.repeat(21), OSS, 'InvalidRequest'],
  ] as const)('%s: %s', (_, xml, vocabulary, code) => {
    expect(refusal(() => read(xml, vocabulary))).toBe(code)
  })
})
