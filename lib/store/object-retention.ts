import { StoreError } from '../errors.ts'
import type { Asker, Need } from './authorize.ts'
import type { StoreDeps } from './deps.ts'
import { authorizedVersion, type FoundVersion, type VersionName } from './find-version.ts'
import type { Caller, Retention } from './model.ts'
import { checkRetention, isRetained, mayBypass, requireObjectLock } from './object-lock.ts'
import type {
  GetObjectLegalHold,
  GetObjectRetention,
  PutObjectLegalHold,
  PutObjectRetention,
  RequestContext,
  Results,
} from './operations.ts'
import { lockConditions } from './write-conditions.ts'

/** @throws StoreError NoSuchObjectLockConfiguration | InvalidRequest (the bucket has no object lock) */
export async function getObjectRetention(
  deps: StoreDeps,
  operation: GetObjectRetention,
  caller: Caller,
  context: RequestContext,
): Promise<Results['GetObjectRetention']> {
  const need = { action: 's3:GetObjectRetention' } as const
  const { row } = await lockable(deps, { caller, context }, operation, need)
  if (row.retention !== undefined) return { retention: row.retention }
  throw new StoreError(
    'NoSuchObjectLockConfiguration',
    'The specified object does not have a ObjectLock configuration',
    { key: operation.key },
  )
}

/**
 * A retention can always be made longer; shorter, or none, only one of GOVERNANCE with the right to bypass it
 * (S3 user guide, "Object Lock", "Retention modes").
 * @throws StoreError ObjectLocked | InvalidArgument (a time that has passed)
 */
export async function putObjectRetention(
  deps: StoreDeps,
  operation: PutObjectRetention,
  caller: Caller,
  context: RequestContext,
): Promise<Results['PutObjectRetention']> {
  const { retention, key } = operation
  const asker = { caller, context }
  const conditions = () => lockConditions({ retention }, deps.now())
  const need = { action: 's3:PutObjectRetention', conditions } as const
  const { bucket, row, answered } = await lockable(deps, asker, operation, need)
  if (retention !== undefined) checkRetention(retention, deps.now())
  const bypass = await mayBypass(deps, asker, bucket, key, operation.bypassGovernance)
  await deps.catalog.changeVersion(bucket.bucketId, key, row.versionId, (current) => {
    refuseWeaker(current.retention, retention, deps.now(), bypass)
    return { retention }
  })
  return answered
}

function refuseWeaker(
  before: Retention | undefined,
  after: Retention | undefined,
  now: number,
  bypass: boolean,
): void {
  if (!isRetained(before, now) || (bypass && before.mode === 'GOVERNANCE')) return
  const shorter = after === undefined || after.retainUntil < before.retainUntil
  const weaker = before.mode === 'COMPLIANCE' && after?.mode !== 'COMPLIANCE'
  if (shorter || weaker)
    throw new StoreError('ObjectLocked', 'Access Denied because object protected by object lock.')
}

/** A version on which nobody ever put a hold has none: off. */
export async function getObjectLegalHold(
  deps: StoreDeps,
  operation: GetObjectLegalHold,
  caller: Caller,
  context: RequestContext,
): Promise<Results['GetObjectLegalHold']> {
  const need = { action: 's3:GetObjectLegalHold' } as const
  const { row } = await lockable(deps, { caller, context }, operation, need)
  return { on: row.legalHold === true }
}

export async function putObjectLegalHold(
  deps: StoreDeps,
  operation: PutObjectLegalHold,
  caller: Caller,
  context: RequestContext,
): Promise<Results['PutObjectLegalHold']> {
  const { on: legalHold, key } = operation
  const conditions = () => lockConditions({ legalHold }, deps.now())
  const need = { action: 's3:PutObjectLegalHold', conditions } as const
  const { bucket, row, answered } = await lockable(deps, { caller, context }, operation, need)
  await deps.catalog.changeVersion(bucket.bucketId, key, row.versionId, () => ({ legalHold }))
  return answered
}

async function lockable(
  deps: StoreDeps,
  asker: Asker,
  at: VersionName & { bucket: string },
  need: Omit<Need, 'key'>,
): Promise<FoundVersion> {
  const found = await authorizedVersion(deps, asker, at, need)
  requireObjectLock(found.bucket)
  return found
}
