import { describe, expect, test } from 'vitest'
import type { CorsConfiguration, CorsRule } from '../../store/cors-model.ts'
import type { RawResponse } from '../raw.ts'
import { rawRequest } from '../testing/raw-request.ts'
import {
  exposedAnswer,
  installationRules,
  isPreflight,
  preflightAnswer,
  preflightQuestion,
  ruleFor,
} from './cors.ts'

const PAGE = 'https://app.example.org'
const rule = (changes: Partial<CorsRule>): CorsRule => ({
  allowedOrigins: [PAGE],
  allowedMethods: ['GET'],
  allowedHeaders: [],
  exposeHeaders: [],
  ...changes,
})
const answer = (headers: RawResponse['headers']): RawResponse => ({ status: 200, headers, body: null })

describe('the rule for a request', () => {
  test.each([
    ['*', PAGE, true],
    [PAGE, PAGE, true],
    [PAGE, 'https://app.example.org.evil.test', false],
    [PAGE, 'http://app.example.org', false],
    [PAGE, 'https://APP.example.org', false],
    [PAGE, 'null', false],
    ['https://*.example.org', PAGE, true],
    ['https://*.example.org', 'https://example.org', false],
    ['https://*.example.org', 'https://a.b.example.org', true],
    ['https://*.example.org', 'https://evil.test/?.example.org.', false],
    ['http*', PAGE, true],
    // The two halves of a pattern do not overlap.
    ['https://aa*aa', 'https://aaa', false],
  ])('origin %s, asked by %s: %s', (pattern, origin, fits) => {
    const rules = { rules: [rule({ allowedOrigins: ['https://other', pattern] })] }
    expect(ruleFor(rules, { origin, method: 'GET', headers: [] }) !== undefined).toBe(fits)
  })

  test.each([
    [['*'], ['authorization', 'x-a'], true],
    [['X-Amz-*', 'authorization'], ['authorization', 'x-amz-date'], true],
    [['x-amz-*'], ['authorization'], false],
    [[], ['x-a'], false],
    [[], [], true],
  ])('headers %j, announced %j: %s', (allowedHeaders, headers, fits) => {
    const rules = { rules: [rule({ allowedHeaders })] }
    expect(ruleFor(rules, { origin: PAGE, method: 'GET', headers }) !== undefined).toBe(fits)
  })

  test('is the first that fits as a whole', () => {
    const rules: CorsConfiguration = {
      rules: [
        rule({ id: 'put', allowedMethods: ['PUT'] }),
        rule({ id: 'header', allowedHeaders: ['x-a'] }),
        rule({ id: 'any', allowedOrigins: ['*'], allowedHeaders: ['*'] }),
      ],
    }
    const idFor = (method: string, headers: string[], origin = PAGE) =>
      ruleFor(rules, { origin, method, headers })?.id
    expect([idFor('PUT', []), idFor('GET', ['x-a']), idFor('GET', ['x-b'])]).toEqual(['put', 'header', 'any'])
    expect([idFor('DELETE', []), idFor('PUT', [], 'https://o'), idFor('get', [])]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })
})

test('a preflight is answered with what its rule says', () => {
  const raw = rawRequest({
    method: 'OPTIONS',
    headers: {
      host: 'h',
      origin: PAGE,
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'Authorization, x-cos-acl',
    },
  })
  expect(isPreflight(raw)).toBe(true)
  const question = preflightQuestion(raw)
  expect(question).toEqual({ origin: PAGE, method: 'PUT', headers: ['authorization', 'x-cos-acl'] })
  const asked = rule({
    allowedMethods: ['PUT', 'GET'],
    exposeHeaders: ['ETag', 'x-cos-*'],
    maxAgeSeconds: 60,
  })
  expect(preflightAnswer(asked, question)).toEqual({
    status: 200,
    headers: {
      'access-control-allow-origin': PAGE,
      'access-control-allow-methods': 'PUT, GET',
      'access-control-allow-headers': 'authorization, x-cos-acl',
      'access-control-expose-headers': 'ETag',
      'access-control-max-age': 60,
      vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
      'content-length': 0,
    },
    body: null,
  })
})

test('only OPTIONS with an origin and a method is a preflight', () => {
  const headers = { host: 'h', origin: PAGE, 'access-control-request-method': 'PUT' }
  expect(isPreflight(rawRequest({ method: 'PUT', headers }))).toBe(false)
  for (const missing of ['origin', 'access-control-request-method']) {
    const rest = Object.fromEntries(Object.entries(headers).filter(([name]) => name !== missing))
    expect(isPreflight(rawRequest({ method: 'OPTIONS', headers: rest }))).toBe(false)
  }
})

describe('an answer', () => {
  test('shows the headers that its rule exposes, patterns as the names that are there', () => {
    const shown = exposedAnswer(
      answer({ etag: '"e"', 'x-cos-request-id': 'R', 'x-cos-hash-crc64ecma': '1', 'x-amz-id-2': 'i' }),
      rule({ exposeHeaders: ['ETag', 'X-Cos-*', 'Content-Length'] }),
      PAGE,
    )
    expect(shown.headers).toMatchObject({
      etag: '"e"',
      'access-control-allow-origin': PAGE,
      'access-control-expose-headers': 'ETag, x-cos-request-id, x-cos-hash-crc64ecma, Content-Length',
      vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
    })
    expect(shown.headers).not.toHaveProperty('access-control-allow-credentials')
  })

  test('exposes nothing where its rule does not say so', () => {
    expect(exposedAnswer(answer({ etag: 'e' }), rule({}), PAGE).headers).not.toHaveProperty(
      'access-control-expose-headers',
    )
  })

  test('of the installation shows every header, and Date', () => {
    const rules = installationRules(['*'])!
    const [any] = rules.rules
    expect(exposedAnswer(answer({ etag: 'e', 'x-was': 'x' }), any!, PAGE).headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'etag, x-was, date',
    })
    expect(installationRules([])).toBeUndefined()
  })
})
