import type { EncryptionRecord, EncryptionTarget } from '../store/encryption-model.ts'
import type { EncryptionBefore, Target } from './model.ts'
import type { Item } from './walk.ts'

/** What one object is to be changed to; undefined: a customer's key holds it, and only the customer could. */
export function itemTarget(target: Target, { row, earlier }: Item): EncryptionTarget | undefined {
  switch (target.kind) {
    case 'newest-version':
      return row && ownMethod(row.encryption)
    case 'previous':
      return earlier && methodBefore(earlier.before)
    default:
      return target
  }
}

function ownMethod(record: EncryptionRecord): EncryptionTarget | undefined {
  switch (record.mode) {
    case 'none':
      return { kind: 'none' }
    case 'service-key':
      return { kind: 'service-key', suite: record.suite }
    case 'customer-key':
      return undefined
    case 'managed-key': {
      const { suite, keyId: keyRef, context, bucketKeyEnabled } = record
      return { kind: 'managed-key', suite, keyRef, context, bucketKeyEnabled }
    }
  }
}

function methodBefore(before: EncryptionBefore): EncryptionTarget | undefined {
  const { mode, suite, keyId, context = {}, bucketKeyEnabled = false } = before
  if (mode === 'none') return { kind: 'none' }
  if (mode === 'customer-key' || suite === undefined) return undefined
  if (mode === 'service-key') return { kind: mode, suite }
  return { kind: mode, suite, ...(keyId !== undefined && { keyRef: keyId }), context, bucketKeyEnabled }
}

/** The record of a row, as results keep it. */
export function encryptionBefore(record: EncryptionRecord | undefined): EncryptionBefore {
  if (record === undefined || record.mode === 'none') return { mode: 'none' }
  const { mode, suite } = record
  if (mode === 'customer-key') return { mode, suite }
  if (mode === 'service-key') return { mode, suite, keyVersion: record.keyVersion }
  const { keyId, keyVersion, context, bucketKeyEnabled } = record
  return { mode, suite, keyId, keyVersion, context, bucketKeyEnabled }
}

/**
 * Did somebody change the object after the earlier job had re-wrapped it? Then an undo would take back what that
 * person did. A re-wrap sets `encryptedAt` no later than the result's time.
 */
export function isChangedSince({ row, earlier }: Item): boolean {
  if (earlier?.outcome !== 'rewrapped') return false
  if (row === undefined || row.versionId !== earlier.versionId) return true
  return row.encryption.mode === 'none' || row.encryption.encryptedAt > earlier.at
}
