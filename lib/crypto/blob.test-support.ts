import { BlobDecryptor, type BlobFacts } from './decrypt.ts'
import { BlobEncryptor } from './encrypt.ts'
import type { SuiteName } from './suites.ts'

export const SUITES: readonly SuiteName[] = ['AES256', 'SM4']
/** the smallest chunk the format knows, so that several chunks stay cheap */
export const CHUNK_LOG2 = 16
export const CHUNK = 2 ** CHUNK_LOG2

/** The plaintext of the vectors: plaintext[i] = (131 i + 17 ⌊i/256⌋) mod 256. */
export function patterned(bytes: number): Buffer {
  const plaintext = Buffer.alloc(bytes)
  for (let i = 0; i < bytes; i++) plaintext[i] = 131 * i + 17 * Math.floor(i / 256)
  return plaintext
}

/** `length` bytes start, start + 1, … */
export function counting(start: number, length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, i) => (start + i) % 256))
}

export interface SealedBlob {
  bytes: Buffer
  plaintext: Buffer
  dataKey: Buffer
  facts: BlobFacts
}

/** Encrypts `pieces` into one blob; what is not given has the values of the vectors. */
export function seal(p: {
  suite: SuiteName
  pieces: readonly Buffer[]
  chunkLog2?: number
  dataKey?: Buffer
  blobId?: Buffer
  salt?: Buffer
}): SealedBlob {
  const chunkLog2 = p.chunkLog2 ?? CHUNK_LOG2
  const dataKey = p.dataKey ?? counting(p.suite === 'AES256' ? 1 : 2, 32)
  const blobId = p.blobId ?? counting(0x40, 16)
  const encryptor = new BlobEncryptor({
    suite: p.suite,
    chunkLog2,
    blobId,
    dataKey,
    salt: p.salt ?? counting(0x80, 32),
  })
  const out = [encryptor.start()]
  for (const piece of p.pieces) out.push(...encryptor.push(piece))
  out.push(...encryptor.end())
  const { salt, commitment, plaintextBytes } = encryptor
  return {
    bytes: Buffer.concat(out),
    plaintext: Buffer.concat(p.pieces),
    dataKey,
    facts: { suite: p.suite, chunkLog2, blobId, salt, commitment, plaintextBytes },
  }
}

/** Everything the decryptor released, and the error that stopped it. */
export interface Outcome {
  released: Buffer
  error: unknown
}

/** Feeds `pieces` until the end or the first error, keeping what was released on the way; each is only lent. */
export function feed(decryptor: BlobDecryptor, pieces: Iterable<Buffer>): Outcome {
  const released: Buffer[] = []
  let error: unknown
  try {
    for (const piece of pieces) {
      const lent = Buffer.from(piece)
      released.push(...decryptor.push(lent))
      lent.fill(0xa5)
    }
    released.push(...decryptor.end())
  } catch (caught) {
    error = caught
  }
  return { released: Buffer.concat(released), error }
}

/** Opens `bytes` as the blob that `facts` describe. */
export function open(p: {
  facts: BlobFacts
  dataKey: Buffer
  bytes: Buffer
  range?: { start: number; endInclusive: number }
  pieceBytes?: number
}): Outcome {
  const decryptor = new BlobDecryptor({ facts: p.facts, dataKey: p.dataKey, range: p.range })
  const { offset, length } = decryptor.ciphertextRange
  const wanted = p.range === undefined ? p.bytes : p.bytes.subarray(offset, offset + length)
  return feed(decryptor, cut(wanted, p.pieceBytes ?? wanted.length))
}

/** `bytes` in pieces of `pieceBytes`; one empty piece when there is nothing. */
export function* cut(bytes: Buffer, pieceBytes: number): Generator<Buffer> {
  if (bytes.length === 0) yield bytes
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}

/** `bytes` cut at the given places (any order, any number). */
export function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const edges = [0, ...places.map((at) => at % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return edges.slice(1).map((edge, i) => bytes.subarray(edges[i], edge))
}

export function flipBit(bytes: Buffer, bit: number): Buffer {
  const flipped = Buffer.from(bytes)
  flipped[bit >> 3]! ^= 1 << (bit & 7)
  return flipped
}

/** The code of a CryptoError, or what else was thrown. */
export function codeOf(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return errorCode(error)
  }
  return 'nothing thrown'
}

export function errorCode(error: unknown): unknown {
  return error instanceof Error && error.name === 'CryptoError' && 'code' in error ? error.code : error
}
