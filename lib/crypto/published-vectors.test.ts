import { createCipheriv, createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { aesGcm } from './aes-gcm.ts'
import { codeOf } from './blob.test-support.ts'
import { hkdf } from './hkdf.ts'
import gcmVectors from './vectors/wycheproof-aes-256-gcm.json' with { type: 'json' }
import hkdfVectors from './vectors/wycheproof-hkdf-sha256.json' with { type: 'json' }
import hmacSha256Vectors from './vectors/wycheproof-hmac-sha256.json' with { type: 'json' }
import hmacSm3Vectors from './vectors/wycheproof-hmac-sm3.json' with { type: 'json' }

const hex = (text: string) => Buffer.from(text, 'hex')

// Where each file is from, and what of it is here: vectors/README.md.
describe('Wycheproof, AES-GCM with 256-bit keys and 96-bit nonces (48 of 48)', () => {
  test('none is missing', () => {
    expect(gcmVectors.tests).toHaveLength(48)
    expect(gcmVectors.tests.filter(({ result }) => result === 'invalid')).toHaveLength(27)
  })

  test.each(gcmVectors.tests)('$tcId $result $comment', (vector) => {
    const cipher = aesGcm.keyCipher(Buffer.concat([hex(vector.key), hex(vector.iv)]))
    const open = () => cipher.open(hex(vector.ct), hex(vector.tag), hex(vector.aad))
    const sealed = cipher.seal(hex(vector.msg), hex(vector.aad))
    expect(sealed.ciphertext.toString('hex')).toBe(vector.ct)
    if (vector.result === 'valid') {
      expect(sealed.tag.toString('hex')).toBe(vector.tag)
      expect(open().toString('hex')).toBe(vector.msg)
    } else {
      expect(sealed.tag.toString('hex')).not.toBe(vector.tag)
      expect(codeOf(open)).toBe('IntegrityError')
    }
  })
})

describe('Wycheproof, HKDF-SHA-256 (105 of 105)', () => {
  test('none is missing', () => {
    expect(hkdfVectors.tests).toHaveLength(105)
  })

  test.each(hkdfVectors.tests)('$tcId $result $comment', (vector) => {
    const derive = () => hkdf('sha256', hex(vector.ikm), hex(vector.salt), hex(vector.info), vector.size)
    if (vector.result === 'valid') expect(derive().toString('hex')).toBe(vector.okm)
    else expect(derive).toThrow()
  })
})

describe('Wycheproof, HMAC-SHA-256 (174 of 174)', () => {
  test('none is missing', () => {
    expect(hmacSha256Vectors.tests).toHaveLength(174)
  })

  test.each(hmacSha256Vectors.tests)('$tcId $result $comment', (vector) => {
    expect(macHolds('sha256', vector, vector.tagSize / 8)).toBe(vector.result === 'valid')
  })
})

describe('Wycheproof, HMAC-SM3 (11 of 174)', () => {
  test.each(hmacSm3Vectors.tests)('$tcId $result $comment', (vector) => {
    expect(macHolds('sm3', vector, 32)).toBe(vector.result === 'valid')
  })
})

function macHolds(
  hash: string,
  vector: { key: string; msg: string; tag: string },
  tagBytes: number,
): boolean {
  const computed = createHmac(hash, hex(vector.key)).update(hex(vector.msg)).digest().subarray(0, tagBytes)
  return timingSafeEqual(computed, hex(vector.tag))
}

describe('RFC 5869, HKDF with SHA-256', () => {
  test.each([
    {
      name: 'A.1 basic',
      ikm: '0b'.repeat(22),
      salt: '000102030405060708090a0b0c',
      info: 'f0f1f2f3f4f5f6f7f8f9',
      okm: '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
    },
    {
      name: 'A.2 longer inputs and output',
      ikm: countingHex(0x00, 0x4f),
      salt: countingHex(0x60, 0xaf),
      info: countingHex(0xb0, 0xff),
      okm:
        'b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09' +
        'da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87',
    },
    {
      name: 'A.3 no salt, no info',
      ikm: '0b'.repeat(22),
      salt: '',
      info: '',
      okm: '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
    },
  ])('$name', ({ ikm, salt, info, okm }) => {
    expect(hkdf('sha256', hex(ikm), hex(salt), hex(info), okm.length / 2).toString('hex')).toBe(okm)
  })
})

/**
 * No published vectors of HKDF with SM3 are known to us: RFC 5869 §2 spelled out over HMAC-SM3, which has
 * published ones above.
 */
test('HKDF with SM3 is RFC 5869 over HMAC-SM3', () => {
  const hmac = (key: Buffer, ...data: Buffer[]) => createHmac('sm3', key).update(Buffer.concat(data)).digest()
  const [ikm, salt, info] = [hex(countingHex(0x00, 0x1f)), hex(countingHex(0x80, 0x9f)), Buffer.from('info')]
  const pseudorandomKey = hmac(salt, ikm)
  const blocks: Buffer[] = []
  for (let i = 1; i <= 4; i++)
    blocks.push(hmac(pseudorandomKey, blocks.at(-1) ?? Buffer.alloc(0), info, Buffer.from([i])))
  expect(hkdf('sm3', ikm, salt, info, 100)).toEqual(Buffer.concat(blocks).subarray(0, 100))
})

describe('GB/T 32905, SM3', () => {
  test.each([
    ['abc', '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0'],
    ['abcd'.repeat(16), 'debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732'],
  ])('%s', (message, digest) => {
    expect(createHash('sm3').update(message).digest('hex')).toBe(digest)
  })
})

describe('GB/T 32907, SM4', () => {
  const key = hex('0123456789abcdeffedcba9876543210')

  test('example 1: one block', () => {
    const cipher = createCipheriv('sm4-ecb', key, null).setAutoPadding(false)
    expect(cipher.update(key).toString('hex')).toBe('681edf34d206965e86b3e94f536e4246')
  })

  // CBC over zeros with the plaintext as IV feeds each output back as the next input: 10^6 blocks in one call.
  test('example 2: the block encrypted 1,000,000 times', () => {
    const cipher = createCipheriv('sm4-cbc', key, key).setAutoPadding(false)
    const outputs = cipher.update(Buffer.alloc(16 * 1_000_000))
    expect(outputs.subarray(-16).toString('hex')).toBe('595298c7c6fd271f0402f804c33d3f66')
  })

  test('counter mode (draft-ribose-cfrg-sm4-10, A.2.5.1)', () => {
    const cipher = createCipheriv('sm4-ctr', key, hex(countingHex(0x00, 0x0f)))
    const plaintext = ['aa', 'bb', 'cc', 'dd', 'ee', 'ff', 'aa', 'bb'].map((byte) => byte.repeat(8)).join('')
    expect(cipher.update(hex(plaintext)).toString('hex')).toBe(
      'ac3236cb970cc20791364c395a1342d1a3cbc1878c6f30cd074cce385cdd70c7' +
        'f234bc0e24c11980fd1286310ce37b926e02fcd0faa0baf38b2933851d824514',
    )
  })
})

function countingHex(first: number, last: number): string {
  return Buffer.from(Array.from({ length: last - first + 1 }, (_, i) => first + i)).toString('hex')
}
