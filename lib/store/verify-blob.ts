import type { BlobStore } from '../blobs/blob-store.ts'
import { isCryptoError } from '../crypto/crypto-error.ts'
import { BlobDecryptor } from '../crypto/decrypt.ts'
import { encodeHeader, HEADER_BYTES } from '../crypto/header.ts'
import { ciphertextBytes } from '../crypto/segments.ts'
import { suiteByName } from '../crypto/suites.ts'
import { isStoreError } from '../errors.ts'
import { Digests } from './digests.ts'
import type { EncryptionRecord } from './encryption-model.ts'
import type { HashPool } from './hash-pool.ts'
import type { PartRow } from './model.ts'
import type { DamageKind, StoredBlob } from './verdict.ts'

export interface BlobCheck {
  blobs: Pick<BlobStore, 'read' | 'size'>
  hashPool: HashPool | undefined
  record: EncryptionRecord
  part: PartRow
  /** undefined: plaintext, or the key is not at hand */
  dataKey: Buffer | undefined
  /** SHA-256 of the stored bytes is asked for */
  digest: boolean
  /** authenticated plaintext, in order */
  onPlaintext: (piece: Buffer) => Promise<void> | void
  /** after every piece of stored bytes; what it throws ends the check */
  onRead: (bytes: number) => Promise<void> | void
}

export interface BlobOutcome {
  /** of the first damage: the rest of a damaged blob is only hashed */
  damage: { what: DamageKind; chunk?: number; offset?: number } | undefined
  storedBytes: number
  /** chunks that proved themselves */
  chunks: number
  /** all of its plaintext was given */
  whole: boolean
  digest: StoredBlob | undefined
}

type Damaged = NonNullable<BlobOutcome['damage']>

/**
 * Reads the stored bytes of one part to their end, a piece at a time: presence and size, the header, and with the key
 * every chunk. Unlike a reader, which stops at the first doubt, it tells where that is.
 * @throws StoreError SlowDown, and what `onRead` and `onPlaintext` throw; never for damage
 */
export async function verifyBlob(check: BlobCheck): Promise<BlobOutcome> {
  const expected = expectedBytes(check)
  if (expected === undefined) return nothing({ what: 'part-row' })
  const stored = await storedBytes(check)
  if (typeof stored !== 'number') return nothing(stored)
  const reader = new CheckedBlob(check, expected)
  if (stored !== expected)
    reader.damage({
      what: stored < expected ? 'blob-short' : 'blob-long',
      offset: Math.min(stored, expected),
    })
  const digests = check.digest ? new Digests(['sha256'], check.hashPool, stored) : undefined
  try {
    for await (const piece of piecesOf(check, stored)) {
      await reader.take(piece)
      await digests?.update(piece)
      await check.onRead(piece.length)
    }
    await digests?.finish()
  } catch (error) {
    digests?.abandon()
    if (!isStoreError(error) || error.code !== 'ObjectCorrupt') throw error
    reader.damage({ what: 'blob-unreadable', offset: reader.position })
    return { ...reader.outcome(), digest: undefined }
  }
  return { ...reader.end(), digest: digests && digestOf(check.part, stored, digests) }
}

function digestOf({ number, blobId, inline }: PartRow, bytes: number, digests: Digests): StoredBlob {
  const place = inline === undefined ? 'file' : 'row'
  return { part: number, place, blobId, bytes, sha256: digests.result('sha256').toString('hex') }
}

/** Takes the stored bytes in order, cut at the edges of chunks, so that a refusal is that chunk's. */
class CheckedBlob {
  readonly #check: BlobCheck
  readonly #expected: number
  readonly #decryptor: BlobDecryptor | undefined
  readonly #sealedBytes: number
  readonly #header: Buffer[] = []
  #damage: Damaged | undefined
  #refused = false
  #chunks = 0
  position = 0

  constructor(check: BlobCheck, expected: number) {
    this.#check = check
    this.#expected = expected
    const { record } = check
    this.#sealedBytes =
      record.mode === 'none' ? 0 : 2 ** record.chunkLog2 + suiteByName(record.suite).tagBytes
    this.#decryptor = this.#openDecryptor()
  }

  /** The first damage counts; a size that is wrong is told with the chunk that suffers from it. */
  damage(damage: Damaged): void {
    this.#damage ??= damage
  }

  async take(piece: Buffer): Promise<void> {
    for (let at = 0; at < piece.length;) {
      const length = Math.min(piece.length - at, this.#edge() - this.position)
      await this.#slice(piece.subarray(at, at + length))
      at += length
      this.position += length
      if (this.#atChunkEnd()) this.#chunks += 1
    }
  }

  end(): Omit<BlobOutcome, 'digest'> {
    if (!this.#refused) this.#attempt(() => this.#decryptor?.end())
    return this.outcome()
  }

  outcome(): Omit<BlobOutcome, 'digest'> {
    const whole = this.#damage === undefined && (this.#plain() || this.#decryptor !== undefined)
    return { damage: this.#damage, storedBytes: this.position, chunks: this.#chunks, whole }
  }

  #plain(): boolean {
    return this.#check.record.mode === 'none'
  }

  #openDecryptor(): BlobDecryptor | undefined {
    const { record, part, dataKey } = this.#check
    if (record.mode === 'none' || dataKey === undefined) return undefined
    return this.#attempt(
      () =>
        new BlobDecryptor({
          facts: { ...record, ...blobFacts(part), plaintextBytes: part.size },
          dataKey,
        }),
      'part-row',
    )
  }

  async #slice(bytes: Buffer): Promise<void> {
    // Bytes behind the last chunk are nobody's: they are counted and hashed.
    if (this.#refused || this.position >= this.#expected) return
    const { onPlaintext } = this.#check
    if (this.#plain()) return onPlaintext(bytes)
    if (this.#decryptor === undefined) return this.#checkHeader(bytes)
    for (const plaintext of this.#attempt(() => this.#decryptor!.push(bytes)) ?? [])
      await onPlaintext(plaintext)
  }

  /** Without the key, the header still has to say what the rows say. */
  #checkHeader(bytes: Buffer): void {
    const { record, part } = this.#check
    if (this.position >= HEADER_BYTES || record.mode === 'none') return
    this.#header.push(bytes)
    if (this.position + bytes.length < HEADER_BYTES) return
    const expected = this.#attempt(() => encodeHeader({ ...record, ...blobFacts(part) }), 'part-row')
    if (expected && !Buffer.concat(this.#header).equals(expected)) this.damage({ what: 'header', offset: 0 })
  }

  /** Runs what may refuse; a refusal is damage at this place. */
  #attempt<T>(work: () => T, what?: DamageKind): T | undefined {
    try {
      return work()
    } catch (error) {
      if (!isCryptoError(error)) throw error
      this.#refused = true
      this.damage(what === undefined ? this.#here() : { what })
      return undefined
    }
  }

  #here(): Damaged {
    if (this.position < HEADER_BYTES) return { what: 'header', offset: 0 }
    const chunk = this.#chunk()
    return { what: 'chunk', chunk, offset: HEADER_BYTES + chunk * this.#sealedBytes }
  }

  #chunk(): number {
    return Math.floor((this.position - HEADER_BYTES) / this.#sealedBytes)
  }

  /** Where the slice at this position must end. */
  #edge(): number {
    if (this.position >= this.#expected) return Infinity
    if (this.#plain()) return this.#expected
    if (this.position < HEADER_BYTES) return HEADER_BYTES
    return Math.min(HEADER_BYTES + (this.#chunk() + 1) * this.#sealedBytes, this.#expected)
  }

  #atChunkEnd(): boolean {
    if (this.#refused || this.#decryptor === undefined || this.position > this.#expected) return false
    if (this.position === this.#expected) return this.position > HEADER_BYTES
    return this.position > HEADER_BYTES && (this.position - HEADER_BYTES) % this.#sealedBytes === 0
  }
}

function expectedBytes({ record, part }: BlobCheck): number | undefined {
  if (record.mode === 'none') return part.size
  return orUndefined(() => ciphertextBytes(record.suite, record.chunkLog2, part.size))
}

function blobFacts({ blobId, salt, commitment }: PartRow) {
  return { blobId: Buffer.from(blobId, 'hex'), salt, commitment }
}

async function storedBytes({ blobs, part }: BlobCheck): Promise<number | Damaged> {
  if (part.inline !== undefined) return part.inline.length
  try {
    return (await blobs.size(part.blobId)) ?? { what: 'blob-missing' }
  } catch (error) {
    if (isStoreError(error) && error.code === 'ObjectCorrupt') return { what: 'blob-unreadable' }
    throw error
  }
}

function piecesOf({ blobs, part }: BlobCheck, bytes: number): AsyncIterable<Buffer> | Buffer[] {
  return part.inline === undefined ? blobs.read(part.blobId, 0, bytes) : [part.inline]
}

function nothing(damage: Damaged): BlobOutcome {
  return { damage, storedBytes: 0, chunks: 0, whole: false, digest: undefined }
}

function orUndefined<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    if (isCryptoError(error)) return undefined
    throw error
  }
}
