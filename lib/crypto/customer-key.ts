import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { lengthPrefixed } from './bytes.ts'
import { hkdf } from './hkdf.ts'

/** Random per object, 32 bytes; stored beside the verifier. */
export function customerKeySalt(): Buffer {
  return randomBytes(32)
}

/** The key that wraps the object's data key (FORMAT.md, "Customer keys"). `pepper` comes from the root. 32 bytes. */
export function customerKek(customerKey: Buffer, pepper: Buffer, salt: Buffer): Buffer {
  const peppered = createHmac('sha256', pepper).update('ose/v1/ssec-salt\0').update(salt).digest()
  return hkdf('sha256', customerKey, peppered, 'ose/v1/ssec-kek\0', 32)
}

/** What is stored instead of the key: without the root it confirms no guess. 32 bytes. */
export function customerVerifier(pepper: Buffer, salt: Buffer, customerKey: Buffer): Buffer {
  return createHmac('sha256', pepper)
    .update('ose/v1/ssec-verify\0')
    .update(lengthPrefixed(salt))
    .update(lengthPrefixed(customerKey))
    .digest()
}

/** Constant time. */
export function matchesVerifier(
  verifier: Buffer,
  pepper: Buffer,
  salt: Buffer,
  customerKey: Buffer,
): boolean {
  const computed = customerVerifier(pepper, salt, customerKey)
  return verifier.length === computed.length && timingSafeEqual(verifier, computed)
}
