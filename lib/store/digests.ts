import { timingSafeEqual } from 'node:crypto'
import { createChecksum, type Checksum } from '../crypto/checksums.ts'
import { StoreError } from '../errors.ts'
import type { HashPool, RemoteHash } from './hash-pool.ts'
import type { ChecksumAlgorithm, ObjectChecksum } from './model.ts'
import type { ContentChecks } from './operations.ts'

/** Bodies from here on are hashed by a thread, where one is free: below, handing over costs more than hashing. */
const REMOTE_BYTES = 1024 * 1024

/**
 * The digests of one body, each computed once. Hashing, not AES, is what costs (crypto-and-reliability.md
 * §3), so only what the client asked for, what the ETag needs, and one checksum to scrub by; those of a large
 * body on another thread.
 */
export class Digests {
  readonly #algorithms: ReadonlySet<ChecksumAlgorithm>
  #pool: HashPool | undefined
  readonly #running = new Map<ChecksumAlgorithm, Checksum>()
  #remote: RemoteHash | undefined
  #begun = false
  #results = new Map<ChecksumAlgorithm, Buffer>()

  /** `bytes`: of the body as announced. */
  constructor(algorithms: Iterable<ChecksumAlgorithm>, pool?: HashPool, bytes = 0) {
    this.#algorithms = new Set(algorithms)
    this.#pool = bytes >= REMOTE_BYTES ? pool : undefined
  }

  /** A promise when the hashing is behind: to be awaited before the next update. */
  update(bytes: Buffer): Promise<void> | undefined {
    this.#begin()
    for (const digest of this.#running.values()) digest.update(bytes)
    return this.#remote?.update(bytes)
  }

  /** After the last update and before the first result. */
  async finish(): Promise<void> {
    // Of nothing there is nothing to hand over.
    if (!this.#begun) this.#pool = undefined
    this.#begin()
    if (this.#remote) this.#results = new Map(await this.#remote.digests())
  }

  /** The body will not end. Harmless at any time. */
  abandon(): void {
    this.#remote?.abandon()
  }

  /** Raw big-endian digest, after `finish`. */
  result(algorithm: ChecksumAlgorithm): Buffer {
    const known = this.#results.get(algorithm)
    if (known !== undefined) return known
    const running = this.#running.get(algorithm)
    if (running === undefined) throw new Error(`${algorithm} was not computed`)
    const digest = running.digest()
    this.#results.set(algorithm, digest)
    return digest
  }

  /** With the first byte, so that an upload refused before it takes nobody's lane. */
  #begin(): void {
    if (this.#begun) return
    this.#begun = true
    this.#remote = this.#pool?.begin([...this.#algorithms])
    if (this.#remote) return
    for (const algorithm of this.#algorithms) this.#running.set(algorithm, createChecksum(algorithm))
  }
}

/**
 * Compares what the client promised with what arrived. Called after the body ended and before anything
 * becomes visible.
 * @throws StoreError BadDigest | ContentSha256Mismatch | InvalidRequest (a trailer that was announced and did not come)
 */
export function verifyChecks(checks: ContentChecks, digests: Digests): void {
  if (checks.md5 !== undefined && !timingSafeEqual(checks.md5, digests.result('md5')))
    throw new StoreError('BadDigest', 'The Content-MD5 you specified did not match what we received.', {
      algorithm: 'md5',
      expectedDigest: checks.md5.toString('base64'),
      calculatedDigest: digests.result('md5').toString('base64'),
    })
  if (checks.payloadSha256 !== undefined && !timingSafeEqual(checks.payloadSha256, digests.result('sha256')))
    throw new StoreError(
      'ContentSha256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    )
  if (checks.checksum === undefined) return
  const { algorithm, expected } = checks.checksum
  const promised = expected()
  if (promised === undefined)
    throw new StoreError('MalformedTrailer', 'The request announced a checksum that did not arrive', {
      algorithm,
    })
  if (promised !== digests.result(algorithm).toString('base64'))
    throw new StoreError(
      'BadDigest',
      `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`,
      { algorithm },
    )
}

/** What `verifyChecks` will ask for, beside the checksum's own algorithm. */
export function checkedAlgorithms(checks: ContentChecks): ChecksumAlgorithm[] {
  return [...(checks.md5 ? (['md5'] as const) : []), ...(checks.payloadSha256 ? (['sha256'] as const) : [])]
}

/**
 * The checksums kept with a single upload: the client's own and those of its dialect, or CRC64NVME as S3 adds it
 * (aws-s3.md §4).
 * @param bytes of the body as announced
 */
export function keptAlgorithms(
  checks: ContentChecks,
  keep: readonly ChecksumAlgorithm[] = [],
  bytes?: number,
): ChecksumAlgorithm[] {
  const asked = [...(checks.checksum ? [checks.checksum.algorithm] : []), ...keep]
  return withCrc64(asked.length > 0 ? asked : ['crc64nvme'], bytes)
}

/**
 * OSS and COS tell the CRC-64/XZ of an object, whoever wrote it. Of a small one it costs microseconds; of a large one 0.75 s
 * of a processor a GiB, a seventh of the whole upload, so there only those have it who ask for it.
 */
export function withCrc64(
  kept: readonly ChecksumAlgorithm[],
  bytes: number | undefined,
): ChecksumAlgorithm[] {
  const small = bytes !== undefined && bytes < REMOTE_BYTES
  return [...new Set<ChecksumAlgorithm>(small ? [...kept, 'crc64ecma'] : kept)]
}

export function fullObject(algorithm: ChecksumAlgorithm, digests: Digests): ObjectChecksum {
  return { algorithm, type: 'FULL_OBJECT', value: digests.result(algorithm).toString('base64') }
}
