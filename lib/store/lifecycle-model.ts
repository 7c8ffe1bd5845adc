import type { Tags } from './model.ts'

/** What becomes of a bucket's objects by themselves (S3 user guide, "Managing the lifecycle of objects"). */
export interface LifecycleConfiguration {
  rules: LifecycleRule[]
  /**
   * The least bytes of objects that rules without a size of their own move to other storage classes, as S3 has it:
   * 128 KiB for all classes, or for those that are not archives; undefined: no least size (OSS, COS).
   */
  transitionMinimum?: 'all_storage_classes_128K' | 'varies_by_storage_class'
}

export interface LifecycleRule {
  /** unique within the bucket */
  id: string
  enabled: boolean
  filter: LifecycleFilter
  /** of current versions; or only of delete markers that nothing lies beneath any more */
  expiration?: LifecycleTime | { expiredDeleteMarker: true }
  transitions?: (LifecycleTime & { storageClass: string })[]
  noncurrentExpiration?: NoncurrentTime
  noncurrentTransitions?: (NoncurrentTime & { storageClass: string })[]
  abortUploads?: Exclude<LifecycleTime, { date: number }>
}

/** All of it must hold. */
export interface LifecycleFilter {
  /** '': every key */
  prefix: string
  tags: Tags
  /** bytes, exclusive */
  sizeGreaterThan?: number
  sizeLessThan?: number
}

/**
 * `days` after the version was written, at the midnight (UTC) that follows; from `date` on; or at once, for what was
 * written before `createdBefore` (both ms since the epoch).
 */
export type LifecycleTime = { days: number } | { date: number } | { createdBefore: number }

/** `days` after a newer version took its place, while more than `keep` newer noncurrent ones are there. */
export interface NoncurrentTime {
  days: number
  keep?: number
}

/** When the current version of a key expires, and by which rule. */
export interface Expiration {
  /** ms since the epoch */
  expiresAt: number
  ruleId: string
}
