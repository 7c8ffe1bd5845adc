import { StoreError } from '../errors.ts'
import { requireAllowed, type Asker } from './authorize.ts'
import { isPublicAcl } from './canned-acl.ts'
import type { StoreDeps } from './deps.ts'
import type { Bucket, ObjectAcl } from './model.ts'
import { aclConditions } from './write-conditions.ts'

/**
 * To write an object that others may read needs the right to say so beside the right to write it (S3 API reference,
 * PutObject, "Permissions"). One that takes nothing but what the bucket gives, or less, needs none: many clients send
 * `private` with every upload.
 * @throws StoreError AccessDenied, also where public access is blocked
 */
export async function authorizeAcl(
  deps: StoreDeps,
  asker: Asker,
  bucket: Bucket,
  { key, acl }: { key: string; acl?: ObjectAcl | undefined },
): Promise<void> {
  if (acl === undefined || !isPublicAcl(acl)) return
  const conditions = () => aclConditions(acl)
  await requireAllowed(deps, asker, bucket, { action: 's3:PutObjectAcl', key, conditions })
  refuseBlockedAcl(deps, acl)
}

/** As S3's BlockPublicAcls, for the whole installation. @throws StoreError AccessDenied */
export function refuseBlockedAcl({ publicAccess }: Pick<StoreDeps, 'publicAccess'>, acl: ObjectAcl): void {
  if (publicAccess !== 'allowed' && isPublicAcl(acl))
    throw new StoreError(
      'AccessDenied',
      'Public access is blocked in this installation (COFFER_PUBLIC_ACCESS), so no ACL can be public.',
      { reason: 'public-access-blocked' },
    )
}
