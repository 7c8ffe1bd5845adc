import { timingSafeEqual } from 'node:crypto'
import { createChecksum, type Checksum } from '../crypto/checksums.ts'
import { StoreError } from '../errors.ts'
import type { ChecksumAlgorithm, ObjectChecksum } from './model.ts'
import type { ContentChecks } from './operations.ts'

/**
 * The digests of one body, each computed once. Hashing, not AES, is what costs (crypto-and-reliability.md
 * §3), so only what the client asked for, what the ETag needs, and one checksum to scrub by.
 */
export class Digests {
  readonly #running = new Map<ChecksumAlgorithm, Checksum>()
  readonly #results = new Map<ChecksumAlgorithm, Buffer>()

  constructor(algorithms: Iterable<ChecksumAlgorithm>) {
    for (const algorithm of algorithms)
      if (!this.#running.has(algorithm)) this.#running.set(algorithm, createChecksum(algorithm))
  }

  update(bytes: Buffer): void {
    for (const digest of this.#running.values()) digest.update(bytes)
  }

  /** Raw big-endian digest, after the last update. */
  result(algorithm: ChecksumAlgorithm): Buffer {
    const known = this.#results.get(algorithm)
    if (known !== undefined) return known
    const running = this.#running.get(algorithm)
    if (running === undefined) throw new Error(`${algorithm} was not computed`)
    const digest = running.digest()
    this.#results.set(algorithm, digest)
    return digest
  }
}

/**
 * Compares what the client promised with what arrived. Called after the body ended and before anything
 * becomes visible.
 * @throws StoreError BadDigest | InvalidRequest (a trailer that was announced and did not come)
 */
export function verifyChecks(checks: ContentChecks, digests: Digests): void {
  if (checks.md5 !== undefined && !timingSafeEqual(checks.md5, digests.result('md5')))
    throw new StoreError('BadDigest', 'The Content-MD5 you specified did not match what we received.', {
      algorithm: 'md5',
    })
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

/** The checksum kept with a single upload: the client's own, or CRC64NVME as S3 adds it (aws-s3.md §4). */
export function keptAlgorithm(checks: ContentChecks): ChecksumAlgorithm {
  return checks.checksum?.algorithm ?? 'crc64nvme'
}

export function fullObject(algorithm: ChecksumAlgorithm, digests: Digests): ObjectChecksum {
  return { algorithm, type: 'FULL_OBJECT', value: digests.result(algorithm).toString('base64') }
}
