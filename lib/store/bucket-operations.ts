import type { CorsConfiguration } from './cors-model.ts'
import type { BucketEncryptionRule } from './encryption-model.ts'
import type { LifecycleConfiguration } from './lifecycle-model.ts'
import type { CannedAcl, ObjectLockConfiguration, VersioningState } from './model.ts'

/** What can be asked about buckets (operations.ts). */

export interface ListBuckets {
  name: 'ListBuckets'
}
export interface CreateBucket {
  name: 'CreateBucket'
  bucket: string
  region?: string
  encryption?: BucketEncryptionRule
  /** a bucket with object lock keeps versions from the first */
  objectLock?: boolean
  /** undefined: private */
  acl?: CannedAcl
}
export interface HeadBucket {
  name: 'HeadBucket'
  bucket: string
}
export interface DeleteBucket {
  name: 'DeleteBucket'
  bucket: string
}
export interface GetBucketEncryption {
  name: 'GetBucketEncryption'
  bucket: string
}
export interface PutBucketEncryption {
  name: 'PutBucketEncryption'
  bucket: string
  rule: BucketEncryptionRule
  /** undefined: leave as it is */ customerKeysBlocked?: boolean
}
export interface DeleteBucketEncryption {
  name: 'DeleteBucketEncryption'
  bucket: string
}
export interface GetBucketPolicy {
  name: 'GetBucketPolicy'
  bucket: string
}
export interface PutBucketPolicy {
  name: 'PutBucketPolicy'
  bucket: string
  /** IAM JSON */
  policy: string
}
export interface DeleteBucketPolicy {
  name: 'DeleteBucketPolicy'
  bucket: string
}
export interface GetBucketPolicyStatus {
  name: 'GetBucketPolicyStatus'
  bucket: string
}
export interface GetBucketAcl {
  name: 'GetBucketAcl'
  bucket: string
}
export interface PutBucketAcl {
  name: 'PutBucketAcl'
  bucket: string
  acl: CannedAcl
}
export interface GetBucketVersioning {
  name: 'GetBucketVersioning'
  bucket: string
}
export interface PutBucketVersioning {
  name: 'PutBucketVersioning'
  bucket: string
  state: VersioningState
}

export interface GetObjectLockConfiguration {
  name: 'GetObjectLockConfiguration'
  bucket: string
}
export interface PutObjectLockConfiguration {
  name: 'PutObjectLockConfiguration'
  bucket: string
  configuration: ObjectLockConfiguration
}

export interface GetBucketCors {
  name: 'GetBucketCors'
  bucket: string
}
export interface PutBucketCors {
  name: 'PutBucketCors'
  bucket: string
  configuration: CorsConfiguration
}
export interface DeleteBucketCors {
  name: 'DeleteBucketCors'
  bucket: string
}
export interface GetBucketLifecycle {
  name: 'GetBucketLifecycle'
  bucket: string
}
export interface PutBucketLifecycle {
  name: 'PutBucketLifecycle'
  bucket: string
  configuration: LifecycleConfiguration
}
export interface DeleteBucketLifecycle {
  name: 'DeleteBucketLifecycle'
  bucket: string
}
