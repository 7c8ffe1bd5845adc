import type { Expiration } from '../../store/lifecycle-model.ts'
import { formatHttpDate } from './dates.ts'

/**
 * When a lifecycle rule deletes the object, and which one; its name URL-encoded (S3 API reference, x-amz-expiration, and
 * its cousins of OSS and COS).
 */
export function expirationHeader(
  name: 'x-amz-expiration' | 'x-oss-expiration' | 'x-cos-expiration',
  expiration: Expiration | undefined,
): Record<string, string> {
  if (expiration === undefined) return {}
  const { expiresAt, ruleId } = expiration
  const rule = encodeURIComponent(ruleId.toWellFormed())
  return { [name]: `expiry-date="${formatHttpDate(expiresAt)}", rule-id="${rule}"` }
}
