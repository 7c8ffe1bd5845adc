import type { ConditionFacts } from '../policy/model.ts'
import type { StoreDeps } from './deps.ts'
import type { EncryptionChoice } from './encryption-model.ts'
import type { Bucket, ObjectAcl, ObjectLock, Tags } from './model.ts'

interface Write {
  encryption: EncryptionChoice
  storageClass?: string | undefined
  tags?: Tags | undefined
  source?: { bucket: string; key: string }
  metadata?: unknown
  lock?: ObjectLock | undefined
  acl?: ObjectAcl | undefined
}

const DAY = 86_400_000

/**
 * A write as condition keys of S3 name it. Only what the request itself asks for counts, as on S3: a bucket's
 * default encryption does not stand in for a header (S3 user guide, "Requiring SSE-KMS").
 */
export async function writeConditions(
  deps: Pick<StoreDeps, 'keyring' | 'now'>,
  bucket: Bucket,
  write: Write,
): Promise<ConditionFacts> {
  const { source, storageClass, tags = {} } = write
  const facts: ConditionFacts = {
    's3:x-amz-storage-class': storageClass,
    's3:x-amz-copy-source': source && `/${source.bucket}/${source.key}`,
    's3:x-amz-metadata-directive': source && (write.metadata === undefined ? 'COPY' : 'REPLACE'),
    ...(await encryptionFacts(deps, bucket, write.encryption)),
    ...(write.lock && lockConditions(write.lock, deps.now())),
    ...aclConditions(write.acl),
  }
  return { ...facts, ...tagConditions(tags) }
}

/** A lock as condition keys of S3 name it (S3 user guide, "Object Lock", "Limits with bucket policies"). */
export function lockConditions({ retention, legalHold }: ObjectLock, now: number): ConditionFacts {
  return {
    's3:object-lock-mode': retention?.mode,
    's3:object-lock-retain-until-date': retention && new Date(retention.retainUntil).toISOString(),
    's3:object-lock-remaining-retention-days':
      retention && String(Math.ceil((retention.retainUntil - now) / DAY)),
    's3:object-lock-legal-hold': legalHold === undefined ? undefined : legalHold ? 'ON' : 'OFF',
  }
}

/** A canned ACL as a condition key of S3 names it. */
export function aclConditions(acl: ObjectAcl | undefined): ConditionFacts {
  return { 's3:x-amz-acl': acl }
}

/** A version as a condition key of S3 names it. */
export function versionCondition({ versionId }: { versionId?: string | undefined }): ConditionFacts {
  return versionId === undefined ? {} : { 's3:VersionId': versionId }
}

/** Tags of a request as condition keys of S3 name them. */
export function tagConditions(tags: Tags): ConditionFacts {
  const facts: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(tags)) facts[`s3:RequestObjectTag/${name}`] = value
  if (Object.keys(tags).length > 0) facts['s3:RequestObjectTagKeys'] = Object.keys(tags)
  return facts
}

async function encryptionFacts(
  { keyring }: Pick<StoreDeps, 'keyring'>,
  bucket: Bucket,
  choice: EncryptionChoice,
): Promise<ConditionFacts> {
  switch (choice.kind) {
    case 'bucket-default':
    case 'none':
      return {}
    case 'service-key':
      return { 's3:x-amz-server-side-encryption': choice.suite }
    case 'customer-key':
      return { 's3:x-amz-server-side-encryption-customer-algorithm': choice.suite }
    case 'managed-key': {
      const facts = { 's3:x-amz-server-side-encryption': 'aws:kms' }
      if (choice.keyRef === undefined) return facts
      // Policies name keys by ARN; a key that is not there is refused when it is used.
      const named = await keyring
        .resolveKey(bucket.projectId, choice.keyRef)
        .then(({ arn }) => arn)
        .catch(() => choice.keyRef)
      return { ...facts, 's3:x-amz-server-side-encryption-aws-kms-key-id': named }
    }
  }
}
