import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { codeOf } from './blob.test-support.ts'
import { combineCrc, type CrcName } from './crc-combine.ts'

const POLYNOMIALS: [CrcName, bigint, number][] = [
  ['crc32', 0xedb88320n, 4],
  ['crc32c', 0x82f63b78n, 4],
  ['crc64nvme', 0x9a6c9329ac4bc9b5n, 8],
  ['crc64ecma', 0xc96c5795d7870f42n, 8],
]

/** crc · x^(8·length) mod polynomial, by square and multiply over BigInt; the highest bit is x^0. */
function shiftedByHand(crc: bigint, length: number, polynomial: bigint, bits: number): bigint {
  const timesX = (value: bigint) => (value & 1n ? (value >> 1n) ^ polynomial : value >> 1n)
  const times = (a: bigint, b: bigint): bigint => {
    let [sum, factor] = [0n, b]
    for (let bit = bits - 1; bit >= 0; bit--, factor = timesX(factor))
      if ((a >> BigInt(bit)) & 1n) sum ^= factor
    return sum
  }
  let power = 1n << BigInt(bits - 1)
  for (const bit of (BigInt(length) * 8n).toString(2)) {
    power = times(power, power)
    if (bit === '1') power = timesX(power)
  }
  return times(power, crc)
}

describe.each(POLYNOMIALS)('combining %s', (name, polynomial, bytes) => {
  const crc = fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((array) => Buffer.from(array))
  const length = fc.oneof(fc.nat({ max: 70_000 }), fc.integer({ min: 0, max: 2 ** 48 }), fc.maxSafeNat())

  test('is a multiplication by x^(8·length), at any length', () => {
    fc.assert(
      fc.property(crc, crc, length, (a, b, lengthB) => {
        const [valueA, valueB] = [BigInt(`0x${a.toString('hex')}`), BigInt(`0x${b.toString('hex')}`)]
        const expected = shiftedByHand(valueA, lengthB, polynomial, 8 * bytes) ^ valueB
        expect(combineCrc(name, a, b, lengthB).toString('hex')).toBe(
          expected.toString(16).padStart(2 * bytes, '0'),
        )
      }),
    )
  })

  test('with nothing is what it was', () => {
    fc.assert(
      fc.property(crc, (a) => {
        expect(combineCrc(name, a, Buffer.alloc(bytes), 0)).toEqual(a)
        expect(combineCrc(name, Buffer.alloc(bytes), a, 12_345)).toEqual(a)
      }),
    )
  })

  test.each([-1, 0.5, NaN, Infinity, 2 ** 53])('a length of %d is refused', (wrong) => {
    const zero = Buffer.alloc(bytes)
    expect(codeOf(() => combineCrc(name, zero, zero, wrong))).toBe('BadArgument')
  })

  test('a CRC of another width is refused', () => {
    for (const width of [0, bytes - 1, bytes + 1, 12 - bytes]) {
      const [right, wrong] = [Buffer.alloc(bytes), Buffer.alloc(width)]
      expect(codeOf(() => combineCrc(name, wrong, right, 1))).toBe('BadArgument')
      expect(codeOf(() => combineCrc(name, right, wrong, 1))).toBe('BadArgument')
    }
  })
})
