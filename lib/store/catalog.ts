import type { ErrorCode } from '../errors.ts'
import type { BucketEncryptionRule, EncryptionProperties, SealedRecord } from './encryption-model.ts'
import type { CorsConfiguration } from './cors-model.ts'
import type { CoverageShare } from './coverage-model.ts'
import type { LifecycleConfiguration } from './lifecycle-model.ts'
import type {
  Bucket,
  BucketUsage,
  CannedAcl,
  DeleteMarker,
  ObjectLockConfiguration,
  ObjectRow,
  PartRow,
  UploadRow,
  VersioningState,
} from './model.ts'
import type { FoundObjects, ObjectFilter } from './object-filter.ts'

/**
 * What the domain asks of a metadata database. A promise of a write resolves only after the commit is
 * durable; writes that are ready together may share one commit (group commit). Keys are ordered by their
 * UTF-8 bytes. `catalog-conformance.ts` is the suite that every implementation passes.
 */
export interface Catalog {
  /**
   * Resolves when everything that reads have shown so far would outlast a power cut; undefined: it would already.
   * What a commit changed may be seen some milliseconds before that.
   */
  settled(): Promise<unknown> | undefined
  /** @throws StoreError BucketAlreadyExists | BucketAlreadyOwnedByYou (same project) */
  createBucket(bucket: Bucket): Promise<void>
  findBucket(name: string): Promise<Bucket | undefined>
  /** Ordered by name. */
  listBuckets(projectId: string): Promise<Bucket[]>
  bucketUsage(bucketId: string): Promise<BucketUsage>
  projectUsage(projectId: string): Promise<Map<string, BucketUsage>>
  /**
   * How much of a folder (ends with '/'; '' = the bucket) is encrypted, and how: object versions. Shares of the same
   * method, suite and key can be several.
   */
  coverage(bucketId: string, folder: string): Promise<CoverageShare[]>
  /** The same of each bucket of a project, by bucket id; empty ones may be missing. */
  projectCoverage(projectId: string): Promise<Map<string, CoverageShare[]>>
  setBucketEncryption(bucketId: string, rule: BucketEncryptionRule | undefined): Promise<void>
  setCustomerKeysBlocked(bucketId: string, blocked: boolean): Promise<void>
  /** IAM JSON, checked before; undefined takes it away */
  setBucketPolicy(bucketId: string, policy: string | undefined): Promise<void>
  setBucketAcl(bucketId: string, acl: CannedAcl): Promise<void>
  /** @throws StoreError InvalidBucketState: a bucket with object lock keeps its versions */
  setBucketVersioning(bucketId: string, state: VersioningState): Promise<void>
  /** @throws StoreError InvalidBucketState unless the bucket keeps versions */
  setObjectLock(bucketId: string, configuration: ObjectLockConfiguration): Promise<void>
  /** undefined takes it away */
  setBucketCors(bucketId: string, configuration: CorsConfiguration | undefined): Promise<void>
  setBucketLifecycle(bucketId: string, configuration: LifecycleConfiguration | undefined): Promise<void>
  /** The first bucket with lifecycle rules of those whose ids come after this one, or from it on ('': the first of all). */
  nextLifecycleBucket(afterId: string, inclusive?: boolean): Promise<Bucket | undefined>
  /** @throws StoreError BucketNotEmpty while versions or delete markers exist (uploads in progress are aborted, their blobs collected) */
  deleteBucket(bucketId: string): Promise<void>

  findObject(bucketId: string, key: string): Promise<ObjectRow | undefined>
  /** Parts in order of number; with `range`, only those that overlap plaintext [start, endInclusive]. */
  parts(objectId: string, range?: { start: number; endInclusive: number }): Promise<PartRow[]>
  /** The part with this client number. */
  part(objectId: string, number: number): Promise<PartRow | undefined>
  /**
   * Makes an object version current, in one transaction. Version 'null' replaces the one of that name, whose blobs are
   * collected; what it does not replace stays as an older version.
   * `guard` sees the current row inside the transaction and throws to refuse (conditional writes).
   * @throws StoreError NoSuchBucket when the bucket is gone meanwhile; ConditionalRequestConflict for 'null' in a bucket
   *   that keeps versions
   */
  commitObject(object: ObjectRow, parts: PartRow[], guard?: Guard): Promise<void>
  /**
   * Wraps a version's data key anew: one transaction changes its record and the counters, and adds `result`.
   * @throws StoreError ConditionalRequestConflict when the version is gone or no longer holds `from`, or the job did it before; what the guard throws
   */
  replaceEncryption(change: EncryptionChange): Promise<void>
  /**
   * Puts other data in the place of exactly this version's (same key, same version id) and collects its blobs, in one
   * transaction. Id, ETag, encryption, checksums and parts become those of `object`; whatever else is known of the
   * version (tags, dates, its place among the versions) stays as it is in that moment.
   * @throws StoreError ConditionalRequestConflict when the version is gone, or the job did it before; what the guard throws
   */
  replaceVersion(
    objectId: string,
    object: ObjectRow,
    parts: PartRow[],
    options?: { guard?: Guard | undefined; result?: BatchResult | undefined },
  ): Promise<void>
  /**
   * Makes a version longer, in one transaction: its size, ETag, date, checksums, number of parts and MAC become those of
   * `to`, and `part` joins its parts, in the place of the one of its number, whose blob is collected. All else stays as it
   * is in that moment. `guard` sees the current version of the key.
   * @throws StoreError ConditionalRequestConflict when that is no longer `from`, or has another size; what the guard throws
   */
  appendPart(from: ObjectRow, to: ObjectRow, part: PartRow, guard: Guard): Promise<void>
  /** The version of this id, a delete marker too. */
  findVersion(bucketId: string, key: string, versionId: string): Promise<ObjectRow | DeleteMarker | undefined>
  /** The delete marker under which a key looks deleted, where it has one. */
  latestMarker(bucketId: string, key: string): Promise<DeleteMarker | undefined>
  /**
   * Deletes as the bucket's versioning says (S3 user guide, "Deleting object versions"): the object itself where it is
   * off; otherwise a delete marker becomes the latest version, `marker.versionId` or, while suspended, 'null', which
   * replaces what was 'null'. `existed`: there was a current version.
   * @throws StoreError ConditionalRequestConflict when there would be a marker and none is given
   */
  deleteObject(
    bucketId: string,
    key: string,
    guard?: Guard,
    marker?: Pick<DeleteMarker, 'versionId' | 'lastModified'>,
  ): Promise<{ existed: boolean; markerId: string | undefined }>
  /**
   * Removes one version for good; its predecessor becomes the latest. Undefined: there was none.
   * @throws StoreError ConditionalRequestConflict when it is the latest of its key and must not be (`onlyNoncurrent`)
   */
  deleteVersion(
    bucketId: string,
    key: string,
    versionId: string,
    guard?: Guard,
    options?: { onlyNoncurrent?: boolean },
  ): Promise<{ marker: boolean } | undefined>
  /**
   * Changes what may change in a version; `change` sees the row inside the transaction and may throw to refuse.
   * @throws StoreError NoSuchVersion
   */
  changeVersion(bucketId: string, key: string, versionId: string, change: VersionChange): Promise<void>
  listVersions(query: VersionListQuery): Promise<VersionListPage>
  list(query: ListQuery): Promise<ListPage>
  /** What matches, after the place `after` (a key, or a page's `next`; undefined: from the first). `limit` is at least 1. */
  find(filter: ObjectFilter, after: string | undefined, limit: number): Promise<FoundObjects>

  /** @throws StoreError NoSuchBucket when the bucket is gone meanwhile */
  createUpload(upload: UploadRow): Promise<void>
  findUpload(uploadId: string): Promise<UploadRow | undefined>
  /** Ordered by key, then upload id (which begins with the time of initiation). */
  listUploads(query: UploadListQuery): Promise<UploadListPage>
  /** Adds or replaces a part; the replaced part's blob is collected. @throws StoreError NoSuchUpload when it ended meanwhile */
  putPart(uploadId: string, part: PartRow): Promise<void>
  listParts(objectId: string, afterNumber: number, limit: number): Promise<PartRow[]>
  /** How many parts an object or upload has, and how many plaintext bytes they are together. */
  partTotals(objectId: string): Promise<{ parts: number; bytes: number }>
  /** Ends the upload: `parts` become the object's, all other uploaded ones are collected. @throws StoreError NoSuchUpload */
  completeUpload(uploadId: string, object: ObjectRow, parts: PartRow[], guard?: Guard): Promise<void>
  /** @throws StoreError NoSuchUpload */
  abortUpload(uploadId: string): Promise<void>

  /** Blobs that nothing refers to any more and whose `notBefore` has passed. */
  dueGarbage(now: number, limit: number): Promise<string[]>
  forgetGarbage(blobIds: string[]): Promise<void>
  /** Which of these blobs some part, upload or garbage row still names. */
  referenced(blobIds: string[]): Promise<Set<string>>
}

export interface EncryptionChange {
  objectId: string
  /** the row must still hold this wrapped data key */
  from: SealedRecord
  to: SealedRecord
  /** sees the row as it is in that moment */
  guard?: Guard | undefined
  result?: BatchResult | undefined
}

/** What a batch job did to one object version; one a job and version (bucketId, key, versionId), or the write is refused. */
export interface BatchResult {
  jobId: string
  bucketId: string
  key: string
  versionId: string
  outcome: 'unchanged' | 'rewrapped' | 'rewritten' | 'failed'
  /** plaintext bytes */
  size: number
  /** how it was encrypted before, to undo a re-wrap */
  previous: EncryptionProperties
  /** of its key, where the data key was wrapped or made anew */
  keyVersionAfter?: number | undefined
  /** of 'failed' */
  error?: ErrorCode
  /** ms since the epoch */
  at: number
}

export type Guard = (current: ObjectRow | undefined) => void

export type VersionChange = (
  row: ObjectRow,
) => Partial<Pick<ObjectRow, 'tags' | 'storageClass' | 'restore' | 'retention' | 'legalHold' | 'acl'>>

export interface ListQuery {
  bucketId: string
  prefix: string
  /** any string, not only '/'; '' = flat */
  delimiter: string
  /** exclusive: only keys and common prefixes after this one (UTF-8 byte order) */
  after: string
  /** `after` is a key and no entry of a page before: what it shares a common prefix with is still to be listed */
  afterIsKey?: boolean
  /** objects and common prefixes together */
  limit: number
}

export interface ListPage {
  objects: ObjectRow[]
  commonPrefixes: string[]
  /** the key or common prefix to continue after, when there is more */
  next: string | undefined
}

export interface VersionListQuery {
  bucketId: string
  prefix: string
  delimiter: string
  afterKey: string
  /** '': behind every version of `afterKey` */
  afterVersionId: string
  limit: number
}

export interface VersionRow {
  version: ObjectRow | DeleteMarker
  isLatest: boolean
}

export interface VersionListPage {
  versions: VersionRow[]
  commonPrefixes: string[]
  next: { key: string; versionId: string } | undefined
}

export interface UploadListQuery {
  bucketId: string
  prefix: string
  delimiter: string
  afterKey: string
  afterUploadId: string
  limit: number
}

export interface UploadListPage {
  uploads: UploadRow[]
  commonPrefixes: string[]
  next: { key: string; uploadId: string } | undefined
}
