import type { AccessKey as AccessKeyRow } from '@/lib/accounts/model'
import type * as json from '@/lib/console/schemas'
import type { KeyDescription } from '@/lib/keys/keyring'
import type { BucketEncryptionRule, EncryptionProperties } from '@/lib/store/encryption-model'
import type { Bucket, BucketUsage, ObjectMetadata } from '@/lib/store/model'
import type { FoundVersion, ObjectInfo, ObjectSummary, Written } from '@/lib/store/operations'

/** The store's values as the console's JSON (lib/console/schemas.ts), field by field: nothing slips out unseen. */

export function encryptionRuleJson(rule: BucketEncryptionRule | undefined): json.EncryptionRule {
  if (!rule || rule.kind === 'none') return { kind: 'none' }
  if (rule.kind === 'service-key') return { kind: rule.kind, suite: rule.suite }
  return { kind: rule.kind, suite: rule.suite, ...(rule.keyRef ? { keyRef: rule.keyRef } : {}) }
}

export function encryptionRule(rule: json.EncryptionRule): BucketEncryptionRule {
  return rule.kind === 'managed-key' ? { ...rule, bucketKeyEnabled: false } : rule
}

export function encryptionJson(properties: EncryptionProperties): json.EncryptionProperties {
  if (properties.mode !== 'managed-key') return properties
  const { mode, suite, keyId, keyArn, keyVersion, context, encryptedAt } = properties
  return { mode, suite, keyId, keyArn, keyVersion, context, encryptedAt }
}

export function keyJson({ keyId, arn, aliases, state }: KeyDescription): json.ProjectKey {
  return { keyId, arn, aliases, state }
}

export function bucketJson(bucket: Bucket, usage: BucketUsage): json.Bucket {
  const { name, region, createdAt, versioning } = bucket
  const encryption = encryptionRuleJson(bucket.encryption)
  return { name, region, createdAt, encryption, ...usage, ...(versioning && { versioning }) }
}

export function objectSummaryJson({
  key,
  size,
  etag,
  lastModified,
  encryption,
}: ObjectSummary): json.ObjectSummary {
  return { key, size, etag, lastModified, encryption: encryptionJson(encryption) }
}

export function foundVersionJson({ versionId, isLatest, ...object }: FoundVersion): json.ObjectSummary {
  return { ...objectSummaryJson(object), versionId, isLatest }
}

export function objectInfoJson(object: ObjectInfo, keyAliases: string[]): json.ObjectInfo {
  return {
    ...objectSummaryJson(object),
    storageClass: object.storageClass,
    contentType: object.metadata.contentType,
    headers: headersOf(object.metadata),
    userMetadata: object.metadata.userMetadata,
    tags: object.tags,
    checksums: object.checksums,
    partCount: object.partCount,
    keyAliases,
    withoutKey: false,
  }
}

/** What can be said of an object whose key is not at hand. */
export function lockedObjectJson(object: ObjectSummary, keyAliases: string[]): json.ObjectInfo {
  const { storageClass } = object
  const unknown = { contentType: '', headers: {}, userMetadata: {}, tags: {}, checksums: [], partCount: 0 }
  return { ...objectSummaryJson(object), storageClass, ...unknown, keyAliases, withoutKey: true }
}

export function writtenJson({ etag, size, encryption }: Written): json.Written {
  return { etag, size, encryption: encryptionJson(encryption) }
}

export function accessKeyJson({
  accessKeyId,
  description,
  state,
  createdAt,
  lastUsedAt,
}: AccessKeyRow): json.AccessKey {
  return { accessKeyId, description, state, createdAt, ...(lastUsedAt === undefined ? {} : { lastUsedAt }) }
}

function headersOf(metadata: ObjectMetadata): Record<string, string> {
  const headers = {
    'Cache-Control': metadata.cacheControl,
    'Content-Disposition': metadata.contentDisposition,
    'Content-Encoding': metadata.contentEncoding,
    'Content-Language': metadata.contentLanguage,
    Expires: metadata.expires,
    'x-amz-website-redirect-location': metadata.websiteRedirectLocation,
  }
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}
