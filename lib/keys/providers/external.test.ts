import { randomBytes, randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { isIntegrityFailure } from '../key-errors.ts'
import type { KeyVersion } from '../key-provider.ts'
import { ExternalKeyProvider } from './external.ts'
import { providerRegistry } from './provider-registry.ts'
import { RemoteError } from './remote-cipher.ts'
import type { RemoteCipher, RemoteContext, RemoteFailure } from './remote-cipher.ts'

/** A key service in memory: seals by remembering, so that what it hands out means nothing without it. */
class MemoryService implements RemoteCipher {
  failure: RemoteFailure | undefined
  readonly made: string[] = []
  readonly calls: { verb: string; name: string; context: RemoteContext }[] = []
  readonly #sealed = new Map<string, { name: string; context: string; plaintext: Buffer }>()

  async createKey(name: string): Promise<void> {
    this.#note('create', name, {})
    this.made.push(name)
  }

  async rotateKey(name: string): Promise<void> {
    this.#note('rotate', name, {})
  }

  async encrypt(name: string, plaintext: Buffer, context: RemoteContext): Promise<Buffer> {
    this.#note('encrypt', name, context)
    const ticket = randomBytes(16)
    const kept = { name, context: JSON.stringify(context), plaintext: Buffer.from(plaintext) }
    this.#sealed.set(ticket.toString('hex'), kept)
    return ticket
  }

  async decrypt(name: string, ciphertext: Buffer, context: RemoteContext): Promise<Buffer> {
    this.#note('decrypt', name, context)
    const kept = this.#sealed.get(ciphertext.toString('hex'))
    if (kept?.name !== name || kept.context !== JSON.stringify(context))
      throw new RemoteError('invalid', 'test')
    return Buffer.from(kept.plaintext)
  }

  #note(verb: string, name: string, context: RemoteContext): void {
    this.calls.push({ verb, name, context })
    if (this.failure !== undefined) throw new RemoteError(this.failure, 'test')
  }
}

const MINUTE = 60_000

async function stand({ cacheMs = MINUTE, sharedKey = undefined as string | undefined } = {}) {
  const service = new MemoryService()
  const clock = { now: 0 }
  const open = () =>
    new ExternalKeyProvider({ name: 'hq', cipher: service, sharedKey, cacheMs, now: () => clock.now })
  const provider = open()
  const name = { keyId: randomUUID(), version: 1, spec: 'AES_256', provider: 'hq' } as const
  const version: KeyVersion = { ...name, ...(await provider.createKeyVersion(name)) }
  const place = { bucketId: 'secret-bucket', objectKey: 'secret-object', objectId: 'o' }
  const binding = {
    mode: 'managed-key',
    keyId: name.keyId,
    keyVersion: 1,
    ...place,
    context: { team: 'secret' },
  }
  const dataKey = randomBytes(32)
  const wrapped = await provider.wrapDataKey(version, 'AES256', dataKey, binding)
  return { service, clock, provider, open, name, version, binding, dataKey, wrapped }
}

const away = { code: 'KeyServiceUnavailable', facts: { service: 'hq' } }

test('asks once for a data key, then remembers it for as long as it was told', async () => {
  const { service, clock, open, version, binding, dataKey, wrapped } = await stand()
  const provider = open()
  service.calls.length = 0
  const decrypted = () => service.calls.filter(({ verb }) => verb === 'decrypt').length
  for (let i = 0; i < 3; i++) expect(await provider.unwrapDataKey(version, wrapped, binding)).toEqual(dataKey)
  // The material of the version, and the data key.
  expect(decrypted()).toBe(2)
  clock.now = MINUTE - 1
  await provider.unwrapDataKey(version, wrapped, binding)
  expect(decrypted()).toBe(2)
  clock.now = MINUTE
  await provider.unwrapDataKey(version, wrapped, binding)
  expect(decrypted()).toBe(4)
})

test('one call to the service for each data key that is wrapped', async () => {
  const { service, provider, version, binding } = await stand()
  service.calls.length = 0
  for (let i = 0; i < 5; i++) await provider.wrapDataKey(version, 'AES256', randomBytes(32), binding)
  expect(service.calls.filter(({ verb }) => verb === 'encrypt')).toHaveLength(5)
})

test('a revocation bites when what is remembered runs out, for reading and for writing', async () => {
  const { service, clock, provider, version, binding, dataKey, wrapped } = await stand()
  await provider.unwrapDataKey(version, wrapped, binding)
  service.failure = 'refused'
  clock.now = MINUTE - 1
  expect(await provider.unwrapDataKey(version, wrapped, binding)).toEqual(dataKey)
  await expect(provider.wrapDataKey(version, 'AES256', dataKey, binding)).rejects.toMatchObject(away)
  clock.now = MINUTE
  await expect(provider.unwrapDataKey(version, wrapped, binding)).rejects.toMatchObject(away)
})

test('with nothing remembered every read asks', async () => {
  const { service, provider, version, binding, wrapped } = await stand({ cacheMs: 0 })
  await provider.unwrapDataKey(version, wrapped, binding)
  service.failure = 'away'
  await expect(provider.unwrapDataKey(version, wrapped, binding)).rejects.toMatchObject(away)
})

test.each(['away', 'busy', 'refused'] as const)(
  'a service that is %s is unavailable, never a damaged object',
  async (failure) => {
    const { service, open, version, binding, wrapped, name } = await stand()
    const provider = open()
    service.failure = failure
    await expect(provider.unwrapDataKey(version, wrapped, binding)).rejects.toMatchObject(away)
    await expect(provider.wrapDataKey(version, 'SM4', randomBytes(32), binding)).rejects.toMatchObject(away)
    await expect(provider.createKeyVersion({ ...name, version: 2 })).rejects.toMatchObject(away)
  },
)

test('a remembered data key is not handed to whom another binding or material belongs', async () => {
  const { provider, version, binding, wrapped } = await stand()
  await provider.unwrapDataKey(version, wrapped, binding)
  const other = await provider.createKeyVersion(version)
  for (const work of [
    provider.unwrapDataKey(version, wrapped, { ...binding, objectId: 'p' }),
    provider.unwrapDataKey(version, wrapped, { ...binding, context: {} }),
    provider.unwrapDataKey({ ...version, ...other }, wrapped, binding),
  ]) {
    expect(isIntegrityFailure(await work.catch((e: unknown) => e))).toBe(true)
  }
})

test('whoever gets a data key may wipe it: the next one gets it whole', async () => {
  const { provider, version, binding, dataKey, wrapped } = await stand()
  ;(await provider.unwrapDataKey(version, wrapped, binding)).fill(0)
  expect(await provider.unwrapDataKey(version, wrapped, binding)).toEqual(dataKey)
})

test('what is destroyed here cannot be opened with the service alone', async () => {
  const { provider, version, binding, wrapped, name } = await stand()
  provider.forget(name.keyId)
  const destroyed = { ...version, wrappedMaterial: Buffer.alloc(0) }
  const error: unknown = await provider.unwrapDataKey(destroyed, wrapped, binding).catch((e: unknown) => e)
  expect(isIntegrityFailure(error)).toBe(true)
})

test('the service learns neither data key nor the names of objects', async () => {
  const { service } = await stand()
  expect(JSON.stringify(service.calls)).not.toContain('secret')
})

test('each key of a project has a key of its own there, which rotates with it', async () => {
  const { service, provider, name } = await stand()
  expect(service.made).toEqual([`coffer-${name.keyId}`])
  await provider.createKeyVersion({ ...name, version: 2 })
  expect(service.calls.filter(({ verb }) => verb === 'rotate').map((call) => call.name)).toEqual(service.made)
})

test('a shared key is neither made nor rotated', async () => {
  const { service, provider, name } = await stand({ sharedKey: 'all' })
  await provider.createKeyVersion({ ...name, version: 2 })
  expect(service.calls.map(({ verb }) => verb)).not.toContain('create')
  expect(service.calls.map(({ verb }) => verb)).not.toContain('rotate')
  expect(new Set(service.calls.map((call) => call.name))).toEqual(new Set(['all']))
})

test('the registry asks the service that a key names, and knows since when it is away', async () => {
  const { provider, version, binding, dataKey, wrapped } = await stand()
  const { provider: embedded } = await stand()
  const health = () => ({ since: 7, availableSince: undefined })
  const registry = providerRegistry(embedded, [{ name: 'hq', provider, health }])
  expect(await registry.provider.unwrapDataKey(version, wrapped, binding)).toEqual(dataKey)
  const unknown = { ...version, provider: 'sold' }
  await expect(registry.provider.unwrapDataKey(unknown, wrapped, binding)).rejects.toMatchObject({
    code: 'KeyServiceUnavailable',
    facts: { service: 'sold' },
  })
  await expect(registry.provider.importKeyVersion!(version, randomBytes(32))).rejects.toMatchObject({
    code: 'InvalidArgument',
  })
  expect(registry.names).toEqual(['hq'])
  expect(registry.health()).toEqual([{ name: 'hq', since: 7, availableSince: undefined }])
})
