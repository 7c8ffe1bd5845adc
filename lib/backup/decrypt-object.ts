import { createChecksum, readyChecksums } from '../crypto/checksums.ts'
import type { Checksum } from '../crypto/checksums.ts'
import { isCryptoError } from '../crypto/crypto-error.ts'
import { BlobDecryptor } from '../crypto/decrypt.ts'
import { FinishingKeys } from '../crypto/manifest.ts'
import { sameBytes } from '../keys/same-bytes.ts'
import type { Keyring } from '../keys/keyring.ts'
import type { CustomerKey } from '../store/encryption-model.ts'
import type { Bucket, ObjectChecksum, ObjectRow, PartRow } from '../store/model.ts'
import { BackupError } from './backup-error.ts'

/** The rows of one object, as a database has them. */
export interface StoredObject {
  bucket: Bucket
  object: ObjectRow
  parts: PartRow[]
}

/** Bytes of a blob from a folder of blobs, whole. */
export type ReadBlob = (blobId: string) => AsyncIterable<Buffer>

export interface DecryptOrder {
  stored: StoredObject
  /** as asked for: bucket and key are bound into the wrapping and the manifest */
  key: string
  keyring: Keyring
  customerKey?: CustomerKey | undefined
  readBlob: ReadBlob
}

/**
 * The plaintext of one object from its rows and blobs, without a server (crypto/FORMAT.md, "Reading" and "Manifest").
 * Yields only bytes whose chunk was authenticated; whoever writes them keeps the file only when this ends well: the
 * last look is at the size and the stored checksums.
 * @throws BackupError Damaged | NotFound; StoreError CustomerKeyRequired | WrongCustomerKey | Key* | ObjectCorrupt
 */
export async function* decryptObject(order: DecryptOrder): AsyncGenerator<Buffer, void> {
  await readyChecksums()
  const { object, parts } = order.stored
  refuseLink(order)
  const proof = await proveObject(order)
  const digests = runningDigests(proof)
  let offset = 0
  for (const part of checkedParts(object, parts, proof.keys))
    for await (const plaintext of partPlaintext(order, part, proof.dataKey)) {
      offset += plaintext.length
      for (const { checksum } of digests) checksum.update(plaintext)
      yield plaintext
    }
  proof.dataKey?.fill(0)
  const right = digests.every(({ checksum, expected }) => sameBytes(checksum.digest(), expected))
  if (offset !== object.size || !right)
    throw damaged('its content has not the size and checksums it was stored with')
}

/** A link has no content of its own: an empty file in its place would look like a loss. */
function refuseLink({ stored: { bucket, object }, key, keyring }: DecryptOrder): void {
  if (object.symlink === undefined) return
  const place = JSON.stringify([bucket.bucketId, key, object.versionId])
  const target = keyring.open('symlink', place, object.symlink).toString()
  throw new BackupError('NotFound', `The object is a symbolic link to ${target}.`, 'Ask for that object.')
}

interface Proof {
  dataKey: Buffer | undefined
  /** undefined: a plaintext object, which nothing proves but its checksums */
  keys: FinishingKeys | undefined
  checksums: ObjectChecksum[]
}

/** Opens the data key under the bucket and key that were asked for, and checks the object's MAC. */
async function proveObject({ stored, key, keyring, customerKey }: DecryptOrder): Promise<Proof> {
  const { bucket, object } = stored
  const { encryption, objectId } = object
  const { bucketId, projectId } = bucket
  const etag =
    'open' in object.etag ? object.etag.open : keyring.open('etag', objectId, object.etag.sealed).toString()
  if (encryption.mode === 'none') {
    if (object.objectMac !== undefined) throw damaged('its row says plaintext, but was signed once')
    return { dataKey: undefined, keys: undefined, checksums: parsed(object.checksums) }
  }
  const place = { bucketId, objectKey: key, objectId }
  const dataKey = await keyring.decryptDataKey(projectId, encryption, place, customerKey)
  const keys = FinishingKeys.derive(encryption.suite, dataKey, objectId)
  const { size, partCount, metadata, objectMac } = object
  const versionId = object.versionId === 'null' ? undefined : object.versionId
  const { contentType } = metadata
  const { appendable } = object
  const facts = { bucketId, key, size, parts: partCount, etag, contentType, versionId, appendable }
  const checksums = proving('its row was changed', () => {
    keys.verifyObject(facts, objectMac ?? Buffer.alloc(0))
    return parsed(keys.openAttributes(object.checksums))
  })
  return { dataKey, keys, checksums }
}

/** All parts, each with its MAC, one behind the other from the first byte to the last. */
function checkedParts(object: ObjectRow, parts: PartRow[], keys: FinishingKeys | undefined): PartRow[] {
  let reached = 0
  for (const part of parts) {
    if (part.offset !== reached) throw damaged('a part of it is missing or was moved')
    reached += part.size
    const { number, offset, salt, size, checksums, mac, commitment } = part
    const facts = { number, offset, blobId: Buffer.from(part.blobId, 'hex'), salt, size, checksums }
    if (keys) proving('the row of a part was changed', () => keys.verifyPart(facts, mac))
    else if (mac.length + salt.length + commitment.length > 0) throw damaged('a part of it was signed once')
  }
  if (parts.length !== object.partCount || reached !== object.size) throw damaged('a part of it is missing')
  return parts
}

async function* partPlaintext(
  { stored, readBlob }: DecryptOrder,
  part: PartRow,
  dataKey: Buffer | undefined,
): AsyncGenerator<Buffer, void> {
  const { encryption } = stored.object
  const bytes = part.inline === undefined ? readBlob(part.blobId) : [part.inline]
  if (encryption.mode === 'none' || dataKey === undefined) {
    yield* bytes
    return
  }
  const { suite, chunkLog2 } = encryption
  const blobId = Buffer.from(part.blobId, 'hex')
  const { salt, commitment, size: plaintextBytes } = part
  try {
    const facts = { suite, chunkLog2, blobId, salt, commitment, plaintextBytes }
    const decryptor = new BlobDecryptor({ facts, dataKey })
    for await (const ciphertext of bytes) yield* decryptor.push(ciphertext)
    yield* decryptor.end()
  } catch (error) {
    if (isCryptoError(error)) throw damaged(`its blob ${part.blobId} was changed or is not whole`)
    throw error
  }
}

/**
 * Checksums over the whole content; composite ones (`-N`) are over checksums of parts, which the tags prove already. The
 * ETag is no such checksum: one that came from a managed key's object stays when its encryption is modified.
 */
function runningDigests({ checksums }: Proof): { checksum: Checksum; expected: Buffer }[] {
  return checksums
    .filter(({ type }) => type === 'FULL_OBJECT')
    .map(({ algorithm, value }) => ({
      checksum: createChecksum(algorithm),
      expected: Buffer.from(value, 'base64'),
    }))
}

function parsed(json: Buffer): ObjectChecksum[] {
  try {
    return JSON.parse(json.toString()) as ObjectChecksum[]
  } catch {
    // Without a cause: the parser's message would quote the bytes.
    throw damaged('its checksums cannot be read')
  }
}

function proving<T>(what: string, check: () => T): T {
  try {
    return check()
  } catch (error) {
    if (isCryptoError(error)) throw damaged(what)
    throw error
  }
}

function damaged(what: string): BackupError {
  return new BackupError(
    'Damaged',
    `The object does not prove itself: ${what}.`,
    'Try another copy of blobs and database.',
  )
}
