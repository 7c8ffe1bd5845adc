import { CRC64_POLYNOMIALS } from './crc64.ts'

export type CrcName = 'crc32' | 'crc32c' | 'crc64nvme' | 'crc64ecma'

const WIDTHS: Readonly<Record<CrcName, { bits: number; polynomial: bigint }>> = {
  crc32: { bits: 32, polynomial: 0xedb88320n },
  crc32c: { bits: 32, polynomial: 0x82f63b78n },
  crc64nvme: { bits: 64, polynomial: CRC64_POLYNOMIALS.crc64nvme },
  crc64ecma: { bits: 64, polynomial: CRC64_POLYNOMIALS.crc64ecma },
}

/**
 * The CRC of A ‖ B from crc(A), crc(B) and the bytes of B: crc(A) multiplied by x^(8·lengthB) modulo the
 * polynomial (zlib, crc32_combine). In and out big-endian.
 */
export function combineCrc(name: CrcName, crcA: Buffer, crcB: Buffer, lengthB: number): Buffer {
  const { bits, polynomial } = WIDTHS[name]
  const shifted = multiply(
    xToThePower(BigInt(lengthB) * 8n, bits, polynomial),
    BigInt(`0x${crcA.toString('hex')}`),
    bits,
    polynomial,
  )
  const combined = shifted ^ BigInt(`0x${crcB.toString('hex')}`)
  return Buffer.from(combined.toString(16).padStart(bits / 4, '0'), 'hex')
}

/** Product of two reflected polynomials modulo the third; the highest bit is x^0. */
function multiply(a: bigint, b: bigint, bits: number, polynomial: bigint): bigint {
  let product = 0n
  let factor = b
  for (let bit = 1n << BigInt(bits - 1); bit > 0n; bit >>= 1n) {
    if (a & bit) product ^= factor
    factor = factor & 1n ? (factor >> 1n) ^ polynomial : factor >> 1n
  }
  return product
}

function xToThePower(exponent: bigint, bits: number, polynomial: bigint): bigint {
  let result = 1n << BigInt(bits - 1)
  let square = result >> 1n
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = multiply(result, square, bits, polynomial)
    square = multiply(square, square, bits, polynomial)
  }
  return result
}
