import { StoreError } from '../errors.ts'
import { isArchiveClass, restoreStatus } from './archive.ts'
import type { StoreDeps } from './deps.ts'
import { authorizedVersion } from './find-version.ts'
import type { Caller, ObjectRow, Restore } from './model.ts'
import type { RequestContext, RestoreObject, Results } from './operations.ts'

const DAY = 86_400_000
const LONGEST_DAYS = 36_500

/**
 * Makes an archived version readable for some days, from now on or after the time that the operator set. Nothing moves
 * on this one disk: from when to when it can be read is written down, so neither a job nor a crash comes between.
 * @throws StoreError InvalidObjectState (not archived) | RestoreAlreadyInProgress | InvalidArgument
 */
export async function restoreObject(
  deps: StoreDeps,
  operation: RestoreObject,
  caller: Caller,
  context: RequestContext,
): Promise<Results['RestoreObject']> {
  const { key, days } = operation
  checkDays(days)
  const need = { action: 's3:RestoreObject' } as const
  const { bucket, row, answered } = await authorizedVersion(deps, { caller, context }, operation, need)
  let restored = false
  await deps.catalog.changeVersion(bucket.bucketId, key, row.versionId, (current) => {
    const now = deps.now()
    restored = isRestored(current, operation, now)
    return { restore: restored ? extended(current.restore!, days, now) : begun(deps, days, now) }
  })
  return { restored, ...answered }
}

function checkDays(days: number): void {
  if (Number.isInteger(days) && days >= 1 && days <= LONGEST_DAYS) return
  throw new StoreError(
    'InvalidArgument',
    `restoration days should be at least 1 and at most ${LONGEST_DAYS}`,
    {
      argument: 'Days',
      value: String(days),
    },
  )
}

/** Whether it can be read already. @throws StoreError InvalidObjectState | RestoreAlreadyInProgress | InvalidArgument */
function isRestored(row: ObjectRow, { tier }: RestoreObject, now: number): boolean {
  const { storageClass } = row
  if (!isArchiveClass(storageClass))
    throw new StoreError(
      'InvalidObjectState',
      "Restore is not allowed for the object's current storage class",
      {
        storageClass,
      },
    )
  if (storageClass === 'DEEP_ARCHIVE' && tier === 'Expedited')
    throw new StoreError('InvalidArgument', 'Retrieval option is not supported by this storage class', {
      argument: 'Tier',
      value: tier,
    })
  const status = restoreStatus(row, now)
  if (status?.ongoing)
    throw new StoreError('RestoreAlreadyInProgress', 'Object restore is already in progress')
  return status !== undefined
}

function begun({ restoreDelayMs = 0 }: StoreDeps, days: number, now: number): Restore {
  const availableAt = now + restoreDelayMs
  return { availableAt, expiresAt: expiry(availableAt, days) }
}

function extended({ availableAt }: Restore, days: number, now: number): Restore {
  return { availableAt, expiresAt: expiry(now, days) }
}

/** S3 rounds to the next midnight UTC (S3 user guide, "Restoring an archived object"). */
function expiry(from: number, days: number): number {
  return Math.ceil((from + days * DAY) / DAY) * DAY
}
