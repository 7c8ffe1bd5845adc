import { StoreError } from '../errors.ts'
import type { KeyEntry } from '../keys/key-directory.ts'
import type { KeyChange, KeySnapshot, KeyVersionRow } from '../keys/key-repository.ts'
import { DEFAULT_ROTATION_DAYS, newKeyVersion } from '../keys/new-keys.ts'
import { arnOf, authorizedKey } from './key-lookup.ts'
import { pageOf } from './paging.ts'
import { notRotatedByPeriod, requireRotatable, rotatedByPeriod, rotatedOnDemand } from './transitions.ts'
import type { KeyServiceDeps, SomeUseCases } from './use-case.ts'

/** EnableKeyRotation (KMS API Reference). */
const SHORTEST = 90
const LONGEST = 2560

type Names =
  | 'GetKeyRotationStatus'
  | 'EnableKeyRotation'
  | 'DisableKeyRotation'
  | 'RotateKeyOnDemand'
  | 'ListKeyRotations'

export const rotation: SomeUseCases<Names> = {
  GetKeyRotationStatus: async (deps, { keyId }, scope) => {
    const key = await authorizedKey(deps, scope, keyId, 'kms:GetKeyRotationStatus')
    return {
      keyArn: await arnOf(deps, key),
      enabled: key.rotationDays !== undefined,
      periodDays: key.rotationDays,
      nextAt: key.nextRotationAt,
      // A rotation on demand is over when it is answered.
      onDemandStartedAt: undefined,
    }
  },
  EnableKeyRotation: async (deps, { keyId, periodDays = DEFAULT_ROTATION_DAYS }, scope) => {
    checkPeriod(periodDays)
    const key = await authorizedKey(deps, scope, keyId, 'kms:EnableKeyRotation')
    scope.trail.note({ periodDays })
    await deps.directory.change(key.keyId, (current) => rotatedByPeriod(current, deps.now(), periodDays))
  },
  DisableKeyRotation: async (deps, { keyId }, scope) => {
    const key = await authorizedKey(deps, scope, keyId, 'kms:DisableKeyRotation')
    await deps.directory.change(key.keyId, (current) => notRotatedByPeriod(current, deps.now()))
  },
  RotateKeyOnDemand: async (deps, { keyId }, scope) => {
    const key = await authorizedKey(deps, scope, keyId, 'kms:RotateKeyOnDemand')
    requireRotatable(key, deps.now())
    const decide = (current: KeySnapshot, version: KeyVersionRow): KeyChange | undefined =>
      rotatedOnDemand(current, deps.now(), version)
    const rotated = await rotate(deps, key, 'ON_DEMAND', decide)
    scope.trail.version(rotated.currentVersion)
    return { keyArn: await arnOf(deps, key) }
  },
  ListKeyRotations: async (deps, { keyId, ...page }, scope) => {
    const key = await authorizedKey(deps, scope, keyId, 'kms:ListKeyRotations')
    const versions = await deps.directory.versions(key.keyId)
    const { items, nextMarker } = pageOf(versions, ({ version }) => String(version).padStart(10, '0'), page)
    return {
      items: items.map(({ version, createdAt, reason }) => ({ version, at: createdAt, type: reason })),
      nextMarker,
    }
  },
}

/** Another rotation may come first; then the material made for this one is dropped and made again. */
const ATTEMPTS = 5

/**
 * Gives a key its next version. The provider makes the material outside the transaction, because it may be another
 * machine; `decide` sees the key again inside it.
 * @returns the key as it is now, also when `decide` found nothing to do
 */
export async function rotate(
  { directory, provider, now }: Pick<KeyServiceDeps, 'directory' | 'provider' | 'now'>,
  key: KeyEntry,
  reason: KeyVersionRow['reason'],
  decide: (current: KeySnapshot, version: KeyVersionRow) => KeyChange | undefined,
): Promise<KeyEntry> {
  let current = key
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const next = current.currentVersion + 1
    const version = await newKeyVersion(provider, current, next, reason, now())
    let decided = false
    current = await directory.change(key.keyId, (snapshot) => {
      const change = decide(snapshot, version)
      decided = change !== undefined || snapshot.key.currentVersion + 1 === next
      return change ?? {}
    })
    if (decided) return current
  }
  throw new StoreError('SlowDown', 'The key rotates too often at once', { keyId: key.keyId })
}

function checkPeriod(days: number): void {
  if (Number.isInteger(days) && days >= SHORTEST && days <= LONGEST) return
  throw new StoreError('InvalidArgument', `A rotation period is from ${SHORTEST} to ${LONGEST} days`, {
    argument: 'periodDays',
  })
}
