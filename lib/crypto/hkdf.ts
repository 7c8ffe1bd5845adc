import { hkdfSync } from 'node:crypto'

/** HKDF (RFC 5869), extract and expand. `length` in bytes. */
export function hkdf(
  hash: 'sha256' | 'sm3',
  keyMaterial: Buffer,
  salt: Buffer | string,
  info: Buffer | string,
  length: number,
): Buffer {
  return Buffer.from(hkdfSync(hash, keyMaterial, salt, info, length))
}
