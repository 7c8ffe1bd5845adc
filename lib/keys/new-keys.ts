import { randomUUID } from 'node:crypto'
import type { KeyProvider } from './key-provider.ts'
import type { KeyRow, KeyVersionRow } from './key-repository.ts'

const DAY = 86_400_000

/** AWS KMS, EnableKeyRotation: 365 days unless told, 90 to 2,560. */
export const DEFAULT_ROTATION_DAYS = 365

/** A key of one's own as it begins: enabled, or waiting for its material. */
export function newKeyRow(
  given: Pick<KeyRow, 'projectId' | 'spec' | 'origin' | 'createdAt'> & Partial<KeyRow>,
): KeyRow {
  return {
    keyId: randomUUID(),
    state: given.origin === 'EXTERNAL' ? 'PendingImport' : 'Enabled',
    isDefault: false,
    description: '',
    currentVersion: 1,
    provider: 'embedded',
    providerKey: undefined,
    deletionAt: undefined,
    destroyDependents: false,
    rotationDays: undefined,
    nextRotationAt: undefined,
    validTo: undefined,
    policy: undefined,
    tags: {},
    ...given,
  }
}

/** Fresh material for a version of the key, to be stored by the caller. */
export async function newKeyVersion(
  provider: KeyProvider,
  { keyId, spec, provider: service, providerKey }: KeyRow,
  version: number,
  reason: KeyVersionRow['reason'],
  createdAt: number,
): Promise<KeyVersionRow> {
  const made = await provider.createKeyVersion({ keyId, version, spec, provider: service, providerKey })
  return { keyId, version, ...made, createdAt, reason }
}

/** Rotation by period, counted from `from`. */
export function rotationEvery(
  rotationDays: number,
  from: number,
): { rotationDays: number; nextRotationAt: number } {
  return { rotationDays, nextRotationAt: from + rotationDays * DAY }
}
