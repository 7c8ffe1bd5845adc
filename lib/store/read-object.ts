import { isCryptoError } from '../crypto/crypto-error.ts'
import { BlobDecryptor } from '../crypto/decrypt.ts'
import { ciphertextBytes } from '../crypto/segments.ts'
import { StoreError } from '../errors.ts'
import { isAllowed, type Asker } from './authorize.ts'
import { refuseArchived, restoreStatus } from './archive.ts'
import type { ReadPurpose } from './authorize-read.ts'
import { checkRead } from './conditions.ts'
import type { StoreDeps } from './deps.ts'
import { decryptingFor, EncryptionDescriber, mayDecrypt, openDataKey, openingFor } from './encryption.ts'
import type { CustomerKey } from './encryption-model.ts'
import { openEtag } from './etag.ts'
import { answeredVersion } from './find-version.ts'
import { letGo } from './let-go.ts'
import { toldExpiration } from './lifecycle-rules.ts'
import { followed } from './follow-symlink.ts'
import type { Bucket, Caller, ObjectChecksum, ObjectLock, ObjectRow, PartRow } from './model.ts'
import { checkObjectKey } from './names.ts'
import { ObjectSeal } from './object-record.ts'
import { typeOf } from './object-type.ts'
import type {
  GetObject,
  HeadObject,
  ObjectInfo,
  ReadConditions,
  ReadResult,
  RequestContext,
  Results,
} from './operations.ts'
import { readableVersion } from './readable-version.ts'
import { isEmptyRange, isUnchanged, resolveRange, type ByteRange } from './range.ts'
import { Replaced, whileReplaced } from './while-replaced.ts'

/** An object version whose row has proved itself, with the key to its bytes. */
export interface OpenedObject {
  bucket: Bucket
  row: ObjectRow
  etag: string
  dataKey: Buffer | undefined
  seal: ObjectSeal
  /** the caller may have what tells of the plaintext: its checksums */
  disclosed: boolean
  /** as far as the caller may see it */
  lock?: ObjectLock
  /** the symbolic link that was asked for, of which `row` is the target */
  link?: ObjectRow | undefined
}

export function getObject(
  deps: StoreDeps,
  operation: GetObject,
  caller: Caller,
  context: RequestContext,
): Promise<Results['GetObject']> {
  return whileReplaced(async () => {
    const opened = await openObject(deps, operation, { caller, context }, 'read')
    const { range, partial } = await wantedRange(deps, opened, operation)
    const body = await readRange(deps, opened, range)
    const abandon = (): void => void letGo(body)
    try {
      const result = await readResult(deps, opened, range, partial, abandon)
      return { ...result, ...expirationFor(operation, opened), body }
    } catch (error) {
      abandon()
      throw error
    }
  })
}

export function headObject(
  deps: StoreDeps,
  operation: HeadObject,
  caller: Caller,
  context: RequestContext,
): Promise<ReadResult> {
  return whileReplaced(async () => {
    const opened = await openObject(deps, operation, { caller, context }, 'describe')
    const { range, partial } = await wantedRange(deps, opened, operation)
    return { ...(await readResult(deps, opened, range, partial)), ...expirationFor(operation, opened) }
  })
}

/** Of a version that is named nobody knows here whether it is the current one, which alone expires. */
function expirationFor({ versionId }: GetObject | HeadObject, { bucket, row, link }: OpenedObject) {
  const named = versionId !== undefined && bucket.versioning !== undefined
  return named ? {} : toldExpiration(bucket, link ?? row)
}

interface Target {
  bucket: string
  key: string
  versionId?: string | undefined
  conditions: ReadConditions
  customerKey?: CustomerKey
}

/**
 * Finds, authorises and proves an object version: its data key opens under the request's own bucket and
 * key, its MAC holds, and the client's preconditions do too.
 * @throws StoreError NoSuchBucket | NoSuchKey | NoSuchVersion | MethodNotAllowed (a delete marker) | InvalidObjectState
 *   (archived, for its content) | SymlinkTargetNotExist | InvalidTargetType | AccessDenied | Key* | *CustomerKey* |
 *   ObjectCorrupt | PreconditionFailed | NotModified
 */
export async function openObject(
  deps: StoreDeps,
  target: Target,
  asker: Asker,
  purpose: ReadPurpose,
): Promise<OpenedObject> {
  checkObjectKey(target.key)
  const asked = await readableVersion(deps, asker, target, purpose)
  const found = await followed(deps, asker, { ...asked, key: target.key }, purpose)
  const { bucket, key, row, link, mayReadContent } = found
  if (purpose === 'read') refuseArchived(row, deps.now())
  const disclosed =
    purpose === 'read' || (mayReadContent && (await mayDecrypt(deps, bucket, key, row.encryption, asker)))
  const { customerKey } = target
  const opened = await openVersion(deps, asker, { bucket, key, row, customerKey }, purpose)
  checkRead(target.conditions, { etag: opened.etag, lastModified: lastModifiedOf(found) })
  return { ...opened, disclosed, link, lock: await visibleLock(deps, asker, bucket, asked.row) }
}

/** Of what is read through a link, the later of both (Aliyun, "HeadObject"). */
function lastModifiedOf({ row, link }: Pick<OpenedObject, 'row' | 'link'>): number {
  return Math.max(row.lastModified, link?.lastModified ?? 0)
}

/**
 * The same for a version that was found already, whose object's rights the caller has proved to have.
 * @throws StoreError AccessDenied | Key* | *CustomerKey* | ObjectCorrupt
 */
export async function openVersion(
  deps: StoreDeps,
  asker: Asker,
  version: { bucket: Bucket; key: string; row: ObjectRow; customerKey?: CustomerKey | undefined },
  purpose: ReadPurpose,
): Promise<OpenedObject> {
  const { bucket, key, row, customerKey } = version
  const open = () => openDataKey(deps, bucket, key, row.objectId, row.encryption, customerKey, asker)
  const sealed = { bucket, key, record: row.encryption }
  const dataKey = await (purpose === 'read'
    ? decryptingFor(deps, asker, sealed, open)
    : openingFor(deps, asker, sealed, open, true))
  const etag = openEtag(deps.keyring, row.objectId, row.etag)
  const seal = ObjectSeal.of(
    row.encryption.mode === 'none' ? undefined : row.encryption.suite,
    dataKey,
    row.objectId,
  )
  seal.verifyObject(bucket, key, row, etag)
  return { bucket, row, etag, dataKey, seal, disclosed: purpose === 'read' }
}

/** Locks are shown to those who may ask for them (S3 API reference, HeadObject). */
async function visibleLock(
  deps: StoreDeps,
  asker: Asker,
  bucket: Bucket,
  { key, retention, legalHold }: ObjectRow,
): Promise<ObjectLock> {
  const may = (action: 's3:GetObjectRetention' | 's3:GetObjectLegalHold') =>
    isAllowed(deps, asker, bucket, { action, key })
  return {
    ...(retention && (await may('s3:GetObjectRetention')) && { retention }),
    ...(legalHold && (await may('s3:GetObjectLegalHold')) && { legalHold }),
  }
}

async function wantedRange(
  deps: StoreDeps,
  opened: OpenedObject,
  { partNumber, range }: GetObject | HeadObject,
): Promise<{ range: ByteRange; partial: boolean }> {
  const { row, etag } = opened
  if (partNumber !== undefined) return partial(await partRange(deps, opened, partNumber))
  if (range !== undefined && isUnchanged(range.ifRange, { etag, lastModified: lastModifiedOf(opened) }))
    return partial(resolveRange(range, row.size))
  return { range: { start: 0, endInclusive: row.size - 1 }, partial: false }
}

/** A range of no bytes cannot be told as one: Content-Range has no word for it (RFC 9110 §14.4). */
function partial(range: ByteRange): { range: ByteRange; partial: boolean } {
  return { range, partial: !isEmptyRange(range) }
}

async function partRange(deps: StoreDeps, { row, seal }: OpenedObject, number: number): Promise<ByteRange> {
  if (!row.multipart && number === 1) return { start: 0, endInclusive: row.size - 1 }
  const part = row.multipart ? await deps.catalog.part(row.objectId, number) : undefined
  if (part === undefined && row.multipart && (await deps.catalog.listParts(row.objectId, 0, 1)).length === 0)
    throw new Replaced('ObjectCorrupt', row.objectId)
  if (part === undefined)
    throw new StoreError('InvalidPartNumber', 'The requested partnumber is not satisfiable', {
      partNumber: number,
    })
  // Of one without bytes nothing is read that would prove it.
  if (part.size === 0) seal.verifyPart(part)
  return { start: part.offset, endInclusive: part.offset + part.size - 1 }
}

async function readResult(
  deps: StoreDeps,
  opened: OpenedObject,
  range: ByteRange,
  partial: boolean,
  abandon?: () => void,
): Promise<ReadResult> {
  const object = await infoOf(deps, opened, abandon)
  const length = range.endInclusive - range.start + 1
  const answered = answeredVersion(opened.bucket, (opened.link ?? opened.row).versionId)
  return partial ? { object, range, length, ...answered } : { object, length, ...answered }
}

/**
 * Its checksums are opened when they are first looked at, for that takes two more keys and most readers do not ask.
 * They throw ObjectCorrupt then, and let go of what `abandon` holds: nobody will send a body after that.
 */
export async function infoOf(
  deps: StoreDeps,
  opened: OpenedObject,
  abandon?: () => void,
): Promise<ObjectInfo> {
  const { row, etag, seal, bucket, disclosed, lock, link = row } = opened
  const restore = restoreStatus(row, deps.now())
  let checksums: ObjectChecksum[] | undefined
  const { objectId, size, partCount, multipart } = row
  // What a link says of itself goes before what its target says; the content is the target's (Aliyun, "HeadObject").
  const { key, versionId, storageClass, metadata, tags } = link
  const encryption = await new EncryptionDescriber(deps).describe(bucket.projectId, row.encryption)
  return {
    objectId,
    key,
    versionId,
    size,
    etag,
    lastModified: lastModifiedOf(opened),
    storageClass,
    metadata,
    tags,
    encryption,
    get checksums() {
      try {
        return (checksums ??= disclosed ? seal.openChecksums(row.checksums) : [])
      } catch (error) {
        abandon?.()
        throw error
      }
    },
    partCount,
    multipart,
    ...typeOf(link),
    ...(restore && { restore }),
    ...(lock?.retention && { retention: lock.retention }),
    ...(lock?.legalHold && { legalHold: true }),
  }
}

/**
 * The plaintext of a range. The first piece is decrypted before this resolves, so a wrong first chunk is
 * an error answer; a later one breaks the body, which breaks the connection (never a short success).
 * @throws StoreError ObjectCorrupt
 */
export async function readRange(
  deps: StoreDeps,
  opened: OpenedObject,
  range: ByteRange,
): Promise<AsyncIterable<Buffer>> {
  // The parts of an empty object are looked at all the same.
  if (isEmptyRange(range) && opened.row.size > 0) return empty()
  const pieces = plaintext(deps, opened, range)
  const first = await pieces.next()
  return first.done === true ? empty() : resume(first.value, pieces)
}

async function* plaintext(
  deps: StoreDeps,
  opened: OpenedObject,
  range: ByteRange,
): AsyncGenerator<Buffer, void> {
  const parts = await partsOf(deps, opened, range)
  // The first is opened at once; the others may be replaced and collected before their turn comes.
  const release = deps.blobs.hold(parts.slice(1).map(({ blobId }) => blobId))
  try {
    for (const part of parts) {
      opened.seal.verifyPart(part)
      const start = Math.max(range.start - part.offset, 0)
      const endInclusive = Math.min(range.endInclusive - part.offset, part.size - 1)
      yield* partPlaintext(deps, opened, part, { start, endInclusive })
    }
  } finally {
    release()
  }
}

/** The parts that overlap a range, without a gap; each is still to be verified. @throws StoreError ObjectCorrupt */
export async function partsOf(deps: StoreDeps, { row }: OpenedObject, range: ByteRange): Promise<PartRow[]> {
  // Of one part there is nothing to choose; looking for it by offset would cost the database twice as much.
  const all = row.partCount === 1 || (range.start === 0 && range.endInclusive >= row.size - 1)
  const stored = await deps.catalog.parts(row.objectId, all ? undefined : range)
  // What was appended since the row was read lies behind what is read of it (crypto/FORMAT.md, "Manifest").
  const parts = row.appendable ? stored.filter(({ offset }) => offset === 0 || offset < row.size) : stored
  if (parts.length === 0) throw new Replaced('ObjectCorrupt', row.objectId)
  // Bytes alone would not miss a part without any.
  if (all && parts.length !== row.partCount) throw corrupt(row)
  checkCoverage(parts, range, row)
  return parts
}

/** Signed parts still have to be *these* parts, without a gap (a dropped row proves nothing by itself). */
function checkCoverage(parts: readonly PartRow[], range: ByteRange, row: ObjectRow): void {
  let reached = parts[0]?.offset ?? 0
  const begins = reached <= range.start
  for (const part of parts) {
    if (part.offset !== reached) throw corrupt(row)
    reached += part.size
  }
  if (!begins || reached < range.endInclusive + 1) throw corrupt(row)
}

/** @throws StoreError ObjectCorrupt, with or after the first piece */
export async function* partPlaintext(
  deps: StoreDeps,
  opened: OpenedObject,
  part: PartRow,
  range: ByteRange,
): AsyncGenerator<Buffer, void> {
  const { row, dataKey } = opened
  if (row.encryption.mode === 'none' || dataKey === undefined) {
    yield* deps.blobs.read(part.blobId, range.start, range.endInclusive - range.start + 1)
    return
  }
  const { suite, chunkLog2 } = row.encryption
  const facts = {
    suite,
    chunkLog2,
    blobId: Buffer.from(part.blobId, 'hex'),
    salt: part.salt,
    commitment: part.commitment,
    plaintextBytes: part.size,
  }
  try {
    // A whole part is read from its header on, which is then checked too; a slice needs only its chunks.
    const whole = range.start === 0 && range.endInclusive >= part.size - 1
    const decryptor = new BlobDecryptor({ facts, dataKey, range: whole ? undefined : range })
    const { offset, length } = decryptor.ciphertextRange
    if (part.inline === undefined)
      for await (const ciphertext of deps.blobs.read(part.blobId, offset, length, decryptor.pieces))
        yield* decryptor.push(ciphertext)
    else if (part.inline.length !== ciphertextBytes(suite, chunkLog2, part.size)) throw corrupt(row)
    else yield* decryptor.push(part.inline.subarray(offset, offset + length))
    yield* decryptor.end()
  } catch (error) {
    if (isCryptoError(error)) throw corrupt(row, error)
    throw error
  }
}

function corrupt(row: ObjectRow, cause?: unknown): StoreError {
  return new StoreError(
    'ObjectCorrupt',
    'The object does not pass its integrity check',
    { objectId: row.objectId },
    { cause },
  )
}

/** Written out, because `return()` on a generator that was never started would not close the blob. */
function resume(first: Buffer, rest: AsyncGenerator<Buffer, void>): AsyncIterable<Buffer> {
  let pending: Buffer | undefined = first
  const iterator: AsyncIterator<Buffer, void> = {
    next: () => {
      if (pending === undefined) return rest.next()
      const value = pending
      pending = undefined
      return Promise.resolve({ done: false, value })
    },
    return: () => rest.return(),
  }
  return { [Symbol.asyncIterator]: () => iterator }
}

async function* empty(): AsyncGenerator<Buffer, void> {}
