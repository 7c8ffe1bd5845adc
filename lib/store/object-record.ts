import { FinishingKeys } from '../crypto/manifest.ts'
import { isCryptoError } from '../crypto/crypto-error.ts'
import { StoreError } from '../errors.ts'
import type { Bucket, ObjectChecksum, ObjectRow, PartRow } from './model.ts'
import { NULL_VERSION } from './version-ids.ts'

const NOTHING = Buffer.alloc(0)

/**
 * Proves and checks the rows of one object version: MACs over sizes, names and parts, sealed checksums.
 * Plaintext objects have nothing to prove, so for them it is an empty hand with the same gestures.
 */
export class ObjectSeal {
  readonly #keys: FinishingKeys | undefined

  private constructor(keys: FinishingKeys | undefined) {
    this.#keys = keys
  }

  /** `dataKey` undefined: a plaintext object. */
  static of(suite: 'AES256' | 'SM4' | undefined, dataKey: Buffer | undefined, objectId: string): ObjectSeal {
    return new ObjectSeal(dataKey && suite ? FinishingKeys.derive(suite, dataKey, objectId) : undefined)
  }

  /** From what was kept with an SSE-C upload (model.ts, UploadRow.sealedFinishingKeys). */
  static fromExported(bytes: Buffer, objectId: string): ObjectSeal {
    return new ObjectSeal(FinishingKeys.import(bytes, objectId))
  }

  /** To be sealed before it is stored. Cannot decrypt data. */
  export(): Buffer {
    return this.#keys?.export() ?? NOTHING
  }

  sealChecksums(checksums: readonly ObjectChecksum[]): Buffer {
    const bytes = Buffer.from(JSON.stringify(checksums))
    return this.#keys ? this.#keys.sealAttributes(bytes) : bytes
  }

  /** @throws StoreError ObjectCorrupt */
  openChecksums(stored: Buffer): ObjectChecksum[] {
    const bytes = this.#keys ? corruptOnFailure(() => this.#keys!.openAttributes(stored)) : stored
    try {
      return JSON.parse(bytes.toString()) as ObjectChecksum[]
    } catch {
      // Without a cause: the parser's message would quote the bytes.
      throw corrupt()
    }
  }

  /** The part with its MAC, ready for the catalog. */
  signPart(part: PartRow): PartRow {
    return this.#keys ? { ...part, mac: this.#keys.partMac(partFacts(part)) } : part
  }

  objectMac(bucket: Bucket, object: Omit<ObjectRow, 'objectMac'>, etag: string): Buffer | undefined {
    return this.#keys?.objectMac(objectFacts(bucket, object.key, object, etag))
  }

  /** Bucket and key come from the request, not the row. @throws StoreError ObjectCorrupt */
  verifyObject(bucket: Bucket, key: string, object: ObjectRow, etag: string): void {
    const keys = this.#keys
    if (keys)
      corruptOnFailure(() =>
        keys.verifyObject(objectFacts(bucket, key, object, etag), object.objectMac ?? NOTHING),
      )
    // A row that says plaintext but was signed once: its ciphertext must not go out as content.
    else if (object.objectMac !== undefined) throw corrupt()
  }

  /** @throws StoreError ObjectCorrupt */
  verifyPart(part: PartRow): void {
    const keys = this.#keys
    if (keys) corruptOnFailure(() => keys.verifyPart(partFacts(part), part.mac))
    else if (part.mac.length + part.salt.length + part.commitment.length > 0) throw corrupt()
  }
}

function objectFacts(bucket: Bucket, key: string, object: Omit<ObjectRow, 'objectMac'>, etag: string) {
  return {
    bucketId: bucket.bucketId,
    key,
    size: object.size,
    parts: object.partCount,
    etag,
    contentType: object.metadata.contentType,
    versionId: object.versionId === NULL_VERSION ? undefined : object.versionId,
    appendable: object.appendable,
  }
}

function partFacts(part: PartRow) {
  return {
    number: part.number,
    offset: part.offset,
    blobId: Buffer.from(part.blobId, 'hex'),
    salt: part.salt,
    size: part.size,
    checksums: part.checksums,
  }
}

/** Rows that do not prove themselves are damage or tampering, never the client's fault. */
function corruptOnFailure<T>(check: () => T): T {
  try {
    return check()
  } catch (error) {
    if (isCryptoError(error)) throw corrupt(error)
    throw error
  }
}

function corrupt(cause?: unknown): StoreError {
  return new StoreError('ObjectCorrupt', 'The object does not pass its integrity check', {}, { cause })
}
