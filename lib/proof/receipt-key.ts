import { createHash, createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto'
import type { Root } from '../keys/root/root-key.ts'

/** What anybody may know of the key that signs receipts. */
export interface ReceiptPublicKey {
  /** SHA-256 of the public key (SubjectPublicKeyInfo, DER), hex */
  fingerprint: string
  /** SubjectPublicKeyInfo, DER, base64 */
  publicKey: string
  pem: string
}

/** RFC 8410 §7: PrivateKeyInfo of Ed25519 up to the 32 bytes of the key. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')

/**
 * Ed25519 (RFC 8032) under a key of the root: whoever restores the root signs with the same key, and receipts that were
 * given out stay good. It signs receipts and nothing else.
 */
export class ReceiptKey {
  readonly #private: KeyObject
  readonly public: ReceiptPublicKey

  constructor(root: Pick<Root, 'derive'>) {
    const seed = root.derive('receipt')
    const der = Buffer.concat([PKCS8_PREFIX, seed])
    this.#private = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    seed.fill(0)
    der.fill(0)
    const key = createPublicKey(this.#private)
    const spki = key.export({ format: 'der', type: 'spki' })
    this.public = {
      fingerprint: createHash('sha256').update(spki).digest('hex'),
      publicKey: spki.toString('base64'),
      pem: key.export({ format: 'pem', type: 'spki' }).toString(),
    }
  }

  /** 64 bytes */
  sign(message: Buffer): Buffer {
    return sign(null, message, this.#private)
  }
}
