import { randomBytes, randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { keyProviderConformance } from '../conformance.ts'
import { isIntegrityFailure } from '../key-errors.ts'
import { rootFromSecret } from '../root/root-key.ts'
import { EmbeddedKeyProvider } from './embedded.ts'

const root = rootFromSecret(randomBytes(32))

keyProviderConformance('the embedded provider', async () => new EmbeddedKeyProvider(root))

const id = { keyId: randomUUID(), version: 1, spec: 'AES_256' } as const
const place = { bucketId: 'b', objectKey: 'k', objectId: 'o' }
const binding = { mode: 'managed-key', keyId: id.keyId, keyVersion: 1, ...place, context: {} }

test('under another root nothing opens', async () => {
  const version = { ...id, ...(await new EmbeddedKeyProvider(root).createKeyVersion(id)) }
  const stranger = new EmbeddedKeyProvider(rootFromSecret(randomBytes(32)))
  const error = await stranger
    .wrapDataKey(version, 'AES256', randomBytes(32), binding)
    .catch((e: unknown) => e)
  expect(isIntegrityFailure(error)).toBe(true)
})

test('more keys than it holds open at once still all work', async () => {
  const provider = new EmbeddedKeyProvider(root)
  const versions = await Promise.all(
    Array.from({ length: 1100 }, async (_, i) => {
      const each = { ...id, version: i + 1 }
      return { ...each, ...(await provider.createKeyVersion(each)) }
    }),
  )
  const dataKey = randomBytes(32)
  const sealed = await Promise.all(
    versions.map((version) => provider.wrapDataKey(version, 'AES256', dataKey, binding)),
  )
  for (const [i, version] of versions.entries()) {
    expect(await provider.unwrapDataKey(version, sealed[i]!, binding)).toEqual(dataKey)
  }
})
