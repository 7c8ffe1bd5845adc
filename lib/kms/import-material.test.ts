import { constants, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { codeOf, DAY, HARNESSES, testKms, works } from './kms.test-support.ts'
import type { KmsHarness, TestKms } from './kms.test-support.ts'
import type { KeyRequest, WrappingAlgorithm, WrappingKeySpec } from './operations.ts'

const HASH: Record<WrappingAlgorithm, string> = { RSAES_OAEP_SHA_1: 'sha1', RSAES_OAEP_SHA_256: 'sha256' }

describe.each(HARNESSES)('on %s', (_, openHarness) => {
  let harness: KmsHarness
  let kms: TestKms
  beforeEach(async () => {
    harness = await openHarness()
    kms = await testKms(harness)
  })
  afterEach(() => harness.close())

  /** As a customer does it: with the public key, outside. */
  async function wrapped(
    keyId: string,
    material: Buffer,
    algorithm: WrappingAlgorithm = 'RSAES_OAEP_SHA_256',
    wrappingKeySpec: WrappingKeySpec = 'RSA_2048',
  ): Promise<KeyRequest<'ImportKeyMaterial'>> {
    const given = await kms.run('GetParametersForImport', { keyId, algorithm, wrappingKeySpec })
    expect(given.validTo).toBe(kms.time.now + DAY)
    const key = createPublicKey({ key: given.publicKey, format: 'der', type: 'spki' })
    expect(key.asymmetricKeyDetails?.modulusLength).toBe(Number(wrappingKeySpec.slice(4)))
    const encryptedKeyMaterial = publicEncrypt(
      { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: HASH[algorithm] },
      material,
    )
    return { keyId, importToken: given.importToken, encryptedKeyMaterial, validTo: undefined }
  }
  const importOf = async (keyId: string, material: Buffer, validTo?: number) =>
    kms.run('ImportKeyMaterial', { ...(await wrapped(keyId, material)), validTo })
  const stateOf = async (keyId: string) => (await kms.run('DescribeKey', { keyId, grantTokens: [] })).state
  const sealed = async (keyId: string) =>
    (await kms.run('Encrypt', { keyId, plaintext: Buffer.from('x'), context: {}, grantTokens: [] }))
      .ciphertext
  const opened = async (ciphertext: Buffer) =>
    (await kms.run('Decrypt', { keyId: undefined, ciphertext, context: {}, grantTokens: [] })).plaintext

  test.each([
    ['AES_256', 32, 'RSAES_OAEP_SHA_256', 'RSA_2048'],
    ['SM4', 16, 'RSAES_OAEP_SHA_256', 'RSA_3072'],
    ['AES_256', 32, 'RSAES_OAEP_SHA_1', 'RSA_2048'],
  ] as const)(
    'material of %s (%i bytes) comes in under %s and %s',
    { timeout: 30_000 },
    async (spec, bytes, algorithm, wrappingKeySpec) => {
      const { keyId, state } = await kms.newKey({ spec, origin: 'EXTERNAL' })
      expect(state).toBe('PendingImport')
      expect(await codeOf(sealed(keyId))).toBe('KeyPendingImport')
      const request = await wrapped(keyId, randomBytes(bytes), algorithm, wrappingKeySpec)
      await kms.run('ImportKeyMaterial', request)
      expect(await stateOf(keyId)).toBe('Enabled')
      expect(await works(kms, keyId)).toBe(true)
      expect(await works(kms.reopen(), keyId)).toBe(true)
    },
  )

  test('material that was deleted comes back only as it was, and what it sealed opens again', async () => {
    const { keyId } = await kms.newKey({ origin: 'EXTERNAL' })
    const material = randomBytes(32)
    await importOf(keyId, material)
    const ciphertext = await sealed(keyId)
    await kms.run('DeleteImportedKeyMaterial', { keyId })
    await kms.run('DeleteImportedKeyMaterial', { keyId })
    expect(await stateOf(keyId)).toBe('PendingImport')
    expect(await codeOf(sealed(keyId))).toBe('KeyPendingImport')
    expect(await codeOf(opened(ciphertext))).toBe('KeyPendingImport')
    expect(await codeOf(importOf(keyId, randomBytes(32)))).toBe('IncorrectKeyMaterial')
    expect(await stateOf(keyId)).toBe('PendingImport')
    await importOf(keyId, material)
    expect((await opened(ciphertext)).toString()).toBe('x')
    const { items } = await kms.run('ListKeyRotations', { keyId, limit: 10, marker: undefined })
    expect(items).toMatchObject([{ version: 1, type: 'IMPORT' }])
  })

  test('the same material may be imported over itself to move its end; a disabled key stays disabled', async () => {
    const { keyId } = await kms.newKey({ origin: 'EXTERNAL' })
    const material = randomBytes(32)
    await importOf(keyId, material, kms.time.now + DAY)
    await kms.run('DisableKey', { keyId })
    await importOf(keyId, material)
    expect(await kms.run('DescribeKey', { keyId, grantTokens: [] })).toMatchObject({
      state: 'Disabled',
      validTo: undefined,
    })
    await kms.run('EnableKey', { keyId })
    expect(await codeOf(importOf(keyId, randomBytes(32)))).toBe('IncorrectKeyMaterial')
    expect(await works(kms, keyId)).toBe(true)
  })

  test('material expires on the minute, whether or not the job has come', async () => {
    const { keyId } = await kms.newKey({ origin: 'EXTERNAL' })
    const material = randomBytes(32)
    expect(await codeOf(importOf(keyId, material, kms.time.now))).toBe('InvalidArgument')
    await importOf(keyId, material, kms.time.now + DAY)
    const ciphertext = await sealed(keyId)
    kms.time.now += DAY - 1
    expect((await opened(ciphertext)).toString()).toBe('x')
    kms.time.now += 1
    expect(await stateOf(keyId)).toBe('PendingImport')
    expect(await codeOf(opened(ciphertext))).toBe('KeyPendingImport')
    expect(await codeOf(sealed(keyId))).toBe('KeyPendingImport')
    expect(await codeOf(kms.run('DisableKey', { keyId }))).toBe('KeyInvalidState')
    expect((await harness.repository.findVersion(keyId, 1))!.wrappedMaterial.length).toBeGreaterThan(0)
    expect(await kms.upkeep.due(10)).toEqual([keyId])
    await kms.upkeep.keep(keyId)
    await kms.upkeep.keep(keyId)
    expect(await kms.upkeep.due(10)).toEqual([])
    expect((await harness.repository.findVersion(keyId, 1))!.wrappedMaterial).toHaveLength(0)
    expect(kms.audit.appended.filter(({ action }) => action === 'kms:DeleteExpiredKeyMaterial')).toHaveLength(
      1,
    )
    await importOf(keyId, material)
    expect((await opened(ciphertext)).toString()).toBe('x')
  })

  test('a key that waits for its deletion loses material that expires, and waits on', async () => {
    const { keyId } = await kms.newKey({ origin: 'EXTERNAL' })
    await importOf(keyId, randomBytes(32), kms.time.now + DAY)
    await kms.run('ScheduleKeyDeletion', { keyId, pendingWindowDays: 7, destroyDependents: undefined })
    expect(await codeOf(importOf(keyId, randomBytes(32)))).toBe('KeyInvalidState')
    kms.time.now += DAY
    await kms.upkeep.keep(keyId)
    expect(await stateOf(keyId)).toBe('PendingDeletion')
    await kms.run('CancelKeyDeletion', { keyId })
    expect(await stateOf(keyId)).toBe('PendingImport')
  })

  test('a token belongs to one key and one pair, for a day', async () => {
    const [a, b] = [await kms.newKey({ origin: 'EXTERNAL' }), await kms.newKey({ origin: 'EXTERNAL' })]
    const first = await wrapped(a.keyId, randomBytes(32))
    const second = await wrapped(a.keyId, randomBytes(32))
    const attempt = (changes: Partial<KeyRequest<'ImportKeyMaterial'>>) =>
      codeOf(kms.run('ImportKeyMaterial', { ...first, ...changes }))
    expect(await attempt({ keyId: b.keyId })).toBe('InvalidImportToken')
    expect(await attempt({ importToken: second.importToken })).toBe('InvalidCiphertext')
    expect(await attempt({ importToken: Buffer.alloc(0) })).toBe('InvalidImportToken')
    expect(await attempt({ encryptedKeyMaterial: Buffer.alloc(0) })).toBe('InvalidCiphertext')
    for (const at of [0, 5, 20, first.importToken.length - 1]) {
      const importToken = Buffer.from(first.importToken)
      importToken[at]! ^= 1
      expect(await attempt({ importToken })).toBe('InvalidImportToken')
    }
    const flipped = Buffer.from(first.encryptedKeyMaterial)
    flipped[10]! ^= 1
    expect(await attempt({ encryptedKeyMaterial: flipped })).toBe('InvalidCiphertext')
    kms.time.now += DAY
    expect(await attempt({})).toBe('ExpiredImportToken')
    expect(await stateOf(a.keyId)).toBe('PendingImport')
  })

  test('material of another size is refused; keys with their own material take none', async () => {
    const { keyId } = await kms.newKey({ origin: 'EXTERNAL' })
    for (const bytes of [0, 16, 31, 33])
      expect(await codeOf(importOf(keyId, randomBytes(bytes)))).toBe('IncorrectKeyMaterial')
    const own = await kms.newKey()
    const asked = { algorithm: 'RSAES_OAEP_SHA_256', wrappingKeySpec: 'RSA_2048' } as const
    expect(await codeOf(kms.run('GetParametersForImport', { keyId: own.keyId, ...asked }))).toBe(
      'NotImplemented',
    )
    expect(await codeOf(kms.run('DeleteImportedKeyMaterial', { keyId: own.keyId }))).toBe('NotImplemented')
    expect(await codeOf(kms.run('RotateKeyOnDemand', { keyId }))).toBe('NotImplemented')
    expect(await codeOf(kms.run('EnableKeyRotation', { keyId, periodDays: 90 }))).toBe('NotImplemented')
  })

  test('neither material nor private key is in any event, row or token', async () => {
    const { keyId } = await kms.newKey({ origin: 'EXTERNAL' })
    const material = randomBytes(32)
    const request = await wrapped(keyId, material)
    await kms.run('ImportKeyMaterial', request)
    const rows = JSON.stringify([
      await harness.repository.findKey(keyId),
      (await harness.repository.listVersions(keyId)).map((row) => row.wrappedMaterial.toString('hex')),
      kms.audit.all,
      request.importToken.toString('hex'),
    ])
    expect(rows).not.toContain(material.toString('hex'))
    expect(rows).not.toContain(material.toString('base64'))
  })
})
