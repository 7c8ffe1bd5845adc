import type { SuiteName } from '../crypto/suites.ts'
import type { EncryptionMode } from './encryption-model.ts'

/** Object versions that are encrypted by the same method, cipher and key. */
export interface CoverageShare {
  mode: EncryptionMode
  /** undefined: plaintext */
  suite: SuiteName | undefined
  /** of managed and service-managed keys */
  keyId: string | undefined
  objects: number
  /** plaintext bytes */
  bytes: number
}

/** How much of something is encrypted, and how. */
export interface Coverage {
  objects: number
  bytes: number
  plaintextObjects: number
  plaintextBytes: number
  /** most objects first */
  shares: CoverageShare[]
}

/** One share for each method, cipher and key. */
export function mergeShares(shares: readonly CoverageShare[]): CoverageShare[] {
  const merged = new Map<string, CoverageShare>()
  for (const share of shares) {
    const name = [share.mode, share.suite, share.keyId].join()
    const { objects, bytes } = merged.get(name) ?? { objects: 0, bytes: 0 }
    merged.set(name, { ...share, objects: share.objects + objects, bytes: share.bytes + bytes })
  }
  return [...merged.values()]
}

export function coverageOf(shares: readonly CoverageShare[]): Coverage {
  const merged = mergeShares(shares).sort((a, b) => b.objects - a.objects)
  const plain = merged.filter(({ mode }) => mode === 'none')
  return {
    objects: sum(merged, 'objects'),
    bytes: sum(merged, 'bytes'),
    plaintextObjects: sum(plain, 'objects'),
    plaintextBytes: sum(plain, 'bytes'),
    shares: merged,
  }
}

function sum(shares: readonly CoverageShare[], of: 'objects' | 'bytes'): number {
  return shares.reduce((total, share) => total + share[of], 0)
}
