import type { BlobStore } from '../blobs/blob-store.ts'
import { HEADER_BYTES } from '../crypto/header.ts'
import { ciphertextBytes } from '../crypto/segments.ts'
import { suiteByName } from '../crypto/suites.ts'
import type { SealedRecord } from './encryption-model.ts'
import type { PartRow } from './model.ts'
import type { CiphertextSample } from './verdict.ts'

const SAMPLE_BYTES = 64
/** Around the sample: so many bytes of random data have 7.997 bits a byte. */
const ENTROPY_BYTES = 64 * 1024

/**
 * Shows a few bytes as they lie on the disk, from the middle of the object, and looks for them in the plaintext while
 * that goes by: "encrypted" is then something seen, not something said.
 */
export class SampleSearch {
  readonly #sample: Omit<CiphertextSample, 'searched' | 'found'>
  #tail: Buffer = Buffer.alloc(0)
  #searched = 0
  #found = false

  private constructor(sample: Omit<CiphertextSample, 'searched' | 'found'>) {
    this.#sample = sample
  }

  /** Undefined where the bytes are not there to be read; the check itself says so. */
  static async begin(
    blobs: Pick<BlobStore, 'read'>,
    { suite, chunkLog2 }: SealedRecord,
    size: number,
    parts: readonly PartRow[],
  ): Promise<SampleSearch | undefined> {
    const middle = Math.floor(size / 2)
    const part = parts.find(({ offset, size: length }) => middle < offset + length) ?? parts.at(-1)
    if (part === undefined) return undefined
    const total = safely(() => ciphertextBytes(suite, chunkLog2, part.size))
    if (total === undefined) return undefined
    const within = middle - part.offset
    const tags = Math.floor(within / 2 ** chunkLog2) * suiteByName(suite).tagBytes
    const center = HEADER_BYTES + within + tags
    const from = Math.max(HEADER_BYTES, Math.min(center - ENTROPY_BYTES / 2, total - ENTROPY_BYTES))
    const length = Math.min(ENTROPY_BYTES, total - from)
    const window = await readWindow(blobs, part, from, length)
    if (window === undefined) return undefined
    const at = Math.max(0, Math.min(center - from, length - SAMPLE_BYTES))
    const bytes = Buffer.from(window.subarray(at, at + SAMPLE_BYTES))
    const { number } = part
    return new SampleSearch({
      part: number,
      offset: from + at,
      bytes,
      bitsPerByte: entropy(window),
      over: length,
    })
  }

  /** Plaintext, in order. */
  update(piece: Buffer): void {
    const { bytes } = this.#sample
    this.#searched += piece.length
    if (this.#found) return
    const joint = Buffer.concat([this.#tail, piece.subarray(0, bytes.length - 1)])
    this.#found = joint.includes(bytes) || piece.includes(bytes)
    this.#tail = Buffer.concat([this.#tail, piece]).subarray(-(bytes.length - 1))
  }

  result(): CiphertextSample {
    return { ...this.#sample, searched: this.#searched, found: this.#found }
  }
}

async function readWindow(
  blobs: Pick<BlobStore, 'read'>,
  part: PartRow,
  from: number,
  length: number,
): Promise<Buffer | undefined> {
  if (part.inline !== undefined) {
    const window = part.inline.subarray(from, from + length)
    return window.length === length ? window : undefined
  }
  try {
    const pieces: Buffer[] = []
    for await (const piece of blobs.read(part.blobId, from, length)) pieces.push(piece)
    return Buffer.concat(pieces)
  } catch {
    return undefined
  }
}

/** Shannon: −Σ p·log2 p over the byte values, in bits a byte. */
export function entropy(bytes: Buffer): number {
  const counts = new Uint32Array(256)
  for (const byte of bytes) counts[byte]! += 1
  let bits = 0
  for (const count of counts) if (count > 0) bits -= (count / bytes.length) * Math.log2(count / bytes.length)
  return bits
}

/** Numbers of a damaged row may be those of no blob. */
function safely<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
