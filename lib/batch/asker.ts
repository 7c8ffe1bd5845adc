import { roleAllows } from '../policy/roles.ts'
import { StoreError } from '../errors.ts'
import type { RequestContext } from '../store/operations.ts'
import type { BatchDeps, MemberCaller } from './deps.ts'
import type { Job } from './model.ts'

/**
 * The member as whom a job works, as he is now.
 * @throws StoreError NoSuchProject (he left) | AccessDenied (his role changes no objects any more)
 */
export async function callerOf(
  { callerFor }: Pick<BatchDeps, 'callerFor'>,
  { userId, projectId }: Pick<Job, 'userId' | 'projectId'>,
): Promise<MemberCaller> {
  const caller = await callerFor(userId, projectId)
  const widened = caller.memberPolicy !== undefined
  if (!widened && !roleAllows(caller.role, 's3:UpdateObjectEncryption'))
    throw new StoreError('AccessDenied', 'The member may not change the encryption of objects any more')
  return caller
}

/** Every act of a job is found in the audit log by the job's id. */
export function jobContext(jobId: string, signal: AbortSignal): RequestContext {
  return { requestId: jobId, secure: true, signal }
}
