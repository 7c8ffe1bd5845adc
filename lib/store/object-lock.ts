import type { ObjectLock } from './model.ts'

/**
 * Neither may it be deleted at `now` (ms), nor its encryption be changed (S3 user guide, "Object Lock";
 * UpdateObjectEncryption: aws-s3.md §2.5).
 */
export function isLocked({ retention, legalHold }: ObjectLock, now: number): boolean {
  return legalHold === true || (retention !== undefined && now < retention.retainUntil)
}
