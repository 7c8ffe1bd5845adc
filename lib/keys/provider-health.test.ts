import { randomBytes, randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { StoreError } from '../errors.ts'
import { keyProviderConformance } from './conformance.ts'
import { watchProvider } from './provider-health.ts'
import { EmbeddedKeyProvider } from './providers/embedded.ts'
import { rootFromSecret } from './root/root-key.ts'

const root = rootFromSecret(randomBytes(32))

keyProviderConformance('a watched provider', async () => {
  return watchProvider(new EmbeddedKeyProvider(root), Date.now).provider
})

/** The embedded provider behind a line that can be cut. */
class FarProvider extends EmbeddedKeyProvider {
  away = false

  override async createKeyVersion(id: Parameters<EmbeddedKeyProvider['createKeyVersion']>[0]) {
    if (this.away) throw new StoreError('KeyServiceUnavailable', 'nobody answers')
    return super.createKeyVersion(id)
  }
}

test('says since when the key service is away, from the first failure to the first answer', async () => {
  const far = new FarProvider(root)
  let now = 1000
  const { provider, health } = watchProvider(far, () => now)
  expect(health()).toEqual({ since: undefined, availableSince: undefined })
  const id = { keyId: randomUUID(), version: 1, spec: 'AES_256' } as const
  const version = { ...id, ...(await provider.createKeyVersion(id)) }
  expect(health()).toEqual({ since: undefined, availableSince: 1000 })
  far.away = true
  await expect(provider.createKeyVersion(id)).rejects.toMatchObject({ code: 'KeyServiceUnavailable' })
  now = 2000
  await expect(provider.createKeyVersion(id)).rejects.toMatchObject({ code: 'KeyServiceUnavailable' })
  expect(health()).toEqual({ since: 1000, availableSince: undefined })
  // A refusal is an answer.
  const place = { bucketId: 'b', objectKey: 'k', objectId: 'o' }
  const binding = { mode: 'managed-key', keyId: id.keyId, keyVersion: 1, ...place, context: {} }
  await expect(provider.unwrapDataKey(version, randomBytes(114), binding)).rejects.toThrow()
  expect(health()).toEqual({ since: undefined, availableSince: 2000 })
  far.away = false
  await provider.createKeyVersion(id)
  expect(health()).toEqual({ since: undefined, availableSince: 2000 })
})
