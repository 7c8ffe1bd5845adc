/** Content that every position proves: no bookkeeping of what was appended. */
export function appendedBytes(position: number, size: number): Buffer {
  const bytes = Buffer.alloc(size)
  for (let i = 0; i < size; i++) bytes[i] = (131 * (position + i) + 17 * ((position + i) >> 8)) & 0xff
  return bytes
}
