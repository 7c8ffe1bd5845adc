import { randomBytes } from 'node:crypto'
import { StoreError } from '../errors.ts'
import { authorizedWrite } from './authorize-write.ts'
import { storedAcl } from './canned-acl.ts'
import type { StoreDeps } from './deps.ts'
import { EncryptionDescriber, newIdentity, planEncryption, type ObjectIdentity } from './encryption.ts'
import type { Caller, ChecksumAlgorithm, UploadRow } from './model.ts'
import { checkObjectKey } from './names.ts'
import { checkTags } from './tagging.ts'
import { ObjectSeal } from './object-record.ts'
import type { CreateMultipartUpload, RequestContext, Results } from './operations.ts'

type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE'

/** The object's identity and data key are fixed here; parts and completion only add to it. */
export async function createMultipartUpload(
  deps: StoreDeps,
  operation: CreateMultipartUpload,
  caller: Caller,
  context: RequestContext,
): Promise<Results['CreateMultipartUpload']> {
  const { key, checksumAlgorithm } = operation
  checkObjectKey(key)
  checkTags(operation.tags)
  const checksumType = checksumTypeOf(checksumAlgorithm, operation.checksumType)
  const asker = { caller, context }
  const bucket = await authorizedWrite(deps, asker, operation)
  const plan = planEncryption(operation.encryption, bucket, context)
  const identity = await newIdentity(deps, plan, bucket, key, asker)
  const initiatedAt = deps.now()
  const uploadId = newUploadId(initiatedAt)
  const upload: UploadRow = {
    uploadId,
    objectId: identity.objectId,
    bucketId: bucket.bucketId,
    key,
    initiatedAt,
    initiator: caller.kind === 'member' ? caller.userId : 'anonymous',
    metadata: operation.metadata,
    storageClass: operation.storageClass,
    tags: operation.tags,
    encryption: identity.record,
    checksumAlgorithm,
    checksumType,
    sealedFinishingKeys: finishingKeys(deps, identity, uploadId),
    lock: operation.lock,
    acl: storedAcl(operation.acl),
  }
  await deps.catalog.createUpload(upload)
  return {
    uploadId,
    encryption: await new EncryptionDescriber(deps).describe(bucket.projectId, identity.record),
    checksumAlgorithm,
    checksumType,
  }
}

/** Begins with its time, so that uploads of one key are listed in order of initiation (S3 API, ListMultipartUploads). */
function newUploadId(initiatedAt: number): string {
  return initiatedAt.toString(16).padStart(12, '0') + randomBytes(24).toString('base64url')
}

/** Clients may complete an SSE-C upload without sending the key again; see UploadRow. */
function finishingKeys(deps: StoreDeps, identity: ObjectIdentity, uploadId: string): Buffer | undefined {
  const { record, dataKey, objectId } = identity
  if (record.mode !== 'customer-key') return undefined
  return deps.keyring.seal('upload', uploadId, ObjectSeal.of(record.suite, dataKey, objectId).export())
}

const ONLY_FULL: ReadonlySet<ChecksumAlgorithm> = new Set(['crc64nvme', 'crc64ecma'])
const EITHER: ReadonlySet<ChecksumAlgorithm> = new Set(['crc32', 'crc32c'])

/**
 * CRC64NVME (and CRC64ECMA, which is not S3's) is only of the full object, CRC32 and CRC32C of either kind, all others composite
 * (S3 user guide, "Checking object integrity", table of multipart checksum types).
 * @throws StoreError InvalidRequest
 */
function checksumTypeOf(
  algorithm: ChecksumAlgorithm | undefined,
  wanted: ChecksumType | undefined,
): ChecksumType | undefined {
  if (algorithm === undefined) {
    if (wanted !== undefined)
      throw new StoreError(
        'InvalidRequest',
        'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.',
      )
    return undefined
  }
  const type = wanted ?? (ONLY_FULL.has(algorithm) ? 'FULL_OBJECT' : 'COMPOSITE')
  const possible = EITHER.has(algorithm) || (type === 'FULL_OBJECT') === ONLY_FULL.has(algorithm)
  if (!possible)
    throw new StoreError(
      'InvalidRequest',
      `The ${type} checksum type cannot be used with the ${algorithm} checksum algorithm.`,
    )
  return type
}
