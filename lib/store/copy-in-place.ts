import type { DataKeyRecord } from '../keys/keyring.ts'
import type { Asker } from './authorize.ts'
import { storedAcl } from './canned-acl.ts'
import { carried, carryPart, carryRow } from './carry-version.ts'
import { copiedDescription } from './copied-description.ts'
import type { StoreDeps } from './deps.ts'
import { discardUnlessCommitted } from './discard.ts'
import {
  EncryptionDescriber,
  nameOf,
  newIdentity,
  ownerOf,
  withObjectFacts,
  type EncryptionPlan,
  type ObjectIdentity,
} from './encryption.ts'
import type { EncryptionRecord } from './encryption-model.ts'
import { answeredVersion } from './find-version.ts'
import { toldExpiration } from './lifecycle-rules.ts'
import { reportingUse, useKey } from './key-use.ts'
import type { Bucket, ObjectRow } from './model.ts'
import { newVersion } from './new-version.ts'
import { newObjectId } from './object-ids.ts'
import type { CopyObject, Written } from './operations.ts'
import { guardOf } from './put-object.ts'
import { partsOf, type OpenedObject } from './read-object.ts'
import { rewriteVersion, type RewrittenVersion } from './rewrite-version.ts'
import { Replaced } from './while-replaced.ts'

/** A copy of an object's current version onto its own name. */
export interface CopyInPlace {
  operation: CopyObject
  bucket: Bucket
  source: OpenedObject
  plan: EncryptionPlan
}

/**
 * Whether a copy is one onto itself that may keep the content as it was stored: its parts, checksums and ETag. It may not
 * where another checksum is asked for, or where the ETag must become the MD5 again that it is not (it leaves SSE-KMS or
 * SSE-C).
 */
export function keepsContent({ operation, bucket, source, plan }: CopyInPlace): boolean {
  const { key, versionId } = operation.source
  if (bucket.bucketId !== source.bucket.bucketId || operation.key !== key || versionId !== undefined)
    return false
  const { row, seal } = source
  // What the link points to is to take its place.
  if (source.link !== undefined) return false
  // While it grows it has no MD5, and a copy onto itself must not end that (Aliyun, "AppendObject").
  if (row.appendable) return operation.checksumAlgorithm === undefined
  const isMd5 = row.encryption.mode === 'none' || 'sealed' in row.etag
  const mode = plan.mode === 'none' ? plan.mode : plan.choice.mode
  const needsMd5 = operation.etag === 'md5' || mode === 'none' || mode === 'service-key'
  if (needsMd5 && !isMd5) return false
  const has = new Set(seal.openChecksums(row.checksums).map(({ algorithm }) => algorithm))
  const { keep = [], checksumAlgorithm } = operation
  return [...keep, ...(checksumAlgorithm ? [checksumAlgorithm] : [])].every((algorithm) => has.has(algorithm))
}

/**
 * Copies an object onto itself, which moves Last-Modified and may change metadata, tags, storage class and encryption.
 * Where the cipher stays no byte of data is read: the new row names the same blobs, with the data key wrapped anew.
 * @throws StoreError as CopyObject; Replaced when another version took the source's place
 */
export async function copyInPlace(deps: StoreDeps, asker: Asker, copy: CopyInPlace): Promise<Written> {
  const { operation, bucket, source } = copy
  const { etag, row } = source
  const identity = await identityOf(deps, asker, copy)
  const { object, parts, blobIds } = isSameCipher(copy)
    ? await sharedBlobs(deps, source, identity)
    : await rewriteVersion(deps, source, identity, asker.context.signal)
  const version = await newVersion(deps, bucket, operation.lock)
  const unsigned = {
    ...object,
    retention: undefined,
    legalHold: undefined,
    restore: undefined,
    ...version,
    lastModified: deps.now(),
    ...copiedDescription(operation, row),
    acl: storedAcl(operation.acl),
  }
  const { seal } = carried(source, identity)
  const signed: ObjectRow = { ...unsigned, objectMac: seal.objectMac(bucket, unsigned, etag) }
  const allowed = guardOf(deps, operation.conditions)
  await discardUnlessCommitted(deps, blobIds, () =>
    deps.catalog.commitObject(signed, parts, (current) => {
      // Blobs of a version that is gone may be collected at any moment: no new row may name them. One that grew has more.
      if (current?.objectId !== row.objectId || current.size !== row.size)
        throw new Replaced('ConditionalRequestConflict', row.objectId)
      allowed?.(current)
    }),
  )
  const encryption = await new EncryptionDescriber(deps).describe(bucket.projectId, identity.record)
  const checksums = source.seal.openChecksums(row.checksums)
  const { size, lastModified } = signed
  const told = { ...answeredVersion(bucket, version.versionId), ...toldExpiration(bucket, signed) }
  return { etag, size, lastModified, encryption, checksums, ...told }
}

function isSameCipher({ source, plan }: CopyInPlace): boolean {
  const { encryption } = source.row
  if (encryption.mode === 'none' || plan.mode === 'none') return encryption.mode === plan.mode
  return encryption.suite === plan.choice.suite
}

/** A fresh data key for another cipher; the same one, wrapped for the new version, where the cipher stays. */
async function identityOf(deps: StoreDeps, asker: Asker, copy: CopyInPlace): Promise<ObjectIdentity> {
  const { operation, bucket, source, plan } = copy
  if (!isSameCipher(copy)) return newIdentity(deps, plan, bucket, operation.key, asker)
  const objectId = newObjectId(deps.now())
  const record = await sameDataKey(deps, asker, copy, objectId)
  return { objectId, dataKey: source.dataKey, record }
}

/** As a copy, it needs the new key's kms:GenerateDataKey, and has used the old one's kms:Decrypt. */
async function sameDataKey(
  deps: StoreDeps,
  asker: Asker,
  { operation, bucket, source: { row }, plan }: CopyInPlace,
  objectId: string,
): Promise<EncryptionRecord> {
  const record = row.encryption
  if (plan.mode === 'none' || record.mode === 'none') return { mode: 'none' }
  const { choice, bucketKeyEnabled } = plan
  const { bucketId, projectId } = bucket
  const place = { bucketId, objectKey: operation.key, objectId }
  const from = { ...place, objectId: row.objectId }
  const wrap = (): Promise<DataKeyRecord> =>
    deps.keyring.rewrap(projectId, record, from, { choice, place }, operation.source.customerKey)
  const use = { action: 'kms:GenerateDataKey', bucket, objectKey: operation.key } as const
  const wrapped = await (choice.mode === 'managed-key'
    ? useKey(
        deps,
        asker,
        { ...use, ...choice, keyRef: choice.keyRef, bucketKeyEnabled },
        wrap,
        (done) => nameOf(done).keyVersion,
      )
    : reportingUse(deps, asker, { ...use, keyId: undefined, owner: ownerOf(choice) }, wrap, nameOf))
  return withObjectFacts(wrapped, record.chunkLog2, bucketKeyEnabled)
}

/** Rows of the same blobs, signed for the new version; their bytes stay where they are. */
async function sharedBlobs(
  deps: StoreDeps,
  source: OpenedObject,
  identity: ObjectIdentity,
): Promise<RewrittenVersion> {
  const version = carried(source, identity)
  const rows = await partsOf(deps, source, { start: 0, endInclusive: source.row.size - 1 })
  const parts = rows.map((part) => {
    source.seal.verifyPart(part)
    return carryPart(deps, version, part, part)
  })
  return { object: carryRow(deps, version), parts, blobIds: [] }
}
