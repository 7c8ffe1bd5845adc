import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ExternalKeyProvider } from '../keys/providers/external.ts'
import { watchProvider } from '../keys/provider-health.ts'
import { startVaultPeer } from '../keys/providers/vault-peer.test-support.ts'
import type { VaultPeer } from '../keys/providers/vault-peer.test-support.ts'
import { VaultTransit } from '../keys/providers/vault-transit.ts'
import { codeOf, DAY, onSqlite, testKms, works } from './kms.test-support.ts'
import type { KmsHarness, TestKms } from './kms.test-support.ts'

let folder: string
let peer: VaultPeer
let harness: KmsHarness
let kms: TestKms
let health: ReturnType<typeof watchProvider>['health']
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'coffer-external-'))
  peer = await startVaultPeer()
  const file = join(folder, 'token')
  writeFileSync(file, `${peer.token}\n`, { mode: 0o600 })
  const cipher = new VaultTransit({
    address: peer.address,
    mount: 'transit',
    namespace: undefined,
    caFile: undefined,
    login: { kind: 'token', file },
  })
  // Nothing is remembered, so that every use is a call.
  const external = new ExternalKeyProvider({ name: 'hq', cipher, sharedKey: undefined, cacheMs: 0 })
  const watched = watchProvider(external, Date.now)
  health = watched.health
  harness = await onSqlite()
  kms = await testKms(harness, [{ name: 'hq', ...watched }])
})
afterEach(async () => {
  await harness.close()
  await peer.stop()
  rmSync(folder, { recursive: true })
})

const encrypt = (keyId: string, plaintext = Buffer.from('x')) =>
  kms.run('Encrypt', { keyId, plaintext, context: {}, grantTokens: [] })
const decrypt = (ciphertext: Buffer) =>
  kms.run('Decrypt', { keyId: undefined, ciphertext, context: {}, grantTokens: [] })

test.each(['AES_256', 'SM4'] as const)(
  'a key of %s in another key service works as any other',
  async (spec) => {
    const { keyId, provider } = await kms.newKey({ spec, provider: 'hq' })
    expect(provider).toBe('hq')
    const plaintext = randomBytes(4096)
    const { ciphertext } = await encrypt(keyId, plaintext)
    expect((await decrypt(ciphertext)).plaintext).toEqual(plaintext)
    const calls = peer.calls.length
    await kms.run('RotateKeyOnDemand', { keyId })
    expect(peer.calls.length).toBeGreaterThan(calls)
    expect(await works(kms, keyId)).toBe(true)
    expect((await decrypt(ciphertext)).plaintext).toEqual(plaintext)
    for (const at of [30, 60, 100, 200, ciphertext.length - 1]) {
      const flipped = Buffer.from(ciphertext)
      flipped[at]! ^= 1
      expect(await codeOf(decrypt(flipped))).toBe('InvalidCiphertext')
    }
  },
)

test('while the service is away its keys refuse, all others live, and the health says since when', async () => {
  const [far, near] = [await kms.newKey({ provider: 'hq' }), await kms.newKey()]
  const { ciphertext } = await encrypt(far.keyId)
  const before = Date.now()
  peer.status = 503
  expect(await codeOf(encrypt(far.keyId))).toBe('KeyServiceUnavailable')
  expect(await codeOf(decrypt(ciphertext))).toBe('KeyServiceUnavailable')
  expect(await codeOf(kms.newKey({ provider: 'hq' }))).toBe('KeyServiceUnavailable')
  expect(kms.audit.recorded.at(-1)).toMatchObject({ action: 'kms:Decrypt', result: 'KeyServiceUnavailable' })
  expect(health().since).toBeGreaterThanOrEqual(before)
  expect(await works(kms, near.keyId)).toBe(true)
  // What needs no material goes on.
  await kms.run('DisableKey', { keyId: far.keyId })
  await kms.run('EnableKey', { keyId: far.keyId })
  peer.status = undefined
  expect((await decrypt(ciphertext)).plaintext.toString()).toBe('x')
  expect(health().since).toBeUndefined()
})

test('a rotation that is due while the service is away is made up for', async () => {
  const { keyId } = await kms.newKey({ provider: 'hq' })
  await kms.run('EnableKeyRotation', { keyId, periodDays: 90 })
  kms.time.now += 90 * DAY
  peer.status = 503
  expect(await codeOf(kms.upkeep.keep(keyId))).toBe('KeyServiceUnavailable')
  peer.status = undefined
  await kms.upkeep.keep(keyId)
  expect(await kms.run('DescribeKey', { keyId, grantTokens: [] })).toMatchObject({ currentVersion: 2 })
})

test('destroyed here is destroyed, whatever the service still has', async () => {
  const { keyId } = await kms.newKey({ provider: 'hq' })
  const { ciphertext } = await encrypt(keyId)
  await kms.run('ScheduleKeyDeletion', { keyId, pendingWindowDays: 7, destroyDependents: undefined })
  kms.time.now += 7 * DAY
  await kms.upkeep.keep(keyId)
  expect(await codeOf(decrypt(ciphertext))).toBe('KeyNotFound')
  expect((await harness.repository.findVersion(keyId, 1))!.wrappedMaterial).toHaveLength(0)
})

test('a service that is not there, or takes no material, is refused when the key is made', async () => {
  expect(await codeOf(kms.newKey({ provider: 'nowhere' }))).toBe('InvalidArgument')
  expect(await codeOf(kms.newKey({ provider: 'hq', origin: 'EXTERNAL' }))).toBe('InvalidArgument')
})
