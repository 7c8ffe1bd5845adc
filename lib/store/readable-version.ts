import type { Asker } from './authorize.ts'
import { judgedRead, type ReadPurpose } from './authorize-read.ts'
import { aclGrants, effectiveAcl } from './canned-acl.ts'
import type { StoreDeps } from './deps.ts'
import { findVersion, type VersionName } from './find-version.ts'
import type { Bucket, ObjectRow } from './model.ts'
import { isObjectVersion } from './version-ids.ts'

export interface ReadableVersion {
  bucket: Bucket
  row: ObjectRow
  /** false: what tells of the plaintext is to be left out */
  mayReadContent: boolean
}

/**
 * A version that the caller may read, or know of: by the rules, or by its ACL where no rule speaks of it.
 * @throws StoreError AccessDenied | NoSuchBucket | as `findVersion`
 */
export async function readableVersion(
  deps: StoreDeps,
  asker: Asker,
  at: VersionName & { bucket: string },
  purpose: ReadPurpose,
): Promise<ReadableVersion> {
  const { bucket, mayReadContent, refusal } = await judgedRead(deps, asker, at, purpose)
  if (refusal === undefined)
    return { bucket, row: await findVersion(deps, asker, bucket, at), mayReadContent }
  // An ACL gives what nobody else gives; it never mends what a rule denies, and it says nothing of attributes.
  if (refusal.denied || purpose === 'attributes') throw refusal.error
  const row = await openedByAcl(deps, asker, bucket, at)
  if (row === undefined) throw refusal.error
  return { bucket, row, mayReadContent: true }
}

/**
 * The very row whose ACL lets him in: looked up twice, another object could have taken its place. Of what is not there, who
 * may list the bucket learns so; to everybody else absent and forbidden are one.
 */
async function openedByAcl(
  deps: StoreDeps,
  asker: Asker,
  bucket: Bucket,
  at: VersionName,
): Promise<ObjectRow | undefined> {
  if (deps.publicAccess !== 'allowed') return undefined
  const lets = (row: Pick<ObjectRow, 'acl'>): boolean =>
    aclGrants(effectiveAcl(bucket, row), 'READ', asker.caller)
  const row = await lookUp(deps, bucket, at)
  if (row !== undefined) return lets(row) ? row : undefined
  if (!lets({})) return undefined
  const found = await findVersion(deps, asker, bucket, at)
  return lets(found) ? found : undefined
}

async function lookUp(
  { catalog }: StoreDeps,
  { bucketId }: Bucket,
  { key, versionId }: VersionName,
): Promise<ObjectRow | undefined> {
  if (versionId === undefined) return catalog.findObject(bucketId, key)
  const version = await catalog.findVersion(bucketId, key, versionId)
  return version && isObjectVersion(version) ? version : undefined
}
