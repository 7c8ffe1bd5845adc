import { describe, expect, test } from 'vitest'
import { codeOf } from './blob.test-support.ts'
import { be32, be64, lengthPrefixed } from './bytes.ts'

describe('big-endian numbers', () => {
  test('of 4 and 8 bytes', () => {
    expect(be32(0x01020304).toString('hex')).toBe('01020304')
    expect(be32(2 ** 32 - 1).toString('hex')).toBe('ffffffff')
    expect(be64(0x0102030405).toString('hex')).toBe('0000000102030405')
    expect(be64(Number.MAX_SAFE_INTEGER).toString('hex')).toBe('001fffffffffffff')
  })

  // A changed row may hold anything; it must look like damage, not like a fault of the program.
  test.each([-1, 0.5, NaN, Infinity, 2 ** 53])('%d is none', (value) => {
    expect(codeOf(() => be32(value))).toBe('BadArgument')
    expect(codeOf(() => be64(value))).toBe('BadArgument')
  })

  test('2^32 needs 8', () => {
    expect(codeOf(() => be32(2 ** 32))).toBe('BadArgument')
    expect(be64(2 ** 32).toString('hex')).toBe('0000000100000000')
  })
})

describe('a length prefix', () => {
  test('counts the bytes of UTF-8, not the characters', () => {
    expect(lengthPrefixed('é€').toString('hex')).toBe('00000005c3a9e282ac')
    expect(lengthPrefixed(Buffer.alloc(0)).toString('hex')).toBe('00000000')
  })

  test.each(['\ud800', 'a\udfff', '\udc00\ud800'])('is not put before half a surrogate pair', (text) => {
    expect(codeOf(() => lengthPrefixed(text))).toBe('BadArgument')
  })
})
