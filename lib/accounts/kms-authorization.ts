import type { AuditLog } from '../audit/model.ts'
import { StoreError } from '../errors.ts'
import { projectArn } from '../policy/resources.ts'
import type { Caller } from '../store/model.ts'
import type { AccountRepository } from './account-repository.ts'
import { Acts, type ActOrigin } from './acts.ts'

type MemberCaller = Caller & { kind: 'member' }

/**
 * `automatic`: a new project can use its keys through every door at once. `required`: before the first SSE-KMS use through
 * COS somebody has to say so, as with Tencent Cloud, where KMS is to be enabled and the role COS_QCSRole to be made.
 */
export type KmsAuthorizationRule = 'automatic' | 'required'

export interface KmsAuthorizationState {
  /** ms since the epoch; undefined: not yet */
  authorizedAt: number | undefined
  /** the caller may switch it on */
  mayAuthorize: boolean
}

/** Whether the object store may use the key service for a project at the bidding of COS clients. There is no way back: keys are taken away by their own policies. */
export interface KmsAuthorization {
  /** Cheap once it is so. */
  isAuthorized(projectId: string): Promise<boolean>
  /** @throws StoreError AccessDenied */
  state(caller: MemberCaller, origin: ActOrigin): Promise<KmsAuthorizationState>
  /** Twice does nothing more than once. Written to the audit log. @throws StoreError AccessDenied */
  authorize(caller: MemberCaller, origin: ActOrigin): Promise<KmsAuthorizationState>
}

const SEE = 'coffer:GetKeyServiceAuthorization'
const AUTHORIZE = 'coffer:AuthorizeKeyService'

export function createKmsAuthorization(p: {
  repository: Pick<AccountRepository, 'findProject' | 'authorizeKms'>
  audit: AuditLog
  /** ms since the epoch */
  clock?: () => number
}): KmsAuthorization {
  const { repository, audit, clock = Date.now } = p
  const acts = new Acts(audit, clock)
  // It never becomes untrue again, so it may be remembered for good.
  const known = new Set<string>()
  const authorizedAt = async (projectId: string): Promise<number | undefined> => {
    const project = await repository.findProject(projectId)
    if (project === undefined) throw new StoreError('NoSuchProject', 'The project does not exist')
    if (project.kmsAuthorizedAt !== undefined) known.add(projectId)
    return project.kmsAuthorizedAt
  }
  return {
    isAuthorized: async (projectId) => known.has(projectId) || (await authorizedAt(projectId)) !== undefined,
    state: async (caller, origin) => {
      const resource = projectArn(caller.account)
      acts.check(caller, SEE, resource, origin)
      const mayAuthorize = acts.may(caller, AUTHORIZE, resource, origin)
      return { authorizedAt: await authorizedAt(caller.projectId), mayAuthorize }
    },
    authorize: (caller, origin) => {
      const act = { action: AUTHORIZE, resource: projectArn(caller.account), details: {} } as const
      return acts.perform(caller, act, origin, async () => {
        const at = await repository.authorizeKms(caller.projectId, clock())
        known.add(caller.projectId)
        return { authorizedAt: at, mayAuthorize: true }
      })
    },
  }
}
