import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { RootBox, RootBoxError } from './root-box.ts'
import { rootFromSecret } from './root-key.ts'
import type { RootPurpose } from './root-key.ts'

const secret = Buffer.from(Array.from({ length: 32 }, (_, i) => i))
const root = () => rootFromSecret(Buffer.from(secret))

describe('a root', () => {
  // Computed independently with Python's hmac module (RFC 5869 by hand); a change of these bytes loses every object.
  test('derives the bytes that stored data depends on', () => {
    expect(root().derive('service-key', 'p', '7', 'AES256').toString('hex')).toBe(
      '7243468e12fec9c0ca1388ff441cca8b865c7641ceca5ed833fc27662d65fb70',
    )
    expect(root().checkValue.toString('hex')).toBe(
      'a82cb90993377fc8386a39bbd974b43fa0b1356c5e08bdadf11a8b827f8f1762',
    )
  })

  test('gives every purpose and context a key of its own', () => {
    const purposes: RootPurpose[] = [
      'check-value',
      'key-material',
      'key-check-value',
      'service-key',
      'customer-key-pepper',
      'seal',
    ]
    const contexts = [[], [''], ['', ''], ['a'], ['a', ''], ['', 'a'], ['ab'], ['a', 'b'], ['b', 'a']]
    const keys = purposes.flatMap((purpose) =>
      contexts.map((context) =>
        root()
          .derive(purpose, ...context)
          .toString('hex'),
      ),
    )
    expect(new Set(keys).size).toBe(purposes.length * contexts.length)
  })

  test('wipes what it was made from and shows nothing of itself', () => {
    const given = Buffer.from(secret)
    const made = rootFromSecret(given)
    expect(given).toEqual(Buffer.alloc(32))
    for (const form of ['base64', 'hex', 'latin1'] as const) {
      expect(inspect(made, { depth: 9, showHidden: true }) + JSON.stringify(made)).not.toContain(
        secret.toString(form),
      )
    }
  })

  test.each([0, 16, 31, 33, 64])('is not made of %i bytes', (length) => {
    expect(() => rootFromSecret(Buffer.alloc(length))).toThrow(TypeError)
  })
})

describe('a root box', () => {
  const box = () => new RootBox(root(), 'seal', 'etag')

  test.each([0, 1, 16, 5000])('opens the %i bytes it sealed', (length) => {
    const bytes = randomBytes(length)
    expect(box().open(['a', 'b'], box().seal(['a', 'b'], bytes))).toEqual(bytes)
  })

  test('refuses every changed or cut byte, and every other binding, purpose and root', () => {
    const sealed = box().seal(['a', 'b'], Buffer.from('sixteen byte md5'))
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed)
      changed[at]! ^= 0x40
      expect(() => box().open(['a', 'b'], changed)).toThrow(RootBoxError)
      expect(() => box().open(['a', 'b'], sealed.subarray(0, at))).toThrow(RootBoxError)
    }
    for (const binding of [[], ['a'], ['ab'], ['b', 'a'], ['a', 'b', '']]) {
      expect(() => box().open(binding, sealed)).toThrow(RootBoxError)
    }
    const others = [
      new RootBox(root(), 'seal', 'session'),
      new RootBox(root(), 'key-material', 'etag'),
      new RootBox(rootFromSecret(randomBytes(32)), 'seal', 'etag'),
      new RootBox(rootFromSecret(Buffer.from(secret), 2), 'seal', 'etag'),
    ]
    for (const other of others) expect(() => other.open(['a', 'b'], sealed)).toThrow(RootBoxError)
  })
})
