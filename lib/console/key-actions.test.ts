import { expect, test } from 'vitest'
import { isEditable, KEY_ACTIONS, obstacleTo, offeredActions, type KeyAction } from './key-actions.ts'
import { keyOriginSchema, keyStateSchema } from './schemas-keys.ts'

const own = { state: 'Enabled', origin: 'AWS_KMS', isDefault: false } as const

test('of two opposites only the one that changes something is offered', () => {
  for (const state of keyStateSchema.options) {
    for (const origin of keyOriginSchema.options) {
      const offered = offeredActions({ state, origin, isDefault: false })
      expect(offered.includes('enable') && offered.includes('disable')).toBe(false)
      expect(offered.includes('scheduleDeletion') && offered.includes('cancelDeletion')).toBe(false)
      if (state === 'Destroyed') expect(offered).toEqual([])
    }
  }
})

test('the default key rotates, and nothing else about it changes', () => {
  const key = { ...own, isDefault: true }
  const possible = (Object.keys(KEY_ACTIONS) as KeyAction[]).filter((action) => !obstacleTo(action, key))
  expect(possible).toEqual(['rotate', 'setRotation'])
  expect(isEditable(key)).toBe(false)
})

test.each([
  ['rotate', { ...own, state: 'Disabled' }, 'disabled'],
  ['rotate', { ...own, origin: 'EXTERNAL' }, 'imported'],
  ['disable', { ...own, origin: 'EXTERNAL', state: 'PendingImport' }, 'pendingImport'],
  ['deleteMaterial', { ...own, origin: 'EXTERNAL', state: 'PendingImport' }, 'noMaterial'],
  ['import', { ...own, origin: 'EXTERNAL', state: 'PendingImport' }, undefined],
  ['import', { ...own, origin: 'EXTERNAL', state: 'PendingDeletion' }, 'pendingDeletion'],
  ['cancelDeletion', { ...own, state: 'PendingDeletion' }, undefined],
  ['scheduleDeletion', { ...own, state: 'Disabled' }, undefined],
] as const)('%s of %j: %s', (action, key, obstacle) => expect(obstacleTo(action, key)).toBe(obstacle))
