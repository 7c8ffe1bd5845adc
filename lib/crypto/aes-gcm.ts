import { createCipheriv, createDecipheriv } from 'node:crypto'
import { CryptoError } from './crypto-error.ts'
import type { ChunkCipher, KeyCipher, Suite } from './suites.ts'

const ALGORITHM = 'aes-256-gcm'
const TAG_BYTES = 16
const OPTIONS = { authTagLength: TAG_BYTES }

/** Suite 1: AES-256-GCM (NIST SP 800-38D), nonce = N with its last 8 bytes XOR BE64(i). */
export const aesGcm: Suite = {
  id: 1,
  name: 'AES256',
  hash: 'sha256',
  tagBytes: TAG_BYTES,
  chunkKeyBytes: 44,
  chunkCipher: (material) => chunkCipher(material.subarray(0, 32), material.subarray(32, 44)),
  wrapKeyBytes: 44,
  keyCipher: (material) => keyCipher(material.subarray(0, 32), material.subarray(32, 44)),
}

function chunkCipher(key: Buffer, base: Buffer): ChunkCipher {
  const low = base.readBigUInt64BE(4)
  const nonceOf = (index: number): Buffer => {
    const nonce = Buffer.from(base)
    nonce.writeBigUInt64BE(low ^ BigInt(index), 4)
    return nonce
  }
  return {
    seal: (index, pieces) => {
      const cipher = createCipheriv(ALGORITHM, key, nonceOf(index), OPTIONS)
      const sealed = pieces.map((piece) => cipher.update(piece))
      cipher.final()
      sealed.push(cipher.getAuthTag())
      return sealed
    },
    open: (index, pieces, tag) => {
      const decipher = createDecipheriv(ALGORITHM, key, nonceOf(index), OPTIONS).setAuthTag(tag)
      const plaintext = pieces.map((piece) => decipher.update(piece))
      authenticate(() => decipher.final())
      return plaintext
    },
  }
}

function keyCipher(key: Buffer, nonce: Buffer): KeyCipher {
  return {
    seal: (plaintext, aad) => {
      const cipher = createCipheriv(ALGORITHM, key, nonce, OPTIONS).setAAD(aad)
      const ciphertext = cipher.update(plaintext)
      cipher.final()
      return { ciphertext, tag: cipher.getAuthTag() }
    },
    open: (ciphertext, tag, aad) => {
      const decipher = createDecipheriv(ALGORITHM, key, nonce, OPTIONS).setAAD(aad).setAuthTag(tag)
      const plaintext = decipher.update(ciphertext)
      authenticate(() => decipher.final())
      return plaintext
    },
  }
}

function authenticate(final: () => unknown): void {
  try {
    final()
  } catch {
    throw new CryptoError('IntegrityError', 'Authentication failed')
  }
}
