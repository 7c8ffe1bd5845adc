import { authorizedKey } from './key-lookup.ts'
import { disabled, enabled } from './transitions.ts'
import type { SomeUseCases } from './use-case.ts'

export const enablement: SomeUseCases<'EnableKey' | 'DisableKey'> = {
  EnableKey: async (deps, { keyId }, scope) => {
    const key = await authorizedKey(deps, scope, keyId, 'kms:EnableKey')
    await deps.directory.change(key.keyId, (current) => enabled(current, deps.now()))
  },
  DisableKey: async (deps, { keyId }, scope) => {
    const key = await authorizedKey(deps, scope, keyId, 'kms:DisableKey')
    await deps.directory.change(key.keyId, (current) => disabled(current, deps.now()))
  },
}
