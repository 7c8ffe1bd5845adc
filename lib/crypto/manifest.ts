import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { be32, be64, lengthPrefixed } from './bytes.ts'
import { CryptoError } from './crypto-error.ts'
import { hkdf, hkdfExpand, hkdfExtract } from './hkdf.ts'
import { suiteById, suiteByName, type Suite, type SuiteName } from './suites.ts'

/** Facts of an object version that its MAC covers. */
export interface ObjectFacts {
  bucketId: string
  key: string
  /** plaintext bytes */
  size: number
  /** how many parts */
  parts: number
  etag: string
  contentType: string
  /** undefined: the null version, which needs no name */
  versionId?: string | undefined
  /** it may grow (AppendObject) */
  appendable?: boolean | undefined
}

/** Facts of one part that its MAC covers. */
export interface PartFacts {
  number: number
  /** first plaintext byte within the object */
  offset: number
  /** 16 bytes */
  blobId: Buffer
  /** 32 bytes */
  salt: Buffer
  /** plaintext bytes */
  size: number
  /** the sealed checksums as stored */
  checksums: Buffer
}

const KEY_BYTES = 32
const SALT_BYTES = 16

/**
 * The keys that prove and seal an object version's rows, derived from its data key (FORMAT.md, "Manifest").
 * They cannot decrypt data.
 */
export class FinishingKeys {
  readonly #suite: Suite
  readonly #manifestKey: Buffer
  readonly #metaKey: Buffer
  readonly #objectId: string

  private constructor(suite: Suite, manifestKey: Buffer, metaKey: Buffer, objectId: string) {
    this.#suite = suite
    this.#manifestKey = manifestKey
    this.#metaKey = metaKey
    this.#objectId = objectId
  }

  /**
   * Both keys at once, though most reads need one: kept for later, the data key would make these keys able to decrypt,
   * and a caller that wiped it meanwhile would seal under a key that anyone can derive.
   */
  static derive(suiteName: SuiteName, dataKey: Buffer, objectId: string): FinishingKeys {
    const suite = suiteByName(suiteName)
    const pseudorandomKey = hkdfExtract(suite.hash, dataKey, objectId)
    const derived = (info: string): Buffer => hkdfExpand(suite.hash, pseudorandomKey, info, KEY_BYTES)
    return new FinishingKeys(suite, derived('ose/v1/manifest\0'), derived('ose/v1/meta\0'), objectId)
  }

  /** @throws CryptoError BadFormat */
  static import(bytes: Buffer, objectId: string): FinishingKeys {
    if (bytes.length !== 1 + 2 * KEY_BYTES) throw new CryptoError('BadFormat', 'Not finishing keys')
    const [manifestKey, metaKey] = [bytes.subarray(1, 1 + KEY_BYTES), bytes.subarray(1 + KEY_BYTES)]
    return new FinishingKeys(suiteById(bytes[0]!), manifestKey, metaKey, objectId)
  }

  /** Secret; to be sealed before it is stored. */
  export(): Buffer {
    return Buffer.concat([Buffer.from([this.#suite.id]), this.#manifestKey, this.#metaKey])
  }

  objectMac(facts: ObjectFacts): Buffer {
    return this.#objectMacOf(facts)
      .update(lengthPrefixed(facts.bucketId))
      .update(lengthPrefixed(facts.key))
      .update(lengthPrefixed(this.#objectId))
      .update(Buffer.from([this.#suite.id]))
      .update(be64(facts.size))
      .update(be32(facts.parts))
      .update(lengthPrefixed(facts.etag))
      .update(lengthPrefixed(facts.contentType))
      .digest()
  }

  /** What an object may have besides is said by the label, so that objects without it keep the MAC they had. */
  #objectMacOf({ versionId, appendable }: ObjectFacts) {
    if (appendable) return this.#mac('ose/v1/object-appendable\0').update(lengthPrefixed(versionId ?? ''))
    return versionId === undefined
      ? this.#mac('ose/v1/object\0')
      : this.#mac('ose/v1/object-version\0').update(lengthPrefixed(versionId))
  }

  /** @throws CryptoError BadArgument: without prefixes, only fixed lengths keep blobId and salt apart */
  partMac(facts: PartFacts): Buffer {
    if (facts.blobId.length !== 16 || facts.salt.length !== 32)
      throw new CryptoError('BadArgument', 'A blob id has 16 bytes and a salt 32')
    return this.#mac('ose/v1/part\0')
      .update(lengthPrefixed(this.#objectId))
      .update(be32(facts.number))
      .update(be64(facts.offset))
      .update(facts.blobId)
      .update(facts.salt)
      .update(be64(facts.size))
      .update(lengthPrefixed(facts.checksums))
      .digest()
  }

  /** @throws CryptoError IntegrityError; BadArgument when facts can be those of no object */
  verifyObject(facts: ObjectFacts, mac: Buffer): void {
    verify(this.objectMac(facts), mac)
  }

  /** @throws CryptoError IntegrityError; BadArgument when facts can be those of no object */
  verifyPart(facts: PartFacts, mac: Buffer): void {
    verify(this.partMac(facts), mac)
  }

  /** salt(16) ‖ ciphertext ‖ tag, under a key derived for this sealing alone. */
  sealAttributes(bytes: Buffer): Buffer {
    const salt = randomBytes(SALT_BYTES)
    const { ciphertext, tag } = this.#attributeCipher(salt).seal(bytes, Buffer.from(this.#objectId))
    return Buffer.concat([salt, ciphertext, tag])
  }

  /** @throws CryptoError IntegrityError */
  openAttributes(sealed: Buffer): Buffer {
    const { tagBytes } = this.#suite
    if (sealed.length < SALT_BYTES + tagBytes)
      throw new CryptoError('IntegrityError', 'Authentication failed')
    const tagAt = sealed.length - tagBytes
    return this.#attributeCipher(sealed.subarray(0, SALT_BYTES)).open(
      sealed.subarray(SALT_BYTES, tagAt),
      sealed.subarray(tagAt),
      Buffer.from(this.#objectId),
    )
  }

  #attributeCipher(salt: Buffer) {
    return this.#suite.keyCipher(
      hkdf(this.#suite.hash, this.#metaKey, salt, 'ose/v1/attributes\0', this.#suite.wrapKeyBytes),
    )
  }

  #mac(label: string) {
    return createHmac(this.#suite.hash, this.#manifestKey).update(label)
  }
}

function verify(computed: Buffer, given: Buffer): void {
  if (given.length !== computed.length || !timingSafeEqual(computed, given))
    throw new CryptoError('IntegrityError', 'The manifest does not hold')
}
