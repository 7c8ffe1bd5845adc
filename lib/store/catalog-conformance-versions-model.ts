import fc from 'fast-check'
import { byBytes } from './catalog-conformance-rows.ts'
import type { VersioningState } from './model.ts'

/** S3's rules of versions in the fewest words (S3 user guide, "Using versioning"), to hold a catalog against. */
export interface ModelVersion {
  key: string
  versionId: string
  /** undefined: a delete marker */
  blobId: string | undefined
  size: number
}

export class VersionsModel {
  state: VersioningState | undefined
  /** of each key, the newest first */
  readonly versions = new Map<string, ModelVersion[]>()
  readonly everyBlob: string[] = []

  put(version: ModelVersion): void {
    if (version.blobId !== undefined) this.everyBlob.push(version.blobId)
    const kept = this.of(version.key).filter(({ versionId }) => versionId !== version.versionId)
    this.versions.set(version.key, [version, ...kept])
  }

  /** @param markerId of a marker in a bucket that keeps versions */
  delete(key: string, markerId: string): string | undefined {
    if (this.state === undefined) {
      this.versions.delete(key)
      return undefined
    }
    const versionId = this.state === 'Enabled' ? markerId : 'null'
    this.put({ key, versionId, blobId: undefined, size: 0 })
    return versionId
  }

  deleteVersion(key: string, versionId: string): void {
    this.versions.set(
      key,
      this.of(key).filter((version) => version.versionId !== versionId),
    )
  }

  of(key: string): ModelVersion[] {
    return this.versions.get(key) ?? []
  }

  /** What is found under the key alone. */
  current(key: string): ModelVersion | undefined {
    const latest = this.of(key)[0]
    return latest?.blobId === undefined ? undefined : latest
  }

  /** All of them as they are listed. */
  listed(): (ModelVersion & { isLatest: boolean })[] {
    return [...this.versions.keys()]
      .sort(byBytes)
      .flatMap((key) => this.of(key).map((version, i) => ({ ...version, isLatest: i === 0 })))
  }

  garbage(): string[] {
    const live = new Set(this.listed().map(({ blobId }) => blobId))
    return this.everyBlob.filter((blobId) => !live.has(blobId)).sort()
  }
}

export const MODEL_KEYS = ['a', 'a/1', 'a/2', 'b', '\u{ffff}', '😀']

const key = fc.constantFrom(...MODEL_KEYS)
const nth = fc.nat({ max: 5 })

export const versionSteps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('put' as const), key, size: fc.nat(1000) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('multipart' as const), key, size: fc.nat(1000) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), key }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('delete-version' as const), key, nth }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete-nothing' as const), key }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('versioning' as const),
        state: fc.constantFrom<VersioningState>('Enabled', 'Enabled', 'Suspended'),
      }),
    },
  ),
  { maxLength: 60 },
)
export type VersionStep = typeof versionSteps extends fc.Arbitrary<(infer S)[]> ? S : never
