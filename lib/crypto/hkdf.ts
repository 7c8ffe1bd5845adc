import { createHmac } from 'node:crypto'

type HashName = 'sha256' | 'sm3'
const HASH_BYTES = 32

/**
 * HKDF (RFC 5869), extract and expand. `length` in bytes, at most 255 × 32. Written out over HMAC, because Node's
 * `hkdfSync` costs twice as much a call, and reading a small object makes four of them.
 */
export function hkdf(
  hash: HashName,
  keyMaterial: Buffer,
  salt: Buffer | string,
  info: Buffer | string,
  length: number,
): Buffer {
  return hkdfExpand(hash, hkdfExtract(hash, keyMaterial, salt), info, length)
}

/** RFC 5869 §2.2: the pseudorandom key, 32 bytes; one extraction serves several expansions. */
export function hkdfExtract(hash: HashName, keyMaterial: Buffer, salt: Buffer | string): Buffer {
  return createHmac(hash, salt).update(keyMaterial).digest()
}

/** RFC 5869 §2.3. @throws RangeError when more than 255 blocks are asked for */
export function hkdfExpand(
  hash: HashName,
  pseudorandomKey: Buffer,
  info: Buffer | string,
  length: number,
): Buffer {
  const blocks = Math.ceil(length / HASH_BYTES)
  if (blocks > 255) throw new RangeError('HKDF gives at most 255 blocks')
  const okm = Buffer.alloc(blocks * HASH_BYTES)
  for (let block = 1; block <= blocks; block++) {
    const hmac = createHmac(hash, pseudorandomKey)
    if (block > 1) hmac.update(okm.subarray((block - 2) * HASH_BYTES, (block - 1) * HASH_BYTES))
    hmac
      .update(info)
      .update(Buffer.of(block))
      .digest()
      .copy(okm, (block - 1) * HASH_BYTES)
  }
  return okm.subarray(0, length)
}
