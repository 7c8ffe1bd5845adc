import { StoreError } from '../errors.ts'
import { isArchiveClass } from './archive.ts'
import { requireAllowed, type Asker } from './authorize.ts'
import { authorizedWrite, authorizeTags } from './authorize-write.ts'
import { checkCopySource } from './conditions.ts'
import { copiedDescription } from './copied-description.ts'
import { copyInPlace, keepsContent } from './copy-in-place.ts'
import type { StoreDeps } from './deps.ts'
import { fullObject, withCrc64 } from './digests.ts'
import { newIdentity, planEncryption } from './encryption.ts'
import type { Bucket, Caller, ChecksumAlgorithm } from './model.ts'
import { openEtag } from './etag.ts'
import { checkObjectKey } from './names.ts'
import type { CopyObject, CopySource, RequestContext, Written } from './operations.ts'
import { blobKeyOf, commitSingle, digestsFor, MAX_OBJECT_BYTES } from './put-object.ts'
import { openObject, readRange, type OpenedObject } from './read-object.ts'
import { readableVersion } from './readable-version.ts'
import { openTarget } from './symlink-target.ts'
import { writeLink } from './symlink.ts'
import { checkTags } from './tagging.ts'
import { whileReplaced } from './while-replaced.ts'
import { whileWanted } from './while-wanted.ts'
import { writeBlob } from './write-blob.ts'

/**
 * Decrypts the source and encrypts under a fresh data key: one copy path that is right for every pair of
 * methods (other stores' faster paths garbled data; crypto-and-reliability.md §1). The destination is encrypted
 * as the request or the destination bucket says, never as the source was (aws-s3.md §2.3).
 */
export async function copyObject(
  deps: StoreDeps,
  operation: CopyObject,
  caller: Caller,
  context: RequestContext,
): Promise<Written> {
  checkObjectKey(operation.key)
  if (operation.tags) checkTags(operation.tags)
  return whileReplaced(() => copyOnce(deps, operation, { caller, context }))
}

async function copyOnce(deps: StoreDeps, operation: CopyObject, asker: Asker): Promise<Written> {
  const bucket = await authorizedWrite(deps, asker, operation)
  const link = operation.keepsLink ? await copyLink(deps, asker, operation, bucket) : undefined
  if (link !== undefined) return link
  const source = await openCopySource(deps, operation.source, asker)
  await authorizeCopiedTags(deps, asker, operation, bucket, source)
  refuseEmptyChange(operation, bucket, source.bucket)
  refuseArchivedChange(operation, source)
  const plan = planEncryption(operation.encryption, bucket, asker.context)
  const inPlace = { operation, bucket, source, plan }
  if (keepsContent(inPlace)) return { ...(await copyInPlace(deps, asker, inPlace)), ...sourceVersion(source) }
  const identity = await newIdentity(deps, plan, bucket, operation.key, asker)
  const kept = keptOfCopy(operation, source)
  const digests = digestsFor(deps, identity, kept, { ...operation, contentLength: source.row.size })
  const whole = { start: 0, endInclusive: source.row.size - 1 }
  const blob = await writeBlob(deps, {
    body: whileWanted(asker.context.signal, await readRange(deps, source, whole)),
    key: blobKeyOf(identity),
    digests,
    maximumSize: MAX_OBJECT_BYTES,
    contentLength: source.row.size,
    verify: () => undefined,
    mayBeInline: true,
  })
  const { row } = source
  const target = {
    bucket,
    key: operation.key,
    conditions: operation.conditions,
    ...copiedDescription(operation, row),
    etag: operation.etag,
    lock: operation.lock,
    acl: operation.acl,
  }
  const checksums = kept.map((algorithm) => fullObject(algorithm, digests))
  const written = await commitSingle(deps, target, identity, blob, digests, checksums)
  return { ...written, ...sourceVersion(source) }
}

/** A link that points where the source does; undefined when that is no link. */
async function copyLink(
  deps: StoreDeps,
  asker: Asker,
  operation: CopyObject,
  bucket: Bucket,
): Promise<Written | undefined> {
  const { source } = operation
  const found = await readableVersion(deps, asker, source, 'read')
  const { row } = found
  if (row.symlink === undefined) return undefined
  const etag = openEtag(deps.keyring, row.objectId, row.etag)
  checkCopySource(source.conditions, { etag, lastModified: row.lastModified })
  await authorizeCopiedTags(deps, asker, operation, bucket, found)
  const { bucketId } = found.bucket
  const target = openTarget(deps.keyring, { bucketId, key: source.key, versionId: row.versionId }, row)
  const link = { ...operation, bucket, ...copiedDescription(operation, row) }
  const written = await writeLink(deps, asker, link, target)
  return { ...written, ...sourceVersion(found) }
}

type Source = Pick<OpenedObject, 'bucket' | 'row'>

/** S3 names the version of a source that has one (S3 API reference, CopyObject). */
export function sourceVersion({ bucket, row }: Source): { sourceVersionId?: string } {
  return bucket.versioning === undefined ? {} : { sourceVersionId: row.versionId }
}

function keptOfCopy(
  { keep = [], checksumAlgorithm }: CopyObject,
  { seal, row }: OpenedObject,
): ChecksumAlgorithm[] {
  const asked = new Set([...(checksumAlgorithm ? [checksumAlgorithm] : []), ...keep])
  if (asked.size > 0) return withCrc64([...asked], row.size)
  return withCrc64([seal.openChecksums(row.checksums)[0]?.algorithm ?? 'crc64nvme'], row.size)
}

/** Opens the source with the caller's own rights to it (no confused deputy) and checks its preconditions. */
export async function openCopySource(
  deps: StoreDeps,
  source: CopySource,
  { caller, context }: Asker,
): Promise<OpenedObject> {
  const { expectedSourceOwner: expectedOwner, expectedOwner: _ofDestination, ...rest } = context
  const asker = { caller, context: { ...rest, ...(expectedOwner !== undefined && { expectedOwner }) } }
  const opened = await openObject(deps, { ...source, conditions: {} }, asker, 'read')
  checkCopySource(source.conditions, { etag: opened.etag, lastModified: opened.row.lastModified })
  return opened
}

/** Tags that come along are read there and written here, and both need their right (S3 API reference, CopyObject). */
async function authorizeCopiedTags(
  deps: StoreDeps,
  asker: Asker,
  operation: CopyObject,
  bucket: Bucket,
  source: Source,
): Promise<void> {
  const { tags, key } = source.row
  if (operation.tags !== undefined || Object.keys(tags).length === 0) return
  const { versionId } = operation.source
  const action = versionId === undefined ? 's3:GetObjectTagging' : 's3:GetObjectVersionTagging'
  const read = { action, key } as const
  await requireAllowed(deps, asker, source.bucket, read)
  await authorizeTags(deps, asker, bucket, { ...operation, tags })
}

/**
 * "Restore the object, change its storage class to standard or infrequent access, then set its encryption" (COS,
 * "Server-side encryption overview"). Copies elsewhere make another object.
 * @throws StoreError InvalidObjectState
 */
function refuseArchivedChange(operation: CopyObject, { bucket, row }: OpenedObject): void {
  const { archivedKeepsEncryption, key, encryption } = operation
  const itself = row.bucketId === bucket.bucketId && row.key === key
  const stays = isArchiveClass(copiedDescription(operation, row).storageClass)
  if (!archivedKeepsEncryption || !itself || encryption.kind === 'bucket-default') return
  if (isArchiveClass(row.storageClass) && stays)
    throw new StoreError(
      'InvalidObjectState',
      'The object is archived: restore it and copy it to a storage class that is not archived before changing its encryption.',
    )
}

/** A copy onto itself must change something (aws-s3.md §2.3). @throws StoreError InvalidRequest */
function refuseEmptyChange(operation: CopyObject, bucket: Bucket, sourceBucket: Bucket): void {
  const { key, versionId } = operation.source
  // An older version that is copied onto its key becomes the current one again.
  const itself = bucket.bucketId === sourceBucket.bucketId && operation.key === key && versionId === undefined
  const changes =
    operation.metadata !== undefined ||
    operation.redirect?.location !== undefined ||
    operation.storageClass !== undefined ||
    operation.encryption.kind !== 'bucket-default' ||
    bucket.encryption !== undefined
  if (itself && !changes)
    throw new StoreError(
      'InvalidRequest',
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    )
}
