/** Big-endian 32-bit number. */
export function be32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** Big-endian 64-bit number, from a safe integer. */
export function be64(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}

/** LP(x) of FORMAT.md: BE32 length, then the bytes (UTF-8 for text). */
export function lengthPrefixed(value: Buffer | string): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value
  return Buffer.concat([be32(bytes.length), bytes])
}
