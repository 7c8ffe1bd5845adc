import type { KmsAuthorization } from '../../accounts/kms-authorization.ts'
import { StoreError } from '../../errors.ts'
import type { Caller } from '../../store/model.ts'
import type { RequestContext } from '../../store/operations.ts'
import type { Command } from '../dialect.ts'
import { formatIsoDate } from '../http/dates.ts'
import { xml } from './answers.ts'
import { CosRefusal } from './errors.ts'

/** What COS asks of SSE-KMS beside the key's own rules (COS, "Server-side encryption overview"). */
export interface CosKmsRules {
  /** that have it; undefined: all */
  regions: readonly string[] | undefined
  authorization: KmsAuthorization
}

/**
 * SSE-KMS is only had in some regions, and only after KMS was switched on for the project and COS was given its role there.
 * Asked where a managed key is about to be used for new data, whether a header or the bucket's rule chose it; objects that
 * are there stay readable.
 */
export function underKmsRules(command: Command, rules: CosKmsRules | undefined): Command {
  if (rules === undefined) return command
  const beforeManagedKey: RequestContext['beforeManagedKey'] = async ({ projectId, region }) => {
    requireRegion(rules, region)
    if (!(await rules.authorization.isAuthorized(projectId))) throw notAuthorized()
  }
  return {
    operation: command.operation,
    run: (services, caller, context) => command.run(services, caller, { ...context, beforeManagedKey }),
  }
}

function requireRegion({ regions }: CosKmsRules, region: string): void {
  if (regions === undefined || regions.includes(region)) return
  throw new CosRefusal(
    { status: 400, code: 'InvalidArgument' },
    'InvalidArgument',
    `SSE-KMS is not available in the region ${region} of the bucket. It is in: ${regions.join(', ') || 'none'}.`,
  )
}

function notAuthorized(): StoreError {
  return new CosRefusal(
    { status: 403, code: 'AccessDenied' },
    'AccessDenied',
    'KMS is not switched on for COS in this project. An owner or administrator does so once: on the page Keys of the console, or by the request PUT /?kms-authorization (the step COS_QCSRole of Tencent Cloud).',
  )
}

/** `GET /?kms-authorization`: ours, as Tencent has this step in another service (CAM, CreateRole). */
export function getKmsAuthorization(rules: CosKmsRules | undefined): Command {
  return authorizationCommand(rules, 'state')
}

/** `PUT /?kms-authorization`: switches it on for the caller's project. */
export function putKmsAuthorization(rules: CosKmsRules | undefined): Command {
  return authorizationCommand(rules, 'authorize')
}

function authorizationCommand(rules: CosKmsRules | undefined, act: 'state' | 'authorize'): Command {
  return {
    // Concerns no bucket: named after what GET / does, for the log of failures.
    operation: { name: 'ListBuckets' },
    run: async (_services, caller, { requestId, remoteAddress, secure }) => {
      const { authorization } = required(rules)
      const origin = { requestId, remoteAddress, secure }
      const { authorizedAt } = await authorization[act](member(caller), origin)
      return xml('KmsAuthorization', [
        ['Status', authorizedAt === undefined ? 'Required' : 'Authorized'],
        ...(authorizedAt === undefined ? [] : ([['AuthorizedAt', formatIsoDate(authorizedAt)]] as const)),
      ])
    },
  }
}

function required(rules: CosKmsRules | undefined): CosKmsRules {
  if (rules === undefined)
    throw new StoreError('NotImplemented', 'This endpoint does not ask for an authorization of KMS.')
  return rules
}

function member(caller: Caller): Caller & { kind: 'member' } {
  if (caller.kind === 'anonymous') throw new StoreError('AccessDenied', 'Access Denied')
  return caller
}
