import { describe, expect, test } from 'vitest'
import { prepareCondition } from './conditions.ts'
import { RequestFacts } from './facts.ts'
import type { ConditionFacts } from './model.ts'
import { somebody } from './policy.test-support.ts'

function holds(operator: string, key: string, values: string | string[], facts: ConditionFacts): boolean {
  const options = { variables: true, refuse: (why: string) => new Error(why) }
  const condition = prepareCondition(operator, key, [values].flat(), options)
  return condition(new RequestFacts(facts, somebody('member')))
}

const PREFIX = 's3:prefix'
const KEYS = 's3:RequestObjectTagKeys'

describe('one value (IAM User Guide, "Condition operators")', () => {
  test.each<[string, string, string | string[], string | undefined, boolean]>([
    ['StringEquals', PREFIX, 'a', 'a', true],
    ['StringEquals', PREFIX, 'a', 'A', false],
    ['StringEquals', PREFIX, ['a', 'b'], 'b', true],
    ['StringEquals', PREFIX, 'a*', 'abc', false],
    ['StringEquals', PREFIX, '${aws:username}', 'ada', true],
    ['StringEquals', PREFIX, 'a', undefined, false],
    ['StringNotEquals', PREFIX, 'a', 'b', true],
    ['StringNotEquals', PREFIX, ['a', 'b'], 'b', false],
    ['StringNotEquals', PREFIX, 'a', undefined, true],
    ['StringEqualsIgnoreCase', PREFIX, 'a', 'A', true],
    ['StringNotEqualsIgnoreCase', PREFIX, 'a', 'A', false],
    ['StringLike', PREFIX, 'home/*', 'home/ada', true],
    ['StringLike', PREFIX, 'home/${aws:username}/*', 'home/ada/x', true],
    ['StringNotLike', PREFIX, 'home/*', 'home/ada', false],
    ['StringEqualsIfExists', PREFIX, 'a', undefined, true],
    ['StringEqualsIfExists', PREFIX, 'a', 'b', false],
    ['StringNotEqualsIfExists', PREFIX, 'a', 'a', false],
    ['NumericEquals', 's3:max-keys', '10', '10', true],
    ['NumericEquals', 's3:max-keys', '10.0', '10', true],
    ['NumericNotEquals', 's3:max-keys', '10', '11', true],
    ['NumericLessThan', 's3:max-keys', '10', '9', true],
    ['NumericLessThan', 's3:max-keys', '10', '10', false],
    ['NumericLessThanEquals', 's3:max-keys', '10', '10', true],
    ['NumericLessThanEquals', 's3:max-keys', '10', '9x', false],
    ['NumericGreaterThan', 's3:max-keys', '10', '11', true],
    ['NumericGreaterThanEquals', 's3:max-keys', '10', '9', false],
    ['DateGreaterThan', 'aws:CurrentTime', '2020-04-01T00:00:00Z', '2020-04-01T00:00:01Z', true],
    ['DateLessThan', 'aws:CurrentTime', '2020-06-30T23:59:59Z', '2020-06-30T23:59:59Z', false],
    ['DateLessThanEquals', 'aws:CurrentTime', '2020-06-30T23:59:59Z', '2020-06-30T23:59:59Z', true],
    ['DateEquals', 'aws:CurrentTime', '2020-04-01', '2020-04-01T00:00:00Z', true],
    ['DateEquals', 'aws:CurrentTime', '2020-04-01T02:00:00+02:00', '2020-04-01T00:00:00Z', true],
    ['DateGreaterThan', 'aws:EpochTime', '1585699200', '1585699201', true],
    ['Bool', 'aws:SecureTransport', 'true', 'true', true],
    ['Bool', 'aws:SecureTransport', 'False', 'false', true],
    ['Bool', 'aws:SecureTransport', 'false', 'true', false],
    ['IpAddress', 'aws:SourceIp', '203.0.113.0/24', '203.0.113.9', true],
    ['IpAddress', 'aws:SourceIp', '203.0.113.0/24', '203.0.114.9', false],
    ['IpAddress', 'aws:SourceIp', '203.0.113.9', '203.0.113.9', true],
    ['IpAddress', 'aws:SourceIp', '203.0.113.0/24', '::ffff:203.0.113.9', true],
    ['IpAddress', 'aws:SourceIp', '2001:db8:1234:5678::/64', '2001:db8:1234:5678::1', true],
    ['IpAddress', 'aws:SourceIp', '2001:db8:1234:5678::/64', '2001:db8:1234:5679::1', false],
    ['IpAddress', 'aws:SourceIp', '0.0.0.0/0', 'unknown', false],
    ['IpAddress', 'aws:SourceIp', '0.0.0.0/0', undefined, false],
    ['NotIpAddress', 'aws:SourceIp', '203.0.113.0/24', '203.0.113.9', false],
    ['NotIpAddress', 'aws:SourceIp', '203.0.113.0/24', 'unknown', true],
    ['ArnLike', 'kms:GranteePrincipal', 'arn:aws:iam::*:user/a*', 'arn:aws:iam::1:user/ada', true],
    ['ArnEquals', 'kms:GranteePrincipal', 'arn:aws:iam::*:user/a*', 'arn:aws:iam::1:user/ada', true],
    ['ArnNotLike', 'kms:GranteePrincipal', 'arn:aws:iam::1:*', 'arn:aws:iam::1:user/ada', false],
    ['ArnNotEquals', 'kms:GranteePrincipal', 'arn:aws:iam::2:*', 'arn:aws:iam::1:user/ada', true],
    ['Null', PREFIX, 'true', undefined, true],
    ['Null', PREFIX, 'true', '', false],
    ['Null', PREFIX, 'false', 'x', true],
  ])('%s %s %s: %s is %s', (operator, key, values, have, expected) => {
    expect(holds(operator, key, values, { [key]: have })).toBe(expected)
  })

  test('names of keys have no case', () => {
    expect(holds('StringEquals', 'S3:Prefix', 'a', { [PREFIX]: 'a' })).toBe(true)
    expect(holds('StringEquals', 'AWS:UserName', 'ada', {})).toBe(true)
  })
})

describe('several values (IAM User Guide, "Multivalued context keys")', () => {
  test.each<[string, string[], string[] | undefined, boolean]>([
    ['ForAllValues:StringLike', ['key1*', 'key2*'], ['key1a', 'key2'], true],
    ['ForAllValues:StringLike', ['key1*', 'key2*'], ['key1a', 'other'], false],
    ['ForAllValues:StringLike', ['key1*'], undefined, true],
    ['ForAllValues:StringNotEquals', ['a'], ['b', 'c'], true],
    ['ForAllValues:StringNotEquals', ['a'], ['b', 'a'], false],
    ['ForAnyValue:StringEquals', ['environment', 'webserver'], ['x', 'webserver'], true],
    ['ForAnyValue:StringEquals', ['environment', 'webserver'], ['x'], false],
    ['ForAnyValue:StringEquals', ['environment'], undefined, false],
    ['ForAnyValue:StringNotEquals', ['a'], ['a', 'b'], true],
    ['ForAnyValue:StringNotEquals', ['a'], ['a'], false],
    ['ForAnyValue:StringEqualsIfExists', ['a'], undefined, true],
    ['StringNotEquals', ['a'], ['b', 'a'], false],
  ])('%s %j: %j is %s', (operator, values, have, expected) => {
    expect(holds(operator, KEYS, values, { [KEYS]: have })).toBe(expected)
  })
})

test.each([
  ['StringMatches', PREFIX, 'a'],
  ['stringequals', PREFIX, 'a'],
  ['NullIfExists', PREFIX, 'true'],
  ['ForAllValues:Null', PREFIX, 'true'],
  ['ForSomeValues:StringEquals', PREFIX, 'a'],
  ['__proto__', PREFIX, 'a'],
  ['constructor', PREFIX, 'a'],
  ['StringEquals', 'aws:PrincipalOrgID', 'o-1'],
  ['StringEquals', 's3:ExistingObjectTag/a', 'b'],
  ['StringEquals', 'kms:EncryptionContext:', 'b'],
  ['StringEquals', PREFIX, '${aws:PrincipalTag/team}'],
  ['Null', PREFIX, 'yes'],
  ['Bool', 'aws:SecureTransport', '1'],
  ['NumericEquals', 's3:max-keys', '1e3'],
  ['DateEquals', 'aws:CurrentTime', 'tomorrow'],
  ['DateEquals', 'aws:CurrentTime', '2020-13-01'],
  ['IpAddress', 'aws:SourceIp', '203.0.113.0/33'],
  ['IpAddress', 'aws:SourceIp', '203.0.113.*'],
  ['IpAddress', 'aws:SourceIp', 'localhost'],
  ['ArnLike', 'kms:GranteePrincipal', '*'],
])('%s on %s with %s is refused when it is stored', (operator, key, value) => {
  expect(() => holds(operator, key, value, {})).toThrow()
})

describe('who asks and when', () => {
  test('cannot be told otherwise by the request', () => {
    const told = { 'aws:username': 'eve', 'AWS:PrincipalArn': 'arn:aws:iam::1:user/eve' }
    expect(holds('StringEquals', 'aws:username', 'ada', told)).toBe(true)
    expect(holds('ArnLike', 'aws:PrincipalArn', 'arn:aws:iam::*:user/eve', told)).toBe(false)
  })

  test('there is always a time', () => {
    expect(holds('DateGreaterThan', 'aws:CurrentTime', '2020-01-01', {})).toBe(true)
    expect(holds('NumericGreaterThan', 'aws:EpochTime', '1577836800', {})).toBe(true)
  })
})
