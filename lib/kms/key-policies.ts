import { isStoreError, StoreError } from '../errors.ts'
import type { KeyEntry } from '../keys/key-directory.ts'
import { parsePolicy } from '../policy/parse-policy.ts'
import { authorize, authorizedKey, requireOwnKey, requireState } from './key-lookup.ts'
import type { KeyServiceDeps, Scope, SomeUseCases } from './use-case.ts'

/** KMS knows one policy a key, of this name. */
const POLICY_NAME = 'default'

type Names = 'GetKeyPolicy' | 'PutKeyPolicy' | 'ListKeyPolicies'

export const keyPolicies: SomeUseCases<Names> = {
  GetKeyPolicy: async (deps, { keyId }, scope) => {
    const key = await authorizedKey(deps, scope, keyId, 'kms:GetKeyPolicy')
    return key.policy ?? defaultPolicy(await deps.names.home(key.projectId))
  },
  PutKeyPolicy: async (deps, { keyId, policy, bypassLockoutCheck }, scope) => {
    const key = await authorizedKey(deps, scope, keyId, 'kms:PutKeyPolicy')
    scope.trail.note({ bypassLockoutCheck })
    requireOwnKey(key)
    const checked = await checkedKeyPolicy(deps, scope, key, policy, bypassLockoutCheck)
    await deps.directory.change(key.keyId, (current) => {
      requireState(current.key, ['Enabled', 'Disabled', 'PendingImport', 'PendingDeletion'], deps.now())
      return { set: { policy: checked } }
    })
  },
  ListKeyPolicies: async (deps, { keyId }, scope) => {
    await authorizedKey(deps, scope, keyId, 'kms:ListKeyPolicies')
    return [POLICY_NAME]
  },
}

/**
 * A key policy that was understood, and that leaves the caller able to change it again: a policy that locks
 * everybody out could never be mended (KMS API Reference, PutKeyPolicy, BypassPolicyLockoutSafetyCheck).
 * @throws StoreError MalformedPolicy
 */
export async function checkedKeyPolicy(
  deps: KeyServiceDeps,
  scope: Scope,
  key: KeyEntry,
  policy: string | undefined,
  bypassLockoutCheck = false,
): Promise<string | undefined> {
  if (policy === undefined) return undefined
  parsePolicy(policy, 'key')
  if (!bypassLockoutCheck) await requireNotLockedOut(deps, scope, { ...key, policy })
  return policy
}

async function requireNotLockedOut(deps: KeyServiceDeps, scope: Scope, key: KeyEntry): Promise<void> {
  try {
    await authorize(deps, scope, 'kms:PutKeyPolicy', key)
  } catch (error) {
    if (!isStoreError(error) || error.code !== 'AccessDenied') throw error
    throw new StoreError(
      'MalformedPolicy',
      'The new key policy would not let you change the key policy again',
      { where: 'policy', lockout: true },
    )
  }
}

/** What KMS calls the default key policy: the account's own rules decide, here the roles of the project. */
function defaultPolicy({ account }: { account: string }): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Id: 'key-default-1',
    Statement: [
      {
        Sid: 'Enable IAM User Permissions',
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
    ],
  })
}
