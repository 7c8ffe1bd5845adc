import { StoreError } from '../errors.ts'
import { authorizedBucket } from './authorize.ts'
import type { StoreDeps } from './deps.ts'
import type { Caller, ObjectLockConfiguration } from './model.ts'
import type {
  GetObjectLockConfiguration,
  PutObjectLockConfiguration,
  RequestContext,
  Results,
} from './operations.ts'

const LONGEST_DAYS = 36_500
const LONGEST_YEARS = 100

/** @throws StoreError ObjectLockConfigurationNotFound */
export async function getObjectLockConfiguration(
  deps: StoreDeps,
  operation: GetObjectLockConfiguration,
  caller: Caller,
  context: RequestContext,
): Promise<Results['GetObjectLockConfiguration']> {
  const need = { action: 's3:GetBucketObjectLockConfiguration' } as const
  const { name, objectLock } = await authorizedBucket(deps, { caller, context }, operation.bucket, need)
  if (objectLock !== undefined) return { configuration: objectLock }
  throw new StoreError(
    'ObjectLockConfigurationNotFound',
    'Object Lock configuration does not exist for this bucket',
    { bucket: name },
  )
}

/**
 * Switches object lock on for good, or changes what holds for versions to come.
 * @throws StoreError InvalidBucketState (the bucket does not keep versions) | InvalidArgument
 */
export async function putObjectLockConfiguration(
  deps: StoreDeps,
  operation: PutObjectLockConfiguration,
  caller: Caller,
  context: RequestContext,
): Promise<Results['PutObjectLockConfiguration']> {
  const need = { action: 's3:PutBucketObjectLockConfiguration' } as const
  const { bucketId } = await authorizedBucket(deps, { caller, context }, operation.bucket, need)
  checkPeriod(operation.configuration)
  await deps.catalog.setObjectLock(bucketId, operation.configuration)
  return {}
}

/** From a day to a hundred years (S3 user guide, "Object Lock", "Retention periods"). */
function checkPeriod({ defaultRetention: rule }: ObjectLockConfiguration): void {
  if (rule === undefined) return
  const [name, period, longest] =
    'days' in rule ? ['Days', rule.days, LONGEST_DAYS] : ['Years', rule.years, LONGEST_YEARS]
  if (Number.isInteger(period) && period >= 1 && period <= longest) return
  throw new StoreError(
    'InvalidArgument',
    `Default retention period must be a positive integer value, at most ${longest}.`,
    { argument: name, value: String(period) },
  )
}
