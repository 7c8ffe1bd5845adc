import { randomBytes, randomUUID } from 'node:crypto'
import { beforeEach, expect, test } from 'vitest'
import { KeyDirectory } from './key-directory.ts'
import type { KeyRow } from './key-repository.ts'
import { MemoryKeyRepository } from './memory-key-repository.test-support.ts'
import { newKeyRow } from './new-keys.ts'

const projectId = randomUUID()
let repository: MemoryKeyRepository
let directory: KeyDirectory
let forgotten: string[]
let key: KeyRow
beforeEach(async () => {
  repository = new MemoryKeyRepository()
  forgotten = []
  directory = new KeyDirectory({
    repository,
    now: () => 0,
    forgetMaterial: (keyId) => forgotten.push(keyId),
  })
  key = newKeyRow({ projectId, spec: 'AES_256', origin: 'EXTERNAL', createdAt: 0 })
  const version = { keyId: key.keyId, version: 1, createdAt: 0, reason: 'IMPORT' as const }
  const secret = { wrappedMaterial: randomBytes(8), checkValue: randomBytes(8) }
  await directory.insert(key, { ...version, ...secret }, ['alias/a'])
})

test('a change bites at once, under every name by which the key is remembered', async () => {
  const { keyId } = key
  const seen = async () => [
    (await directory.byId(projectId, keyId))?.state,
    (await directory.byAlias(projectId, 'alias/a'))?.state,
  ]
  expect(await seen()).toEqual(['PendingImport', 'PendingImport'])
  await directory.change(keyId, () => ({ set: { state: 'Disabled' } }))
  expect(await seen()).toEqual(['Disabled', 'Disabled'])
  await directory.change(keyId, () => ({ removeAlias: 'alias/a' }))
  expect(await seen()).toEqual(['Disabled', undefined])
})

test('a grant that was revoked is not remembered', async () => {
  const { keyId } = key
  const grant = {
    grantId: 'g',
    keyId,
    tokenHash: randomBytes(32),
    name: undefined,
    granteePrincipal: 'arn',
    retiringPrincipal: undefined,
    operations: ['Decrypt'],
    constraints: {},
    createdAt: 0,
  }
  expect(await directory.grants(keyId)).toEqual([])
  await directory.change(keyId, () => ({ addGrant: grant }))
  expect(await directory.grants(keyId)).toEqual([grant])
  await directory.change(keyId, () => ({ removeGrant: 'g' }))
  expect(await directory.grants(keyId)).toEqual([])
})

test('material that goes, or comes anew, is forgotten everywhere', async () => {
  const { keyId } = key
  const material = async () => (await directory.version(keyId, 1))?.wrappedMaterial
  const first = await material()
  await directory.change(keyId, () => ({ set: { description: 'x' } }))
  expect(forgotten).toEqual([])
  await directory.change(keyId, () => ({ destroyMaterial: true }))
  expect(await material()).toHaveLength(0)
  await directory.change(keyId, () => ({ setMaterial: { version: 1, wrappedMaterial: first! } }))
  expect(await material()).toEqual(first)
  expect(forgotten).toEqual([keyId, keyId])
})

test('a row that was read before a change and arrives after it is not remembered', async () => {
  const { keyId } = key
  const late = Promise.withResolvers<void>()
  const find = repository.findKey.bind(repository)
  repository.findKey = async (id) => {
    const row = await find(id)
    await late.promise
    return row
  }
  const slow = directory.byId(projectId, keyId)
  repository.findKey = find
  await directory.change(keyId, () => ({ set: { state: 'Disabled' } }))
  late.resolve()
  expect((await slow)?.state).toBe('PendingImport')
  expect((await directory.byId(projectId, keyId))?.state).toBe('Disabled')
})

test('a refused change changes nothing, and what is remembered is read again', async () => {
  const { keyId } = key
  const refused = directory.change(keyId, () => {
    throw new Error('no')
  })
  await expect(refused).rejects.toThrow('no')
  expect((await directory.byId(projectId, keyId))?.state).toBe('PendingImport')
  await expect(directory.change(randomUUID(), () => ({}))).rejects.toMatchObject({ code: 'KeyNotFound' })
})
