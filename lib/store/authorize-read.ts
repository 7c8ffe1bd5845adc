import { StoreError } from '../errors.ts'
import type { Decision } from '../policy/model.ts'
import { findBucket, judge, refused, requireAllowed, type Asker, type Need } from './authorize.ts'
import type { StoreDeps } from './deps.ts'
import type { Bucket } from './model.ts'
import { versionCondition } from './write-conditions.ts'

/** Its bytes, its headers, or its attributes. */
export type ReadPurpose = 'read' | 'describe' | 'attributes'

/**
 * The bucket of an object that somebody wants to read or to know of. S3 asks for s3:GetObject for its headers too;
 * here s3:GetObjectAttributes is enough for them (auditors have it), but never against a denial of s3:GetObject.
 * `mayReadContent` false: what tells of the plaintext is to be left out. A version that is asked for by its id needs
 * rights of its own.
 * @throws StoreError AccessDenied | NoSuchBucket
 */
export async function authorizedRead(
  deps: StoreDeps,
  asker: Asker,
  { bucket: name, key, versionId }: { bucket: string; key: string; versionId?: string | undefined },
  purpose: ReadPurpose,
): Promise<{ bucket: Bucket; mayReadContent: boolean }> {
  const conditions = () => versionCondition({ versionId })
  const version = versionId === undefined ? '' : 'Version'
  const read: Need = { action: `s3:GetObject${version}`, key, conditions }
  const describe: Need = { action: `s3:GetObject${version}Attributes`, key, conditions }
  const bucket = await findBucket(deps, asker, name, (purpose === 'read' ? read : describe).action)
  const reading = await judge(deps, asker, bucket, read)
  const refuse = purpose === 'read' ? !reading.allowed : isDenial(reading)
  if (refuse) throw refused(asker, bucket, read, reading)
  if (purpose === 'attributes' || !reading.allowed) await requireAllowed(deps, asker, bucket, describe)
  return { bucket, mayReadContent: reading.allowed }
}

/** Some rule says no, which is more than that none says yes. */
function isDenial({ allowed, rule }: Decision): boolean {
  return !allowed && rule !== undefined
}

/**
 * What is said of a key that is not there: who may not list does not learn that either (S3 API reference, GetObject,
 * "Permissions").
 */
export async function absent(
  deps: StoreDeps,
  asker: Asker,
  bucket: Bucket,
  key: string,
): Promise<StoreError> {
  const list: Need = { action: 's3:ListBucket' }
  const decision = await judge(deps, asker, bucket, list)
  if (!decision.allowed) return refused(asker, bucket, list, decision)
  return new StoreError('NoSuchKey', 'The specified key does not exist.', { key })
}
