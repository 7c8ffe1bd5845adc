import { decideKeyUse } from '../policy/decide-key-use.ts'
import type { Action, Decision, PolicyDocument, Principal } from '../policy/model.ts'
import { userArn } from '../policy/principals.ts'
import { requestConditions } from '../policy/request-conditions.ts'
import { storedPolicy } from '../policy/stored-policy.ts'
import type { Caller, ProjectRole } from '../store/model.ts'
import type { Grant, KeyRequestContext, KeyService } from './operations.ts'

type Member = Caller & { kind: 'member' }

/** Somebody of the project, as its members' page knows him. */
export interface ProjectMember {
  userId: string
  name: string
  email: string
  role: ProjectRole
  /** IAM JSON of his membership, if any */
  policy: string | undefined
}

export interface KeyAccessOfMember extends Omit<ProjectMember, 'policy'> {
  /** ARN by which policies and grants name him */
  principal: string
  /** by IAM's name of the action */
  decisions: Readonly<Record<string, Decision>>
}

/**
 * Who may do what with a key, and by which rule: the question every administrator asks before he changes a policy,
 * answered by the same judge that answers requests (lib/policy/decide-key-use.ts).
 */
export interface KeyAccessReport {
  /**
   * For each member of the caller's project and each action. Asked as of this request: conditions see its address and
   * transport, and no encryption context.
   * @throws StoreError AccessDenied when he may not see the key's policy, grants or the members; KeyNotFound
   */
  whoMayUse(
    keyId: string,
    actions: readonly `kms:${string}`[],
    caller: Member,
    context: KeyRequestContext,
  ): Promise<KeyAccessOfMember[]>
}

export interface KeyAccessReportDeps {
  kms: KeyService
  /** @throws StoreError AccessDenied */
  members(caller: Member, context: KeyRequestContext): Promise<ProjectMember[]>
}

export function createKeyAccessReport({ kms, members }: KeyAccessReportDeps): KeyAccessReport {
  return {
    whoMayUse: async (keyId, actions, caller, context) => {
      const key = await kms.run('DescribeKey', { keyId, grantTokens: [] }, caller, context)
      const [policy, grants, people] = await Promise.all([
        kms.run('GetKeyPolicy', { keyId }, caller, context),
        grantsOf(kms, keyId, caller, context),
        members(caller, context),
      ])
      const rules = { policy: storedPolicy(policy, 'key'), grants, keyAccount: key.account }
      return people.map(({ policy: own, ...person }) => {
        const principal = principalFor(person, key.account, own)
        const decide = (action: Action): Decision =>
          decideKeyUse(
            { principal, action, resource: key.arn, conditions: requestConditions(context) },
            rules,
          )
        return {
          ...person,
          principal: principal.arn,
          decisions: Object.fromEntries(actions.map((action) => [action, decide(action)])),
        }
      })
    },
  }
}

function principalFor(
  { userId, role }: Pick<ProjectMember, 'userId' | 'role'>,
  account: string,
  policy: string | undefined,
): Principal {
  const memberPolicy: PolicyDocument | undefined =
    policy === undefined ? undefined : storedPolicy(policy, 'member')
  return { arn: userArn(account, userId), account, role, memberPolicy }
}

async function grantsOf(
  kms: KeyService,
  keyId: string,
  caller: Member,
  context: KeyRequestContext,
): Promise<Omit<Grant, 'grantToken'>[]> {
  const grants: Omit<Grant, 'grantToken'>[] = []
  let marker: string | undefined
  do {
    const request = { keyId, grantId: undefined, limit: 100, marker }
    const page = await kms.run('ListGrants', request, caller, context)
    grants.push(...page.items)
    marker = page.nextMarker
  } while (marker !== undefined)
  return grants
}
