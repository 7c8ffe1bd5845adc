import { StoreError } from '../errors.ts'
import { arnOf, authorizedKey } from './key-lookup.ts'
import { deletionCancelled, scheduledForDeletion } from './transitions.ts'
import { roleAllows } from '../policy/roles.ts'
import type { Scope, SomeUseCases } from './use-case.ts'

/** ScheduleKeyDeletion (KMS API Reference). */
const SHORTEST = 7
const LONGEST = 30

export const deletion: SomeUseCases<'ScheduleKeyDeletion' | 'CancelKeyDeletion'> = {
  ScheduleKeyDeletion: async (deps, { keyId, pendingWindowDays = LONGEST, destroyDependents }, scope) => {
    checkWindow(pendingWindowDays)
    const key = await authorizedKey(deps, scope, keyId, 'kms:ScheduleKeyDeletion')
    scope.trail.note({ pendingWindowDays, destroyDependents: destroyDependents !== undefined })
    if (destroyDependents !== undefined) requireOwner(scope)
    const changed = await deps.directory.change(key.keyId, (current) => {
      const { objects, uploads } = current.dependents()
      scope.trail.note({ objects, uploads })
      return scheduledForDeletion(current, deps.now(), pendingWindowDays, destroyDependents)
    })
    return { keyArn: await arnOf(deps, key), state: changed.state, deletionAt: changed.deletionAt! }
  },
  CancelKeyDeletion: async (deps, { keyId }, scope) => {
    const key = await authorizedKey(deps, scope, keyId, 'kms:CancelKeyDeletion')
    await deps.directory.change(key.keyId, (current) => deletionCancelled(current, deps.now()))
    return { keyArn: await arnOf(deps, key) }
  },
}

/** No policy can give this away: an owner's role, and no one else's. @throws StoreError AccessDenied */
function requireOwner({ caller }: Scope): void {
  if (roleAllows(caller.role, 'coffer:DestroyKeyDependents')) return
  throw new StoreError('AccessDenied', 'Only an owner may destroy objects with their key', {
    layer: 'role',
    rule: caller.role,
  })
}

function checkWindow(days: number): void {
  if (Number.isInteger(days) && days >= SHORTEST && days <= LONGEST) return
  throw new StoreError('InvalidArgument', `The waiting time is from ${SHORTEST} to ${LONGEST} days`, {
    argument: 'pendingWindowDays',
  })
}
