import { StoreError } from '../errors.ts'
import type { KeyDirectory } from '../keys/key-directory.ts'
import type { KeyNames } from '../keys/key-names.ts'
import { keyArn } from '../keys/key-reference.ts'
import { decide } from '../policy/decide.ts'
import { decideKeyUse } from '../policy/decide-key-use.ts'
import type { Decision, Question } from '../policy/model.ts'
import { principalOf } from '../policy/principals.ts'
import { encryptionContextConditions, requestConditions } from '../policy/request-conditions.ts'
import { storedPolicy } from '../policy/stored-policy.ts'
import type { KeyAccess, KeyAccessQuestion } from './access.ts'

export interface PolicyAccessDeps {
  names: Pick<KeyNames, 'home'>
  directory: Pick<KeyDirectory, 'grants'>
}

/** Who may use a key: the role, the member's own policy, the key's policy and its grants (policy/decide-key-use.ts). */
export function createKeyAccess(deps: PolicyAccessDeps): KeyAccess {
  return {
    authorize: async (asked) => {
      const decision = await decided(deps, asked)
      if (decision.allowed) return decision
      const { layer, rule } = decision
      throw new StoreError('AccessDenied', 'Access Denied', { layer, rule, action: asked.action })
    },
  }
}

async function decided({ names, directory }: PolicyAccessDeps, asked: KeyAccessQuestion): Promise<Decision> {
  const { caller, action, key, request, encryptionContext = {}, conditions } = asked
  const common = {
    principal: principalOf(caller),
    action,
    conditions: {
      ...conditions,
      ...encryptionContextConditions(encryptionContext),
      ...requestConditions(request),
    },
  } satisfies Omit<Question, 'resource'>
  if (key === undefined) return decide({ ...common, resource: '*' })
  const home = await names.home(key.projectId)
  const policy = key.policy === undefined ? undefined : storedPolicy(key.policy, 'key')
  const grants = await directory.grants(key.keyId)
  const question = { ...common, resource: keyArn(home, key.keyId) }
  return decideKeyUse(question, { policy, grants, keyAccount: home.account })
}
