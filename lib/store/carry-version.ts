import type { StoreDeps } from './deps.ts'
import type { ObjectIdentity } from './encryption.ts'
import { keepEtag, openEtag, partBinding } from './etag.ts'
import type { ObjectRow, PartRow } from './model.ts'
import { ObjectSeal } from './object-record.ts'
import type { OpenedObject } from './read-object.ts'

const NOTHING = Buffer.alloc(0)

/** A version that keeps its content, and the identity that it gets. */
export interface Carried {
  from: OpenedObject
  to: ObjectIdentity
  seal: ObjectSeal
}

export function carried(from: OpenedObject, to: ObjectIdentity): Carried {
  const suite = to.record.mode === 'none' ? undefined : to.record.suite
  return { from, to, seal: ObjectSeal.of(suite, to.dataKey, to.objectId) }
}

/** A part under the new identity: its place, size, checksums and ETag stay, its blob is the one given. */
export function carryPart(
  deps: Pick<StoreDeps, 'keyring'>,
  { from, to, seal }: Carried,
  part: PartRow,
  blob: Pick<PartRow, 'blobId' | 'salt' | 'commitment' | 'inline'>,
): PartRow {
  const { blobId, salt, commitment, inline } = blob
  const { objectId } = to
  return seal.signPart({
    ...part,
    ...{ objectId, blobId, salt, commitment, inline },
    checksums: seal.sealChecksums(from.seal.openChecksums(part.checksums)),
    etag: carryPartEtag(deps, { from, to, seal }, part, blobId),
    mac: NOTHING,
  })
}

function carryPartEtag(
  { keyring }: Pick<StoreDeps, 'keyring'>,
  { from: { row }, to }: Carried,
  { objectId, blobId, etag }: PartRow,
  newBlobId: string,
) {
  // The part of a single upload carries the object's own ETag record (put-object.ts).
  const binding = (id: string, blob: string): string => (row.multipart ? partBinding(id, blob) : id)
  const kept = { value: openEtag(keyring, binding(objectId, blobId), etag), etag, from: row.encryption }
  return keepEtag(keyring, kept, to.record, binding(to.objectId, newBlobId))
}

/** The row under the new identity; whoever changes its headers signs it again. */
export function carryRow({ keyring }: Pick<StoreDeps, 'keyring'>, { from, to, seal }: Carried): ObjectRow {
  const { bucket, row, etag } = from
  const { objectId, record } = to
  const object = {
    ...row,
    objectId,
    encryption: record,
    etag: keepEtag(keyring, { value: etag, etag: row.etag, from: row.encryption }, record, objectId),
    checksums: seal.sealChecksums(from.seal.openChecksums(row.checksums)),
  }
  return { ...object, objectMac: seal.objectMac(bucket, object, etag) }
}
