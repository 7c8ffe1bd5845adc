import type { PolicyDocument } from '../policy/model.ts'
import type { CorsConfiguration } from './cors-model.ts'
import type { BucketEncryptionRule, EncryptionRecord } from './encryption-model.ts'
import type { LifecycleConfiguration } from './lifecycle-model.ts'

/** Who asks. Authentication makes it, `authorize` reads it. */
export type Caller =
  | {
      kind: 'member'
      userId: string
      projectId: string
      role: ProjectRole
      /** the project's 12-digit account number, as policies name it */
      account: string
      accessKeyId?: string
      /** attached to his membership: widens or narrows what the role gives */
      memberPolicy?: PolicyDocument | undefined
    }
  | { kind: 'anonymous' }

export type ProjectRole = 'owner' | 'administrator' | 'member' | 'reader' | 'auditor'

export interface Bucket {
  bucketId: string
  name: string
  projectId: string
  region: string
  /** ms since the epoch */
  createdAt: number
  /** undefined: nobody configured one */
  encryption: BucketEncryptionRule | undefined
  /** SSE-C writes are refused */
  customerKeysBlocked: boolean
  /** IAM JSON; undefined: roles decide alone */
  policy?: string | undefined
  /** undefined: private */
  acl?: CannedAcl | undefined
  /** undefined: never switched on; there is no way back to that */
  versioning?: VersioningState | undefined
  /** undefined: the bucket has no object lock */
  objectLock?: ObjectLockConfiguration | undefined
  /** undefined: what the installation says of pages of other origins */
  cors?: CorsConfiguration | undefined
  /** undefined: nothing happens to its objects by itself */
  lifecycle?: LifecycleConfiguration | undefined
}

/**
 * Who may do what beside the rules: everybody, or everybody who signs (S3 user guide, "Canned ACL"; OSS and COS have the same
 * words). Other grants do not exist here.
 */
export type CannedAcl = 'private' | 'public-read' | 'public-read-write' | 'authenticated-read'

/** Of an object; `default`: its bucket's. */
export type ObjectAcl = CannedAcl | 'default'

export type VersioningState = 'Enabled' | 'Suspended'

/** Object lock of a bucket; without a default retention, writers ask for theirs. */
export interface ObjectLockConfiguration {
  defaultRetention?: { mode: RetentionMode } & ({ days: number } | { years: number })
}

/** GOVERNANCE can be bypassed with a right of its own, COMPLIANCE by nobody (S3 user guide, "Object Lock"). */
export type RetentionMode = 'GOVERNANCE' | 'COMPLIANCE'

export interface Retention {
  mode: RetentionMode
  /** ms since the epoch */
  retainUntil: number
}

/** What keeps one object version from being deleted or changed; each works without the other. */
export interface ObjectLock {
  retention?: Retention | undefined
  legalHold?: boolean | undefined
}

/** A restore of an archived version that somebody asked for; times in ms since the epoch. */
export interface Restore {
  /** from when on it can be read */
  availableAt: number
  /** from when on it cannot any more */
  expiresAt: number
}

/** How much lies in a bucket; kept right at every commit. */
export interface BucketUsage {
  objects: number
  bytes: number
  /** of these, how many are plaintext */
  plaintextObjects: number
}

export type ChecksumAlgorithm =
  | 'crc32'
  | 'crc32c'
  | 'crc64nvme'
  /** of OSS and COS; S3 has no word for it */
  | 'crc64ecma'
  | 'sha1'
  | 'sha256'
  | 'sha512'
  | 'md5'
  | 'xxhash64'
  | 'xxhash3'
  | 'xxhash128'

/** Checksum of plaintext as clients see it: `value` is base64 (with `-N` for composite ones). */
export interface ObjectChecksum {
  algorithm: ChecksumAlgorithm
  type: 'FULL_OBJECT' | 'COMPOSITE'
  value: string
}

/** Headers a client stores with an object and gets back. Names lower-case without prefix for user metadata. */
export interface ObjectMetadata {
  contentType: string
  cacheControl?: string
  contentDisposition?: string
  contentEncoding?: string
  contentLanguage?: string
  expires?: string
  websiteRedirectLocation?: string
  userMetadata: Record<string, string>
}

export type Tags = Record<string, string>

/** An object version as the catalog keeps it. Secret-bearing facts are sealed. */
export interface ObjectRow extends ObjectLock {
  /** UUID; fixed when the data key is made (at initiate for multipart uploads) */
  objectId: string
  bucketId: string
  key: string
  /** random (version-ids.ts), or 'null' for what was written while versioning was off or suspended */
  versionId: string
  /** plaintext bytes */
  size: number
  /** open: the ETag without quotes; sealed: 16 bytes MD5 + suffix, under the keyring's 'etag' label bound to objectId */
  etag: EtagRecord
  lastModified: number
  metadata: ObjectMetadata
  storageClass: string
  tags: Tags
  encryption: EncryptionRecord
  /** undefined for plaintext objects */
  objectMac: Buffer | undefined
  /** JSON of ObjectChecksum[]; sealed under the data key unless the object is plaintext */
  checksums: Buffer
  partCount: number
  /** true when made by a multipart upload (GET ?partNumber, x-amz-mp-parts-count) */
  multipart: boolean
  /** made by AppendObject: it grows while it is the current version; in the object MAC */
  appendable?: boolean | undefined
  /** of a symbolic link: the key of its target in the same bucket, sealed (symlink.ts); its own content is empty */
  symlink?: Buffer | undefined
  /** undefined: its bucket's */
  acl?: CannedAcl | undefined
  /** of an archived version; undefined: nobody asked */
  restore?: Restore | undefined
}

/** What a deletion without a version id leaves in a bucket with versions: the key looks deleted, its versions stay. */
export interface DeleteMarker {
  bucketId: string
  key: string
  versionId: string
  lastModified: number
}

export type EtagRecord = { open: string } | { sealed: Buffer }

/** One blob of an object version, or an uploaded part of an upload in progress. */
export interface PartRow {
  objectId: string
  /** the client's part number, 1…10,000; 1 for a single PUT */
  number: number
  /** first plaintext byte within the object; 0 until completion */
  offset: number
  /** plaintext bytes */
  size: number
  /** 32 hex digits */
  blobId: string
  /** 32 bytes each; empty for plaintext blobs */
  salt: Buffer
  commitment: Buffer
  /** MD5 of the part as hex, open or sealed as the object's */
  etag: EtagRecord
  /** JSON of ObjectChecksum[]; sealed under the data key unless plaintext */
  checksums: Buffer
  /** crypto/manifest part MAC; empty until completion, and for plaintext */
  mac: Buffer
  uploadedAt: number
  /** a small encrypted blob, whole; undefined: the blob store has it */
  inline?: Buffer | undefined
}

export interface UploadRow {
  uploadId: string
  /** the object version to be */
  objectId: string
  bucketId: string
  key: string
  initiatedAt: number
  initiator: string
  metadata: ObjectMetadata
  storageClass: string
  tags: Tags
  encryption: EncryptionRecord
  checksumAlgorithm: ChecksumAlgorithm | undefined
  checksumType: 'FULL_OBJECT' | 'COMPOSITE' | undefined
  /**
   * SSE-C only: manifest and attribute keys sealed under the keyring's 'upload' label, because clients may
   * complete an upload without sending the key again. They cannot decrypt data; the row goes at completion.
   */
  sealedFinishingKeys: Buffer | undefined
  /** of the version to be; undefined: its bucket's */
  acl?: CannedAcl | undefined
  /** of the version to be; undefined: what the bucket says by default when the upload is completed */
  lock?: ObjectLock | undefined
}

/** What must hold for the current version of a key for a write to go ahead (RFC 9110 §13). */
export interface WriteConditions {
  /** If-None-Match: * */
  ifAbsent?: boolean
  /** If-Match: the expected ETag without quotes, or '*' */
  ifMatch?: string
}
