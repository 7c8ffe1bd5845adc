import { randomBytes, randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SuiteName } from '../crypto/suites.ts'
import type { WrapBinding } from '../crypto/wrap.ts'
import { isIntegrityFailure } from './key-errors.ts'
import type { KeyProvider, KeyVersion } from './key-provider.ts'

const SPECS = ['AES_256', 'SM4'] as const
const SUITES = ['AES256', 'SM4'] as const

/** The suite that every KeyProvider passes. `open` gives a provider over the same root or service each time. */
export function keyProviderConformance(name: string, open: () => Promise<KeyProvider>): void {
  describe(`${name} is a key provider`, () => {
    describe.each(SPECS)('for keys of spec %s', (spec) => {
      test.each(SUITES)('it opens what it wrapped for %s, also after a restart', async (suite) => {
        const { provider, version, binding, dataKey } = await wrapped(open, spec, suite)
        const sealed = await provider.wrapDataKey(version, suite, dataKey, binding)
        expect(await provider.unwrapDataKey(version, sealed, binding)).toEqual(dataKey)
        expect(await (await open()).unwrapDataKey(version, sealed, binding)).toEqual(dataKey)
      })

      test('it reveals neither material nor data key in what it returns', async () => {
        const { provider, version, binding, dataKey } = await wrapped(open, spec, 'AES256')
        const sealed = await provider.wrapDataKey(version, 'AES256', dataKey, binding)
        expect(sealed.includes(dataKey)).toBe(false)
        expect(await provider.wrapDataKey(version, 'AES256', dataKey, binding)).not.toEqual(sealed)
      })

      test('keys are random and their wrappings foreign to each other', async () => {
        const { provider, version, binding, dataKey } = await wrapped(open, spec, 'AES256')
        const other = await newVersion(provider, spec)
        expect(other.checkValue).not.toEqual(version.checkValue)
        const sealed = await provider.wrapDataKey(version, 'AES256', dataKey, binding)
        await refuses(provider.unwrapDataKey(other, sealed, binding))
      })

      test.each(['keyId', 'version', 'spec', 'wrappedMaterial', 'checkValue'] as const)(
        'after a restart it refuses a version whose %s was changed',
        async (field) => {
          const { provider, version, binding, dataKey } = await wrapped(open, spec, 'AES256')
          const sealed = await provider.wrapDataKey(version, 'AES256', dataKey, binding)
          const other = {
            ...(await newVersion(provider, spec)),
            version: 2,
            spec: spec === 'SM4' ? 'AES_256' : 'SM4',
          }
          const mixed = { ...version, [field]: other[field] }
          await refuses((await open()).unwrapDataKey(mixed, sealed, binding))
          await refuses((await open()).wrapDataKey(mixed, 'AES256', dataKey, binding))
        },
      )
    })

    test('every part of the binding is bound', async () => {
      const { provider, version, binding, dataKey } = await wrapped(open, 'AES_256', 'SM4')
      const sealed = await provider.wrapDataKey(version, 'SM4', dataKey, binding)
      for (const changed of mutations(binding))
        await refuses(provider.unwrapDataKey(version, sealed, changed))
    })

    test('every changed, missing or additional byte of a wrapping is refused', async () => {
      const { provider, version, binding, dataKey } = await wrapped(open, 'AES_256', 'AES256')
      const sealed = await provider.wrapDataKey(version, 'AES256', dataKey, binding)
      for (let at = 0; at < sealed.length; at++) {
        const flipped = Buffer.from(sealed)
        flipped[at]! ^= 1 << (at % 8)
        await refuses(provider.unwrapDataKey(version, flipped, binding))
        await refuses(provider.unwrapDataKey(version, sealed.subarray(0, at), binding))
      }
      await refuses(provider.unwrapDataKey(version, Buffer.concat([sealed, Buffer.alloc(1)]), binding))
    })

    test('any bytes that it did not make are refused', async () => {
      const { provider, version, binding } = await wrapped(open, 'AES_256', 'AES256')
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), (bytes) =>
          refuses(provider.unwrapDataKey(version, Buffer.from(bytes), binding)),
        ),
      )
    })
  })
}

async function wrapped(open: () => Promise<KeyProvider>, spec: KeyVersion['spec'], suite: SuiteName) {
  const provider = await open()
  const version = await newVersion(provider, spec)
  return { provider, version, suite, dataKey: randomBytes(32), binding: bindingFor(version) }
}

async function newVersion(provider: KeyProvider, spec: KeyVersion['spec']): Promise<KeyVersion> {
  const id = { keyId: randomUUID(), version: 1, spec }
  return { ...id, ...(await provider.createKeyVersion(id)) }
}

function bindingFor({ keyId, version }: KeyVersion): WrapBinding {
  const place = { bucketId: randomUUID(), objectKey: 'folder/ünï😀 // name', objectId: randomUUID() }
  return { mode: 'managed-key', keyId, keyVersion: version, ...place, context: { team: 'a', '': 'b' } }
}

/** One binding for each way in which a row may lie. */
function mutations(binding: WrapBinding): WrapBinding[] {
  const contexts: Record<string, string>[] = [
    {},
    { team: 'a' },
    { team: 'b', '': 'b' },
    { team: 'a', '': 'b', more: '' },
    { teama: '', '': 'b' },
  ]
  return [
    { ...binding, mode: 'service-key' },
    { ...binding, keyId: randomUUID() },
    { ...binding, keyVersion: binding.keyVersion + 1 },
    { ...binding, bucketId: randomUUID() },
    { ...binding, objectKey: `${binding.objectKey} ` },
    { ...binding, objectId: randomUUID() },
    // Bytes moved over the border between two fields.
    { ...binding, bucketId: binding.bucketId + 'f', objectKey: binding.objectKey.slice(1) },
    ...contexts.map((context) => ({ ...binding, context })),
  ]
}

async function refuses(work: Promise<unknown>): Promise<void> {
  const outcome = await work.then(
    () => 'opened',
    (error: unknown) => (isIntegrityFailure(error) ? 'refused' : error),
  )
  expect(outcome).toBe('refused')
}
