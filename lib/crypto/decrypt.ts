import { timingSafeEqual } from 'node:crypto'
import { deriveBlobKeys } from './blob-keys.ts'
import { CryptoError } from './crypto-error.ts'
import { encodeHeader, HEADER_BYTES } from './header.ts'
import { chunkCount, chunkSpan, ciphertextBytes } from './segments.ts'
import { suiteByName, type ChunkCipher, type SuiteName } from './suites.ts'

/** What the catalog knows of a blob; the header must say the same. */
export interface BlobFacts {
  suite: SuiteName
  chunkLog2: number
  /** 16 bytes */
  blobId: Buffer
  /** 32 bytes */
  salt: Buffer
  /** 32 bytes */
  commitment: Buffer
  plaintextBytes: number
}

/**
 * Ciphertext in, authenticated and trimmed plaintext out. No byte of a chunk is released before its tag was
 * verified. A whole read begins with the header and checks it; a range needs only its own chunks, because
 * salt and commitment come from the facts and every other parameter is bound into the keys.
 */
export class BlobDecryptor {
  /** what to fetch from the blob, in order */
  readonly ciphertextRange: { offset: number; length: number }
  readonly #cipher: ChunkCipher
  readonly #tagBytes: number
  readonly #chunkBytes: number
  readonly #lastOfBlob: number
  readonly #lastBytes: number
  readonly #lastChunk: number
  readonly #from: number
  readonly #to: number
  readonly #header: Buffer | undefined
  #headerChecked: boolean
  #index: number
  #pending: Buffer[] = []
  #pendingBytes = 0
  #heldBack: Buffer[] = []
  #refused = false

  /** @throws CryptoError WrongKey when the data key is not the one the blob was made with | BadArgument for a range outside */
  constructor(p: {
    facts: BlobFacts
    dataKey: Buffer
    range?: { start: number; endInclusive: number } | undefined
  }) {
    const { suite, chunkLog2, plaintextBytes, commitment } = p.facts
    const keys = deriveBlobKeys({ ...p.facts, dataKey: p.dataKey })
    if (commitment.length !== keys.commitment.length || !timingSafeEqual(commitment, keys.commitment))
      throw new CryptoError('WrongKey', 'The data key does not belong to this blob')
    this.#cipher = keys.cipher
    this.#tagBytes = suiteByName(suite).tagBytes
    this.#chunkBytes = 2 ** chunkLog2
    this.#lastOfBlob = chunkCount(chunkLog2, plaintextBytes) - 1
    this.#lastBytes = plaintextBytes - this.#lastOfBlob * this.#chunkBytes
    this.#headerChecked = p.range !== undefined
    if (p.range === undefined) {
      this.#header = encodeHeader(p.facts)
      this.ciphertextRange = { offset: 0, length: ciphertextBytes(suite, chunkLog2, plaintextBytes) }
      this.#index = 0
      this.#lastChunk = this.#lastOfBlob
      this.#from = 0
      this.#to = plaintextBytes
    } else {
      const span = chunkSpan(suite, chunkLog2, plaintextBytes, p.range.start, p.range.endInclusive)
      this.ciphertextRange = { offset: span.offset, length: span.length }
      this.#index = span.firstChunk
      this.#lastChunk = span.lastChunk
      this.#from = p.range.start
      this.#to = p.range.endInclusive + 1
    }
  }

  /** How to cut it, so that nothing is left to be copied: at whole chunks, behind the header of a whole read. */
  get pieces(): { multipleOf: number; lead: number } {
    return {
      multipleOf: this.#chunkBytes + this.#tagBytes,
      lead: this.#header === undefined ? 0 : HEADER_BYTES,
    }
  }

  /**
   * Plaintext of the chunks that became whole; `ciphertext` is the caller's again.
   * @throws CryptoError IntegrityError, and from then on always
   */
  push(ciphertext: Buffer): Buffer[] {
    if (this.#refused) throw new CryptoError('IntegrityError', 'The blob was refused')
    try {
      return this.#openWholeChunks(ciphertext)
    } catch (error) {
      // Otherwise whoever sends the chunks could try again in place of the one that failed.
      this.#refused = true
      throw error
    }
  }

  #openWholeChunks(ciphertext: Buffer): Buffer[] {
    const out: Buffer[] = []
    this.#pending.push(ciphertext)
    this.#pendingBytes += ciphertext.length
    if (!this.#headerChecked && this.#pendingBytes >= HEADER_BYTES) this.#checkHeader()
    while (
      this.#headerChecked &&
      this.#index <= this.#lastChunk &&
      this.#pendingBytes >= this.#sealedBytes()
    ) {
      const opened = this.#open()
      if (this.#awaitsEmptyEnd()) this.#heldBack = opened
      else out.push(...this.#heldBack.splice(0), ...opened)
    }
    if (this.#index > this.#lastChunk && this.#pendingBytes > 0)
      throw new CryptoError('IntegrityError', 'There are bytes behind the last chunk')
    // The caller may fill the same memory again.
    if (this.#pendingBytes > 0) this.#pending.push(Buffer.from(this.#pending.pop()!))
    return out
  }

  /** @throws CryptoError IntegrityError when anything is missing */
  end(): Buffer[] {
    if (this.#refused || !this.#headerChecked || this.#index <= this.#lastChunk)
      throw new CryptoError('IntegrityError', 'The blob is shorter than it must be')
    return []
  }

  #sealedBytes(): number {
    return (this.#index === this.#lastOfBlob ? this.#lastBytes : this.#chunkBytes) + this.#tagBytes
  }

  /** Before an empty last chunk nothing is complete: who gets the last byte of a blob shall know that all of it is right. */
  #awaitsEmptyEnd(): boolean {
    return this.#lastBytes === 0 && this.#index === this.#lastOfBlob && this.#lastChunk === this.#lastOfBlob
  }

  #checkHeader(): void {
    const header = Buffer.concat(this.#take(HEADER_BYTES))
    if (!timingSafeEqual(header, this.#header!))
      throw new CryptoError('IntegrityError', 'The header is not that of this blob')
    this.#headerChecked = true
  }

  #open(): Buffer[] {
    const length = this.#sealedBytes() - this.#tagBytes
    const sealed = this.#take(length)
    const tag = this.#take(this.#tagBytes)
    const plaintext = this.#cipher.open(this.#index, sealed, tag.length === 1 ? tag[0]! : Buffer.concat(tag))
    const start = this.#index++ * this.#chunkBytes
    return trim(plaintext, this.#from - start, this.#to - start)
  }

  /** One `splice` for all: a shift a piece is quadratic when the pieces are tiny. */
  #take(length: number): Buffer[] {
    let wanted = length
    let whole = 0
    while (wanted > 0 && this.#pending[whole]!.length <= wanted) wanted -= this.#pending[whole++]!.length
    const taken = this.#pending.splice(0, whole)
    if (wanted > 0) {
      const first = this.#pending[0]!
      taken.push(first.subarray(0, wanted))
      this.#pending[0] = first.subarray(wanted)
    }
    this.#pendingBytes -= length
    return taken
  }
}

/** The slices of `pieces` that lie within [from, to), counted from their start. */
function trim(pieces: readonly Buffer[], from: number, to: number): Buffer[] {
  const kept: Buffer[] = []
  let position = 0
  for (const piece of pieces) {
    const slice = piece.subarray(Math.max(0, from - position), Math.max(0, to - position))
    if (slice.length > 0) kept.push(slice)
    position += piece.length
  }
  return kept
}
