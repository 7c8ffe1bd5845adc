import { isStoreError, StoreError } from '../errors.ts'
import type { Asker } from './authorize.ts'
import { absent, authorizedRead } from './authorize-read.ts'
import type { StoreDeps } from './deps.ts'
import { decryptingFor, EncryptionDescriber, openDataKey } from './encryption.ts'
import type { EncryptionProperties } from './encryption-model.ts'
import type { Bucket, Caller, ObjectRow, PartRow } from './model.ts'
import { checkObjectKey } from './names.ts'
import type { RequestContext, VerifyObject } from './operations.ts'
import { isProven, type Verdict, type VerifiedObject, type VersionIdentity } from './verdict.ts'
import { VerifySteps } from './verify-steps.ts'
import { keyOutcome, verifyVersion, type VersionRows } from './verify-version.ts'

/** A version that changes under every look is written to just now; its writer is the better check. */
const ATTEMPTS = 4

/**
 * Reads the stored bytes of a version and says what holds and what does not; damage is an answer, and is kept as a
 * finding. Who may not read the object, or not use its key, may not have it checked either.
 * @throws StoreError NoSuchBucket | NoSuchKey | NoSuchVersion | AccessDenied | WrongCustomerKey | ConditionalRequestConflict
 */
export async function verifyObject(
  deps: StoreDeps,
  operation: VerifyObject,
  caller: Caller,
  context: RequestContext,
): Promise<VerifiedObject> {
  checkObjectKey(operation.key)
  const asker = { caller, context }
  const startedAt = deps.now()
  const { bucket } = await authorizedRead(deps, asker, operation, 'read')
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const version = await readRows(deps, bucket, operation)
    if (version === undefined) throw await absent(deps, asker, bucket, operation.key)
    const found = version === 'unreadable' ? undefined : version
    const verdict = found ? await checked(deps, asker, operation, found) : UNREADABLE
    if (found && verdict.damageCount > 0 && (await wasReplaced(deps, operation, found))) continue
    const identity = found ? identityOf(found) : await identified(deps, bucket, operation)
    await deps.integrity.keep(identity, verdict, { at: deps.now(), by: 'check' })
    const encryption = found && (await described(deps, found))
    const chunkLog2 =
      found && found.row.encryption.mode !== 'none' ? found.row.encryption.chunkLog2 : undefined
    return {
      ...verdict,
      proven: isProven(verdict),
      identity,
      encryption,
      chunkLog2,
      checkedAt: startedAt,
      tookMs: deps.now() - startedAt,
    }
  }
  throw new StoreError('ConditionalRequestConflict', 'The object is being replaced. Please try again.')
}

const UNREADABLE: Verdict = unreadable()

/** Of a version whose own row cannot be read nothing else can be asked. */
function unreadable(): Verdict {
  const steps = new VerifySteps()
  steps.fail({ step: 'rows', what: 'row-unreadable' })
  const nothing = {
    keyWithheld: undefined,
    blobs: 0,
    storedBytes: 0,
    chunks: 0,
    digests: [],
    sample: undefined,
  }
  return { steps: steps.list(), damage: steps.damage, damageCount: steps.damageCount, ...nothing }
}

/** @throws StoreError NoSuchVersion | MethodNotAllowed (a delete marker has no content) */
async function readRows(
  { catalog }: StoreDeps,
  bucket: Bucket,
  { key, versionId }: VerifyObject,
): Promise<VersionRows | 'unreadable' | undefined> {
  const row = await readable(() =>
    versionId === undefined
      ? catalog.findObject(bucket.bucketId, key)
      : catalog.findVersion(bucket.bucketId, key, versionId),
  )
  if (row === 'unreadable') return row
  if (row === undefined) {
    if (versionId === undefined) return undefined
    throw new StoreError('NoSuchVersion', 'The specified version does not exist.', { key, versionId })
  }
  if (!('objectId' in row)) throw new StoreError('MethodNotAllowed', 'A delete marker has no content.')
  const parts = await readable(() => catalog.parts(row.objectId))
  return { bucket, key, row, parts: parts === 'unreadable' ? undefined : parts }
}

async function readable<T>(read: () => Promise<T>): Promise<T | 'unreadable'> {
  try {
    return await read()
  } catch (error) {
    if (isStoreError(error) && error.code === 'ObjectCorrupt') return 'unreadable'
    throw error
  }
}

async function checked(
  deps: StoreDeps,
  asker: Asker,
  { customerKey, onProgress }: VerifyObject,
  version: VersionRows,
): Promise<Verdict> {
  const { bucket, key, row } = version
  const { objectId, encryption } = row
  const open = () => openDataKey(deps, bucket, key, objectId, encryption, customerKey, asker)
  const outcome = await keyOutcome(() =>
    decryptingFor(deps, asker, { bucket, key, record: encryption }, open),
  )
  let read = 0
  const onRead = (bytes: number): void => {
    if (asker.context.signal.aborted) throw new StoreError('ClientDisconnected', 'The client went away')
    read += bytes
    onProgress?.(read, row.size)
  }
  try {
    return await verifyVersion(deps, version, outcome, { evidence: true, onRead })
  } finally {
    if (outcome.kind === 'opened') outcome.dataKey?.fill(0)
  }
}

/** Rows of two moments are no damage: another version took this one's place, or its key was wrapped anew. */
async function wasReplaced(deps: StoreDeps, operation: VerifyObject, seen: VersionRows): Promise<boolean> {
  const now = await readRows(deps, seen.bucket, operation).catch(() => undefined)
  if (now === undefined || now === 'unreadable') return now === undefined
  return !sameRows(seen, now)
}

export function sameRows(a: VersionRows, b: VersionRows): boolean {
  return trace(a.row, a.parts) === trace(b.row, b.parts)
}

function trace(row: ObjectRow, parts: PartRow[] | undefined): string {
  const { objectId, encryption, objectMac, partCount } = row
  const wrapped = encryption.mode === 'none' ? '' : encryption.wrappedDataKey.toString('hex')
  const rows = parts?.map(({ number, blobId, mac }) => [number, blobId, mac.toString('hex')])
  return JSON.stringify([objectId, wrapped, objectMac?.toString('hex'), partCount, rows])
}

export function identityOf({ bucket, key, row }: VersionRows): VersionIdentity {
  const { objectId, versionId, size, encryption } = row
  const { projectId, bucketId, name } = bucket
  return { objectId, projectId, bucketId, bucket: name, key, versionId, size, mode: encryption.mode }
}

async function identified(deps: StoreDeps, bucket: Bucket, { key, versionId }: VerifyObject) {
  const identity = await deps.integrity.identify(bucket.bucketId, key, versionId)
  if (identity === undefined) throw new StoreError('NoSuchKey', 'The specified key does not exist.', { key })
  return identity
}

/** A key that is gone has no name to show. */
async function described(
  deps: StoreDeps,
  { bucket, row }: VersionRows,
): Promise<EncryptionProperties | undefined> {
  try {
    return await new EncryptionDescriber(deps).describe(bucket.projectId, row.encryption)
  } catch (error) {
    if (isStoreError(error)) return undefined
    throw error
  }
}
