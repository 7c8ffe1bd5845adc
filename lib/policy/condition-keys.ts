/**
 * Condition keys that the server supplies. A policy that asks for another is refused when it is stored: a rule
 * about a fact nobody ever tells would deny nothing, or allow everything.
 */
const GLOBAL: readonly string[] = [
  'aws:SourceIp',
  'aws:SecureTransport',
  'aws:CurrentTime',
  'aws:EpochTime',
  'aws:PrincipalArn',
  'aws:PrincipalAccount',
  'aws:PrincipalType',
  'aws:userid',
  'aws:username',
  'coffer:Role',
]

const OF_S3: readonly string[] = [
  's3:prefix',
  's3:delimiter',
  's3:max-keys',
  's3:x-amz-server-side-encryption',
  's3:x-amz-server-side-encryption-aws-kms-key-id',
  's3:x-amz-server-side-encryption-customer-algorithm',
  's3:x-amz-acl',
  's3:x-amz-copy-source',
  's3:x-amz-metadata-directive',
  's3:x-amz-storage-class',
  's3:VersionId',
  's3:object-lock-mode',
  's3:object-lock-retain-until-date',
  's3:object-lock-remaining-retention-days',
  's3:object-lock-legal-hold',
  's3:RequestObjectTagKeys',
]

const OF_KMS: readonly string[] = [
  'kms:CallerAccount',
  'kms:ViaService',
  'kms:EncryptionContextKeys',
  'kms:KeyOrigin',
  'kms:KeySpec',
  'kms:GrantOperations',
  'kms:GranteePrincipal',
  'kms:ScheduleKeyDeletionPendingWindowInDays',
]

const KNOWN = new Set([...GLOBAL, ...OF_S3, ...OF_KMS].map((key) => key.toLowerCase()))

/** Families whose names end with a name of the client's own. */
const FAMILIES = ['s3:requestobjecttag/', 'kms:encryptioncontext:']

export function isConditionKey(key: string): boolean {
  const name = key.toLowerCase()
  return KNOWN.has(name) || FAMILIES.some((family) => name.startsWith(family) && name.length > family.length)
}
