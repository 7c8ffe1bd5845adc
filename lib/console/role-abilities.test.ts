import { expect, test } from 'vitest'
import { rolePolicies } from '../policy/roles.ts'
import { roleAllows } from '../policy/roles.ts'
import { ABILITIES, isAble, matchesAction, type Ability } from './role-abilities.ts'
import type { Action } from '../policy/model.ts'
import type { ProjectRole } from '../store/model.ts'

const roles = Object.keys(rolePolicies) as ProjectRole[]
const abilities = Object.keys(ABILITIES) as Ability[]

function asToldByTheApi(role: ProjectRole) {
  const actions = (effect: 'Allow' | 'Deny') =>
    rolePolicies[role].Statement.filter(({ Effect }) => Effect === effect).flatMap(
      ({ Action }) => Action ?? [],
    )
  return { role, allows: actions('Allow'), denies: actions('Deny') }
}

// The table people read must say what the judge of requests says.
test.each(roles.flatMap((role) => abilities.map((ability) => [role, ability] as const)))(
  '%s, %s: as the judge says',
  (role, ability) => {
    const actions: readonly string[] = ABILITIES[ability]
    const judged = actions.every((action) => roleAllows(role, action as Action))
    expect(isAble(asToldByTheApi(role), ability)).toBe(judged)
  },
)

test('the roles differ where people expect it', () => {
  const able = (role: ProjectRole) => abilities.filter((ability) => isAble(asToldByTheApi(role), ability))
  expect(able('owner')).toEqual(abilities)
  expect(able('administrator')).toEqual(abilities.filter((ability) => ability !== 'destroyWithKey'))
  expect(able('member')).toContain('writeFiles')
  expect(able('member')).not.toContain('manageMembers')
  expect(able('reader')).toContain('readFiles')
  expect(able('reader')).not.toContain('writeFiles')
  expect(able('auditor')).toContain('readAuditLog')
  expect(able('auditor')).not.toContain('readFiles')
})

test('patterns', () => {
  expect(matchesAction('s3:Get*', 's3:getobject')).toBe(true)
  expect(matchesAction('s3:Get?bject', 's3:GetObject')).toBe(true)
  expect(matchesAction('s3:Get', 's3:GetObject')).toBe(false)
  expect(matchesAction('s3.Get*', 's3:GetObject')).toBe(false)
})
