import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ProjectRole } from '../store/model.ts'
import { decideKeyUse, type GrantRule, type KeyRules } from './decide-key-use.ts'
import type { Action, ConditionFacts, Decision, Principal } from './model.ts'
import { ACCOUNT, OTHER_ACCOUNT, policy, somebody } from './policy.test-support.ts'
import { roleArn, userArn } from './principals.ts'
import { rolePolicies } from './roles.ts'

const KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`
const ROLES = Object.keys(rolePolicies) as ProjectRole[]

function decided(
  principal: Principal | 'anonymous',
  action: Action,
  rules: Partial<KeyRules> = {},
  conditions: ConditionFacts = {},
): Decision {
  const question = { principal, action, resource: KEY, conditions }
  return decideKeyUse(question, { policy: undefined, grants: [], keyAccount: ACCOUNT, ...rules })
}

const account = { Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'kms:*', Resource: '*' }
const adas = {
  Effect: 'Allow',
  Principal: { AWS: userArn(ACCOUNT, 'ada') },
  Action: 'kms:Decrypt',
  Resource: '*',
}

function grant(changes: Partial<GrantRule> = {}): GrantRule {
  return {
    grantId: 'g-1',
    granteePrincipal: userArn(ACCOUNT, 'ada'),
    operations: ['Decrypt'],
    constraints: {},
    ...changes,
  }
}

test('without a policy of its own, a key is left to the roles', () => {
  const may = (action: Action) => ROLES.filter((role) => decided(somebody(role), action).allowed)
  expect({
    use: may('kms:GenerateDataKey'),
    decrypt: may('kms:Decrypt'),
    describe: may('kms:DescribeKey'),
    administer: may('kms:PutKeyPolicy'),
  }).toEqual({
    use: ['owner', 'administrator', 'member'],
    decrypt: ['owner', 'administrator', 'member', 'reader'],
    describe: ROLES,
    administer: ['owner', 'administrator'],
  })
})

describe('a policy of its own', () => {
  test('without the account in it shuts out even owners', () => {
    const rules = { policy: policy('key', adas) }
    const expected = { allowed: false, layer: 'key-policy', rule: undefined }
    expect(decided(somebody('owner', { userId: 'bob' }), 'kms:Decrypt', rules)).toEqual(expected)
    expect(decided(somebody('owner', { userId: 'bob' }), 'kms:PutKeyPolicy', rules)).toEqual(expected)
    expect(decided(somebody('auditor'), 'kms:Decrypt', rules)).toEqual({
      allowed: true,
      layer: 'key-policy',
      rule: '1',
    })
  })

  test('may leave some actions to the roles', () => {
    const rules = { policy: policy('key', { ...account, Action: 'kms:Describe*' }) }
    expect(decided(somebody('reader'), 'kms:DescribeKey', rules).allowed).toBe(true)
    expect(decided(somebody('owner'), 'kms:Decrypt', rules).allowed).toBe(false)
  })

  test('denies a role what the role has', () => {
    const denial = {
      ...adas,
      Sid: 'NotReaders',
      Effect: 'Deny',
      Principal: { AWS: roleArn(ACCOUNT, 'reader') },
    }
    const rules = { policy: policy('key', account, denial) }
    expect(decided(somebody('reader'), 'kms:Decrypt', rules)).toEqual({
      allowed: false,
      layer: 'key-policy',
      rule: 'NotReaders',
    })
    expect(decided(somebody('member'), 'kms:Decrypt', rules).allowed).toBe(true)
  })
})

test('the member’s own policy narrows and widens', () => {
  const decrypting = (Effect: string) =>
    policy('member', { Effect, Action: 'kms:Decrypt', Resource: KEY.replace(/[^/]*$/, '*') })
  const denied = somebody('owner', { memberPolicy: decrypting('Deny') })
  expect(decided(denied, 'kms:Decrypt')).toEqual({ allowed: false, layer: 'member-policy', rule: '1' })
  expect(decided(denied, 'kms:Decrypt', { policy: policy('key', adas), grants: [grant()] }).allowed).toBe(
    false,
  )
  const widened = somebody('auditor', { memberPolicy: decrypting('Allow') })
  expect(decided(widened, 'kms:Decrypt').layer).toBe('member-policy')
  // An identity's policy reaches no key that leaves nothing to its account.
  const others = policy('key', { ...adas, Principal: { AWS: userArn(ACCOUNT, 'eve') } })
  expect(decided(widened, 'kms:Decrypt', { policy: others }).allowed).toBe(false)
})

describe('a grant', () => {
  const ada = somebody('auditor')
  const context = (pairs: Record<string, string>) =>
    Object.fromEntries(Object.entries(pairs).map(([name, value]) => [`kms:EncryptionContext:${name}`, value]))

  test.each<[string, GrantRule, Record<string, string>, boolean]>([
    ['names him', grant(), {}, true],
    ['names his role', grant({ granteePrincipal: roleArn(ACCOUNT, 'auditor') }), {}, true],
    ['names another', grant({ granteePrincipal: userArn(ACCOUNT, 'eve') }), {}, false],
    [
      'names his namesake in another account',
      grant({ granteePrincipal: userArn(OTHER_ACCOUNT, 'ada') }),
      {},
      false,
    ],
    ['is for something else', grant({ operations: ['Encrypt', 'DescribeKey'] }), {}, false],
    ['has its context', grant({ constraints: { encryptionContextEquals: { a: '1' } } }), { a: '1' }, true],
    [
      'has more of it',
      grant({ constraints: { encryptionContextEquals: { a: '1' } } }),
      { a: '1', b: '2' },
      false,
    ],
    ['has none of it', grant({ constraints: { encryptionContextEquals: { a: '1' } } }), {}, false],
    [
      'is of another value',
      grant({ constraints: { encryptionContextEquals: { a: 'X' } } }),
      { a: 'x' },
      false,
    ],
    [
      'has its subset',
      grant({ constraints: { encryptionContextSubset: { a: '1' } } }),
      { a: '1', b: '2' },
      true,
    ],
    ['has not', grant({ constraints: { encryptionContextSubset: { a: '1', c: '3' } } }), { a: '1' }, false],
    [
      'names have no case',
      grant({ constraints: { encryptionContextSubset: { Dept: 'x' } } }),
      { dept: 'x' },
      true,
    ],
  ])('%s', (_, rule, pairs, allowed) => {
    expect(decided(ada, 'kms:Decrypt', { grants: [rule] }, context(pairs))).toEqual(
      allowed ? { allowed, layer: 'grant', rule: 'g-1' } : { allowed, layer: 'role', rule: undefined },
    )
  })

  test('holds where the policy is silent, and not against a denial', () => {
    const silent = policy('key', { ...adas, Principal: { AWS: userArn(ACCOUNT, 'eve') } })
    expect(decided(ada, 'kms:Decrypt', { policy: silent, grants: [grant()] }).layer).toBe('grant')
    const denial = policy('key', { ...adas, Effect: 'Deny' })
    expect(decided(ada, 'kms:Decrypt', { policy: denial, grants: [grant()] }).allowed).toBe(false)
  })

  test('does not constrain what has no context', () => {
    const rule = grant({ operations: ['DescribeKey'], constraints: { encryptionContextEquals: { a: '1' } } })
    const silent = policy('key', { ...adas, Principal: { AWS: userArn(ACCOUNT, 'eve') } })
    expect(decided(ada, 'kms:DescribeKey', { policy: silent, grants: [rule] }).allowed).toBe(true)
  })
})

describe('other accounts', () => {
  const bob = (role: ProjectRole) => somebody(role, { account: OTHER_ACCOUNT, userId: 'bob' })

  test('get nothing from the default policy', () => {
    for (const role of ROLES) expect(decided(bob(role), 'kms:Decrypt').allowed, role).toBe(false)
  })

  test('need the key’s word and their own role’s', () => {
    const invited = policy('key', { ...account, Principal: { AWS: OTHER_ACCOUNT } })
    expect(decided(bob('reader'), 'kms:Decrypt', { policy: invited }).allowed).toBe(true)
    expect(decided(bob('auditor'), 'kms:Decrypt', { policy: invited }).allowed).toBe(false)
    const granted = [grant({ granteePrincipal: userArn(OTHER_ACCOUNT, 'bob') })]
    expect(decided(bob('reader'), 'kms:Decrypt', { grants: granted }).layer).toBe('grant')
    expect(decided(bob('auditor'), 'kms:Decrypt', { grants: granted }).allowed).toBe(false)
  })
})

test('nobody without a name ever uses a key', () => {
  const everything = policy('key', { ...account, Principal: '*' })
  const grants = [grant({ granteePrincipal: '*' })]
  expect(decided('anonymous', 'kms:Decrypt', { policy: everything, grants }).allowed).toBe(false)
})

test('more grants never take away, more denials never give', () => {
  const rule = fc.record({
    Effect: fc.constantFrom('Allow', 'Deny'),
    Principal: fc.constantFrom({ AWS: ACCOUNT }, { AWS: userArn(ACCOUNT, 'ada') }, '*'),
    Action: fc.constantFrom('kms:*', 'kms:Decrypt', 'kms:Describe*'),
    Resource: fc.constant('*'),
  })
  const action = fc.constantFrom<Action>('kms:Decrypt', 'kms:GenerateDataKey', 'kms:DescribeKey')
  const statements = fc.array(rule, { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(statements, fc.constantFrom(...ROLES), action, (list, role, asked) => {
      const rules = { policy: policy('key', ...list) }
      const before = decided(somebody(role), asked, rules).allowed
      const granted = decided(somebody(role), asked, { ...rules, grants: [grant()] }).allowed
      expect(before && !granted).toBe(false)
      const denied = { Effect: 'Deny', Principal: '*', Action: 'kms:*', Resource: '*' }
      const shut = { policy: policy('key', ...list, denied), grants: [grant()] }
      expect(decided(somebody(role), asked, shut).allowed).toBe(false)
    }),
    { numRuns: 500 },
  )
})
