import { isDeepStrictEqual } from 'node:util'
import type { Keyring } from '../keys/keyring.ts'
import type { EncryptionPlan } from './encryption.ts'
import type { EncryptionRecord, EncryptionTarget } from './encryption-model.ts'
import type { Bucket } from './model.ts'

/** What a change of encryption costs: nothing, a data key wrapped anew, or every byte read and written. */
export type EncryptionChangeKind = 'unchanged' | 'rewrapped' | 'rewritten'

/** What a record is compared with. */
export type ComparedKeys = Pick<Keyring, 'resolveKey' | 'serviceKeyVersion' | 'matchesCustomerKey'>

/**
 * A data key belongs to the cipher of its data (crypto/FORMAT.md), so another cipher needs new data; another key, a
 * newer version of it or another context need the data key only.
 * @throws StoreError KeyNotFound | KeyIdMalformed | KeyInOtherRegion
 */
export async function changeNeeded(
  deps: { keyring: ComparedKeys },
  bucket: Bucket,
  record: EncryptionRecord,
  plan: EncryptionPlan,
): Promise<EncryptionChangeKind> {
  if (record.mode === 'none') return plan.mode === 'none' ? 'unchanged' : 'rewritten'
  if (plan.mode === 'none' || plan.choice.suite !== record.suite) return 'rewritten'
  return (await isAsPlanned(deps, bucket, record, plan)) ? 'unchanged' : 'rewrapped'
}

/** Under the very key, at the version that wraps today. */
async function isAsPlanned(
  { keyring }: { keyring: ComparedKeys },
  { projectId }: Bucket,
  record: EncryptionRecord,
  { choice, bucketKeyEnabled }: EncryptionPlan & { mode: 'sealed' },
): Promise<boolean> {
  switch (choice.mode) {
    case 'service-key':
      return record.mode === choice.mode && record.keyVersion === keyring.serviceKeyVersion(projectId)
    case 'customer-key':
      return record.mode === choice.mode && keyring.matchesCustomerKey(record, choice.key)
    case 'managed-key': {
      const { keyId, currentVersion } = await keyring.resolveKey(projectId, choice.keyRef)
      return (
        record.mode === choice.mode &&
        record.keyId === keyId &&
        record.keyVersion === currentVersion &&
        record.bucketKeyEnabled === bucketKeyEnabled &&
        isDeepStrictEqual({ ...record.context }, { ...choice.context })
      )
    }
  }
}

/** The target with the cipher and the context that an object has already. A customer's key has its cipher's length. */
export function keepingCipher(target: EncryptionTarget, record: EncryptionRecord): EncryptionTarget {
  if (record.mode === 'none') return target
  const { suite } = record
  switch (target.kind) {
    case 'none':
    case 'customer-key':
      return target
    case 'service-key':
      return { ...target, suite }
    case 'managed-key':
      return { ...target, suite, ...(record.mode === 'managed-key' && { context: record.context }) }
  }
}
