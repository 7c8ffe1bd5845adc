import type { BucketEncryptionRule, EncryptionProperties } from './encryption-model.ts'
import type { CorsConfiguration } from './cors-model.ts'
import type { Coverage } from './coverage-model.ts'
import type { Expiration, LifecycleConfiguration } from './lifecycle-model.ts'
import type {
  Bucket,
  BucketUsage,
  CannedAcl,
  ChecksumAlgorithm,
  ObjectAcl,
  ObjectChecksum,
  ObjectLockConfiguration,
  ObjectMetadata,
  Retention,
  Tags,
  VersioningState,
} from './model.ts'
import type { VerifiedObject } from './verdict.ts'

/** What is known of an object version without reading its bytes. */
export interface ObjectSummary {
  key: string
  size: number
  /** without quotes */
  etag: string
  lastModified: number
  storageClass: string
  /** of an archived version, once somebody asked for it */
  restore?: RestoreStatus
  encryption: EncryptionProperties
  /** absent: an ordinary object */
  type?: 'appendable' | 'symlink'
}
/** Of a version that a filter found; `isLatest` is false of those that are not current. */
export interface FoundVersion extends ObjectSummary {
  versionId: string
  isLatest: boolean
}
/** x-amz-restore: `ongoing`, or readable until `expiresAt` (ms). */
export type RestoreStatus = { ongoing: true } | { ongoing: false; expiresAt: number }
export interface ObjectInfo extends ObjectSummary {
  objectId: string
  versionId: string
  metadata: ObjectMetadata
  tags: Tags
  /** only when the data key could be used (an SSE-C object needs its key) */
  checksums: ObjectChecksum[]
  partCount: number
  multipart: boolean
  /** only for those who may see it */
  retention?: Retention
  legalHold?: boolean
}
/** In a bucket that has or had versions: which one the answer speaks of. Absent where S3 leaves it out. */
interface OfVersion {
  versionId?: string
}
export interface Written extends OfVersion {
  etag: string
  size: number
  lastModified: number
  encryption: EncryptionProperties
  checksums: ObjectChecksum[]
  /** of a copy */
  sourceVersionId?: string
  /** where a lifecycle rule says so */
  expiration?: Expiration
}
export interface ReadResult extends OfVersion {
  object: ObjectInfo
  /** of a current version, where a lifecycle rule says so */
  expiration?: Expiration
  /** present for a partial answer (206) */ range?: { start: number; endInclusive: number }
  length: number
}

export interface Results {
  PutObject: Written
  /** `position` for the next append; `appended`: what was asked to be told of these bytes */
  AppendObject: Written & { position: number; appended: ObjectChecksum[] }
  PutSymlink: Written
  GetSymlink: OfVersion & { target: string; etag: string; lastModified: number; metadata: ObjectMetadata }
  GetObject: ReadResult & { body: AsyncIterable<Buffer> }
  HeadObject: ReadResult
  GetObjectAttributes: OfVersion & {
    object: ObjectInfo
    parts: { number: number; size: number; checksums: ObjectChecksum[] }[]
    truncated: boolean
  }
  CopyObject: Written
  ModifyEncryption: {
    change: 'unchanged' | 'rewrapped' | 'rewritten'
    previous: EncryptionProperties
    encryption: EncryptionProperties
    /** plaintext bytes */
    size: number
  }
  VerifyObject: VerifiedObject
  DeleteObject: DeletedVersion & { existed: boolean }
  DeleteObjects: {
    deleted: DeletedObject[]
    failed: { key: string; versionId?: string; error: unknown }[]
  }
  ListObjects: { objects: ObjectSummary[]; commonPrefixes: string[]; next: string | undefined }
  /** `next`: searched up to here; there may be more even when this page is empty */
  FindObjects: { objects: FoundVersion[]; next: string | undefined }
  GetBucketCoverage: { coverage: Coverage }
  /** `hiddenBuckets` that the caller may not list are not counted */
  GetProjectCoverage: { coverage: Coverage; hiddenBuckets: number }
  ListObjectVersions: {
    entries: ListedVersion[]
    commonPrefixes: string[]
    next: { key: string; versionId: string } | undefined
  }
  CreateMultipartUpload: {
    uploadId: string
    encryption: EncryptionProperties
    checksumAlgorithm?: ChecksumAlgorithm
    checksumType?: 'FULL_OBJECT' | 'COMPOSITE'
  }
  UploadPart: Written
  UploadPartCopy: Written
  CompleteMultipartUpload: Written
  AbortMultipartUpload: Record<string, never>
  ListParts: {
    parts: { number: number; size: number; etag: string; lastModified: number; checksums: ObjectChecksum[] }[]
    next: number | undefined
    initiator: string
    storageClass: string
    checksumAlgorithm?: ChecksumAlgorithm
    checksumType?: 'FULL_OBJECT' | 'COMPOSITE'
  }
  ListMultipartUploads: {
    uploads: {
      key: string
      uploadId: string
      initiatedAt: number
      initiator: string
      storageClass: string
      checksumAlgorithm?: ChecksumAlgorithm
      checksumType?: 'FULL_OBJECT' | 'COMPOSITE'
      /** of what has arrived, when asked for; plaintext bytes */
      totals?: { parts: number; bytes: number }
    }[]
    commonPrefixes: string[]
    next: { key: string; uploadId: string } | undefined
  }
  ListBuckets: { buckets: (Bucket & { usage: BucketUsage })[] }
  CreateBucket: { bucket: Bucket }
  HeadBucket: { bucket: Bucket }
  DeleteBucket: Record<string, never>
  GetBucketEncryption: { rule: BucketEncryptionRule | undefined; customerKeysBlocked: boolean }
  PutBucketEncryption: Record<string, never>
  DeleteBucketEncryption: Record<string, never>
  /** as it was written */
  GetBucketPolicy: { policy: string }
  PutBucketPolicy: Record<string, never>
  DeleteBucketPolicy: Record<string, never>
  GetBucketPolicyStatus: { isPublic: boolean }
  GetObjectTagging: OfVersion & { tags: Tags }
  PutObjectTagging: OfVersion
  DeleteObjectTagging: OfVersion
  /** `publicAccessBlocked`: in this installation no ACL lets anybody in, whatever it says */
  GetBucketAcl: { acl: CannedAcl; bucket: Bucket; publicAccessBlocked: boolean }
  PutBucketAcl: Record<string, never>
  /** `effective`: where it is `default`, its bucket's */
  GetObjectAcl: OfVersion & { acl: ObjectAcl; effective: CannedAcl }
  PutObjectAcl: OfVersion
  /** undefined: never switched on */
  GetBucketVersioning: { state: VersioningState | undefined }
  PutBucketVersioning: Record<string, never>
  /** `restored`: it was readable already, and now is so for longer (200, not 202) */
  RestoreObject: OfVersion & { restored: boolean }
  GetObjectLockConfiguration: { configuration: ObjectLockConfiguration }
  PutObjectLockConfiguration: Record<string, never>
  GetObjectRetention: { retention: Retention }
  PutObjectRetention: OfVersion
  GetObjectLegalHold: { on: boolean }
  PutObjectLegalHold: OfVersion
  /** undefined: the bucket has no rules of its own */
  GetBucketCors: { configuration: CorsConfiguration | undefined }
  PutBucketCors: Record<string, never>
  DeleteBucketCors: Record<string, never>
  GetBucketLifecycle: { configuration: LifecycleConfiguration | undefined }
  PutBucketLifecycle: Record<string, never>
  DeleteBucketLifecycle: Record<string, never>
}

/** Which version was deleted or made by a deletion; `deleteMarker`: it is (or was) a delete marker. */
export interface DeletedVersion extends OfVersion {
  deleteMarker?: true
}

/** `versionId` as it was asked for; `deleteMarkerVersionId` of the marker that was made, or deleted. */
export interface DeletedObject {
  key: string
  versionId?: string
  deleteMarker?: true
  deleteMarkerVersionId?: string
}

export type ListedVersion =
  | (ObjectSummary & { kind: 'version'; versionId: string; isLatest: boolean })
  | { kind: 'delete-marker'; key: string; versionId: string; isLatest: boolean; lastModified: number }
