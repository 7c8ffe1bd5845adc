import { createHmac, hkdfSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { counting, flipBit } from './blob.test-support.ts'
import { customerKek, customerKeySalt, customerVerifier, matchesVerifier } from './customer-key.ts'

const key = counting(1, 32)
const pepper = counting(0x50, 32)
const salt = counting(0x80, 32)
const lengthPrefix = (length: number) => Buffer.from([0, 0, 0, length])

describe('a customer key', () => {
  const verifier = customerVerifier(pepper, salt, key)
  const kek = customerKek(key, pepper, salt)

  test('is derived and verified as FORMAT.md says', () => {
    const peppered = createHmac('sha256', pepper)
      .update(Buffer.concat([Buffer.from('ose/v1/ssec-salt\0'), salt]))
      .digest()
    expect(kek).toEqual(Buffer.from(hkdfSync('sha256', key, peppered, 'ose/v1/ssec-kek\0', 32)))
    const input = [Buffer.from('ose/v1/ssec-verify\0'), lengthPrefix(32), salt, lengthPrefix(32), key]
    expect(verifier).toEqual(createHmac('sha256', pepper).update(Buffer.concat(input)).digest())
  })

  test('matches its verifier', () => {
    expect(matchesVerifier(verifier, pepper, salt, Buffer.from(key))).toBe(true)
    const ofSm4 = customerVerifier(pepper, salt, counting(1, 16))
    expect(matchesVerifier(ofSm4, pepper, salt, counting(1, 16))).toBe(true)
    expect(matchesVerifier(ofSm4, pepper, salt, key)).toBe(false)
  })

  test('with any bit of key, salt, pepper or verifier flipped does not match, and gives another KEK', () => {
    for (let bit = 0; bit < 256; bit++) {
      expect(matchesVerifier(verifier, pepper, salt, flipBit(key, bit))).toBe(false)
      expect(matchesVerifier(verifier, pepper, flipBit(salt, bit), key)).toBe(false)
      expect(matchesVerifier(verifier, flipBit(pepper, bit), salt, key)).toBe(false)
      expect(matchesVerifier(flipBit(verifier, bit), pepper, salt, key)).toBe(false)
      expect(customerKek(flipBit(key, bit), pepper, salt).equals(kek)).toBe(false)
      expect(customerKek(key, flipBit(pepper, bit), salt).equals(kek)).toBe(false)
      expect(customerKek(key, pepper, flipBit(salt, bit)).equals(kek)).toBe(false)
    }
  })

  test('does not match a verifier of another length', () => {
    for (const wrong of [Buffer.alloc(0), verifier.subarray(1), Buffer.concat([verifier, Buffer.alloc(1)])])
      expect(matchesVerifier(wrong, pepper, salt, key)).toBe(false)
  })

  test('and salt are not confused when the boundary between them moves', () => {
    const joined = Buffer.concat([salt, key])
    expect(matchesVerifier(verifier, pepper, joined.subarray(0, 31), joined.subarray(31))).toBe(false)
    expect(matchesVerifier(verifier, pepper, joined.subarray(0, 33), joined.subarray(33))).toBe(false)
  })

  test('shows neither in the verifier nor in the KEK, and the two share nothing', () => {
    expect(verifier.includes(key.subarray(0, 4))).toBe(false)
    expect(kek.includes(key.subarray(0, 4))).toBe(false)
    expect(kek.equals(verifier)).toBe(false)
  })

  test('gets a new salt each time', () => {
    expect(customerKeySalt()).toHaveLength(32)
    expect(customerKeySalt().equals(customerKeySalt())).toBe(false)
  })
})
