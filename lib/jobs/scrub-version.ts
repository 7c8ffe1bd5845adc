import { isStoreError } from '../errors.ts'
import type { Verdict, VersionIdentity } from '../store/verdict.ts'
import { identityOf, sameRows } from '../store/verify-object.ts'
import { VerifySteps } from '../store/verify-steps.ts'
import { keyOutcome, verifyVersion } from '../store/verify-version.ts'
import type { KeyOutcome, VerifyDeps, VersionRows } from '../store/verify-version.ts'
import type { ScrubRepository } from './scrub-repository.ts'
import type { Scrubbed } from './scrub-tally.ts'

export interface ScrubVersionDeps extends VerifyDeps {
  repository: Pick<ScrubRepository, 'readVersion' | 'identify'>
}

/** What is to be counted, and what a finding is to be made or closed of. */
export interface ScrubResult {
  seen: Scrubbed
  found?: { identity: VersionIdentity; verdict: Pick<Verdict, 'steps' | 'damage' | 'damageCount'> }
}

/** A version that changes under every look is written to just now; its writer is the better check. */
const ATTEMPTS = 4

/**
 * Checks one version as the server itself: with its own keys, under the bucket and key that its row says, so that rows
 * that changed places fail. What a customer's key would be needed for is left out, and counted.
 * @throws StoreError for failures of the machine, and what `onRead` throws
 */
export async function scrubVersion(
  deps: ScrubVersionDeps,
  row: number,
  onRead: (bytes: number) => Promise<void>,
): Promise<ScrubResult> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const version = await readRows(deps, row)
    if (version === 'gone') return { seen: { kind: 'gone' } }
    if (version === 'unreadable') return unreadable(deps, row)
    const key = await keyOutcome(() => ownKey(deps, version))
    const verdict = await verifyVersion(deps, version, key, { evidence: false, onRead }).finally(
      () => key.kind === 'opened' && key.dataKey?.fill(0),
    )
    if (verdict.damageCount > 0 && (await wasReplaced(deps, row, version))) continue
    return { seen: seenOf(version, key, verdict), found: { identity: identityOf(version), verdict } }
  }
  return { seen: { kind: 'unchecked' } }
}

function seenOf(version: VersionRows, key: KeyOutcome, verdict: Verdict): Scrubbed {
  return {
    kind: 'checked',
    projectId: version.bucket.projectId,
    bytes: verdict.storedBytes,
    damaged: verdict.damageCount > 0,
    withoutKey: verdict.keyWithheld !== undefined,
    keyUse: keyUseOf(version, key),
  }
}

async function readRows({ repository }: ScrubVersionDeps, row: number) {
  try {
    const found = await repository.readVersion(row)
    return found === 'gone' ? found : { ...found, key: found.row.key }
  } catch (error) {
    if (isStoreError(error) && error.code === 'ObjectCorrupt') return 'unreadable'
    throw error
  }
}

async function unreadable(deps: ScrubVersionDeps, row: number): Promise<ScrubResult> {
  const identity = await deps.repository.identify(row)
  if (identity === undefined) return { seen: { kind: 'gone' } }
  const steps = new VerifySteps()
  steps.fail({ step: 'rows', what: 'row-unreadable' })
  const verdict = { steps: steps.list(), damage: steps.damage, damageCount: steps.damageCount }
  const { projectId = '' } = identity
  const counts = { projectId, bytes: 0, damaged: true, withoutKey: false, keyUse: undefined }
  return { seen: { kind: 'checked', ...counts }, found: { identity, verdict } }
}

async function ownKey(
  { keyring }: VerifyDeps,
  { bucket, key, row }: VersionRows,
): Promise<Buffer | undefined> {
  const { encryption, objectId } = row
  if (encryption.mode === 'none') return undefined
  const place = { bucketId: bucket.bucketId, objectKey: key, objectId }
  return keyring.decryptDataKey(bucket.projectId, encryption, place)
}

async function wasReplaced(deps: ScrubVersionDeps, row: number, seen: VersionRows): Promise<boolean> {
  const now = await readRows(deps, row)
  if (now === 'gone' || now === 'unreadable') return now === 'gone'
  return !sameRows(seen, now)
}

function keyUseOf({ row: { encryption } }: VersionRows, { kind }: KeyOutcome) {
  if (encryption.mode === 'none' || encryption.mode === 'customer-key') return undefined
  return { keyId: encryption.keyId, refused: kind !== 'opened' }
}
