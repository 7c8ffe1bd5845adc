import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { codeOf, DAY, HARNESSES, refusal, testKms, works } from './kms.test-support.ts'
import type { KmsHarness, TestKms } from './kms.test-support.ts'

describe.each(HARNESSES)('on %s', (_, openHarness) => {
  let harness: KmsHarness
  let kms: TestKms
  beforeEach(async () => {
    harness = await openHarness()
    kms = await testKms(harness)
  })
  afterEach(() => harness.close())

  const state = async (keyId: string): Promise<string> =>
    (await kms.run('DescribeKey', { keyId, grantTokens: [], includeDestroyed: true })).state
  const encrypt = (keyId: string) =>
    kms.run('Encrypt', { keyId, plaintext: Buffer.from('x'), context: {}, grantTokens: [] })
  const schedule = (keyId: string, destroyDependents?: string) =>
    kms.run('ScheduleKeyDeletion', { keyId, pendingWindowDays: undefined, destroyDependents })

  test.each(['AES_256', 'SM4'] as const)(
    'a key of %s is created, named, described and used',
    async (spec) => {
      const tags = [{ key: 'team', value: 'a' }]
      const made = await kms.newKey({ spec, alias: 'alias/mine', description: 'Mine', tags })
      expect(made).toMatchObject({
        spec,
        state: 'Enabled',
        origin: 'AWS_KMS',
        isDefault: false,
        description: 'Mine',
        aliases: ['alias/mine'],
        account: kms.account,
        arn: `arn:aws:kms:us-east-1:${kms.account}:key/${made.keyId}`,
        currentVersion: 1,
        provider: 'embedded',
      })
      for (const keyId of [made.keyId, made.arn, 'alias/mine', made.arn.replace(/key\/.*/, 'alias/mine')]) {
        expect(await kms.run('DescribeKey', { keyId, grantTokens: [] })).toEqual(made)
        expect(await works(kms, keyId)).toBe(true)
      }
      expect(await works(kms.reopen(), made.keyId)).toBe(true)
      const { items } = await kms.run('ListResourceTags', { keyId: made.keyId, limit: 10, marker: undefined })
      expect(items).toEqual(tags)
    },
  )

  test('disabled refuses both directions at once, enabled allows them again', async () => {
    const { keyId } = await kms.newKey()
    const { ciphertext } = await encrypt(keyId)
    const decrypt = () => kms.run('Decrypt', { keyId: undefined, ciphertext, context: {}, grantTokens: [] })
    await kms.run('DisableKey', { keyId })
    await kms.run('DisableKey', { keyId })
    expect(await state(keyId)).toBe('Disabled')
    expect(await codeOf(encrypt(keyId))).toBe('KeyDisabled')
    expect(await codeOf(decrypt())).toBe('KeyDisabled')
    await kms.run('EnableKey', { keyId })
    expect((await decrypt()).plaintext.toString()).toBe('x')
  })

  test('the default key rotates, and refuses every other change', async () => {
    const { keyId, createdAt } = await kms.run('DescribeKey', { keyId: 'alias/aws/s3', grantTokens: [] })
    const policy = await kms.run('GetKeyPolicy', { keyId })
    const grant = {
      name: undefined,
      granteePrincipal: `arn:aws:iam::${kms.account}:role/reader`,
      retiringPrincipal: undefined,
      operations: ['Encrypt' as const],
      constraints: {},
    }
    const own = await kms.newKey({ alias: 'alias/own' })
    const refused = [
      () => kms.run('DisableKey', { keyId }),
      () => schedule(keyId),
      () => schedule(keyId, 'alias/coffer/default'),
      () => kms.run('UpdateKeyDescription', { keyId, description: 'other' }),
      () => kms.run('PutKeyPolicy', { keyId, policy, bypassLockoutCheck: true }),
      () => kms.run('CreateGrant', { keyId, ...grant }),
      () => kms.run('CreateAlias', { keyId, alias: 'alias/more' }),
      () => kms.run('UpdateAlias', { keyId, alias: 'alias/own' }),
      () => kms.run('TagResource', { keyId, tags: [{ key: 'a', value: 'b' }] }),
      () => kms.run('UntagResource', { keyId, tagKeys: ['a'] }),
      () => kms.run('DisableKeyRotation', { keyId }),
      () =>
        kms.run('GetParametersForImport', {
          keyId,
          algorithm: 'RSAES_OAEP_SHA_256',
          wrappingKeySpec: 'RSA_2048',
        }),
    ]
    for (const each of refused) expect(await codeOf(each())).toBe('KeyIsProjectDefault')
    expect(await codeOf(kms.run('DeleteAlias', { alias: 'alias/coffer/default' }))).toBe('InvalidAliasName')
    expect(await codeOf(kms.run('DeleteImportedKeyMaterial', { keyId }))).toBe('NotImplemented')
    expect(await kms.run('GetKeyRotationStatus', { keyId })).toMatchObject({
      enabled: true,
      periodDays: 365,
      nextAt: createdAt + 365 * DAY,
    })
    await kms.run('EnableKeyRotation', { keyId, periodDays: 90 })
    await kms.run('RotateKeyOnDemand', { keyId })
    const now = await kms.run('DescribeKey', { keyId: 'alias/aws/s3', grantTokens: [] })
    expect(now).toMatchObject({ keyId, isDefault: true, state: 'Enabled', currentVersion: 2 })
    expect(own.aliases).toEqual(['alias/own'])
  })

  test('deletion waits, can be cancelled, and destroys material and names but not the row', async () => {
    const { keyId } = await kms.newKey({ alias: 'alias/gone' })
    const { ciphertext } = await encrypt(keyId)
    for (const days of [6, 31, 7.5, NaN]) {
      const asked = { keyId, pendingWindowDays: days, destroyDependents: undefined }
      expect(await codeOf(kms.run('ScheduleKeyDeletion', asked))).toBe('InvalidArgument')
    }
    const scheduled = await schedule(keyId)
    expect(scheduled).toMatchObject({ state: 'PendingDeletion', deletionAt: kms.time.now + 30 * DAY })
    expect(await codeOf(encrypt(keyId))).toBe('KeyPendingDeletion')
    expect(await codeOf(kms.run('EnableKey', { keyId }))).toBe('KeyInvalidState')
    expect(await codeOf(kms.run('CreateAlias', { keyId, alias: 'alias/b' }))).toBe('KeyInvalidState')
    expect(await codeOf(schedule(keyId))).toBe('KeyInvalidState')
    await kms.run('CancelKeyDeletion', { keyId })
    expect(await state(keyId)).toBe('Disabled')
    await kms.run('EnableKey', { keyId })

    await schedule(keyId)
    kms.time.now += 30 * DAY - 1
    expect(await kms.upkeep.due(10)).toEqual([])
    kms.time.now += 1
    expect(await kms.upkeep.due(10)).toEqual([keyId])
    await kms.upkeep.keep(keyId)
    await kms.upkeep.keep(keyId)
    expect(await kms.upkeep.due(10)).toEqual([])
    expect(await state(keyId)).toBe('Destroyed')
    const gone = [
      () => kms.run('DescribeKey', { keyId, grantTokens: [] }),
      () => kms.run('DescribeKey', { keyId: 'alias/gone', grantTokens: [] }),
      () => encrypt(keyId),
      () => kms.run('Decrypt', { keyId: undefined, ciphertext, context: {}, grantTokens: [] }),
      () => kms.run('CancelKeyDeletion', { keyId }),
      () => kms.run('EnableKey', { keyId }),
    ]
    for (const each of gone) expect(await codeOf(each())).toBe('KeyNotFound')
    const versions = await harness.repository.listVersions(keyId)
    expect(versions.map(({ wrappedMaterial }) => wrappedMaterial.length)).toEqual([0])
    const listed = await kms.run('ListKeys', { limit: 10, marker: undefined })
    expect(listed.items.map((key) => key.isDefault)).toEqual([true])
    const all = await kms.run('ListKeys', { limit: 10, marker: undefined, includeDestroyed: true })
    expect(all.items.map((key) => key.state)).toEqual(['Enabled', 'Destroyed'])
    // The name is free again, the id is not.
    expect((await kms.newKey({ alias: 'alias/gone' })).keyId).not.toBe(keyId)
    const deleted = kms.audit.appended.filter(({ action }) => action === 'kms:DeleteKey')
    expect(deleted).toMatchObject([{ keyId, result: 'Success', actor: { userId: undefined } }])
  })

  test('objects that hang on it keep a key, unless an owner types its name', async () => {
    const { keyId } = await kms.newKey({ alias: 'alias/busy' })
    await harness.hang(keyId, 3)
    expect(await refusal(schedule(keyId))).toMatchObject({
      code: 'KeyHasDependents',
      facts: { objects: 3, uploads: 0 },
    })
    for (const typed of ['', 'alias/other', 'busy', keyId])
      expect(await codeOf(schedule(keyId, typed))).toBe('InvalidArgument')
    const typed = { keyId, pendingWindowDays: 7, destroyDependents: 'alias/busy' }
    expect(await codeOf(kms.run('ScheduleKeyDeletion', typed, kms.caller('administrator')))).toBe(
      'AccessDenied',
    )
    expect(await state(keyId)).toBe('Enabled')
    await schedule(keyId, 'alias/busy')
    kms.time.now += 30 * DAY
    await kms.upkeep.keep(keyId)
    expect(await state(keyId)).toBe('Destroyed')
    expect(kms.audit.appended.at(-1)).toMatchObject({
      action: 'kms:DeleteKey',
      result: 'Success',
      details: { objects: 3 },
    })
    expect(
      kms.audit.appended.filter(({ action }) => action === 'kms:ScheduleKeyDeletion').at(-1),
    ).toMatchObject({
      result: 'Success',
      details: { destroyDependents: true, objects: 3 },
    })
  })

  test('a key without an alias is confirmed by its id', async () => {
    const { keyId } = await kms.newKey()
    await harness.hang(keyId, 1)
    await schedule(keyId, keyId)
    expect(await state(keyId)).toBe('PendingDeletion')
  })

  test('an object that came under it meanwhile keeps a key from being destroyed', async () => {
    const { keyId } = await kms.newKey()
    await schedule(keyId)
    await harness.hang(keyId, 1)
    kms.time.now += 30 * DAY
    await kms.upkeep.keep(keyId)
    expect(await state(keyId)).toBe('PendingDeletion')
    expect(kms.audit.appended.at(-1)).toMatchObject({ action: 'kms:DeleteKey', result: 'KeyHasDependents' })
    // A day later it is asked again, not at every turn.
    expect(await kms.upkeep.due(10)).toEqual([])
    kms.time.now += DAY
    await harness.hang(keyId, 0)
    await kms.upkeep.keep(keyId)
    expect(await state(keyId)).toBe('Destroyed')
  })

  test('a confirmation that was taken back with the deletion counts no more', async () => {
    const { keyId } = await kms.newKey({ alias: 'alias/a' })
    await harness.hang(keyId, 1)
    await schedule(keyId, 'alias/a')
    await kms.run('CancelKeyDeletion', { keyId })
    await harness.hang(keyId, 0)
    await schedule(keyId)
    await harness.hang(keyId, 1)
    kms.time.now += 30 * DAY
    await kms.upkeep.keep(keyId)
    expect(await state(keyId)).toBe('PendingDeletion')
  })

  test('rotation by period and on demand: the id stays, what was made before opens', async () => {
    const { keyId } = await kms.newKey()
    expect(await kms.run('GetKeyRotationStatus', { keyId })).toMatchObject({
      enabled: false,
      nextAt: undefined,
    })
    for (const periodDays of [89, 2561, 100.5])
      expect(await codeOf(kms.run('EnableKeyRotation', { keyId, periodDays }))).toBe('InvalidArgument')
    await kms.run('EnableKeyRotation', { keyId, periodDays: undefined })
    const old = await encrypt(keyId)
    await kms.run('RotateKeyOnDemand', { keyId })
    kms.time.now += 365 * DAY
    expect(await kms.upkeep.due(10)).toContain(keyId)
    await Promise.all([kms.upkeep.keep(keyId), kms.upkeep.keep(keyId)])
    await kms.upkeep.keep(keyId)
    const { items } = await kms.run('ListKeyRotations', { keyId, limit: 10, marker: undefined })
    expect(items.map(({ version, type }) => [version, type])).toEqual([
      [1, 'CREATION'],
      [2, 'ON_DEMAND'],
      [3, 'AUTOMATIC'],
    ])
    expect(await kms.run('GetKeyRotationStatus', { keyId })).toMatchObject({
      enabled: true,
      nextAt: kms.time.now + 365 * DAY,
    })
    const current = await encrypt(keyId)
    for (const { ciphertext } of [old, current]) {
      const opened = await kms.run('Decrypt', { keyId, ciphertext, context: {}, grantTokens: [] })
      expect(opened.plaintext.toString()).toBe('x')
    }
    expect(kms.audit.recorded.filter(({ action }) => action === 'kms:Decrypt')).toMatchObject([
      { keyVersion: 1 },
      { keyVersion: 3 },
    ])
    await kms.run('DisableKeyRotation', { keyId })
    kms.time.now += 400 * DAY
    expect(await kms.upkeep.due(10)).not.toContain(keyId)
  })

  test('a disabled key is not rotated; once enabled, what was due is made up for once', async () => {
    const { keyId } = await kms.newKey()
    await kms.run('EnableKeyRotation', { keyId, periodDays: 90 })
    await kms.run('DisableKey', { keyId })
    expect(await codeOf(kms.run('RotateKeyOnDemand', { keyId }))).toBe('KeyDisabled')
    kms.time.now += 300 * DAY
    await kms.upkeep.keep(keyId)
    expect((await kms.run('DescribeKey', { keyId, grantTokens: [] })).currentVersion).toBe(1)
    await kms.run('EnableKey', { keyId })
    await kms.upkeep.keep(keyId)
    await kms.upkeep.keep(keyId)
    expect((await kms.run('DescribeKey', { keyId, grantTokens: [] })).currentVersion).toBe(2)
  })

  test('a key rotates on demand 25 times, also when many ask at once', async () => {
    const { keyId } = await kms.newKey()
    await Promise.all([1, 2, 3].map(() => kms.run('RotateKeyOnDemand', { keyId })))
    for (let i = 3; i < 25; i++) await kms.run('RotateKeyOnDemand', { keyId })
    expect(await codeOf(kms.run('RotateKeyOnDemand', { keyId }))).toBe('LimitExceeded')
    const versions = await harness.repository.listVersions(keyId)
    expect(versions.map(({ version }) => version)).toEqual(Array.from({ length: 26 }, (_, i) => i + 1))
    expect(await works(kms, keyId)).toBe(true)
  })

  test('aliases are unique in a project, move between keys of a spec, and go', async () => {
    const [a, b] = [await kms.newKey({ alias: 'alias/a' }), await kms.newKey()]
    const sm4 = await kms.newKey({ spec: 'SM4' })
    expect(await codeOf(kms.newKey({ alias: 'alias/a' }))).toBe('AliasAlreadyExists')
    expect(await codeOf(kms.run('CreateAlias', { alias: 'alias/a', keyId: b.keyId }))).toBe(
      'AliasAlreadyExists',
    )
    for (const alias of [
      'a',
      'alias/',
      'alias/ü',
      'alias/aws/x',
      'alias/coffer/x',
      `alias/${'a'.repeat(251)}`,
    ])
      expect(await codeOf(kms.run('CreateAlias', { alias, keyId: b.keyId }))).toBe('InvalidAliasName')
    await kms.run('UpdateAlias', { alias: 'alias/a', keyId: b.keyId })
    expect((await kms.run('DescribeKey', { keyId: 'alias/a', grantTokens: [] })).keyId).toBe(b.keyId)
    expect(await codeOf(kms.run('UpdateAlias', { alias: 'alias/a', keyId: sm4.keyId }))).toBe(
      'InvalidArgument',
    )
    expect(await codeOf(kms.run('UpdateAlias', { alias: 'alias/no', keyId: a.keyId }))).toBe('NoSuchAlias')
    await kms.run('CreateAlias', { alias: 'alias/b', keyId: b.keyId })
    const list = async (keyId?: string) =>
      (await kms.run('ListAliases', { keyId, limit: 10, marker: undefined })).items.map(({ alias }) => alias)
    expect(await list()).toEqual(['alias/a', 'alias/b', 'alias/coffer/default'])
    expect(await list(b.keyId)).toEqual(['alias/a', 'alias/b'])
    expect(await list(a.keyId)).toEqual([])
    await kms.run('DeleteAlias', { alias: 'alias/a' })
    expect(await codeOf(kms.run('DeleteAlias', { alias: 'alias/a' }))).toBe('NoSuchAlias')
    const elsewhere = await kms.newProject()
    const other = kms.caller('owner', elsewhere)
    expect(await codeOf(kms.run('DeleteAlias', { alias: 'alias/b' }, other))).toBe('NoSuchAlias')
    await kms.run('CreateKey', { ...b, tags: [], policy: undefined, alias: 'alias/b' }, other)
  })

  test('tags and descriptions', async () => {
    const { keyId } = await kms.newKey()
    await kms.run('UpdateKeyDescription', { keyId, description: 'ü'.repeat(8192) })
    expect(await codeOf(kms.run('UpdateKeyDescription', { keyId, description: 'a'.repeat(8193) }))).toBe(
      'InvalidArgument',
    )
    await kms.run('TagResource', {
      keyId,
      tags: [
        { key: '__proto__', value: '1' },
        { key: 'b', value: '' },
      ],
    })
    await kms.run('TagResource', { keyId, tags: [{ key: 'b', value: '2' }] })
    const tags = async () =>
      (await kms.run('ListResourceTags', { keyId, limit: 50, marker: undefined })).items
    expect(await tags()).toEqual([
      { key: '__proto__', value: '1' },
      { key: 'b', value: '2' },
    ])
    await kms.run('UntagResource', { keyId, tagKeys: ['__proto__', 'absent'] })
    expect(await tags()).toEqual([{ key: 'b', value: '2' }])
    for (const key of ['', 'aws:a', 'a'.repeat(129), '\ud800'])
      expect(await codeOf(kms.run('TagResource', { keyId, tags: [{ key, value: '' }] }))).toBe('InvalidTag')
    const many = Array.from({ length: 50 }, (_, i) => ({ key: `k${i}`, value: '' }))
    expect(await codeOf(kms.run('TagResource', { keyId, tags: many }))).toBe('LimitExceeded')
  })

  test('lists are paged without a repeat or a gap', async () => {
    for (let i = 0; i < 7; i++) await kms.newKey({ alias: `alias/k${i}` })
    const seen: string[] = []
    let marker: string | undefined
    do {
      const page = await kms.run('ListKeys', { limit: 3, marker })
      expect(page.items.length).toBeLessThanOrEqual(3)
      seen.push(...page.items.map(({ keyId }) => keyId))
      marker = page.nextMarker
    } while (marker !== undefined)
    expect(seen).toHaveLength(8)
    expect(new Set(seen).size).toBe(8)
    for (const wrong of ['', 'x', '%', Buffer.from('2:a').toString('base64url')])
      expect(await codeOf(kms.run('ListKeys', { limit: 3, marker: wrong }))).toBe('InvalidMarker')
  })

  test('a key of another project is no key', async () => {
    const { keyId, arn } = await kms.newKey()
    const { ciphertext } = await encrypt(keyId)
    const other = kms.caller('owner', await kms.newProject())
    for (const name of [keyId, arn]) {
      expect(await codeOf(kms.run('DescribeKey', { keyId: name, grantTokens: [] }, other))).toBe(
        'KeyNotFound',
      )
      expect(await codeOf(kms.run('EnableKey', { keyId: name }, other))).toBe('KeyNotFound')
    }
    const decrypt = { keyId: undefined, ciphertext, context: {}, grantTokens: [] }
    expect(await codeOf(kms.run('Decrypt', decrypt, other))).toBe('AccessDenied')
    expect(await codeOf(kms.run('Decrypt', decrypt, { kind: 'anonymous' }))).toBe('AccessDenied')
  })
})
