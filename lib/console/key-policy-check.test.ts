import { expect, test } from 'vitest'
import { checkKeyPolicy } from './key-policy-check.ts'

const ALLOW = {
  Sid: 'Roles',
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::123456789012:root' },
  Action: 'kms:*',
  Resource: '*',
}
const policy = (...statements: object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements })
const check = (text: string) => checkKeyPolicy(text, 32_768)

test('the default policy has neither problem nor warning', () =>
  expect(check(policy(ALLOW))).toEqual({ problems: [], warnings: [] }))

test('a single statement needs no list', () =>
  expect(check(JSON.stringify({ Version: '2012-10-17', Statement: ALLOW })).problems).toEqual([]))

test('a slip of the pen is found where it is', () =>
  expect(check('{\n  "Version": "2012-10-17",\n  "Statement": [}\n}').problems).toEqual([
    { kind: 'syntax', line: 3, column: 17 },
  ]))

test.each([
  ['[]', { kind: 'notObject' }],
  ['{"Version":"2012-10-17"}', { kind: 'noStatement' }],
  ['{"Version":"2020-01-01","Statement":[]}', { kind: 'version' }],
  [policy({ ...ALLOW, Effect: 'allow' }), { kind: 'effect', statement: 1 }],
  [policy(ALLOW, { ...ALLOW, Principal: undefined }), { kind: 'principal', statement: 2 }],
  [policy({ ...ALLOW, NotAction: 'kms:Decrypt' }), { kind: 'action', statement: 1 }],
  [policy({ ...ALLOW, Resources: '*' }), { kind: 'unknownElement', statement: 1, element: 'Resources' }],
  [
    policy({ ...ALLOW, Action: ['s3:GetObject'] }),
    { kind: 'actionService', statement: 1, action: 's3:GetObject' },
  ],
])('%s', (text, problem) => expect(check(text).problems).toContainEqual(problem))

test('a policy that nobody may change any more is warned of', () => {
  expect(check(policy({ ...ALLOW, Action: ['kms:Decrypt'] })).warnings).toEqual(['lockout'])
  expect(check(policy({ ...ALLOW, Effect: 'Deny' })).warnings).toEqual(['lockout'])
  expect(check(policy({ ...ALLOW, Action: ['kms:Put*'] })).warnings).toEqual([])
})

test('a policy that lets everybody in is warned of', () => {
  expect(check(policy({ ...ALLOW, Principal: '*' })).warnings).toEqual(['everybody'])
  expect(check(policy({ ...ALLOW, Principal: { AWS: ['*'] } })).warnings).toEqual(['everybody'])
})

test('32 kilobytes are the most, in bytes', () =>
  expect(check(`{"Version":"${'金'.repeat(11_000)}"}`).problems).toEqual([{ kind: 'tooLong' }]))
