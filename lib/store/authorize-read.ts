import { StoreError } from '../errors.ts'
import { findBucket, judge, refused, type Asker, type Judged, type Need } from './authorize.ts'
import type { StoreDeps } from './deps.ts'
import type { Bucket } from './model.ts'
import { versionCondition } from './write-conditions.ts'

/** Its bytes, its headers, or its attributes. */
export type ReadPurpose = 'read' | 'describe' | 'attributes'

export interface JudgedRead {
  bucket: Bucket
  mayReadContent: boolean
  /** undefined: he may; `denied`: some rule says no, which is more than that none says yes */
  refusal: { error: StoreError; denied: boolean } | undefined
}

/** As `judgedRead`, for what no ACL speaks of. @throws StoreError AccessDenied | NoSuchBucket */
export async function authorizedRead(
  ...parameters: Parameters<typeof judgedRead>
): Promise<Pick<JudgedRead, 'bucket' | 'mayReadContent'>> {
  const judged = await judgedRead(...parameters)
  if (judged.refusal !== undefined) throw judged.refusal.error
  return judged
}

/**
 * Whether somebody may read an object, or know of it, by the rules. S3 asks for s3:GetObject for its headers too;
 * here s3:GetObjectAttributes is enough for them (auditors have it), but never against a denial of s3:GetObject.
 * `mayReadContent` false: what tells of the plaintext is to be left out. A version that is asked for by its id needs
 * rights of its own.
 * @throws StoreError AccessDenied and NoSuchBucket, of the bucket itself
 */
export async function judgedRead(
  deps: StoreDeps,
  asker: Asker,
  { bucket: name, key, versionId }: { bucket: string; key: string; versionId?: string | undefined },
  purpose: ReadPurpose,
): Promise<JudgedRead> {
  const conditions = () => versionCondition({ versionId })
  const version = versionId === undefined ? '' : 'Version'
  const read: Need = { action: `s3:GetObject${version}`, key, conditions }
  const describe: Need = { action: `s3:GetObject${version}Attributes`, key, conditions }
  const bucket = await findBucket(deps, asker, name, (purpose === 'read' ? read : describe).action)
  const reading = await judge(deps, asker, bucket, read)
  const refusal = (need: Need, decision: Judged) => ({
    error: refused(asker, bucket, need, decision),
    denied: isDenial(reading) || isDenial(decision),
  })
  const judged = { bucket, mayReadContent: reading.allowed, refusal: undefined }
  if (purpose === 'read' ? !reading.allowed : isDenial(reading))
    return { ...judged, refusal: refusal(read, reading) }
  if (purpose !== 'attributes' && reading.allowed) return judged
  const describing = await judge(deps, asker, bucket, describe)
  return describing.allowed ? judged : { ...judged, refusal: refusal(describe, describing) }
}

/** Some rule says no, which is more than that none says yes. */
function isDenial({ allowed, rule }: Judged): boolean {
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
