import { randomBytes, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { KeyChange, KeyGrantRow, KeyRow, KeyVersionRow } from '../../keys/key-repository.ts'
import { newKeyRow } from '../../keys/new-keys.ts'
import { openTestDatabase, type TestDatabase } from '../db.test-support.ts'

let database: TestDatabase
let projectId: string
beforeEach(async () => {
  database = await openTestDatabase()
  projectId = await database.newProject()
})
afterEach(() => database.dispose())

async function insert(
  given: Partial<KeyRow> = {},
  aliases: string[] = [],
): Promise<{ key: KeyRow; version: KeyVersionRow }> {
  const key = newKeyRow({ projectId, spec: 'AES_256', origin: 'AWS_KMS', createdAt: 1, ...given })
  const version = newVersion(key.keyId, 1)
  await database.keys.insertKey(key, version, aliases)
  return { key, version }
}

function newVersion(keyId: string, version: number): KeyVersionRow {
  const secret = { wrappedMaterial: randomBytes(60), checkValue: randomBytes(32) }
  return { keyId, version, ...secret, createdAt: version, reason: 'CREATION' }
}

function newGrant(keyId: string): KeyGrantRow {
  return {
    grantId: randomUUID(),
    keyId,
    tokenHash: randomBytes(32),
    name: 'n',
    granteePrincipal: 'arn:a',
    retiringPrincipal: undefined,
    operations: ['Decrypt'],
    constraints: { encryptionContextEquals: { a: 'ü' } },
    createdAt: 5,
  }
}

/** Everything of a key that the database holds. */
async function everything(keyId: string): Promise<unknown> {
  const { keys } = database
  return [await keys.findKey(keyId), await keys.listVersions(keyId), await keys.listGrants(keyId)]
}

describe('a row comes back as it was stored', () => {
  test('with every property, and with none that may be absent', async () => {
    const full = {
      isDefault: true,
      description: 'ü'.repeat(100),
      state: 'PendingDeletion',
      origin: 'EXTERNAL',
      spec: 'SM4',
      provider: 'vault',
      providerKey: 'k',
      deletionAt: 2,
      destroyDependents: true,
      rotationDays: 90,
      nextRotationAt: 3,
      validTo: 4,
      policy: '{}',
      tags: { a: 'b' },
    } as const
    const { key, version } = await insert(full, ['alias/b', 'alias/a'])
    expect(await database.keys.findKey(key.keyId)).toEqual({
      ...key,
      ...full,
      aliases: ['alias/a', 'alias/b'],
    })
    expect(await database.keys.findVersion(key.keyId, 1)).toEqual(version)
    const bare = (await insert()).key
    expect(await database.keys.findKey(bare.keyId)).toEqual({ ...bare, aliases: [] })
    const emptied: KeyChange['set'] = {
      providerKey: undefined,
      deletionAt: undefined,
      destroyDependents: false,
      rotationDays: undefined,
      nextRotationAt: undefined,
      validTo: undefined,
      policy: undefined,
      tags: {},
    }
    const changed = await database.keys.changeKey(key.keyId, () => ({ set: emptied }))
    expect(changed).toMatchObject({ ...emptied, state: 'PendingDeletion', rotationDays: undefined })
  })

  test('grants too, found by the hash of their token', async () => {
    const { key } = await insert()
    const grant = newGrant(key.keyId)
    await database.keys.changeKey(key.keyId, () => ({ addGrant: grant }))
    expect(await database.keys.listGrants(key.keyId)).toEqual([grant])
    expect(await database.keys.findGrantByToken(grant.tokenHash)).toEqual(grant)
    expect(await database.keys.findGrantByToken(randomBytes(32))).toBeUndefined()
  })
})

describe('a change happens whole or not at all', () => {
  const refused: [string, (keyId: string) => KeyChange, string | undefined][] = [
    [
      'an alias that is taken',
      () => ({ addAlias: { alias: 'alias/taken', createdAt: 0 } }),
      'AliasAlreadyExists',
    ],
    ['an alias that nobody has', () => ({ takeAlias: 'alias/nobody' }), 'NoSuchAlias'],
    ['an alias that another key has', () => ({ removeAlias: 'alias/taken' }), 'NoSuchAlias'],
    ['a grant that is not there', () => ({ removeGrant: 'absent' }), 'NoSuchGrant'],
    ['a version that is there', (keyId) => ({ addVersion: newVersion(keyId, 1) }), undefined],
  ]
  test.each(refused)('%s spoils everything beside it', async (_, change, code) => {
    const { key } = await insert({}, ['alias/own'])
    await insert({}, ['alias/taken'])
    const before = await everything(key.keyId)
    const both = database.keys.changeKey(key.keyId, () => ({
      set: { state: 'Disabled', currentVersion: 2 },
      destroyMaterial: true,
      ...change(key.keyId),
    }))
    await expect(both).rejects.toMatchObject(code === undefined ? {} : { code })
    expect(await everything(key.keyId)).toEqual(before)
  })

  test('what a decision throws reaches who asked, and nothing changed', async () => {
    const { key } = await insert()
    const before = await everything(key.keyId)
    const change = database.keys.changeKey(key.keyId, () => {
      throw new Error('no')
    })
    await expect(change).rejects.toThrow('no')
    expect(await everything(key.keyId)).toEqual(before)
    await expect(database.keys.changeKey(randomUUID(), () => ({}))).rejects.toMatchObject({
      code: 'KeyNotFound',
    })
  })

  test('decisions made at once see each other', async () => {
    const { key } = await insert()
    await Promise.all(
      Array.from({ length: 40 }, () =>
        database.keys.changeKey(key.keyId, ({ key: { currentVersion }, versions }) => {
          expect(versions()).toHaveLength(currentVersion)
          const next = currentVersion + 1
          return { addVersion: newVersion(key.keyId, next), set: { currentVersion: next } }
        }),
      ),
    )
    expect((await database.keys.findKey(key.keyId))!.currentVersion).toBe(41)
  })

  test('a key is inserted with all its aliases or not at all', async () => {
    await insert({}, ['alias/taken'])
    const key = newKeyRow({ projectId, spec: 'SM4', origin: 'AWS_KMS', createdAt: 1 })
    const inserted = database.keys.insertKey(key, newVersion(key.keyId, 1), ['alias/free', 'alias/taken'])
    await expect(inserted).rejects.toMatchObject({ code: 'AliasAlreadyExists' })
    expect(await everything(key.keyId)).toEqual([undefined, [], []])
    expect(await database.keys.findKeyByAlias(projectId, 'alias/free')).toBeUndefined()
  })
})

test('an alias means a key within its project only', async () => {
  const other = await database.newProject()
  const [mine, theirs] = [await insert({}, ['alias/a']), await insert({ projectId: other }, ['alias/a'])]
  expect((await database.keys.findKeyByAlias(projectId, 'alias/a'))!.keyId).toBe(mine.key.keyId)
  expect((await database.keys.findKeyByAlias(other, 'alias/a'))!.keyId).toBe(theirs.key.keyId)
  await database.keys.changeKey(mine.key.keyId, () => ({ removeAlias: 'alias/a' }))
  expect(await database.keys.findKeyByAlias(projectId, 'alias/a')).toBeUndefined()
  expect((await database.keys.listAliases(other)).map(({ keyId }) => keyId)).toEqual([theirs.key.keyId])
})

test('due are rotations of enabled keys, ends of waiting, and expiries, from their moment on', async () => {
  const due = {
    rotation: await insert({ nextRotationAt: 10 }),
    deletion: await insert({ state: 'PendingDeletion', deletionAt: 10 }),
    expiry: await insert({ state: 'Disabled', validTo: 10 }),
    expiryWhileWaiting: await insert({ state: 'PendingDeletion', deletionAt: 99, validTo: 10 }),
  }
  await insert()
  await insert({ state: 'Disabled', nextRotationAt: 1 })
  await insert({ state: 'Destroyed', deletionAt: 1 })
  await insert({ state: 'PendingImport', validTo: 1 })
  expect(await database.keys.dueKeys(9, 10)).toEqual([])
  const ids = Object.values(due).map(({ key }) => key.keyId)
  expect(await database.keys.dueKeys(10, 10)).toEqual(ids.sort())
  expect(await database.keys.dueKeys(10, 2)).toHaveLength(2)
})

test('a damaged row is refused, never a wrong value', async () => {
  const { key } = await insert()
  const sql = new SqliteDatabase(join(database.dataDir, 'coffer.db'))
  const damage: [column: string, value: unknown][] = [
    ['state', 'Open'],
    ['spec', 'ROT13'],
    ['origin', ''],
    ['current_version', -1],
    ['is_default', 2],
    ['tags', 'no json'],
    ['valid_to', 'tomorrow'],
  ]
  for (const [column, value] of damage) {
    const kept = sql.prepare(`SELECT "${column}" AS v FROM kms_key WHERE key_id = ?`).get(key.keyId) as {
      v: unknown
    }
    sql.prepare(`UPDATE kms_key SET "${column}" = ? WHERE key_id = ?`).run(value, key.keyId)
    await expect(database.keys.findKey(key.keyId)).rejects.toMatchObject({
      code: 'ObjectCorrupt',
      facts: { column },
    })
    sql.prepare(`UPDATE kms_key SET "${column}" = ? WHERE key_id = ?`).run(kept.v, key.keyId)
  }
  sql.close()
  expect(await database.keys.findKey(key.keyId)).toEqual({ ...key, aliases: [] })
})
