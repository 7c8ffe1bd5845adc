import { createCipheriv, createHmac, timingSafeEqual } from 'node:crypto'
import { be32, be64, lengthPrefixed } from './bytes.ts'
import { CryptoError } from './crypto-error.ts'
import type { ChunkCipher, KeyCipher, Suite } from './suites.ts'

const TAG_BYTES = 32
const BLOCK_BYTES = 16

/**
 * Suite 2: SM4-CTR (GB/T 32907) with HMAC-SM3 (GB/T 32905, RFC 2104), encrypt-then-MAC. Node reaches no
 * SM4-GCM, and this construction commits to its key besides.
 */
export const sm4CtrHmac: Suite = {
  id: 2,
  name: 'SM4',
  hash: 'sm3',
  tagBytes: TAG_BYTES,
  chunkKeyBytes: 56,
  chunkCipher: (material, chunkBytes) =>
    chunkCipher(material.subarray(0, 16), material.subarray(16, 48), material.subarray(48, 56), chunkBytes),
  wrapKeyBytes: 64,
  keyCipher: (material) =>
    keyCipher(material.subarray(0, 16), material.subarray(16, 48), material.subarray(48, 64)),
}

function chunkCipher(encKey: Buffer, macKey: Buffer, prefix: Buffer, chunkBytes: number): ChunkCipher {
  const ctr = (index: number) =>
    createCipheriv('sm4-ctr', encKey, Buffer.concat([prefix, be64((chunkBytes / BLOCK_BYTES) * index)]))
  const tagOf = (index: number, ciphertext: readonly Buffer[]): Buffer => {
    const length = ciphertext.reduce((sum, piece) => sum + piece.length, 0)
    const mac = createHmac('sm3', macKey).update(be64(index)).update(be32(length))
    for (const piece of ciphertext) mac.update(piece)
    return mac.digest()
  }
  return {
    seal: (index, pieces) => {
      const cipher = ctr(index)
      const ciphertext = pieces.map((piece) => cipher.update(piece))
      return [...ciphertext, tagOf(index, ciphertext)]
    },
    open: (index, pieces, tag) => {
      verify(tagOf(index, pieces), tag)
      const cipher = ctr(index)
      return pieces.map((piece) => cipher.update(piece))
    },
  }
}

function keyCipher(encKey: Buffer, macKey: Buffer, iv: Buffer): KeyCipher {
  const tagOf = (ciphertext: Buffer, aad: Buffer): Buffer =>
    createHmac('sm3', macKey).update(lengthPrefixed(aad)).update(ciphertext).digest()
  return {
    seal: (plaintext, aad) => {
      const ciphertext = createCipheriv('sm4-ctr', encKey, iv).update(plaintext)
      return { ciphertext, tag: tagOf(ciphertext, aad) }
    },
    open: (ciphertext, tag, aad) => {
      verify(tagOf(ciphertext, aad), tag)
      return createCipheriv('sm4-ctr', encKey, iv).update(ciphertext)
    },
  }
}

function verify(computed: Buffer, given: Buffer): void {
  if (given.length !== TAG_BYTES || !timingSafeEqual(computed, given))
    throw new CryptoError('IntegrityError', 'Authentication failed')
}
