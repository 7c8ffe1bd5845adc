import type { DataKeyRecord } from '../keys/keyring.ts'
import type { Asker } from './authorize.ts'
import type { StoreDeps } from './deps.ts'
import { withObjectFacts, type EncryptionPlan } from './encryption.ts'
import type { CustomerKey, EncryptionRecord, SealedRecord } from './encryption-model.ts'
import { openEtag } from './etag.ts'
import { useKey, type KeyUse } from './key-use.ts'
import type { Bucket, ObjectRow } from './model.ts'
import { ObjectSeal } from './object-record.ts'

export interface SealedVersion {
  bucket: Bucket
  /** as the request names it */
  key: string
  row: ObjectRow
  record: SealedRecord
  customerKey?: CustomerKey | undefined
}

/**
 * The data key of a version under another key; the row has proved itself with that data key before. Both keys must let
 * the caller do it (KMS API reference, ReEncrypt: kms:ReEncryptFrom on the one, kms:ReEncryptTo on the other).
 * @throws StoreError AccessDenied | Key* | WrongCustomerKey | ObjectCorrupt
 */
export async function rewrapVersion(
  deps: StoreDeps,
  asker: Asker,
  version: SealedVersion,
  plan: EncryptionPlan & { mode: 'sealed' },
): Promise<SealedRecord> {
  const { bucket, key, row, record, customerKey } = version
  const { choice, bucketKeyEnabled } = plan
  const place = { bucketId: bucket.bucketId, objectKey: key, objectId: row.objectId }
  const rewrap = () =>
    deps.keyring.rewrap(bucket.projectId, record, place, { choice, place }, customerKey, (dataKey) =>
      proveRow(deps, version, dataKey),
    )
  const given = () => {
    if (choice.mode !== 'managed-key') return rewrap()
    const { keyRef, context } = choice
    const to: KeyUse = {
      action: 'kms:ReEncryptTo',
      bucket,
      objectKey: key,
      keyRef,
      context,
      bucketKeyEnabled,
    }
    return useKey(deps, asker, to, rewrap, versionOf)
  }
  const taken = () => {
    if (record.mode !== 'managed-key') return given()
    const { keyId: keyRef, context } = record
    const facts = { keyRef, context, bucketKeyEnabled: record.bucketKeyEnabled }
    const from: KeyUse = { action: 'kms:ReEncryptFrom', bucket, objectKey: key, ...facts }
    return useKey(deps, asker, from, given, () => record.keyVersion)
  }
  return withObjectFacts(await taken(), record.chunkLog2, bucketKeyEnabled)
}

/** A data key that opens is this object's only if the row is the one that was signed with it. */
function proveRow(deps: StoreDeps, { bucket, key, row, record }: SealedVersion, dataKey: Buffer): void {
  const seal = ObjectSeal.of(record.suite, dataKey, row.objectId)
  seal.verifyObject(bucket, key, row, openEtag(deps.keyring, row.objectId, row.etag))
}

function versionOf(record: DataKeyRecord | EncryptionRecord): number | undefined {
  return 'keyVersion' in record ? record.keyVersion : undefined
}
