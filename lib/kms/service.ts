import { StoreError } from '../errors.ts'
import type { Caller } from '../store/model.ts'
import type { Member } from './access.ts'
import { aliases } from './aliases.ts'
import { AuditTrail, report } from './audit-trail.ts'
import { blastRadius } from './blast-radius.ts'
import { createKey } from './create-key.ts'
import { cryptography } from './cryptography.ts'
import { deletion } from './deletion.ts'
import { describeKeys } from './describe-keys.ts'
import { enablement } from './enablement.ts'
import { grants } from './grants.ts'
import { importing } from './import-material.ts'
import { keyPolicies } from './key-policies.ts'
import type { KeyOperationName, KeyRequest, KeyRequestContext, KeyResult, KeyService } from './operations.ts'
import { rotation } from './rotation.ts'
import { tags } from './tags.ts'
import type { KeyServiceDeps, UseCases } from './use-case.ts'

/** Every operation of the key service; each file holds those of one kind. */
const useCases: UseCases = {
  ...createKey,
  ...describeKeys,
  ...aliases,
  ...tags,
  ...enablement,
  ...rotation,
  ...importing,
  ...deletion,
  ...blastRadius,
  ...keyPolicies,
  ...grants,
  ...cryptography,
}

/** The key service: authorises, executes and audits one operation (operations.ts). */
export function createKeyService(deps: KeyServiceDeps): KeyService {
  return { run: (name, request, caller, context) => run(deps, name, request, caller, context) }
}

async function run<N extends KeyOperationName>(
  deps: KeyServiceDeps,
  name: N,
  request: KeyRequest<N>,
  caller: Caller,
  context: KeyRequestContext,
): Promise<KeyResult<N>> {
  const trail = new AuditTrail()
  let result: KeyResult<N>
  try {
    result = await useCases[name](deps, request, { caller: member(caller), request: context, trail })
  } catch (error) {
    await report(deps.audit, name, trail, caller, context, { at: deps.now(), error })
    throw error
  }
  await report(deps.audit, name, trail, caller, context, { at: deps.now() })
  return result
}

function member(caller: Caller): Member {
  if (caller.kind === 'member') return caller
  throw new StoreError('AccessDenied', 'Access Denied', { layer: 'role' })
}
