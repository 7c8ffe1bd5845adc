import { StoreError } from '../errors.ts'
import { isAllowed, requireAllowed, type Asker } from './authorize.ts'
import type { StoreDeps } from './deps.ts'
import type { Bucket, ObjectLock, ObjectRow, Retention } from './model.ts'
import { lockConditions } from './write-conditions.ts'

const DAY = 86_400_000

/**
 * Neither may it be deleted at `now` (ms), nor its encryption be changed (S3 user guide, "Object Lock";
 * UpdateObjectEncryption: aws-s3.md §2.5).
 */
export function isLocked({ retention, legalHold }: ObjectLock, now: number): boolean {
  return legalHold === true || isRetained(retention, now)
}

export function isRetained(retention: Retention | undefined, now: number): retention is Retention {
  return retention !== undefined && now < retention.retainUntil
}

/** @throws StoreError ObjectLocked; `bypass`: he who asks may, and asks to, do it in spite of a GOVERNANCE retention */
export function refuseLocked({ retention, legalHold }: ObjectRow, now: number, bypass: boolean): void {
  const retained = isRetained(retention, now) && !(bypass && retention.mode === 'GOVERNANCE')
  if (legalHold === true || retained)
    throw new StoreError('ObjectLocked', 'Access Denied because object protected by object lock.')
}

/**
 * Whether a GOVERNANCE retention does not count for this request.
 * @param asked x-amz-bypass-governance-retention
 */
export async function mayBypass(
  deps: StoreDeps,
  asker: Asker,
  bucket: Bucket,
  key: string,
  asked: boolean | undefined,
): Promise<boolean> {
  if (asked !== true || bucket.objectLock === undefined) return false
  return isAllowed(deps, asker, bucket, { action: 's3:BypassGovernanceRetention', key })
}

/**
 * That a new version may be locked as its writer asks.
 * @throws StoreError InvalidRequest (the bucket has no object lock) | InvalidArgument (a time that has passed) | AccessDenied
 */
export async function authorizeLock(
  deps: StoreDeps,
  asker: Asker,
  bucket: Bucket,
  { key, lock }: { key: string; lock?: ObjectLock | undefined },
): Promise<void> {
  const { retention, legalHold } = lock ?? {}
  if (retention === undefined && legalHold === undefined) return
  requireObjectLock(bucket)
  const conditions = () => lockConditions({ retention, legalHold }, deps.now())
  if (retention !== undefined) {
    checkRetention(retention, deps.now())
    await requireAllowed(deps, asker, bucket, { action: 's3:PutObjectRetention', key, conditions })
  }
  if (legalHold !== undefined)
    await requireAllowed(deps, asker, bucket, { action: 's3:PutObjectLegalHold', key, conditions })
}

/** @throws StoreError InvalidRequest */
export function requireObjectLock({ name, objectLock }: Bucket): void {
  if (objectLock === undefined)
    throw new StoreError('InvalidRequest', 'Bucket is missing Object Lock Configuration', { bucket: name })
}

/** @throws StoreError InvalidArgument */
export function checkRetention({ retainUntil }: Retention, now: number): void {
  if (retainUntil <= now)
    throw new StoreError('InvalidArgument', 'The retain until date must be in the future!', {
      argument: 'RetainUntilDate',
      value: new Date(retainUntil).toISOString(),
    })
}

/** How a version that is made at `now` (ms) is locked: as asked for, else as the bucket says by default. */
export function lockOf({ objectLock }: Bucket, asked: ObjectLock | undefined, now: number): ObjectLock {
  const rule = objectLock?.defaultRetention
  const days = rule && ('days' in rule ? rule.days : rule.years * 365)
  const byDefault = rule && { mode: rule.mode, retainUntil: now + days! * DAY }
  return { retention: asked?.retention ?? byDefault, legalHold: asked?.legalHold }
}
