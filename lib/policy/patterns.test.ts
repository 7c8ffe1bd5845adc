import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { matchesArn, matchesTemplate, parseTemplate, splitArn } from './patterns.ts'

const BOTH = { wildcards: true, variables: true }
const facts: Record<string, string> = { 'aws:username': 'ada', wild: '*', 'with:colon': 'a:b' }
const lookup = (key: string) => facts[key]

function matches(pattern: string, text: string): boolean {
  return matchesTemplate(parseTemplate(pattern, BOTH)!, text, lookup)
}

test.each([
  ['*', '', true],
  ['?', '', false],
  ['?', 'a', true],
  ['?', '𝄞', true],
  ['a*c', 'abbbc', true],
  ['a*c', 'abbb', false],
  ['*.txt', 'a.txt.bak', false],
  ['a**b', 'ab', true],
  ['a.c', 'abc', false],
  ['home/${aws:username}/*', 'home/ada/x', true],
  ['home/${aws:username}/*', 'home/eve/x', false],
  ['home/${aws:userid}/*', 'home//x', false],
  ["${aws:PrincipalTag/team, 'none'}", 'none', true],
  ['${wild}', 'anything', false],
  ['${wild}', '*', true],
  ['a${*}b', 'a*b', true],
  ['a${*}b', 'axb', false],
  ['${?}', 'x', false],
  ['${$}{x}', '${x}', true],
])('%s on %s: %s', (pattern, text, expected) => {
  expect(matches(pattern, text)).toBe(expected)
})

test.each(['${', '${}', '${a', "${a,'b}", '${a b}', '${${a}}'])('%s is no policy variable', (pattern) => {
  expect(parseTemplate(pattern, BOTH)).toBeUndefined()
})

test('variables are text in policies of 2008', () => {
  const template = parseTemplate('${aws:username}', { wildcards: true, variables: false })!
  expect(matchesTemplate(template, '${aws:username}', lookup)).toBe(true)
})

test('wildcards agree with a regular expression', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.', '𝄞'), maxLength: 8 })
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '.'), maxLength: 8 })
  fc.assert(
    fc.property(pattern, letters, (given, text) => {
      const source = given.replace(/[.]/g, '\\.').replace(/\*/g, '.*').replace(/\?/g, '.')
      expect(matches(given, text)).toBe(new RegExp(`^${source}$`, 'us').test(text))
    }),
    { numRuns: 2000 },
  )
})

test('a hundred stars end, where a backtracking matcher would not before the test is over', () => {
  expect(matches('*a'.repeat(100) + 'b', 'a'.repeat(5000))).toBe(false)
  expect(matches('*a'.repeat(100) + '*', 'a'.repeat(5000))).toBe(true)
})

describe('ARNs', () => {
  const arnMatches = (pattern: string, arn: string) =>
    matchesArn(splitArn(parseTemplate(pattern, BOTH)!)!, arn, lookup)

  test.each([
    ['arn:aws:s3:::bucket/*', 'arn:aws:s3:::bucket/a/b:c', true],
    ['arn:aws:s3:::*', 'arn:aws:s3:::bucket', true],
    ['arn:aws:s3:*:*:bucket', 'arn:aws:s3:::bucket', true],
    ['arn:*:bucket:::x', 'arn:aws:s3:::bucket', false],
    ['arn:aws:s3:::bucket*', 'arn:aws:s3:::bucket-of-somebody-else/key', true],
    ['arn:aws:s3:::Bucket', 'arn:aws:s3:::bucket', false],
    ['arn:aws:kms:*:111122223333:key/*', 'arn:aws:kms:us-east-1:111122223333:key/1', true],
    ['arn:aws:kms:*:111122223333:key/*', 'arn:aws:kms:us-east-1:444455556666:key/1', false],
    ['arn:aws:s3:::b/${aws:username}', 'arn:aws:s3:::b/ada', true],
    ['arn:aws:s3:::b/${with:colon}', 'arn:aws:s3:::b/a:b', true],
  ])('%s on %s: %s', (pattern, arn, expected) => {
    expect(arnMatches(pattern, arn)).toBe(expected)
  })

  test('a wildcard does not reach into the next part', () => {
    expect(splitArn(parseTemplate('arn:aws:*', BOTH)!)).toBeUndefined()
  })
})
