import type { CorsConfiguration } from '../../store/cors-model.ts'
import type { BucketEncryptionRule } from '../../store/encryption-model.ts'
import type { LifecycleConfiguration } from '../../store/lifecycle-model.ts'
import type { Bucket, ObjectLockConfiguration } from '../../store/model.ts'
import { type Value, bindAcl, toAcl } from './column-groups.ts'
import { count, flag, json, oneOf, optional, text, type SqlRow } from './row-values.ts'

const VERSIONING = ['Enabled', 'Suspended'] as const

export const BUCKET_COLUMNS = [
  'bucket_id',
  'name',
  'project_id',
  'region',
  'created_at',
  'encryption',
  'customer_keys_blocked',
  'policy',
  'acl',
  'versioning',
  'object_lock',
  'cors',
  'lifecycle',
] as const

export function bindBucket(b: Bucket): Value[] {
  return [
    b.bucketId,
    b.name,
    b.projectId,
    b.region,
    b.createdAt,
    b.encryption ? JSON.stringify(b.encryption) : null,
    Number(b.customerKeysBlocked),
    b.policy ?? null,
    bindAcl(b.acl, 'private'),
    b.versioning ?? null,
    b.objectLock ? JSON.stringify(b.objectLock) : null,
    b.cors ? JSON.stringify(b.cors) : null,
    b.lifecycle ? JSON.stringify(b.lifecycle) : null,
  ]
}

export function toBucket(r: SqlRow): Bucket {
  return {
    bucketId: text(r, 'bucket_id'),
    name: text(r, 'name'),
    projectId: text(r, 'project_id'),
    region: text(r, 'region'),
    createdAt: count(r, 'created_at'),
    encryption: optional(r, 'encryption', json<BucketEncryptionRule>),
    customerKeysBlocked: flag(r, 'customer_keys_blocked'),
    policy: optional(r, 'policy', text),
    acl: toAcl(r),
    versioning: optional(r, 'versioning', (row, column) => oneOf(row, column, VERSIONING)),
    objectLock: optional(r, 'object_lock', json<ObjectLockConfiguration>),
    cors: optional(r, 'cors', json<CorsConfiguration>),
    lifecycle: optional(r, 'lifecycle', json<LifecycleConfiguration>),
  }
}
