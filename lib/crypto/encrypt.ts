import { randomBytes } from 'node:crypto'
import { deriveBlobKeys } from './blob-keys.ts'
import { CryptoError } from './crypto-error.ts'
import { encodeHeader } from './header.ts'
import { chunkCount } from './segments.ts'
import type { ChunkCipher, SuiteName } from './suites.ts'

/** A chunk kept in more slices than this is joined: a client that sends byte by byte costs 200 bytes for each. */
const MAX_SLICES = 256

/**
 * Plaintext in, an OSE1 blob out: synchronous, no I/O, so the caller's `await` on its sink is the backpressure.
 * A chunk that lies whole inside one input is encrypted from there; partial ones are kept as a list of
 * slices, not joined unless they are tiny. Inputs must not be changed until their chunk came out.
 */
export class BlobEncryptor {
  readonly salt: Buffer
  readonly commitment: Buffer
  readonly #header: Buffer
  readonly #cipher: ChunkCipher
  readonly #chunkLog2: number
  readonly #chunkBytes: number
  #index = 0
  #pending: Buffer[] = []
  #pendingBytes = 0
  #plaintextBytes = 0
  #ended = false

  /** `blobId` 16 bytes, `dataKey` 32 bytes; `salt` only for test vectors, otherwise fresh for each blob. */
  constructor(p: { suite: SuiteName; chunkLog2: number; blobId: Buffer; dataKey: Buffer; salt?: Buffer }) {
    this.salt = p.salt ?? randomBytes(32)
    const { cipher, commitment } = deriveBlobKeys({ ...p, salt: this.salt })
    this.commitment = commitment
    this.#cipher = cipher
    this.#chunkLog2 = p.chunkLog2
    this.#chunkBytes = 2 ** p.chunkLog2
    this.#header = encodeHeader({ ...p, salt: this.salt, commitment })
  }

  get plaintextBytes(): number {
    return this.#plaintextBytes
  }

  /** The 88-byte header. */
  start(): Buffer {
    return this.#header
  }

  /** Ciphertext of the chunks that became full, in order. @throws CryptoError BadArgument after the end, or beyond 2^32 chunks */
  push(plaintext: Buffer): Buffer[] {
    this.#refuseAfterEnd()
    const out: Buffer[] = []
    chunkCount(this.#chunkLog2, this.#plaintextBytes + plaintext.length)
    this.#plaintextBytes += plaintext.length
    let rest = plaintext
    while (this.#pendingBytes + rest.length >= this.#chunkBytes) {
      const taken = this.#chunkBytes - this.#pendingBytes
      this.#pending.push(rest.subarray(0, taken))
      out.push(...this.#seal())
      rest = rest.subarray(taken)
    }
    if (rest.length > 0) {
      this.#pending.push(rest)
      this.#pendingBytes += rest.length
      if (this.#pending.length > MAX_SLICES) this.#pending = [Buffer.concat(this.#pending)]
    }
    return out
  }

  /** The last chunk, always shorter than full, maybe empty: its length proves the end. @throws CryptoError BadArgument the second time */
  end(): Buffer[] {
    this.#refuseAfterEnd()
    this.#ended = true
    return this.#seal()
  }

  /** A chunk behind the short one would make a blob that nobody can read, found out long after it was acknowledged. */
  #refuseAfterEnd(): void {
    if (this.#ended) throw new CryptoError('BadArgument', 'The blob has ended')
  }

  #seal(): Buffer[] {
    const sealed = this.#cipher.seal(this.#index++, this.#pending)
    this.#pending = []
    this.#pendingBytes = 0
    return sealed
  }
}
