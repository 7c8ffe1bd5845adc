import { createCipheriv, createDecipheriv, createHmac, createSecretKey, randomBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { lengthPrefixedList } from '../length-prefixed.ts'
import type { Root, RootPurpose } from './root-key.ts'

const FORMAT = 1
const HEADER_BYTES = 2
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** The bytes were not sealed by this root for this purpose and binding, or were changed: one answer for every cause. */
export class RootBoxError extends Error {
  readonly code = 'IntegrityError'

  constructor() {
    super('Sealed bytes could not be opened')
    this.name = 'RootBoxError'
  }
}

/**
 * Seals short secrets under a key derived from the root: `01 ‖ root version ‖ nonce(12) ‖ ciphertext ‖ tag(16)`,
 * AES-256-GCM with header ‖ binding as AAD. Each binding has a key of its own (HMAC of the binding), because
 * random nonces allow only 2^32 seals under one key (NIST SP 800-38D §8.3) and a busy store makes more ETags.
 */
export class RootBox {
  readonly #key: KeyObject
  readonly #header: Buffer

  constructor(root: Root, purpose: RootPurpose, ...context: string[]) {
    this.#key = createSecretKey(root.derive(purpose, ...context))
    this.#header = Buffer.from([FORMAT, root.version])
  }

  /** @param binding what the bytes belong to; the same texts in the same order open them again */
  seal(binding: readonly string[], bytes: Buffer): Buffer {
    const place = lengthPrefixedList(binding)
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#keyOf(place), nonce, { authTagLength: TAG_BYTES })
    cipher.setAAD(Buffer.concat([this.#header, place]))
    const ciphertext = cipher.update(bytes)
    cipher.final()
    return Buffer.concat([this.#header, nonce, ciphertext, cipher.getAuthTag()])
  }

  /** @throws RootBoxError */
  open(binding: readonly string[], sealed: Buffer): Buffer {
    const bodyAt = HEADER_BYTES + NONCE_BYTES
    if (sealed.length < bodyAt + TAG_BYTES || !sealed.subarray(0, HEADER_BYTES).equals(this.#header)) {
      throw new RootBoxError()
    }
    const place = lengthPrefixedList(binding)
    const nonce = sealed.subarray(HEADER_BYTES, bodyAt)
    const decipher = createDecipheriv('aes-256-gcm', this.#keyOf(place), nonce, { authTagLength: TAG_BYTES })
    decipher.setAAD(Buffer.concat([this.#header, place]))
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES))
    const bytes = decipher.update(sealed.subarray(bodyAt, sealed.length - TAG_BYTES))
    try {
      decipher.final()
    } catch {
      throw new RootBoxError()
    }
    return bytes
  }

  #keyOf(place: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(place).digest()
  }
}
