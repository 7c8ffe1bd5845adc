import { createChecksum } from '../crypto/checksums.ts'
import { isStoreError, StoreError } from '../errors.ts'
import { Digests } from './digests.ts'
import type { HashPool } from './hash-pool.ts'
import type { ChecksumAlgorithm, ObjectChecksum, ObjectRow, PartRow } from './model.ts'
import type { ObjectSeal } from './object-record.ts'
import type { Damage } from './verdict.ts'

const ALGORITHMS: Record<ChecksumAlgorithm, true> = {
  crc32: true,
  crc32c: true,
  crc64nvme: true,
  crc64ecma: true,
  sha1: true,
  sha256: true,
  sha512: true,
  md5: true,
  xxhash64: true,
  xxhash3: true,
  xxhash128: true,
}

/**
 * Compares content with the checksums stored beside it, of every part and of the whole, while it goes by. Of composite
 * ones (`-N`) the parts' are computed and combined anew (aws-s3.md §4).
 */
export class ContentCheck {
  readonly #seal: ObjectSeal
  readonly #pool: HashPool | undefined
  readonly #single: boolean
  readonly #stored: readonly ObjectChecksum[] | undefined
  readonly #whole: Digests | undefined
  readonly #ofParts = new Map<ChecksumAlgorithm, Buffer[]>()
  #part: { digests: Digests; stored: readonly ObjectChecksum[]; row: PartRow } | undefined
  readonly #damage: Damage[] = []
  #compared = 0
  #broken = false

  constructor(seal: ObjectSeal, row: ObjectRow, pool: HashPool | undefined) {
    this.#seal = seal
    this.#pool = pool
    this.#single = row.partCount === 1
    this.#stored = this.#open(row.checksums)
    const algorithms = full(this.#stored ?? [])
    // Of one part its own digests are those of the whole.
    if (!this.#single && algorithms.length > 0) this.#whole = new Digests(algorithms, pool, row.size)
  }

  beginPart(part: PartRow): void {
    const stored = this.#open(part.checksums, part) ?? []
    const ofObject = this.#single ? full(this.#stored ?? []) : []
    const wanted = new Set([...full(stored), ...ofObject, ...this.#composite()])
    this.#part = { digests: new Digests(wanted, this.#pool, part.size), stored, row: part }
  }

  async update(piece: Buffer): Promise<void> {
    await this.#part?.digests.update(piece)
    if (!this.#broken) await this.#whole?.update(piece)
  }

  /** Of a part that was given whole. */
  async endPart(): Promise<void> {
    const part = this.#part
    if (part === undefined) return
    this.#part = undefined
    await part.digests.finish()
    const { number, blobId } = part.row
    this.#compare(part.stored, part.digests, { part: number, blobId })
    if (this.#single) this.#compare(this.#stored ?? [], part.digests, { part: number, blobId })
    for (const algorithm of this.#composite()) {
      const values = this.#ofParts.get(algorithm)
      if (values) values.push(part.digests.result(algorithm))
      else this.#ofParts.set(algorithm, [part.digests.result(algorithm)])
    }
  }

  /** The part did not come whole, and so the object will not either; harmless at any time. */
  abandon(): void {
    this.#part?.digests.abandon()
    this.#part = undefined
    // A digest on another thread takes nothing any more once it was given up.
    this.#broken = true
    this.#whole?.abandon()
  }

  /** After the last part. `compared`: how many stored checksums there were to compare. */
  async finish(): Promise<{ damage: Damage[]; compared: number }> {
    await this.#whole?.finish()
    if (this.#whole) this.#compare(this.#stored ?? [], this.#whole, {})
    for (const { algorithm, type, value } of this.#stored ?? [])
      if (type === 'COMPOSITE')
        this.#same(value, composite(algorithm, this.#ofParts.get(algorithm) ?? []), {})
    return { damage: this.#damage, compared: this.#compared }
  }

  #compare(stored: readonly ObjectChecksum[], digests: Digests, place: Partial<Damage>): void {
    for (const { algorithm, type, value } of stored)
      if (type === 'FULL_OBJECT') this.#same(value, digests.result(algorithm).toString('base64'), place)
  }

  #same(stored: string, computed: string, place: Partial<Damage>): void {
    this.#compared += 1
    if (stored !== computed) this.#damage.push({ ...place, step: 'checksums', what: 'checksum' })
  }

  #composite(): ChecksumAlgorithm[] {
    return (this.#stored ?? []).filter(({ type }) => type === 'COMPOSITE').map(({ algorithm }) => algorithm)
  }

  #open(stored: Buffer, part?: PartRow): readonly ObjectChecksum[] | undefined {
    try {
      return wellFormed(this.#seal.openChecksums(stored))
    } catch (error) {
      if (!isStoreError(error) || error.code !== 'ObjectCorrupt') throw error
    }
    const place = part ? { part: part.number, blobId: part.blobId } : {}
    this.#damage.push({ ...place, step: 'checksums', what: 'checksum-row' })
    return undefined
  }
}

/** What a row holds may be anything, where nothing proves it. */
function wellFormed(checksums: unknown): ObjectChecksum[] {
  const known = (each: Partial<ObjectChecksum> | null): boolean =>
    typeof each?.value === 'string' &&
    Object.hasOwn(ALGORITHMS, String(each.algorithm)) &&
    typeof each.type === 'string'
  if (Array.isArray(checksums) && checksums.every(known)) return checksums as ObjectChecksum[]
  throw new StoreError('ObjectCorrupt', 'The stored checksums cannot be read')
}

function full(checksums: readonly ObjectChecksum[]): ChecksumAlgorithm[] {
  return checksums.filter(({ type }) => type === 'FULL_OBJECT').map(({ algorithm }) => algorithm)
}

/** `-N`: the checksum of the parts' checksums. */
function composite(algorithm: ChecksumAlgorithm, values: readonly Buffer[]): string {
  const checksum = createChecksum(algorithm)
  for (const value of values) checksum.update(value)
  return `${checksum.digest().toString('base64')}-${values.length}`
}
