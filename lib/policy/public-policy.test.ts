import { expect, test } from 'vitest'
import { policy } from './policy.test-support.ts'
import { isPublicPolicy } from './public-policy.ts'

const ALLOW = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' }
const where = (Condition: object) => ({ ...ALLOW, Condition })

test.each<[string, object, boolean]>([
  ['everybody', ALLOW, true],
  ['everybody, written with AWS', { ...ALLOW, Principal: { AWS: ['111122223333', '*'] } }, true],
  ['a user', { ...ALLOW, Principal: { AWS: 'arn:aws:iam::111122223333:user/ada' } }, false],
  ['a denial', { ...ALLOW, Effect: 'Deny' }, false],
  ['everybody of an account', where({ StringEquals: { 'aws:PrincipalAccount': '111122223333' } }), false],
  ['everybody from an address', where({ IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }), false],
  [
    'everybody from everywhere',
    where({ IpAddress: { 'aws:SourceIp': ['203.0.113.0/24', '0.0.0.0/0'] } }),
    true,
  ],
  ['everybody from half the world', where({ IpAddress: { 'aws:SourceIp': '0.0.0.0/1' } }), true],
  ['everybody but an address', where({ NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }), true],
  ['anybody with a name', where({ StringLike: { 'aws:userid': '*' } }), true],
  ['anybody over TLS', where({ Bool: { 'aws:SecureTransport': 'true' } }), true],
  [
    'if there is an account',
    where({ StringEqualsIfExists: { 'aws:PrincipalAccount': '111122223333' } }),
    true,
  ],
])('%s', (_, statement, expected) => {
  expect(isPublicPolicy(policy('bucket', statement))).toBe(expected)
})
