import { authorizedWrite } from './authorize-write.ts'
import { storedAcl } from './canned-acl.ts'
import type { Guard } from './catalog.ts'
import { checkWrite } from './conditions.ts'
import type { StoreDeps } from './deps.ts'
import { checkedAlgorithms, Digests, fullObject, keptAlgorithms, verifyChecks } from './digests.ts'
import { EncryptionDescriber, newIdentity, planEncryption, type ObjectIdentity } from './encryption.ts'
import { etagIsMd5, opaqueEtag, openEtag, storeEtag } from './etag.ts'
import { answeredVersion } from './find-version.ts'
import { toldExpiration } from './lifecycle-rules.ts'
import { ObjectSeal } from './object-record.ts'
import type {
  Bucket,
  Caller,
  ChecksumAlgorithm,
  ObjectAcl,
  ObjectChecksum,
  ObjectLock,
  ObjectMetadata,
  ObjectRow,
  PartRow,
  Tags,
  WriteConditions,
} from './model.ts'
import { checkObjectKey } from './names.ts'
import { newVersion, type VersionFacts } from './new-version.ts'
import type { PutObject, RequestContext, Written } from './operations.ts'
import { discardUnlessCommitted } from './discard.ts'
import { sealTarget } from './symlink-target.ts'
import { checkTags } from './tagging.ts'
import { writeBlob, type WrittenBlob } from './write-blob.ts'

/** The largest object (S3 user guide, "Amazon S3 multipart upload limits"). */
export const MAX_OBJECT_BYTES = 50 * 2 ** 40

/** Everything of a new object version but its bytes. */
export interface NewObject {
  bucket: Bucket
  key: string
  metadata: ObjectMetadata
  storageClass: string
  tags: Tags
  conditions: WriteConditions
  lock?: ObjectLock | undefined
  acl?: ObjectAcl | undefined
  /** whatever the method */
  etag?: 'md5' | 'opaque' | undefined
  /** made by AppendObject */
  appendable?: true
  /** makes it a link to this key */
  symlinkTarget?: string
  /** sees the current version inside the transaction and throws to refuse; default: what the conditions ask */
  guard?: Guard
}

export async function putObject(
  deps: StoreDeps,
  operation: PutObject,
  caller: Caller,
  context: RequestContext,
): Promise<Written> {
  const { key, conditions, checks } = operation
  checkObjectKey(key)
  checkTags(operation.tags)
  const asker = { caller, context }
  const bucket = await authorizedWrite(deps, asker, operation)
  await refuseEarly(deps, bucket, key, conditions)
  const plan = planEncryption(operation.encryption, bucket, context)
  const identity = await newIdentity(deps, plan, bucket, key, asker)
  const kept = keptAlgorithms(checks, operation.keep, operation.contentLength)
  const algorithms = [...kept, ...checkedAlgorithms(checks)]
  const digests = digestsFor(deps, identity, algorithms, operation)
  const blob = await writeBlob(deps, {
    body: operation.body,
    key: blobKeyOf(identity),
    digests,
    maximumSize: MAX_OBJECT_BYTES,
    contentLength: operation.contentLength,
    verify: () => verifyChecks(checks, digests),
    mayBeInline: true,
  })
  const checksums = kept.map((algorithm) => fullObject(algorithm, digests))
  return commitSingle(deps, { ...operation, bucket }, identity, blob, digests, checksums)
}

/** A conditional write that cannot succeed is refused before its body is asked for; the commit decides for good. */
async function refuseEarly(
  deps: StoreDeps,
  bucket: Bucket,
  key: string,
  conditions: WriteConditions,
): Promise<void> {
  const guard = guardOf(deps, conditions)
  if (guard !== undefined) guard(await deps.catalog.findObject(bucket.bucketId, key))
}

/** The digests of a whole object: those asked for, and MD5 where it will be the ETag. */
export function digestsFor(
  deps: StoreDeps,
  identity: ObjectIdentity,
  asked: ChecksumAlgorithm[],
  { etag, contentLength }: { etag?: 'md5' | undefined; contentLength: number | undefined },
): Digests {
  const md5 = etagIsMd5(identity.record, etag)
  return new Digests(md5 ? [...asked, 'md5'] : asked, deps.hashPool, contentLength)
}

export function blobKeyOf(identity: ObjectIdentity) {
  const { record, dataKey } = identity
  return record.mode === 'none' || dataKey === undefined
    ? undefined
    : { suite: record.suite, chunkLog2: record.chunkLog2, dataKey }
}

/** A guard for the catalog that refuses when the preconditions fail on the current version; none where there are none. */
export function guardOf(deps: StoreDeps, conditions: WriteConditions): Guard | undefined {
  if (conditions.ifAbsent !== true && conditions.ifMatch === undefined) return undefined
  return (current) =>
    checkWrite(
      conditions,
      current && {
        etag: openEtag(deps.keyring, current.objectId, current.etag),
        lastModified: current.lastModified,
      },
    )
}

/** Makes a single-blob object version visible; its blob is already durable, or becomes so with the row. */
export async function commitSingle(
  deps: StoreDeps,
  target: NewObject,
  identity: ObjectIdentity,
  blob: WrittenBlob,
  digests: Digests,
  checksums: ObjectChecksum[],
): Promise<Written> {
  const { objectId, record, dataKey } = identity
  const seal = ObjectSeal.of(record.mode === 'none' ? undefined : record.suite, dataKey, objectId)
  const md5 = target.etag !== 'opaque' && etagIsMd5(record, target.etag)
  const etag = md5 ? digests.result('md5').toString('hex') : opaqueEtag()
  const now = deps.now()
  const version = await newVersion(deps, target.bucket, target.lock)
  const storedChecksums = seal.sealChecksums(checksums)
  const storedEtag = storeEtag(deps.keyring, record, objectId, etag, md5)
  const part: PartRow = seal.signPart({
    objectId,
    number: 1,
    offset: 0,
    size: blob.size,
    blobId: blob.blobId,
    salt: blob.salt,
    commitment: blob.commitment,
    etag: storedEtag,
    checksums: storedChecksums,
    mac: Buffer.alloc(0),
    uploadedAt: now,
    inline: blob.inline,
  })
  const unsigned = {
    objectId,
    bucketId: target.bucket.bucketId,
    key: target.key,
    ...version,
    size: blob.size,
    etag: storedEtag,
    lastModified: now,
    metadata: target.metadata,
    storageClass: target.storageClass,
    acl: storedAcl(target.acl),
    tags: target.tags,
    encryption: record,
    checksums: storedChecksums,
    partCount: 1,
    multipart: false,
    ...kindOf(deps, target, version),
  }
  const object: ObjectRow = { ...unsigned, objectMac: seal.objectMac(target.bucket, unsigned, etag) }
  await discardUnlessCommitted(deps, blob.inline ? [] : [blob.blobId], () =>
    deps.catalog.commitObject(object, [part], target.guard ?? guardOf(deps, target.conditions)),
  )
  const encryption = await new EncryptionDescriber(deps).describe(target.bucket.projectId, record)
  const answered = answeredVersion(target.bucket, version.versionId)
  const told = { ...answered, ...toldExpiration(target.bucket, object) }
  return { etag, size: blob.size, lastModified: now, encryption, checksums, ...told }
}

/** What sets an object apart from ordinary ones. */
function kindOf(
  { keyring }: StoreDeps,
  { bucket: { bucketId }, key, appendable, symlinkTarget }: NewObject,
  { versionId }: VersionFacts,
): Pick<ObjectRow, 'appendable' | 'symlink'> {
  if (symlinkTarget === undefined) return { appendable }
  return { symlink: sealTarget(keyring, { bucketId, key, versionId }, symlinkTarget) }
}
