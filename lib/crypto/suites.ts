import { aesGcm } from './aes-gcm.ts'
import { CryptoError } from './crypto-error.ts'
import { sm4CtrHmac } from './sm4-ctr-hmac.ts'

export type SuiteName = 'AES256' | 'SM4'

/** Seals and opens the chunks of one blob; knows nothing of framing. */
export interface ChunkCipher {
  /** ciphertext pieces and the tag; `pieces` together are one chunk */
  seal(index: number, pieces: readonly Buffer[]): Buffer[]
  /** @throws CryptoError IntegrityError before any plaintext is released */
  open(index: number, pieces: readonly Buffer[], tag: Buffer): Buffer[]
}

/** Seals one 32-byte data key under a key derived for it alone. */
export interface KeyCipher {
  seal(plaintext: Buffer, aad: Buffer): { ciphertext: Buffer; tag: Buffer }
  /** @throws CryptoError IntegrityError */
  open(ciphertext: Buffer, tag: Buffer, aad: Buffer): Buffer
}

/** All that is known of a suite (FORMAT.md, "Suites"). Adding one is adding a row. */
export interface Suite {
  id: 1 | 2
  name: SuiteName
  /** of HKDF and of the manifest's HMAC */
  hash: 'sha256' | 'sm3'
  tagBytes: number
  /** bytes of key material for the chunks of a blob, without the commitment */
  chunkKeyBytes: number
  chunkCipher(keyMaterial: Buffer, chunkBytes: number): ChunkCipher
  /** bytes of key material for wrapping a data key, without the commitment */
  wrapKeyBytes: number
  keyCipher(keyMaterial: Buffer): KeyCipher
}

const suites: readonly Suite[] = [aesGcm, sm4CtrHmac]

/** @throws CryptoError BadFormat for a name that is no suite */
export function suiteByName(name: string): Suite {
  return found(suites.find((suite) => suite.name === name))
}

/** @throws CryptoError BadFormat for an id that is no suite */
export function suiteById(id: number): Suite {
  return found(suites.find((suite) => suite.id === id))
}

function found(suite: Suite | undefined): Suite {
  if (suite === undefined) throw new CryptoError('BadFormat', 'Unknown cipher suite')
  return suite
}
