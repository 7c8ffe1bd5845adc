import type { ManagedKey } from './schemas-keys.ts'

/** What can be done to a key from its page, each with the permission it asks for (IAM's names). */
export const KEY_ACTIONS = {
  rotate: 'kms:RotateKeyOnDemand',
  setRotation: 'kms:EnableKeyRotation',
  import: 'kms:ImportKeyMaterial',
  deleteMaterial: 'kms:DeleteImportedKeyMaterial',
  enable: 'kms:EnableKey',
  disable: 'kms:DisableKey',
  scheduleDeletion: 'kms:ScheduleKeyDeletion',
  cancelDeletion: 'kms:CancelKeyDeletion',
} as const
export type KeyAction = keyof typeof KEY_ACTIONS

/** What members do with a key, as its page tells who may: encrypt new objects, read old ones, change the key. */
export const KEY_USES = {
  encrypt: 'kms:GenerateDataKey',
  decrypt: 'kms:Decrypt',
  administer: 'kms:DisableKey',
} as const
export type KeyUse = keyof typeof KEY_USES

/** Every permission that the page of a key asks about. */
export const ASKED_ACTIONS = [
  ...new Set([
    ...Object.values(KEY_USES),
    ...Object.values(KEY_ACTIONS),
    'kms:PutKeyPolicy',
    'kms:CreateGrant',
    'kms:RevokeGrant',
    'kms:CreateAlias',
    'kms:DeleteAlias',
    'kms:UpdateKeyDescription',
    'kms:TagResource',
  ] as const),
]
export type AskedAction = (typeof ASKED_ACTIONS)[number]

/** Why an action is not possible now, whoever asks. */
export type Obstacle =
  'default' | 'imported' | 'disabled' | 'pendingImport' | 'pendingDeletion' | 'noMaterial'

type Facts = Pick<ManagedKey, 'state' | 'origin' | 'isDefault'>

/** The actions that make sense to offer: of two opposites the one that would change something. */
export function offeredActions({ state, origin, isDefault }: Facts): KeyAction[] {
  if (state === 'Destroyed') return []
  const imported: KeyAction[] = origin === 'EXTERNAL' && !isDefault ? ['import', 'deleteMaterial'] : []
  const rotating: KeyAction[] = origin === 'EXTERNAL' ? [] : ['rotate', 'setRotation']
  return [
    ...rotating,
    ...imported,
    state === 'Disabled' ? 'enable' : 'disable',
    state === 'PendingDeletion' ? 'cancelDeletion' : 'scheduleDeletion',
  ]
}

/**
 * What stands in the way of an action, or undefined; the same rules as the key service's (lib/kms/transitions.ts,
 * after "Key states of AWS KMS keys", KMS Developer Guide), so that a button can say why before it is pressed.
 */
export function obstacleTo(action: KeyAction, { state, origin, isDefault }: Facts): Obstacle | undefined {
  const protectedAction = action !== 'rotate' && action !== 'setRotation'
  if (isDefault && protectedAction) return 'default'
  if (action === 'cancelDeletion') return undefined
  if (state === 'PendingDeletion') return 'pendingDeletion'
  if (action === 'rotate' || action === 'setRotation') {
    if (origin === 'EXTERNAL') return 'imported'
    return state === 'Disabled' ? 'disabled' : undefined
  }
  if (action === 'deleteMaterial' && state === 'PendingImport') return 'noMaterial'
  if (action === 'disable' && state === 'PendingImport') return 'pendingImport'
  return undefined
}

/** Whether names, description and tags may be changed. */
export function isEditable({ state, isDefault }: Facts): boolean {
  return !isDefault && state !== 'PendingDeletion' && state !== 'Destroyed'
}
