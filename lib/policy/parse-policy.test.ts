import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parsePolicy, POLICY_RULES, type PolicyKind } from './parse-policy.ts'
import { storedPolicy } from './stored-policy.ts'
import { decide } from './decide.ts'
import { somebody } from './policy.test-support.ts'

const ALLOW = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' }
const PUBLIC = { ...ALLOW, Principal: '*' }
const KEY = { Effect: 'Allow', Principal: '*', Action: 'kms:Decrypt', Resource: '*' }
const document = (...statements: unknown[]) => ({ Version: '2012-10-17', Statement: statements })
const without = (from: object, name: string) =>
  Object.fromEntries(Object.entries(from).filter(([key]) => key !== name))

describe('what is refused, and where', () => {
  test.each<[string, PolicyKind, unknown, string]>([
    ['no object', 'bucket', [], 'policy'],
    ['an unknown element', 'bucket', { ...document(PUBLIC), Statements: [] }, 'policy'],
    ['an unknown version', 'bucket', { ...document(PUBLIC), Version: '2026-01-01' }, 'Version'],
    ['an Id that is no text', 'bucket', { ...document(PUBLIC), Id: 7 }, 'Id'],
    ['no statement', 'bucket', { Version: '2012-10-17' }, 'Statement'],
    ['an empty list', 'bucket', document(), 'Statement'],
    ['too many', 'bucket', document(...Array.from({ length: 101 }, () => PUBLIC)), 'Statement'],
    ['a statement that is text', 'bucket', document('Allow'), 'Statement[0]'],
    ['an element in the wrong case', 'bucket', document({ ...PUBLIC, effect: 'Deny' }), 'Statement[0]'],
    ['an effect', 'bucket', document({ ...PUBLIC, Effect: 'allow' }), 'Statement[0].Effect'],
    ['no principal', 'bucket', document(ALLOW), 'Statement[0].Principal'],
    ['a principal for a member', 'member', document(PUBLIC), 'Statement[0].Principal'],
    [
      'two kinds of principal',
      'bucket',
      document({ ...PUBLIC, NotPrincipal: '*' }),
      'Statement[0].Principal',
    ],
    ['everybody but', 'bucket', document({ ...ALLOW, NotPrincipal: '*' }), 'Statement[0].NotPrincipal'],
    ['a service', 'bucket', document({ ...ALLOW, Principal: { Service: 's3' } }), 'Statement[0].Principal'],
    [
      'a wildcard in a principal',
      'bucket',
      document({ ...ALLOW, Principal: { AWS: 'arn:aws:iam::111122223333:user/*' } }),
      'Statement[0].Principal',
    ],
    [
      'a role nobody has',
      'bucket',
      document({ ...ALLOW, Principal: { AWS: 'arn:aws:iam::111122223333:role/king' } }),
      'Statement[0].Principal',
    ],
    [
      'an empty list of principals',
      'bucket',
      document({ ...ALLOW, Principal: { AWS: [] } }),
      'Statement[0].Principal.AWS',
    ],
    ['no action', 'bucket', document(without(PUBLIC, 'Action')), 'Statement[0].Action'],
    ['both', 'bucket', document({ ...PUBLIC, NotAction: 's3:*' }), 'Statement[0].Action'],
    [
      'a key action for a bucket',
      'bucket',
      document({ ...PUBLIC, Action: 'kms:Decrypt' }),
      'Statement[0].Action',
    ],
    [
      'an object action for a key',
      'key',
      document({ ...KEY, Action: 's3:GetObject' }),
      'Statement[0].Action',
    ],
    ['an action of nowhere', 'member', document({ ...ALLOW, Action: 'iam:PassRole' }), 'Statement[0].Action'],
    ['no resource', 'bucket', document(without(PUBLIC, 'Resource')), 'Statement[0].Resource'],
    [
      'a resource that is no ARN',
      'bucket',
      document({ ...PUBLIC, Resource: 'b/*' }),
      'Statement[0].Resource',
    ],
    ['half an ARN', 'bucket', document({ ...PUBLIC, Resource: 'arn:aws:s3:*' }), 'Statement[0].Resource'],
    [
      'a variable nobody fills',
      'bucket',
      document({ ...PUBLIC, Resource: 'arn:aws:s3:::b/${aws:PrincipalTag/x}' }),
      'Statement[0].Resource',
    ],
    [
      'an open variable',
      'bucket',
      document({ ...PUBLIC, Resource: 'arn:aws:s3:::b/${' }),
      'Statement[0].Resource',
    ],
    [
      'an empty condition',
      'bucket',
      document({ ...PUBLIC, Condition: { Bool: {} } }),
      'Statement[0].Condition.Bool',
    ],
    [
      'an unknown operator',
      'bucket',
      document({ ...PUBLIC, Condition: { StringIs: { 's3:prefix': 'a' } } }),
      'Statement[0].Condition.StringIs.s3:prefix',
    ],
    [
      'an unknown key',
      'bucket',
      document(PUBLIC, { ...PUBLIC, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o' } } }),
      'Statement[1].Condition.StringEquals.aws:PrincipalOrgID',
    ],
    ['a Sid twice', 'bucket', document({ ...PUBLIC, Sid: 'a' }, { ...PUBLIC, Sid: 'a' }), 'Statement[1].Sid'],
    ['a Sid of two lines', 'bucket', document({ ...PUBLIC, Sid: 'a\nb' }), 'Statement[0].Sid'],
  ])('%s', (_, kind, json, where) => {
    expect(() => parsePolicy(JSON.stringify(json), kind)).toThrow(
      expect.objectContaining({ code: 'MalformedPolicy', facts: { where } }),
    )
  })

  test.each(['', '{', 'null', '"x"', '{"Version":"2012-10-17","Statement":'])(
    '%j is not a policy',
    (json) => {
      expect(() => parsePolicy(json, 'bucket')).toThrow(expect.objectContaining({ code: 'MalformedPolicy' }))
    },
  )

  test.each(['member', 'bucket', 'key'] as const)('one byte too many for a %s', (kind) => {
    const text = JSON.stringify(document({ member: ALLOW, bucket: PUBLIC, key: KEY }[kind]))
    const { maximumBytes } = POLICY_RULES[kind]
    expect(() => parsePolicy(text.padEnd(maximumBytes), kind)).not.toThrow()
    expect(() => parsePolicy(text.padEnd(maximumBytes + 1), kind)).toThrow(/longer/)
  })
})

test('one statement may stand alone, and truth and numbers may stand bare, as AWS writes them', () => {
  const json = { Statement: { ...PUBLIC, Condition: { Bool: { 'aws:SecureTransport': false } } } }
  expect(parsePolicy(JSON.stringify(json), 'bucket')).toEqual({
    Version: '2008-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: '*',
        Action: ['s3:GetObject'],
        Resource: ['arn:aws:s3:::b/*'],
        Condition: { Bool: { 'aws:SecureTransport': ['false'] } },
      },
    ],
  })
})

test('whatever comes in, it is a policy or a refusal', () => {
  const element = fc.constantFrom(...Object.keys(PUBLIC), 'Condition', 'Sid', 'NotAction', '__proto__', 'x')
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom('*', 'Allow', 'Deny', 's3:*', 'arn:aws:s3:::b/*'))
  const statement = fc
    .dictionary(element, value, { maxKeys: 4 })
    .map((changes) => ({ ...PUBLIC, ...changes }))
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.array(statement)), (given) => {
      const json = JSON.stringify(Array.isArray(given) ? document(...given) : given)
      try {
        parsePolicy(json, 'bucket')
      } catch (error) {
        expect(error).toMatchObject({ name: 'StoreError', code: 'MalformedPolicy' })
      }
    }),
    { numRuns: 1000 },
  )
})

test('a stored policy that cannot be read denies everything to everybody', () => {
  const memberPolicy = storedPolicy('{"Version":"2012-10-17"', 'member')
  const question = { action: 's3:GetObject', resource: 'arn:aws:s3:::b/k', conditions: {} } as const
  expect(decide({ ...question, principal: somebody('owner', { memberPolicy }) })).toEqual({
    allowed: false,
    layer: 'member-policy',
    rule: 'UnreadablePolicy',
  })
  const resourcePolicy = storedPolicy('nonsense', 'bucket')
  expect(decide({ ...question, principal: somebody('owner') }, { resourcePolicy }).allowed).toBe(false)
})
