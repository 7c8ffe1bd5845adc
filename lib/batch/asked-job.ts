import { StoreError } from '../errors.ts'
import { requireAllowed, type Asker } from '../store/authorize.ts'
import type { Bucket } from '../store/model.ts'
import type { VersionScope } from '../store/object-filter.ts'
import type { BatchDeps, MemberCaller } from './deps.ts'
import type { AskedSelection, AskedTarget } from './jobs.ts'
import type { Selection, Target } from './model.ts'

type Deps = Pick<BatchDeps, 'catalog' | 'keyring' | 'accountOf'>

/**
 * Names become ids when a job is made: what is called so later is not what was meant.
 * @throws StoreError NoSuchBucket | AccessDenied | KeyNotFound | KeyIdMalformed | KeyInOtherRegion
 */
export async function resolvedSelection(
  deps: Deps,
  asker: Asker & { caller: MemberCaller },
  asked: AskedSelection,
): Promise<Selection> {
  const { projectId } = asker.caller
  if (asked.kind === 'key') {
    const { keyId, currentVersion } = await deps.keyring.resolveKey(projectId, asked.keyId)
    const bucketIds = (await deps.catalog.listBuckets(projectId)).map(({ bucketId }) => bucketId)
    const keyVersionBelow = asked.olderVersionsOnly === true ? currentVersion : undefined
    return { kind: 'key', keyId, keyVersionBelow, bucketIds, versions: asked.versions ?? 'all' }
  }
  const versions = asked.kind === 'filter' ? asked.filter.versions : asked.versions
  const { bucketId } = await ownBucket(deps, asker, asked.bucket, versions)
  if (asked.kind === 'filter') return { kind: 'filter', filter: { ...asked.filter, bucketId } }
  return { kind: 'keys', bucketId, ...withoutOverlaps(asked.keys, asked.prefixes ?? []), versions }
}

/** @throws StoreError InvalidRequest with fact `reason` | Key* */
export async function resolvedTarget(
  { keyring }: Deps,
  projectId: string,
  asked: AskedTarget,
): Promise<Target> {
  if (asked.kind === 'customer-key')
    throw new StoreError(
      'InvalidRequest',
      'A job cannot encrypt with a customer-provided key: it outlives a restart, and such a key is never stored',
      { reason: 'customer-key' },
    )
  if (asked.kind !== 'managed-key') return asked
  const { keyId: keyRef } = await keyring.resolveKey(projectId, asked.keyRef)
  return { kind: 'managed-key', suite: asked.suite, keyRef, context: asked.context ?? {} }
}

/** Jobs work on the buckets of their own project; those of others are not there. */
async function ownBucket(
  deps: Deps,
  asker: Asker & { caller: MemberCaller },
  name: string,
  versions: VersionScope | undefined,
): Promise<Bucket> {
  const bucket = await deps.catalog.findBucket(name)
  if (bucket?.projectId !== asker.caller.projectId)
    throw new StoreError('NoSuchBucket', 'The specified bucket does not exist', { bucket: name })
  await requireAllowed(deps, asker, bucket, {
    action: versions === 'all' ? 's3:ListBucketVersions' : 's3:ListBucket',
  })
  return bucket
}

/** Each object once: no key twice or below a prefix, no prefix below another. */
function withoutOverlaps(
  keys: readonly string[],
  prefixes: readonly string[],
): { keys: string[]; prefixes: string[] } {
  const widest = inOrder(prefixes).filter(
    (prefix, at, all) => !all.slice(0, at).some((wider) => prefix.startsWith(wider)),
  )
  const apart = inOrder(keys).filter((key) => !widest.some((prefix) => key.startsWith(prefix)))
  return { keys: apart, prefixes: widest }
}

/** By UTF-8 bytes, as the catalog orders keys. */
function inOrder(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
}
