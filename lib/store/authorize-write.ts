import { authorizedBucket, requireAllowed, type Asker } from './authorize.ts'
import { authorizeAcl } from './authorize-acl.ts'
import type { StoreDeps } from './deps.ts'
import type { EncryptionChoice } from './encryption-model.ts'
import type { Bucket, ObjectAcl, ObjectLock, Tags } from './model.ts'
import { authorizeLock } from './object-lock.ts'
import { tagConditions, writeConditions } from './write-conditions.ts'

interface Write {
  bucket: string
  key: string
  encryption: EncryptionChoice
  storageClass?: string | undefined
  tags?: Tags | undefined
  lock?: ObjectLock | undefined
  acl?: ObjectAcl | undefined
  metadata?: unknown
  source?: { bucket: string; key: string }
}

/**
 * The bucket of a new object, if the caller may put it there as he asks to, its tags, its lock and its ACL included.
 * @throws StoreError AccessDenied | NoSuchBucket | InvalidRequest and InvalidArgument (object lock)
 */
export async function authorizedWrite(deps: StoreDeps, asker: Asker, write: Write): Promise<Bucket> {
  const { key, tags } = write
  const bucket: Bucket = await authorizedBucket(deps, asker, write.bucket, {
    action: 's3:PutObject',
    key,
    conditions: (of) => writeConditions(deps, of, write),
  })
  await authorizeLock(deps, asker, bucket, write)
  await authorizeAcl(deps, asker, bucket, write)
  if (tags !== undefined) await authorizeTags(deps, asker, bucket, { key, tags })
  return bucket
}

/** No tags need no right. @throws StoreError AccessDenied */
export async function authorizeTags(
  deps: StoreDeps,
  asker: Asker,
  bucket: Bucket,
  { key, tags }: { key: string; tags: Tags },
): Promise<void> {
  if (Object.keys(tags).length === 0) return
  await requireAllowed(deps, asker, bucket, {
    action: 's3:PutObjectTagging',
    key,
    conditions: () => tagConditions(tags),
  })
}
