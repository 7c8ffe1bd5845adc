import type { CrcName } from '../crypto/crc-combine.ts'
import { StoreError } from '../errors.ts'
import { changedMeanwhile, checkAppendable } from './append-position.ts'
import { refuseArchived } from './archive.ts'
import type { Asker } from './authorize.ts'
import { authorizedWrite } from './authorize-write.ts'
import type { StoreDeps } from './deps.ts'
import { checkedAlgorithms, Digests, fullObject, verifyChecks } from './digests.ts'
import { discardUnlessCommitted } from './discard.ts'
import { EncryptionDescriber, newIdentity, planEncryption } from './encryption.ts'
import type { CustomerKey, EncryptionChoice, EncryptionRecord } from './encryption-model.ts'
import { answeredVersion } from './find-version.ts'
import { grow, isCrc, MAX_APPENDABLE_BYTES, tailOf, writeGrown } from './grow-object.ts'
import type { Bucket, Caller, ObjectChecksum, ObjectRow } from './model.ts'
import { checkObjectKey } from './names.ts'
import { refuseLocked } from './object-lock.ts'
import type { AppendObject, RequestContext, Results, Written } from './operations.ts'
import { blobKeyOf, commitSingle } from './put-object.ts'
import { openVersion, type OpenedObject } from './read-object.ts'
import { checkTags } from './tagging.ts'
import { writeBlob } from './write-blob.ts'

/** Whatever grows keeps checksums that can be combined: nothing that was appended before is read again. */
const KEPT: readonly CrcName[] = ['crc64nvme', 'crc64ecma']

type Done = Results['AppendObject']

/**
 * Adds bytes to an appendable object under its own data key, or makes one. The bytes are durable before a row names them,
 * and one transaction makes them visible, if the object is still as long as it was: of two who append at once, one wins.
 * @throws StoreError as PutObject; ObjectNotAppendable | PositionNotEqualToLength (with `nextPosition`) | ObjectLocked |
 *   InvalidObjectState | UploadEncryptionMismatch | *CustomerKey* | SlowDown (the object was encrypted anew meanwhile)
 */
export async function appendObject(
  deps: StoreDeps,
  operation: AppendObject,
  caller: Caller,
  context: RequestContext,
): Promise<Done> {
  const { key, position, contentLength = 0 } = operation
  checkObjectKey(key)
  checkTags(operation.tags)
  const asker = { caller, context }
  const bucket = await authorizedWrite(deps, asker, operation)
  const row = await deps.catalog.findObject(bucket.bucketId, key)
  checkAppendable(row, position)
  if (position + contentLength > MAX_APPENDABLE_BYTES) throw tooLarge()
  return row === undefined
    ? makeAppendable(deps, asker, operation, bucket)
    : appendTo(deps, asker, operation, bucket, row)
}

async function makeAppendable(
  deps: StoreDeps,
  asker: Asker,
  operation: AppendObject,
  bucket: Bucket,
): Promise<Done> {
  const { key, body, contentLength, checks, told = [] } = operation
  const plan = planEncryption(operation.encryption, bucket, asker.context)
  const identity = await newIdentity(deps, plan, bucket, key, asker)
  const digests = new Digests([...KEPT, ...checkedAlgorithms(checks), ...told], deps.hashPool, contentLength)
  const blob = await writeBlob(deps, {
    body,
    key: blobKeyOf(identity),
    digests,
    maximumSize: MAX_APPENDABLE_BYTES,
    contentLength,
    verify: () => verifyChecks(checks, digests),
    mayBeInline: true,
  })
  const made = {
    ...operation,
    bucket,
    etag: 'opaque',
    appendable: true,
    conditions: {},
    guard: (current: ObjectRow | undefined) => {
      checkAppendable(current, 0)
      // Somebody else made it, and it is as empty as it was not there: these bytes are under another data key.
      if (current !== undefined) throw changedMeanwhile()
    },
  } as const
  const checksums = KEPT.map((algorithm) => fullObject(algorithm, digests))
  const written = await commitSingle(deps, made, identity, blob, digests, checksums)
  return { ...written, position: written.size, appended: told.map((name) => fullObject(name, digests)) }
}

/**
 * What is said of the encryption of an object that is there: nothing, the truth, or what does not count.
 * @throws StoreError UploadEncryptionMismatch | KeyNotFound | KeyIdMalformed | KeyInOtherRegion
 */
async function customerKeyOf(
  deps: StoreDeps,
  { encryption, ofExisting }: AppendObject,
  { projectId }: Bucket,
  { encryption: record }: ObjectRow,
): Promise<CustomerKey | undefined> {
  if (encryption.kind === 'customer-key') return encryption
  if (ofExisting === 'passed-over' || encryption.kind === 'bucket-default') return undefined
  if (!(await isSame(deps, projectId, encryption, record)))
    throw new StoreError(
      'UploadEncryptionMismatch',
      'The encryption of what is appended must be that with which the object was made.',
      { reason: 'different' },
    )
  return undefined
}

async function isSame(
  { keyring }: StoreDeps,
  projectId: string,
  choice: Exclude<EncryptionChoice, { kind: 'bucket-default' | 'customer-key' }>,
  record: EncryptionRecord,
): Promise<boolean> {
  if (choice.kind === 'none' || record.mode === 'none') return choice.kind === record.mode
  if (choice.kind !== record.mode || choice.suite !== record.suite) return false
  if (choice.kind === 'service-key' || choice.keyRef === undefined) return true
  const { keyId } = await keyring.resolveKey(projectId, choice.keyRef)
  return record.mode === 'managed-key' && record.keyId === keyId
}

async function appendTo(
  deps: StoreDeps,
  asker: Asker,
  operation: AppendObject,
  bucket: Bucket,
  row: ObjectRow,
): Promise<Done> {
  const { key, position, told = [] } = operation
  refuseFixed(row, deps.now())
  const customerKey = await customerKeyOf(deps, operation, bucket, row)
  const opened = await openVersion(deps, asker, { bucket, key, row, customerKey }, 'read')
  const stored = opened.seal.openChecksums(row.checksums)
  const algorithms = [...new Set([...stored.map(({ algorithm }) => algorithm).filter(isCrc), ...told])]
  const digests = new Digests(
    [...algorithms, ...checkedAlgorithms(operation.checks)],
    deps.hashPool,
    operation.contentLength,
  )
  const tail = await tailOf(deps, opened, position)
  const blob = await writeGrown(deps, opened, operation, { tail, digests })
  const added = blob.size - (tail.absorbed ? tail.part.size : 0)
  const appended = told.map((algorithm) => fullObject(algorithm, digests))
  const discard = blob.inline ? [] : [blob.blobId]
  if (added === 0) {
    await Promise.allSettled(discard.map((id) => deps.blobs.delete(id)))
    return { ...(await answer(deps, opened, row, opened.etag, stored)), appended }
  }
  const grown = grow(deps, opened, { tail, blob, added, digests, stored })
  await discardUnlessCommitted(deps, discard, () =>
    deps.catalog.appendPart(row, grown.object, grown.part, (current) => {
      checkAppendable(current, position)
      if (current?.objectId !== row.objectId) throw changedMeanwhile()
      refuseFixed(current, deps.now())
    }),
  )
  return { ...(await answer(deps, opened, grown.object, grown.etag, grown.checksums)), appended }
}

/** Locked data must stay as it is; archived data cannot be read, so nobody knows what he appends to. */
function refuseFixed(row: ObjectRow, now: number): void {
  refuseLocked(row, now, false)
  refuseArchived(row, now)
}

async function answer(
  deps: StoreDeps,
  { bucket }: OpenedObject,
  { size, lastModified, versionId, encryption }: ObjectRow,
  etag: string,
  checksums: ObjectChecksum[],
): Promise<Written & { position: number }> {
  const described = await new EncryptionDescriber(deps).describe(bucket.projectId, encryption)
  const written = { etag, size, lastModified, encryption: described, checksums, position: size }
  return { ...written, ...answeredVersion(bucket, versionId) }
}

function tooLarge(): StoreError {
  return new StoreError(
    'EntityTooLarge',
    'The object would exceed the maximum length of an appendable object',
    {
      maximum: MAX_APPENDABLE_BYTES,
    },
  )
}
