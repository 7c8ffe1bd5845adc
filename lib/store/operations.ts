import type {
  ListBuckets,
  CreateBucket,
  HeadBucket,
  DeleteBucket,
  GetBucketEncryption,
  PutBucketEncryption,
  DeleteBucketEncryption,
  GetBucketPolicy,
  PutBucketPolicy,
  DeleteBucketPolicy,
  GetBucketPolicyStatus,
  GetBucketAcl,
  PutBucketAcl,
  GetBucketVersioning,
  PutBucketVersioning,
  GetObjectLockConfiguration,
  PutObjectLockConfiguration,
  GetBucketCors,
  PutBucketCors,
  DeleteBucketCors,
  GetBucketLifecycle,
  PutBucketLifecycle,
  DeleteBucketLifecycle,
} from './bucket-operations.ts'
import type { CustomerKey, EncryptionChoice, EncryptionTarget } from './encryption-model.ts'
import type {
  Bucket,
  ChecksumAlgorithm,
  ObjectAcl,
  ObjectLock,
  ObjectMetadata,
  Retention,
  Tags,
  WriteConditions,
} from './model.ts'
import type { ObjectFilter } from './object-filter.ts'
import type { Results } from './results.ts'
import type { RequestedRange } from './range.ts'

export type * from './bucket-operations.ts'
export type * from './results.ts'

/**
 * Every use case of the store as data: a dialect parses a request to one of these values, `Store.run`
 * executes it, the dialect renders the result. After parsing, nobody reads a header again.
 */

/** Digests the client vouches for; `checksum.expected()` is called after the body ended (trailers come last). */
export interface ContentChecks {
  /** Content-MD5, 16 bytes */
  md5?: Buffer
  /** SHA-256 of the body as the request's signature vouches for it, 32 bytes */
  payloadSha256?: Buffer
  checksum?: {
    algorithm: ChecksumAlgorithm
    type?: 'FULL_OBJECT' | 'COMPOSITE'
    expected: () => string | undefined
  }
}

/** RFC 9110 §13 preconditions on a read or a copy source; ETags without quotes, times in ms. */
export interface ReadConditions {
  ifMatch?: string[]
  ifNoneMatch?: string[]
  ifModifiedSince?: number
  ifUnmodifiedSince?: number
}

interface At {
  bucket: string
  key: string
}

/** One version of an object; undefined: the current one. 'null' names what was written without versioning. */
interface AtVersion extends At {
  versionId?: string
}

/** Of a version to be made; undefined: the bucket's default retention. */
interface WithLock {
  lock?: ObjectLock
}

/** Of a version to be made; undefined: default, its bucket's. */
interface WithAcl {
  acl?: ObjectAcl
}

/** Digests of a body beside those that the client vouches for. */
interface WithDigests {
  /** kept with the object; default: CRC64NVME, or what the source of a copy has */
  keep?: readonly ChecksumAlgorithm[]
  /** the ETag is the plaintext's MD5 under every method, not only where S3 has it so */
  etag?: 'md5'
}

export interface PutObject extends At, WithLock, WithAcl, WithDigests {
  name: 'PutObject'
  body: AsyncIterable<Buffer>
  /** plaintext bytes the client announced; undefined only when the console streams an unknown length */
  contentLength: number | undefined
  metadata: ObjectMetadata
  storageClass: string
  tags: Tags
  encryption: EncryptionChoice
  checks: ContentChecks
  conditions: WriteConditions
}

/**
 * Adds bytes to the end of an object that AppendObject made, or makes one. What is said of metadata, storage class, tags
 * and encryption counts when it is made; others are appended to as they are.
 */
export interface AppendObject extends At, WithAcl {
  name: 'AppendObject'
  /** where the bytes go: as long as the object is, 0 for one that is to be made */
  position: number
  body: AsyncIterable<Buffer>
  contentLength: number | undefined
  metadata: ObjectMetadata
  storageClass: string
  tags: Tags
  encryption: EncryptionChoice
  /** what is said of the encryption of an object that is there must be true, or is passed over */
  ofExisting: 'must-agree' | 'passed-over'
  checks: ContentChecks
  /** digests of the appended bytes that the answer tells */
  told?: readonly ChecksumAlgorithm[]
}

/** Makes an object without content whose readers are given another one of its bucket; whether that exists is not asked. */
export interface PutSymlink extends At, WithAcl {
  name: 'PutSymlink'
  /** a key; not that of another link, or readers are refused */
  target: string
  metadata: ObjectMetadata
  storageClass: string
  tags: Tags
  conditions: WriteConditions
}
/** What a link points to, of which nothing is read. */
export interface GetSymlink extends AtVersion {
  name: 'GetSymlink'
}

export interface GetObject extends AtVersion {
  name: 'GetObject'
  range?: RequestedRange
  /** a client part number instead of a range */
  partNumber?: number
  conditions: ReadConditions
  customerKey?: CustomerKey
}
export interface HeadObject extends Omit<GetObject, 'name'> {
  name: 'HeadObject'
}
export interface GetObjectAttributes extends AtVersion {
  name: 'GetObjectAttributes'
  customerKey?: CustomerKey
  partsAfter: number
  maxParts: number
}

export interface CopySource extends AtVersion {
  conditions: ReadConditions
  customerKey?: CustomerKey
}
export interface CopyObject extends At, WithLock, WithAcl, WithDigests {
  name: 'CopyObject'
  source: CopySource
  /** undefined: keep the source's (directive COPY) */
  metadata: ObjectMetadata | undefined
  /** the copy's own, whatever becomes of other metadata; default: it is metadata like any other */
  redirect?: { location?: string }
  tags: Tags | undefined
  /** undefined: none was asked for, which changes nothing of a copy onto itself */
  storageClass: string | undefined
  /** where none was asked for; default: the source's */
  defaultStorageClass?: string
  encryption: EncryptionChoice
  checksumAlgorithm?: ChecksumAlgorithm
  conditions: WriteConditions
  /** a source that is a symbolic link is copied as a link; default: what it points to is */
  keepsLink?: boolean
  /** an archived object, restored or not, does not get another encryption by a copy onto itself that leaves it archived */
  archivedKeepsEncryption?: boolean
}

/**
 * Changes how an object version is encrypted, where it lies: size, ETag, dates and version stay (UpdateObjectEncryption,
 * aws-s3.md §2.5, with every target). Where the cipher stays only its data key is wrapped anew.
 */
export interface ModifyEncryption extends AtVersion {
  name: 'ModifyEncryption'
  target: EncryptionTarget
  /** opens an object that lies under a customer's key */
  customerKey?: CustomerKey
  /** refuse where data would have to be read and written */
  rewrapOnly?: boolean
  /** an encrypted object keeps its cipher, and one under a managed key its context, whatever `target` says of them */
  keyOnly?: boolean
  /** of a batch: what became of it is recorded in the transaction of the change, so it happens once */
  jobId?: string
}

/** Without a version id, a bucket with versions keeps what is there under a delete marker. */
/** Reads the stored bytes of a version and says whether they hold (verify-object.ts). */
export interface VerifyObject extends AtVersion {
  name: 'VerifyObject'
  /** opens an object that lies under a customer's key; without it only presence, sizes and headers are checked */
  customerKey?: CustomerKey
  /** after every piece: stored bytes read so far, and the plaintext bytes of the object */
  onProgress?: (read: number, size: number) => void
}

export interface DeleteObject extends AtVersion {
  name: 'DeleteObject'
  conditions: WriteConditions
  /** x-amz-bypass-governance-retention: he who may, deletes in spite of a GOVERNANCE retention */
  bypassGovernance?: boolean
}
export interface DeleteObjects {
  name: 'DeleteObjects'
  bucket: string
  objects: { key: string; ifMatch?: string; versionId?: string }[]
  quiet: boolean
  bypassGovernance?: boolean
}

/** Object versions that a filter leaves, after the place `after` (a key, or a page's `next`; undefined: from the first). */
export interface FindObjects {
  name: 'FindObjects'
  bucket: string
  filter: Omit<ObjectFilter, 'bucketId'>
  after?: string | undefined
  limit: number
}
/** How much of a bucket, or of a folder in it (ends with '/'; '' = all), is encrypted, and how. */
export interface GetBucketCoverage {
  name: 'GetBucketCoverage'
  bucket: string
  folder: string
}
/** The same of all buckets of the caller's project that he may list. */
export interface GetProjectCoverage {
  name: 'GetProjectCoverage'
}
export interface ListObjects {
  name: 'ListObjects'
  bucket: string
  prefix: string
  delimiter: string
  after: string
  /** `after` is a key and no entry of a page before (ListQuery) */
  afterIsKey?: boolean
  limit: number
}

/** Versions and delete markers, by key, and of each key the newest first. */
export interface ListObjectVersions {
  name: 'ListObjectVersions'
  bucket: string
  prefix: string
  delimiter: string
  afterKey: string
  /** '': behind every version of `afterKey` */
  afterVersionId: string
  limit: number
}

export interface CreateMultipartUpload extends At, WithLock, WithAcl {
  name: 'CreateMultipartUpload'
  metadata: ObjectMetadata
  storageClass: string
  tags: Tags
  encryption: EncryptionChoice
  checksumAlgorithm?: ChecksumAlgorithm
  checksumType?: 'FULL_OBJECT' | 'COMPOSITE'
}
export interface UploadPart extends At, Pick<WithDigests, 'etag'> {
  name: 'UploadPart'
  uploadId: string
  partNumber: number
  body: AsyncIterable<Buffer>
  contentLength: number | undefined
  checks: ContentChecks
  customerKey?: CustomerKey
}
export interface UploadPartCopy extends At, Pick<WithDigests, 'etag'> {
  name: 'UploadPartCopy'
  uploadId: string
  partNumber: number
  source: CopySource
  range?: { start: number; endInclusive: number }
  customerKey?: CustomerKey
}
/** A checksum as a client claims it, base64. */
export interface ChecksumClaim {
  algorithm: ChecksumAlgorithm
  value: string
}
export interface CompletedPart {
  number: number
  etag: string
  /** each must be one that is kept of the part */
  checksums?: readonly ChecksumClaim[]
}
export interface CompleteMultipartUpload extends At {
  name: 'CompleteMultipartUpload'
  uploadId: string
  parts: CompletedPart[]
  /** x-amz-checksum-*: of the whole object */
  checksum?: ChecksumClaim
  /** x-amz-checksum-type: as the upload was begun with */
  checksumType?: 'FULL_OBJECT' | 'COMPOSITE'
  /** x-amz-mp-object-size */
  objectSize?: number
  /** bytes that every part but the last must have; default: S3's 5 MiB (OSS: 100 KiB, COS: 1 MiB) */
  minimumPartBytes?: number
  conditions: WriteConditions
  customerKey?: CustomerKey
}
export interface AbortMultipartUpload extends At {
  name: 'AbortMultipartUpload'
  uploadId: string
}
export interface ListParts extends At {
  name: 'ListParts'
  uploadId: string
  after: number
  limit: number
  customerKey?: CustomerKey
}
export interface ListMultipartUploads {
  name: 'ListMultipartUploads'
  bucket: string
  prefix: string
  delimiter: string
  afterKey: string
  afterUploadId: string
  limit: number
  /** tell what has arrived, which no S3 listing does */
  withTotals?: boolean
}

export interface GetObjectTagging extends AtVersion {
  name: 'GetObjectTagging'
}
export interface PutObjectTagging extends AtVersion {
  name: 'PutObjectTagging'
  tags: Tags
}
export interface DeleteObjectTagging extends AtVersion {
  name: 'DeleteObjectTagging'
}

export interface GetObjectAcl extends AtVersion {
  name: 'GetObjectAcl'
}
export interface PutObjectAcl extends AtVersion {
  name: 'PutObjectAcl'
  acl: ObjectAcl
}

export type RestoreTier = 'Standard' | 'Bulk' | 'Expedited'

/** Makes an archived version readable for some days; it stays archived. */
export interface RestoreObject extends AtVersion {
  name: 'RestoreObject'
  /** whole days, from 1 */
  days: number
  tier: RestoreTier
}

export interface GetObjectRetention extends AtVersion {
  name: 'GetObjectRetention'
}
export interface PutObjectRetention extends AtVersion {
  name: 'PutObjectRetention'
  /** undefined: take it away */
  retention: Retention | undefined
  bypassGovernance?: boolean
}
export interface GetObjectLegalHold extends AtVersion {
  name: 'GetObjectLegalHold'
}
export interface PutObjectLegalHold extends AtVersion {
  name: 'PutObjectLegalHold'
  on: boolean
}

export type Operation =
  | PutObject
  | AppendObject
  | PutSymlink
  | GetSymlink
  | GetObject
  | HeadObject
  | GetObjectAttributes
  | CopyObject
  | ModifyEncryption
  | VerifyObject
  | DeleteObject
  | DeleteObjects
  | ListObjects
  | FindObjects
  | GetBucketCoverage
  | GetProjectCoverage
  | ListObjectVersions
  | CreateMultipartUpload
  | UploadPart
  | UploadPartCopy
  | CompleteMultipartUpload
  | AbortMultipartUpload
  | ListParts
  | ListMultipartUploads
  | ListBuckets
  | CreateBucket
  | HeadBucket
  | DeleteBucket
  | GetBucketEncryption
  | PutBucketEncryption
  | DeleteBucketEncryption
  | GetBucketPolicy
  | PutBucketPolicy
  | DeleteBucketPolicy
  | GetBucketPolicyStatus
  | GetObjectTagging
  | PutObjectTagging
  | DeleteObjectTagging
  | GetBucketAcl
  | PutBucketAcl
  | GetObjectAcl
  | PutObjectAcl
  | GetBucketVersioning
  | PutBucketVersioning
  | RestoreObject
  | GetObjectLockConfiguration
  | PutObjectLockConfiguration
  | GetObjectRetention
  | PutObjectRetention
  | GetObjectLegalHold
  | PutObjectLegalHold
  | GetBucketCors
  | PutBucketCors
  | DeleteBucketCors
  | GetBucketLifecycle
  | PutBucketLifecycle
  | DeleteBucketLifecycle

export type OperationName = Operation['name']
export type OperationOf<N extends OperationName> = Extract<Operation, { name: N }>

/** What a use case may know of the request besides the operation. */
export interface RequestContext {
  requestId: string
  /** SSE-C may pass: TLS, loopback, or a declared trusted proxy that says https */
  secure: boolean
  /** of the client behind declared proxies; undefined for the server's own jobs */
  remoteAddress?: string
  /** the account that the client expects to own the bucket */
  expectedOwner?: string
  /** of a copy: the account that the client expects to own the source */
  expectedSourceOwner?: string
  /**
   * What a door asks before new data is put under a managed key, or a rule that does so is made, beside the key's own
   * rules. Throws to refuse.
   */
  beforeManagedKey?: (bucket: Pick<Bucket, 'projectId' | 'region'>) => Promise<void>
  signal: AbortSignal
}

export interface Store {
  /** Authorises and executes one operation. @throws StoreError */
  run<N extends OperationName>(
    operation: OperationOf<N>,
    caller: import('./model.ts').Caller,
    context: RequestContext,
  ): Promise<Results[N]>
}
