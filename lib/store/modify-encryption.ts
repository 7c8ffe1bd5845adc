import { StoreError } from '../errors.ts'
import { refuseArchived } from './archive.ts'
import { authorizedBucket, requireAllowed, type Asker } from './authorize.ts'
import type { BatchResult } from './catalog.ts'
import type { StoreDeps } from './deps.ts'
import { discardUnlessCommitted } from './discard.ts'
import {
  checkCustomerKey,
  EncryptionDescriber,
  newIdentity,
  planEncryption,
  type EncryptionPlan,
} from './encryption.ts'
import { changeNeeded, keepingCipher, type EncryptionChangeKind } from './encryption-change.ts'
import type { EncryptionProperties, EncryptionRecord } from './encryption-model.ts'
import { findVersion } from './find-version.ts'
import { actorOf, resultOf } from './key-use-log.ts'
import type { Bucket, Caller, ObjectRow } from './model.ts'
import { checkObjectKey } from './names.ts'
import { refuseLocked } from './object-lock.ts'
import type { ModifyEncryption, RequestContext, Results } from './operations.ts'
import { openVersion } from './read-object.ts'
import { rewrapVersion } from './rewrap-version.ts'
import { rewriteVersion } from './rewrite-version.ts'
import { writeConditions } from './write-conditions.ts'

type Done = Results['ModifyEncryption']

/** A version to change, and everything that was asked about it. */
interface Change {
  asker: Asker
  operation: ModifyEncryption
  bucket: Bucket
  row: ObjectRow
  plan: EncryptionPlan
  previous: EncryptionProperties
}

/**
 * Changes how an object version is encrypted, where it lies. Where the cipher stays only its data key is wrapped anew;
 * where it does not, the data is streamed into new blobs and one transaction puts them in place of the old ones, so that
 * a reader at any instant gets the one or the other, whole.
 * @throws StoreError AccessDenied | NoSuchKey | InvalidObjectState (archived) | ObjectLocked | EncryptionChangeNotAllowed
 * | *CustomerKey* | Key* | ObjectCorrupt | ConditionalRequestConflict (changed meanwhile: nothing was done)
 */
export async function modifyEncryption(
  deps: StoreDeps,
  operation: ModifyEncryption,
  caller: Caller,
  context: RequestContext,
): Promise<Done> {
  checkObjectKey(operation.key)
  const asker = { caller, context }
  const bucket = await authorizedBucket(deps, asker, operation.bucket, {
    action: 's3:UpdateObjectEncryption',
    key: operation.key,
    conditions: (of) => writeConditions(deps, of, { encryption: operation.target }),
  })
  try {
    const done = await change(deps, asker, operation, bucket)
    if (done.change !== 'unchanged') report(deps, asker, operation, bucket, done)
    return done
  } catch (error) {
    report(deps, asker, operation, bucket, error)
    throw error
  }
}

async function change(
  deps: StoreDeps,
  asker: Asker,
  operation: ModifyEncryption,
  bucket: Bucket,
): Promise<Done> {
  const { customerKey, target, keyOnly } = operation
  const row = await findVersion(deps, asker, bucket, operation)
  refuseFixed(row, deps.now())
  checkCustomerKey(row.encryption, customerKey, asker.context)
  const wanted = keyOnly ? keepingCipher(target, row.encryption) : target
  const plan = planEncryption(wanted, bucket, asker.context)
  const kind = await changeNeeded(deps, bucket, row.encryption, plan)
  if (kind === 'rewritten' && operation.rewrapOnly)
    throw new StoreError(
      'EncryptionChangeNotAllowed',
      'The object cannot be changed to this encryption without reading and writing its data.',
    )
  const previous = await describe(deps, bucket, row.encryption)
  if (kind === 'unchanged') return { change: kind, previous, encryption: previous, size: row.size }
  const facts = { asker, operation, bucket, row, plan, previous }
  const record = await (kind === 'rewrapped' ? rewrap(deps, facts) : rewrite(deps, facts))
  return { change: kind, previous, encryption: await describe(deps, bucket, record), size: row.size }
}

/** Archived data cannot be read, and locked data must stay as it is (aws-s3.md §2.5). */
function refuseFixed(row: ObjectRow, now: number): void {
  refuseArchived(row, now)
  refuseLocked(row, now, false)
}

async function rewrap(deps: StoreDeps, facts: Change): Promise<EncryptionRecord> {
  const { asker, operation, bucket, row, plan } = facts
  const { encryption: from, objectId } = row
  if (from.mode === 'none' || plan.mode === 'none') throw new Error('Plaintext has no data key')
  const { key, customerKey } = operation
  const to = await rewrapVersion(deps, asker, { bucket, key, row, record: from, customerKey }, plan)
  await deps.catalog.replaceEncryption({
    objectId,
    from,
    to,
    guard: (current) => refuseFixed(current ?? row, deps.now()),
    result: resultFor(deps, facts, 'rewrapped', to),
  })
  return to
}

/** Whoever has data rewritten reads it and writes it: the same rights, and the same conditions, as for a copy. */
async function rewrite(deps: StoreDeps, facts: Change): Promise<EncryptionRecord> {
  const { asker, operation, bucket, row, plan } = facts
  const { key, customerKey, target } = operation
  const conditions = (of: Bucket) => writeConditions(deps, of, { encryption: target })
  await requireAllowed(deps, asker, bucket, { action: 's3:GetObject', key })
  await requireAllowed(deps, asker, bucket, { action: 's3:PutObject', key, conditions })
  const opened = await openVersion(deps, asker, { bucket, key, row, customerKey }, 'read')
  const identity = await newIdentity(deps, plan, bucket, key, asker)
  const { object, parts, blobIds } = await rewriteVersion(deps, opened, identity, asker.context.signal)
  const guard = (current: ObjectRow | undefined): void => {
    if (current !== undefined) refuseChanged(row, current, deps.now())
  }
  const result = resultFor(deps, facts, 'rewritten', identity.record)
  await discardUnlessCommitted(deps, blobIds, () =>
    deps.catalog.replaceVersion(row.objectId, object, parts, { guard, result }),
  )
  return identity.record
}

/** Another key may have been given meanwhile, of which the caller was not asked; or bytes been added that were not read. */
function refuseChanged(before: ObjectRow, current: ObjectRow, now: number): void {
  refuseFixed(current, now)
  const [a, b] = [before.encryption, current.encryption]
  const same =
    a.mode === 'none' ? b.mode === 'none' : b.mode !== 'none' && a.wrappedDataKey.equals(b.wrappedDataKey)
  if (!same || current.size !== before.size)
    throw new StoreError('ConditionalRequestConflict', 'The object was changed meanwhile. Please try again.')
}

function describe(deps: StoreDeps, bucket: Bucket, record: EncryptionRecord): Promise<EncryptionProperties> {
  return new EncryptionDescriber(deps).describe(bucket.projectId, record)
}

function resultFor(
  deps: StoreDeps,
  { operation, row, previous }: Change,
  outcome: Exclude<EncryptionChangeKind, 'unchanged'>,
  after: EncryptionRecord,
): BatchResult | undefined {
  const { jobId } = operation
  if (jobId === undefined) return undefined
  const { bucketId, key, versionId, size } = row
  const keyVersionAfter = 'keyVersion' in after ? after.keyVersion : undefined
  return { jobId, bucketId, key, versionId, outcome, size, previous, keyVersionAfter, at: deps.now() }
}

/**
 * In the audit log beside the uses of keys, which do not tell what was asked for. A job's changes are not: the log has
 * the job, and each use of a key under the job's id, and the job keeps a result of every object.
 */
function report(
  deps: StoreDeps,
  asker: Asker,
  { key, target, jobId }: ModifyEncryption,
  bucket: Bucket,
  done: unknown,
): void {
  if (jobId !== undefined) return
  const success = isDone(done) ? done : undefined
  deps.audit.record({
    at: deps.now(),
    projectId: bucket.projectId,
    actor: actorOf(asker),
    action: 's3:UpdateObjectEncryption',
    keyId: undefined,
    keyVersion: undefined,
    bucket: bucket.name,
    objectKey: key,
    result: success ? 'Success' : resultOf(done),
    requestId: asker.context.requestId,
    details: {
      encryption: target.kind,
      ...(success && { change: success.change, previous: success.previous.mode }),
    },
  })
}

function isDone(done: unknown): done is Done {
  return typeof done === 'object' && done !== null && 'change' in done
}
