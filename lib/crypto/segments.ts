import { CryptoError } from './crypto-error.ts'
import { HEADER_BYTES } from './header.ts'
import { suiteByName, type SuiteName } from './suites.ts'

/** Chunk indices are 32 bits (FORMAT.md, "Chunks"). */
const MAX_CHUNKS = 2 ** 32

/** Always at least one: the last chunk is shorter than full, maybe empty. */
export function chunkCount(chunkLog2: number, plaintextBytes: number): number {
  const count = Math.floor(plaintextBytes / 2 ** chunkLog2) + 1
  if (!Number.isSafeInteger(plaintextBytes) || plaintextBytes < 0 || count > MAX_CHUNKS)
    throw new CryptoError('BadArgument', 'Not a possible size')
  return count
}

/** Bytes of the whole blob, header included. */
export function ciphertextBytes(suite: SuiteName, chunkLog2: number, plaintextBytes: number): number {
  return HEADER_BYTES + plaintextBytes + suiteByName(suite).tagBytes * chunkCount(chunkLog2, plaintextBytes)
}

/** Which chunks hold plaintext [start, endInclusive], and where they lie in the blob. */
export interface ChunkSpan {
  firstChunk: number
  lastChunk: number
  /** bytes from the start of the blob */
  offset: number
  length: number
}

/** @throws CryptoError BadArgument when the range is empty or leaves the object */
export function chunkSpan(
  suite: SuiteName,
  chunkLog2: number,
  plaintextBytes: number,
  start: number,
  endInclusive: number,
): ChunkSpan {
  const whole = Number.isSafeInteger(start) && Number.isSafeInteger(endInclusive)
  if (!whole || start < 0 || start > endInclusive || endInclusive >= plaintextBytes)
    throw new CryptoError('BadArgument', 'Not a range of this blob')
  const chunkBytes = 2 ** chunkLog2
  const sealedBytes = chunkBytes + suiteByName(suite).tagBytes
  const firstChunk = Math.floor(start / chunkBytes)
  const lastChunk = Math.floor(endInclusive / chunkBytes)
  const offset = HEADER_BYTES + firstChunk * sealedBytes
  const end = Math.min(
    HEADER_BYTES + (lastChunk + 1) * sealedBytes,
    ciphertextBytes(suite, chunkLog2, plaintextBytes),
  )
  return { firstChunk, lastChunk, offset, length: end - offset }
}
