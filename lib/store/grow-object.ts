import { combineCrc, type CrcName } from '../crypto/crc-combine.ts'
import { StoreError } from '../errors.ts'
import { checkAppendable } from './append-position.ts'
import type { StoreDeps } from './deps.ts'
import { Digests, fullObject, verifyChecks } from './digests.ts'
import { opaqueEtag } from './etag.ts'
import type { ChecksumAlgorithm, ObjectChecksum, ObjectRow, PartRow } from './model.ts'
import type { AppendObject } from './operations.ts'
import { blobKeyOf } from './put-object.ts'
import { partPlaintext, type OpenedObject } from './read-object.ts'
import { INLINE_BYTES, writeBlob, type WrittenBlob } from './write-blob.ts'

/** The longest an appendable object can get (Aliyun, "AppendObject"; Tencent, "APPEND Object"). */
export const MAX_APPENDABLE_BYTES = 5 * 2 ** 30

export interface Tail {
  part: PartRow
  /** the new part takes its place and its bytes */
  absorbed: boolean
}

/**
 * The last part. A small one becomes one with what is appended: a log that grows line by line would have a part for each
 * line. How small follows the object, so that little is written again, and 5 GiB are reached with less than 7,000 parts:
 * 1,024 of 16 KiB up to 16 MiB, then 1,024 · ln(5 GiB / 16 MiB).
 */
export async function tailOf(deps: StoreDeps, { row, seal }: OpenedObject, position: number): Promise<Tail> {
  const part = await deps.catalog.part(row.objectId, row.partCount)
  if (part === undefined || part.offset + part.size !== row.size) {
    // Somebody appended since the row was read, or its parts are damaged.
    checkAppendable(await deps.catalog.findObject(row.bucketId, row.key), position)
    throw new StoreError('ObjectCorrupt', 'The object does not pass its integrity check', {
      objectId: row.objectId,
    })
  }
  seal.verifyPart(part)
  return { part, absorbed: part.size < Math.max(INLINE_BYTES, row.size / 1024) }
}

/** The blob of the new part; `digests` are of the appended bytes alone. */
export async function writeGrown(
  deps: StoreDeps,
  opened: OpenedObject,
  { body, contentLength, checks }: AppendObject,
  { tail, digests }: { tail: Tail; digests: Digests },
): Promise<WrittenBlob> {
  const { row, dataKey } = opened
  const { part } = tail
  const before = tail.absorbed ? part.size : 0
  const whole = { start: 0, endInclusive: part.size - 1 }
  const release = deps.blobs.hold(tail.absorbed ? [part.blobId] : [])
  try {
    return await writeBlob(deps, {
      body: joined(tail.absorbed ? partPlaintext(deps, opened, part, whole) : undefined, body, digests),
      key: blobKeyOf({ objectId: row.objectId, record: row.encryption, dataKey }),
      digests: new Digests([]),
      maximumSize: MAX_APPENDABLE_BYTES - row.size + before,
      contentLength: contentLength === undefined ? undefined : contentLength + before,
      verify: () => verifyChecks(checks, digests),
      mayBeInline: true,
    })
  } finally {
    release()
  }
}

async function* joined(
  before: AsyncIterable<Buffer> | undefined,
  body: AsyncIterable<Buffer>,
  digests: Digests,
): AsyncGenerator<Buffer, void> {
  try {
    if (before) yield* before
    for await (const piece of body) {
      const behind = digests.update(piece)
      if (behind) await behind
      yield piece
    }
    await digests.finish()
  } finally {
    digests.abandon()
  }
}

export interface Growth {
  tail: Tail
  blob: WrittenBlob
  /** plaintext bytes */
  added: number
  /** of these */
  digests: Digests
  /** the object's, before */
  stored: readonly ObjectChecksum[]
}

/** The rows of the longer object, proved anew. */
export function grow(deps: StoreDeps, opened: OpenedObject, { tail, blob, added, digests, stored }: Growth) {
  const { row, seal, bucket } = opened
  const { part: last, absorbed } = tail
  const etag = opaqueEtag()
  const now = deps.now()
  const ofPart = absorbed
    ? combined(seal.openChecksums(last.checksums), digests, added)
    : stored
        .filter(({ algorithm }) => isCrc(algorithm))
        .map(({ algorithm }) => fullObject(algorithm, digests))
  const part = seal.signPart({
    objectId: row.objectId,
    number: absorbed ? last.number : last.number + 1,
    offset: absorbed ? last.offset : row.size,
    size: blob.size,
    blobId: blob.blobId,
    salt: blob.salt,
    commitment: blob.commitment,
    etag: { open: etag },
    checksums: seal.sealChecksums(ofPart),
    mac: Buffer.alloc(0),
    uploadedAt: now,
    inline: blob.inline,
  })
  const checksums = combined(stored, digests, added)
  const unsigned = {
    ...row,
    size: row.size + added,
    etag: { open: etag },
    lastModified: now,
    checksums: seal.sealChecksums(checksums),
    partCount: part.number,
  }
  const object: ObjectRow = { ...unsigned, objectMac: seal.objectMac(bucket, unsigned, etag) }
  return { object, part, etag, checksums }
}

/** Those of A ‖ B, where `digests` are B's; what cannot be combined is left out. */
function combined(ofA: readonly ObjectChecksum[], digests: Digests, lengthB: number): ObjectChecksum[] {
  return ofA.flatMap((checksum) => {
    const { algorithm, value } = checksum
    if (!isCrc(algorithm)) return []
    const both = combineCrc(algorithm, Buffer.from(value, 'base64'), digests.result(algorithm), lengthB)
    return [{ ...checksum, value: both.toString('base64') }]
  })
}

export function isCrc(algorithm: ChecksumAlgorithm): algorithm is CrcName {
  return algorithm.startsWith('crc')
}
