import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ProjectRole } from '../store/model.ts'
import { decide, type ResourceRules } from './decide.ts'
import type { Action, PolicyDocument, Question } from './model.ts'
import { ACCOUNT, OTHER_ACCOUNT, policy, somebody } from './policy.test-support.ts'
import { rolePolicies } from './roles.ts'

const OBJECT = 'arn:aws:s3:::bucket/key'
const ADA = { AWS: `arn:aws:iam::${ACCOUNT}:user/ada` }

function asked(changes: Partial<Question> = {}): Question {
  return {
    principal: somebody('auditor'),
    action: 's3:GetObject',
    resource: OBJECT,
    conditions: {},
    ...changes,
  }
}

const allow = (changes: object = {}) => ({
  Effect: 'Allow',
  Principal: ADA,
  Action: 's3:GetObject',
  Resource: 'arn:aws:s3:::bucket/*',
  ...changes,
})
const deny = (changes: object = {}) => allow({ Effect: 'Deny', ...changes })
const own = ({ Principal: _, ...statement }: { Principal?: unknown } & Record<string, unknown>) => statement

describe('which layer decides, and by which rule', () => {
  test.each<[string, Partial<Question>, ResourceRules, ReturnType<typeof decide>]>([
    [
      'the role allows',
      { principal: somebody('reader') },
      {},
      { allowed: true, layer: 'role', rule: 'reader' },
    ],
    ['nothing allows', {}, {}, { allowed: false, layer: 'role', rule: undefined }],
    [
      'the member’s own policy allows',
      { principal: somebody('auditor', { memberPolicy: policy('member', own(allow({ Sid: 'Reads' }))) }) },
      {},
      { allowed: true, layer: 'member-policy', rule: 'Reads' },
    ],
    [
      'the bucket’s policy allows him',
      {},
      { resourcePolicy: policy('bucket', allow({ Principal: '*', Action: 's3:ListBucket' }), allow()) },
      { allowed: true, layer: 'bucket-policy', rule: '2' },
    ],
    [
      'the bucket’s policy allows his role',
      {},
      {
        resourcePolicy: policy(
          'bucket',
          allow({ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/auditor` } }),
        ),
      },
      { allowed: true, layer: 'bucket-policy', rule: '1' },
    ],
    [
      'it allows another role',
      {},
      {
        resourcePolicy: policy(
          'bucket',
          allow({ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/reader` } }),
        ),
      },
      { allowed: false, layer: 'role', rule: undefined },
    ],
    [
      'it allows his account, which leaves it to his role',
      {},
      { resourcePolicy: policy('bucket', allow({ Principal: { AWS: ACCOUNT } })) },
      { allowed: false, layer: 'role', rule: undefined },
    ],
    [
      'it denies his account',
      { principal: somebody('owner') },
      { resourcePolicy: policy('bucket', deny({ Sid: 'No', Principal: { AWS: ACCOUNT } })) },
      { allowed: false, layer: 'bucket-policy', rule: 'No' },
    ],
    [
      'the member’s own policy denies what everything else allows',
      { principal: somebody('owner', { memberPolicy: policy('member', own(deny())) }) },
      { resourcePolicy: policy('bucket', allow()) },
      { allowed: false, layer: 'member-policy', rule: '1' },
    ],
    [
      'a role denies what a policy would give',
      {
        principal: somebody('administrator', {
          memberPolicy: policy('member', { Effect: 'Allow', Action: 'coffer:*', Resource: '*' }),
        }),
        action: 'coffer:DestroyKeyDependents',
        resource: '*',
      },
      {},
      { allowed: false, layer: 'role', rule: 'administrator' },
    ],
    [
      'everybody but him is denied',
      { principal: somebody('owner', { userId: 'eve' }) },
      { resourcePolicy: policy('bucket', { ...own(deny({ Principal: undefined })), NotPrincipal: ADA }) },
      { allowed: false, layer: 'bucket-policy', rule: '1' },
    ],
    [
      'and he is not',
      { principal: somebody('owner') },
      { resourcePolicy: policy('bucket', { ...own(deny()), NotPrincipal: ADA }) },
      { allowed: true, layer: 'role', rule: 'owner' },
    ],
    [
      'actions have no case, resources have',
      {},
      { resourcePolicy: policy('bucket', allow({ Action: 'S3:getobject' })) },
      { allowed: true, layer: 'bucket-policy', rule: '1' },
    ],
    [
      'all actions but some',
      {},
      { resourcePolicy: policy('bucket', { ...allow({ Action: undefined }), NotAction: 's3:Delete*' }) },
      { allowed: true, layer: 'bucket-policy', rule: '1' },
    ],
    [
      'all resources but some',
      { resource: 'arn:aws:s3:::bucket/secret/key' },
      {
        resourcePolicy: policy('bucket', {
          ...allow({ Resource: undefined }),
          NotResource: 'arn:aws:s3:::bucket/secret/*',
        }),
      },
      { allowed: false, layer: 'role', rule: undefined },
    ],
  ])('%s', (_, question, rules, expected) => {
    expect(decide(asked(question), rules)).toEqual(expected)
  })
})

describe('across projects both sides must allow', () => {
  const stranger = (role: ProjectRole) => somebody(role, { account: OTHER_ACCOUNT, userId: 'bob' })
  const invited = (AWS: string) => policy('bucket', allow({ Principal: { AWS } }))

  test.each<[string, ProjectRole, PolicyDocument | undefined, boolean]>([
    ['an owner who is not invited', 'owner', undefined, false],
    ['whose account is', 'owner', invited(OTHER_ACCOUNT), true],
    ['who is himself', 'owner', invited(`arn:aws:iam::${OTHER_ACCOUNT}:user/bob`), true],
    ['whose role is', 'owner', invited(`arn:aws:iam::${OTHER_ACCOUNT}:role/owner`), true],
    [
      'while a role of the same name at home is',
      'owner',
      invited(`arn:aws:iam::${ACCOUNT}:role/owner`),
      false,
    ],
    ['an auditor whose own role does not let him read', 'auditor', invited(OTHER_ACCOUNT), false],
    ['everybody is', 'reader', policy('bucket', allow({ Principal: '*' })), true],
  ])('%s (%s)', (_, role, resourcePolicy, expected) => {
    const rules = { resourcePolicy, resourceAccount: ACCOUNT }
    expect(decide(asked({ principal: stranger(role) }), rules).allowed).toBe(expected)
  })
})

describe('nobody in particular', () => {
  test.each<[string, PolicyDocument | undefined, boolean]>([
    ['without a policy', undefined, false],
    ['for everybody', policy('bucket', allow({ Principal: '*' })), true],
    ['for everybody, written with AWS', policy('bucket', allow({ Principal: { AWS: '*' } })), true],
    ['for a user', policy('bucket', allow()), false],
    ['for an account', policy('bucket', allow({ Principal: { AWS: ACCOUNT } })), false],
    [
      'for everybody but him',
      policy('bucket', allow({ Principal: '*' }), { ...own(deny()), NotPrincipal: ADA }),
      false,
    ],
    [
      'for everybody’s own folder',
      policy('bucket', allow({ Principal: '*', Resource: 'arn:aws:s3:::bucket/${aws:username}*' })),
      false,
    ],
  ])('%s', (_, resourcePolicy, expected) => {
    expect(decide(asked({ principal: 'anonymous' }), { resourcePolicy }).allowed).toBe(expected)
  })
})

describe('the logic holds whatever the rules', () => {
  const action = fc.constantFrom<Action>(
    's3:GetObject',
    's3:PutObject',
    's3:ListBucket',
    's3:GetBucketPolicy',
  )
  const resource = fc.constantFrom('arn:aws:s3:::bucket', OBJECT, 'arn:aws:s3:::bucket/home/ada/x')
  const pattern = fc.constantFrom(
    'arn:aws:s3:::bucket',
    'arn:aws:s3:::bucket/*',
    'arn:aws:s3:::bucket/home/${aws:username}/*',
  )
  const role = fc.constantFrom(...(Object.keys(rolePolicies) as ProjectRole[]))
  const statement = (effect: fc.Arbitrary<string>) =>
    fc.record({
      Effect: effect,
      Principal: fc.constantFrom('*', ADA, { AWS: ACCOUNT }, { AWS: `arn:aws:iam::${ACCOUNT}:role/reader` }),
      Action: fc.constantFrom('s3:*', 's3:Get*', 's3:PutObject', 's3:?etObject'),
      Resource: pattern,
      Condition: fc.constantFrom(
        undefined,
        { Bool: { 'aws:SecureTransport': 'true' } },
        { StringNotEquals: { 's3:prefix': 'x' } },
        { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } },
      ),
    })
  const any = statement(fc.constantFrom('Allow', 'Deny'))
  const list = fc.array(any, { minLength: 1, maxLength: 5 })
  const question = fc.record({
    principal: fc.oneof(
      role.map((of) => somebody(of)),
      fc.constant('anonymous' as const),
    ),
    action,
    resource,
    conditions: fc.record({
      'aws:SecureTransport': fc.constantFrom('true', 'false'),
      'aws:SourceIp': fc.constantFrom('192.0.2.1', '198.51.100.1', undefined),
    }),
  })
  const of = (statements: object[]) => ({ resourcePolicy: policy('bucket', ...statements) })

  test('the order of statements does not matter', () => {
    fc.assert(
      fc.property(list, question, fc.nat(), (statements, q, turn) => {
        const turned = [
          ...statements.slice(turn % statements.length),
          ...statements.slice(0, turn % statements.length),
        ]
        expect(decide(q, of(turned.reverse())).allowed).toBe(decide(q, of(statements)).allowed)
      }),
      { numRuns: 1000 },
    )
  })

  test('more denials never allow more, more allowances never deny', () => {
    fc.assert(
      fc.property(list, question, any, (statements, q, more) => {
        const before = decide(q, of(statements)).allowed
        const after = decide(q, of([...statements, more])).allowed
        if (more.Effect === 'Deny') expect(after && !before).toBe(false)
        else expect(before && !after).toBe(false)
      }),
      { numRuns: 1000 },
    )
  })

  test('a denial of everything wins over everything', () => {
    const nothing = {
      Effect: 'Deny',
      Principal: '*',
      Action: '*',
      Resource: ['arn:aws:s3:::bucket', 'arn:aws:s3:::bucket/*'],
    }
    fc.assert(
      fc.property(list, question, fc.nat({ max: 5 }), (statements, q, at) => {
        expect(decide(q, of(statements.toSpliced(at, 0, nothing as never))).allowed).toBe(false)
      }),
    )
  })

  test('the same rules as two policies say the same as one', () => {
    fc.assert(
      fc.property(list, question, (statements, q) => {
        if (q.principal === 'anonymous') return
        const mine = statements.map((one) => own({ ...one, Condition: one.Condition }))
        const memberPolicy = policy('member', ...mine)
        const principal = { ...q.principal, memberPolicy }
        const here = statements.map((one) => ({ ...one, Principal: ADA }))
        expect(decide({ ...q, principal }).allowed).toBe(decide(q, of(here)).allowed)
      }),
    )
  })
})
