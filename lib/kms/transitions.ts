import { StoreError } from '../errors.ts'
import { requireEnabled } from '../keys/key-errors.ts'
import type { KeyChange, KeySnapshot, KeyVersionRow } from '../keys/key-repository.ts'
import { rotationEvery } from '../keys/new-keys.ts'
import { sameBytes } from '../keys/same-bytes.ts'
import { requireOwnKey, requireState, unsupported } from './key-lookup.ts'

/**
 * The life of a key, as functions of what is: each sees the key inside the transaction that changes it, and answers
 * what becomes of it or throws. Nothing here is done on the word of a row that was read before.
 */

const DAY = 86_400_000
/** RotateKeyOnDemand (KMS API Reference, "Quotas"). */
const MAX_ON_DEMAND_ROTATIONS = 25

const NOTHING: KeyChange = {}

/** @throws StoreError KeyInvalidState */
export function enabled({ key }: KeySnapshot, now: number): KeyChange {
  const state = requireState(key, ['Enabled', 'Disabled'], now)
  return state === 'Enabled' ? NOTHING : { set: { state: 'Enabled' } }
}

/** @throws StoreError KeyIsProjectDefault | KeyInvalidState */
export function disabled({ key }: KeySnapshot, now: number): KeyChange {
  requireOwnKey(key)
  const state = requireState(key, ['Enabled', 'Disabled'], now)
  return state === 'Disabled' ? NOTHING : { set: { state: 'Disabled' } }
}

/**
 * @param confirmation what an owner typed to let the objects go with the key; undefined: nobody confirmed
 * @throws StoreError KeyIsProjectDefault | KeyInvalidState | KeyHasDependents | InvalidArgument
 */
export function scheduledForDeletion(
  current: KeySnapshot,
  now: number,
  windowDays: number,
  confirmation: string | undefined,
): KeyChange {
  const { key } = current
  requireOwnKey(key)
  requireState(key, ['Enabled', 'Disabled', 'PendingImport'], now)
  if (confirmation === undefined) requireNoDependents(current)
  else requireTyped(key, confirmation)
  const destroyDependents = confirmation !== undefined
  return { set: { state: 'PendingDeletion', deletionAt: now + windowDays * DAY, destroyDependents } }
}

/** @throws StoreError KeyInvalidState */
export function deletionCancelled(current: KeySnapshot, now: number): KeyChange {
  requireState(current.key, ['PendingDeletion'], now)
  const state = hasMaterial(current) ? 'Disabled' : 'PendingImport'
  return { set: { state, deletionAt: undefined, destroyDependents: false } }
}

export type Destruction = 'destroyed' | 'postponed' | 'not-due'

/**
 * The material goes for good, if it is time. Asked again what hangs on the key: an upload that began before may have
 * been completed since; unless an owner agreed to lose such objects, the key waits another day.
 */
export function destroyedWhenDue(
  current: KeySnapshot,
  now: number,
): { change: KeyChange; done: Destruction } {
  const { state, deletionAt, destroyDependents } = current.key
  if (state !== 'PendingDeletion' || deletionAt === undefined || deletionAt > now)
    return { change: NOTHING, done: 'not-due' }
  const { objects, uploads } = current.dependents()
  if (objects + uploads > 0 && !destroyDependents)
    return { change: { set: { deletionAt: now + DAY } }, done: 'postponed' }
  const set = {
    state: 'Destroyed',
    deletionAt: now,
    rotationDays: undefined,
    nextRotationAt: undefined,
  } as const
  return {
    change: { set: { ...set, validTo: undefined }, destroyMaterial: true, removeNames: true },
    done: 'destroyed',
  }
}

/** Imported material whose time is over goes for good; the key waits for it to come again. */
export function expiredWhenDue({ key }: KeySnapshot, now: number): KeyChange {
  if (key.validTo === undefined || key.validTo > now || key.state === 'Destroyed') return NOTHING
  return withoutMaterial(key.state)
}

/** @throws StoreError NotImplemented (not imported) | KeyNotFound */
export function importedMaterialDeleted({ key }: KeySnapshot, now: number): KeyChange {
  if (key.origin !== 'EXTERNAL') throw unsupported('Only imported key material can be deleted by itself', key)
  requireState(key, ['Enabled', 'Disabled', 'PendingImport', 'PendingDeletion'], now)
  return withoutMaterial(key.state)
}

/**
 * Imports material, or the same material once more.
 * @throws StoreError NotImplemented | KeyInvalidState | IncorrectKeyMaterial for other material than the first
 */
export function materialImported(
  current: KeySnapshot,
  now: number,
  version: KeyVersionRow,
  validTo: number | undefined,
): KeyChange {
  const { key } = current
  const state = requireImportable(key, now)
  const known = current.versions().find((row) => row.version === version.version)
  if (known !== undefined && !sameBytes(known.checkValue, version.checkValue)) {
    throw new StoreError(
      'IncorrectKeyMaterial',
      'Only the material that was imported first can be imported again',
      {
        keyId: key.keyId,
      },
    )
  }
  const material = known === undefined ? { addVersion: version } : { setMaterial: version }
  return { ...material, set: { validTo, state: state === 'PendingImport' ? 'Enabled' : state } }
}

/** @throws StoreError NotImplemented | KeyInvalidState */
export function requireImportable(key: KeySnapshot['key'], now: number): KeySnapshot['key']['state'] {
  requireOwnKey(key)
  if (key.origin !== 'EXTERNAL')
    throw unsupported('Material is imported only into keys that were made for it', key)
  return requireState(key, ['Enabled', 'Disabled', 'PendingImport'], now)
}

/** @throws StoreError NotImplemented | KeyDisabled | KeyPendingDeletion */
export function rotatedByPeriod({ key }: KeySnapshot, now: number, periodDays: number): KeyChange {
  requireRotatable(key, now)
  return { set: rotationEvery(periodDays, now) }
}

/** @throws StoreError KeyIsProjectDefault | NotImplemented | KeyDisabled | KeyPendingDeletion */
export function notRotatedByPeriod({ key }: KeySnapshot, now: number): KeyChange {
  requireOwnKey(key)
  requireRotatable(key, now)
  return { set: { rotationDays: undefined, nextRotationAt: undefined } }
}

/**
 * @returns undefined when another rotation came first and `version` is not the next one
 * @throws StoreError NotImplemented | KeyDisabled | KeyPendingDeletion | LimitExceeded
 */
export function rotatedOnDemand(
  current: KeySnapshot,
  now: number,
  version: KeyVersionRow,
): KeyChange | undefined {
  requireRotatable(current.key, now)
  const sofar = current.versions().filter(({ reason }) => reason === 'ON_DEMAND').length
  if (sofar >= MAX_ON_DEMAND_ROTATIONS) {
    throw new StoreError(
      'LimitExceeded',
      `A key rotates on demand at most ${MAX_ON_DEMAND_ROTATIONS} times`,
      {
        keyId: current.key.keyId,
      },
    )
  }
  if (version.version !== current.key.currentVersion + 1) return undefined
  return { addVersion: version, set: { currentVersion: version.version } }
}

/** @returns undefined when it is not due (any more), or `version` is not the next one */
export function rotatedWhenDue(
  { key }: KeySnapshot,
  now: number,
  version: KeyVersionRow,
): KeyChange | undefined {
  const due = key.nextRotationAt !== undefined && key.nextRotationAt <= now && key.rotationDays !== undefined
  if (!due || key.state !== 'Enabled' || version.version !== key.currentVersion + 1) return undefined
  const next = rotationEvery(key.rotationDays!, now)
  return { addVersion: version, set: { currentVersion: version.version, ...next } }
}

/** @throws StoreError NotImplemented | KeyDisabled | KeyPendingDeletion */
export function requireRotatable(key: KeySnapshot['key'], now: number): void {
  if (key.origin === 'EXTERNAL') throw unsupported('A key with imported material does not rotate', key)
  requireEnabled(key, now)
}

function withoutMaterial(state: KeySnapshot['key']['state']): KeyChange {
  const after = state === 'PendingDeletion' ? state : 'PendingImport'
  return { destroyMaterial: true, set: { state: after, validTo: undefined } }
}

function hasMaterial({ versions }: KeySnapshot): boolean {
  return versions().some(({ wrappedMaterial }) => wrappedMaterial.length > 0)
}

function requireNoDependents({ key, dependents }: KeySnapshot): void {
  const { objects, uploads } = dependents()
  if (objects + uploads === 0) return
  throw new StoreError('KeyHasDependents', 'Object versions depend on this key and would be lost with it', {
    keyId: key.keyId,
    objects,
    uploads,
  })
}

function requireTyped({ keyId, aliases }: KeySnapshot['key'], typed: string): void {
  const names = aliases.length > 0 ? aliases : [keyId]
  if (names.includes(typed)) return
  throw new StoreError('InvalidArgument', 'Type the alias of the key, or its id when it has none', {
    argument: 'destroyDependents',
  })
}
