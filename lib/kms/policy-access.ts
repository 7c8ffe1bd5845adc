import type { KeyDirectory } from '../keys/key-directory.ts'
import type { KeyNames } from '../keys/key-names.ts'
import { keyArn } from '../keys/key-reference.ts'
import { decide } from '../policy/decide.ts'
import { decideKeyUse } from '../policy/decide-key-use.ts'
import type { ConditionFacts, Decision } from '../policy/model.ts'
import { principalOf } from '../policy/principals.ts'
import { refusal } from '../policy/refusal.ts'
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
      const { decision, resource } = await judged(deps, asked)
      if (decision.allowed) return decision
      throw refusal(decision, asked.action, resource)
    },
  }
}

async function judged(
  { names, directory }: PolicyAccessDeps,
  asked: KeyAccessQuestion,
): Promise<{ decision: Decision; resource: string }> {
  const { caller, action, key } = asked
  const common = { principal: principalOf(caller), action, conditions: conditionsOf(asked) }
  if (key === undefined) return { decision: decide({ ...common, resource: '*' }), resource: '*' }
  const home = await names.home(key.projectId)
  const resource = keyArn(home, key.keyId)
  const policy = key.policy === undefined ? undefined : storedPolicy(key.policy, 'key')
  const grants = await directory.grants(key.keyId)
  const rules = { policy, grants, keyAccount: home.account }
  return { decision: decideKeyUse({ ...common, resource }, rules), resource }
}

function conditionsOf({ conditions, encryptionContext = {}, request }: KeyAccessQuestion): ConditionFacts {
  return { ...conditions, ...encryptionContextConditions(encryptionContext), ...requestConditions(request) }
}
