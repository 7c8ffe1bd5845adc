import type { DataKeyRecord } from '../keys/keyring.ts'
import type { Asker } from './authorize.ts'
import type { StoreDeps } from './deps.ts'
import { nameOf, ownerOf, withObjectFacts, type EncryptionPlan } from './encryption.ts'
import type { CustomerKey, SealedRecord } from './encryption-model.ts'
import { openEtag } from './etag.ts'
import { reportingUse, useKey } from './key-use.ts'
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
  const use = { bucket, objectKey: key } as const
  const given = () => {
    const to = { ...use, action: 'kms:ReEncryptTo' as const }
    return choice.mode === 'managed-key'
      ? useKey(deps, asker, { ...to, ...usedAs({ ...choice, bucketKeyEnabled }) }, rewrap, versionOf)
      : reportingUse(deps, asker, { ...to, keyId: undefined, owner: ownerOf(choice) }, rewrap, nameOf)
  }
  const taken = () => {
    const from = { ...use, ...nameOf(record), action: 'kms:ReEncryptFrom' as const }
    return record.mode === 'managed-key'
      ? useKey(deps, asker, { ...from, ...usedAs(record) }, given, () => record.keyVersion)
      : reportingUse(deps, asker, { ...from, owner: ownerOf(record) }, given, () => nameOf(record))
  }
  return withObjectFacts(await taken(), record.chunkLog2, bucketKeyEnabled)
}

/** A data key that opens is this object's only if the row is the one that was signed with it. */
function proveRow(deps: StoreDeps, { bucket, key, row, record }: SealedVersion, dataKey: Buffer): void {
  const seal = ObjectSeal.of(record.suite, dataKey, row.objectId)
  seal.verifyObject(bucket, key, row, openEtag(deps.keyring, row.objectId, row.etag))
}

/** What a key's policy is asked about; a record names its key by id, a choice as the request does. */
function usedAs(named: {
  keyId?: string
  keyRef?: string | undefined
  context: Record<string, string>
  bucketKeyEnabled: boolean
}) {
  const { keyId, keyRef = keyId, context, bucketKeyEnabled } = named
  return { keyRef, context, bucketKeyEnabled }
}

function versionOf(record: DataKeyRecord): number | undefined {
  return nameOf(record).keyVersion
}
