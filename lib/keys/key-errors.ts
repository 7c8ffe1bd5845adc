import { StoreError } from '../errors.ts'
import type { KeyRow } from './key-repository.ts'
import { keyNotFound } from './key-reference.ts'
import type { KeyState } from './keyring.ts'

/**
 * Runs an unwrapping. Every reason for failure, be it a changed wrapping, another place, context, version or
 * root, is one error without a cause: telling them apart would help only who tampers.
 */
export async function openedOrCorrupt<T>(open: () => T | Promise<T>): Promise<T> {
  try {
    return await open()
  } catch (error) {
    if (isIntegrityFailure(error)) throw corrupt()
    throw error
  }
}

export function corrupt(): StoreError {
  return new StoreError('ObjectCorrupt', 'The wrapped data key could not be opened')
}

/**
 * The state of a key now: imported material that expired is gone from that moment, though a job empties the row
 * only later.
 */
export function stateAt(key: Pick<KeyRow, 'state' | 'validTo'>, now: number): KeyState {
  const expired = key.validTo !== undefined && key.validTo <= now
  return expired && (key.state === 'Enabled' || key.state === 'Disabled') ? 'PendingImport' : key.state
}

/** @throws StoreError KeyDisabled | KeyPendingImport | KeyPendingDeletion | KeyNotFound unless the key may wrap and unwrap */
export function requireEnabled(key: Pick<KeyRow, 'keyId' | 'state' | 'validTo'>, now: number): void {
  const state = stateAt(key, now)
  const facts = { keyId: key.keyId, state }
  switch (state) {
    case 'Enabled':
      return
    case 'Disabled':
      throw new StoreError('KeyDisabled', `The key ${key.keyId} is disabled.`, facts)
    case 'PendingImport':
      throw new StoreError(
        'KeyPendingImport',
        `The key ${key.keyId} waits for its material to be imported.`,
        facts,
      )
    case 'PendingDeletion':
      throw new StoreError('KeyPendingDeletion', `The key ${key.keyId} is pending deletion.`, facts)
    case 'Destroyed':
      throw keyNotFound()
  }
}

/** The material of a key could not be used though the row is there; nothing is wrapped under a doubtful key. */
export function keyUnusable(keyId: string): StoreError {
  return new StoreError('KeyServiceUnavailable', 'The material of the key could not be opened', { keyId })
}

export function isIntegrityFailure(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false
  // BadArgument too: a number or length that no wrapping can have comes from a changed row.
  return ['IntegrityError', 'WrongKey', 'BadFormat', 'BadArgument'].includes(String(error.code))
}
