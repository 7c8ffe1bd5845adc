import { expect, test } from 'vitest'
import { parsePolicy, POLICY_RULES } from '../policy/parse-policy.ts'
import { checkMemberPolicy, MEMBER_POLICY_BYTES } from './member-policy-check.ts'
import { POLICY_EXAMPLES } from './member-policy-examples.ts'

const good = { Effect: 'Deny', Action: 's3:DeleteObject', Resource: '*' }
const policy = (...statements: unknown[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements }, undefined, 2)

test('what the server takes has no problem', () => {
  for (const text of [policy(good), policy(good, { ...good, NotAction: ['kms:*'], Action: undefined })]) {
    expect(checkMemberPolicy(text)).toEqual([])
    expect(() => parsePolicy(text, 'member')).not.toThrow()
  }
})

// Each is refused by the server too: the check is no rule of its own.
test.each([
  ['{', { kind: 'syntax', line: 1, column: 2 }],
  ['{\n  "Version": "2012-10-17"\n  "Statement": []\n}', { kind: 'syntax', line: 3, column: 3 }],
  ['[]', { kind: 'notObject' }],
  ['{"Version":"2020-01-01","Statement":[]}', { kind: 'version' }],
  ['{"Version":"2012-10-17"}', { kind: 'noStatement' }],
  [policy({ ...good, Effect: 'Permit' }), { kind: 'effect', statement: 1 }],
  [policy(good, { ...good, Principal: '*' }), { kind: 'principal', statement: 2 }],
  [policy({ ...good, Action: 'ec2:RunInstances' }), { kind: 'action', statement: 1 }],
  [policy({ ...good, Action: undefined }), { kind: 'action', statement: 1 }],
  [policy({ ...good, Resource: undefined }), { kind: 'resource', statement: 1 }],
  [policy({ ...good, Sid: 'x'.repeat(MEMBER_POLICY_BYTES) }), { kind: 'tooLong' }],
])('%s', (text, problem) => {
  expect(checkMemberPolicy(text)[0]).toEqual(problem)
  expect(() => parsePolicy(text, 'member')).toThrow()
})

test('the limit is the server’s', () => {
  expect(MEMBER_POLICY_BYTES).toBe(POLICY_RULES.member.maximumBytes)
})

test.each(Object.entries(POLICY_EXAMPLES))('the example %s is a policy that the server takes', (_, text) => {
  expect(checkMemberPolicy(text)).toEqual([])
  expect(() => parsePolicy(text, 'member')).not.toThrow()
})
