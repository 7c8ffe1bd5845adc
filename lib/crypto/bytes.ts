import { CryptoError } from './crypto-error.ts'

/** Big-endian 32-bit number. @throws CryptoError BadArgument for what has no such form */
export function be32(value: number): Buffer {
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff)
    throw new CryptoError('BadArgument', 'Not a 32-bit number')
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** Big-endian 64-bit number, from a safe integer. @throws CryptoError BadArgument for anything else */
export function be64(value: number): Buffer {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new CryptoError('BadArgument', 'Not a safe positive integer')
  const bytes = Buffer.allocUnsafe(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}

/**
 * LP(x) of FORMAT.md: BE32 length, then the bytes (UTF-8 for text).
 * @throws CryptoError BadArgument for lone surrogates: UTF-8 has none, all would become the same U+FFFD
 */
export function lengthPrefixed(value: Buffer | string): Buffer {
  if (typeof value === 'string' && !value.isWellFormed())
    throw new CryptoError('BadArgument', 'Not a Unicode text')
  const bytes = typeof value === 'string' ? Buffer.from(value) : value
  return Buffer.concat([be32(bytes.length), bytes])
}
