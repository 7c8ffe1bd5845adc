import { StoreError } from '../errors.ts'
import type { StoreDeps } from './deps.ts'
import { Digests } from './digests.ts'
import type { ObjectIdentity } from './encryption.ts'
import { keepEtag, openEtag, partBinding } from './etag.ts'
import type { ObjectChecksum, ObjectRow, PartRow } from './model.ts'
import { ObjectSeal } from './object-record.ts'
import { blobKeyOf } from './put-object.ts'
import { partPlaintext, partsOf, type OpenedObject } from './read-object.ts'
import { writeBlob } from './write-blob.ts'

const NOTHING = Buffer.alloc(0)

export interface RewrittenVersion {
  object: ObjectRow
  parts: PartRow[]
  /** those that are files, durable and not named by any row yet */
  blobIds: string[]
}

/**
 * The same content under another data key and id: every part is decrypted and encrypted again, in its place and size,
 * with its checksums and ETag; nothing else of the row changes. What was damaged at rest is not made whole by it: the
 * plaintext must still have the checksum it was stored with. On any failure nothing is left behind.
 * @throws StoreError ObjectCorrupt | ClientDisconnected | StorageFull
 */
export async function rewriteVersion(
  deps: StoreDeps,
  opened: OpenedObject,
  identity: ObjectIdentity,
  signal: AbortSignal,
): Promise<RewrittenVersion> {
  const { row } = opened
  const suite = identity.record.mode === 'none' ? undefined : identity.record.suite
  const seal = ObjectSeal.of(suite, identity.dataKey, identity.objectId)
  const old = await partsOf(deps, opened, { start: 0, endInclusive: row.size - 1 })
  const release = deps.blobs.hold(old.map(({ blobId }) => blobId))
  const parts: PartRow[] = []
  try {
    for (const part of old) parts.push(await rewritePart(deps, opened, part, { identity, seal, signal }))
  } catch (error) {
    await Promise.allSettled(filed(parts).map((id) => deps.blobs.delete(id)))
    throw error
  } finally {
    release()
  }
  return { object: rewrittenRow(deps, opened, identity, seal), parts, blobIds: filed(parts) }
}

interface Target {
  identity: ObjectIdentity
  seal: ObjectSeal
  signal: AbortSignal
}

async function rewritePart(
  deps: StoreDeps,
  opened: OpenedObject,
  part: PartRow,
  { identity, seal, signal }: Target,
): Promise<PartRow> {
  opened.seal.verifyPart(part)
  const checksums = opened.seal.openChecksums(part.checksums)
  const algorithms = checksums.map(({ algorithm }) => algorithm)
  const digests = new Digests(algorithms, deps.hashPool, part.size)
  const whole = { start: 0, endInclusive: part.size - 1 }
  const { blobId, salt, commitment, inline } = await writeBlob(deps, {
    body: until(signal, partPlaintext(deps, opened, part, whole)),
    key: blobKeyOf(identity),
    digests,
    maximumSize: part.size,
    contentLength: part.size,
    verify: () => verifyContent(checksums, digests),
    mayBeInline: !opened.row.multipart,
  })
  return seal.signPart({
    ...part,
    objectId: identity.objectId,
    blobId,
    salt,
    commitment,
    inline,
    checksums: seal.sealChecksums(checksums),
    etag: keptPartEtag(deps, opened, part, { identity, blobId }),
    mac: NOTHING,
  })
}

function keptPartEtag(
  { keyring }: StoreDeps,
  { row }: OpenedObject,
  { objectId, blobId, etag }: PartRow,
  to: { identity: ObjectIdentity; blobId: string },
) {
  // The part of a single upload carries the object's own ETag record (put-object.ts).
  const binding = row.multipart ? partBinding(objectId, blobId) : objectId
  const newId = to.identity.objectId
  const newBinding = row.multipart ? partBinding(newId, to.blobId) : newId
  const kept = { value: openEtag(keyring, binding, etag), etag, from: row.encryption }
  return keepEtag(keyring, kept, to.identity.record, newBinding)
}

function rewrittenRow(
  { keyring }: StoreDeps,
  { bucket, row, seal: oldSeal, etag }: OpenedObject,
  { objectId, record }: ObjectIdentity,
  seal: ObjectSeal,
): ObjectRow {
  const object = {
    ...row,
    objectId,
    encryption: record,
    etag: keepEtag(keyring, { value: etag, etag: row.etag, from: row.encryption }, record, objectId),
    checksums: seal.sealChecksums(oldSeal.openChecksums(row.checksums)),
  }
  return { ...object, objectMac: seal.objectMac(bucket, object, etag) }
}

function filed(parts: readonly PartRow[]): string[] {
  return parts.filter(({ inline }) => inline === undefined).map(({ blobId }) => blobId)
}

/** @throws StoreError ObjectCorrupt */
function verifyContent(checksums: readonly ObjectChecksum[], digests: Digests): void {
  for (const { algorithm, value } of checksums)
    if (digests.result(algorithm).toString('base64') !== value)
      throw new StoreError('ObjectCorrupt', 'The object does not have the checksum it was stored with')
}

/** @throws StoreError ClientDisconnected when nobody waits for it any more */
async function* until(signal: AbortSignal, body: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  for await (const piece of body) {
    if (signal.aborted) throw new StoreError('ClientDisconnected', 'The change was given up')
    yield piece
  }
}
