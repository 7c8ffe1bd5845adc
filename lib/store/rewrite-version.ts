import { StoreError } from '../errors.ts'
import { carried, carryPart, carryRow, type Carried } from './carry-version.ts'
import type { StoreDeps } from './deps.ts'
import { Digests } from './digests.ts'
import type { ObjectIdentity } from './encryption.ts'
import type { ObjectChecksum, ObjectRow, PartRow } from './model.ts'
import { blobKeyOf } from './put-object.ts'
import { partPlaintext, partsOf, type OpenedObject } from './read-object.ts'
import { whileWanted } from './while-wanted.ts'
import { writeBlob } from './write-blob.ts'

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
  const version = carried(opened, identity)
  const old = await partsOf(deps, opened, { start: 0, endInclusive: opened.row.size - 1 })
  const release = deps.blobs.hold(old.map(({ blobId }) => blobId))
  const parts: PartRow[] = []
  try {
    for (const part of old) parts.push(await rewritePart(deps, version, part, signal))
  } catch (error) {
    await Promise.allSettled(filed(parts).map((id) => deps.blobs.delete(id)))
    throw error
  } finally {
    release()
  }
  return { object: carryRow(deps, version), parts, blobIds: filed(parts) }
}

async function rewritePart(
  deps: StoreDeps,
  version: Carried,
  part: PartRow,
  signal: AbortSignal,
): Promise<PartRow> {
  const { from, to } = version
  from.seal.verifyPart(part)
  const checksums = from.seal.openChecksums(part.checksums)
  const algorithms = checksums.map(({ algorithm }) => algorithm)
  const digests = new Digests(algorithms, deps.hashPool, part.size)
  const whole = { start: 0, endInclusive: part.size - 1 }
  const blob = await writeBlob(deps, {
    body: whileWanted(signal, partPlaintext(deps, from, part, whole)),
    key: blobKeyOf(to),
    digests,
    maximumSize: part.size,
    contentLength: part.size,
    verify: () => verifyContent(checksums, digests),
    mayBeInline: !from.row.multipart,
  })
  return carryPart(deps, version, part, blob)
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
