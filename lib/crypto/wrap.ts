import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { be32, lengthPrefixed } from './bytes.ts'
import { CryptoError } from './crypto-error.ts'
import { contextPairs } from './encryption-context.ts'
import { hkdf } from './hkdf.ts'
import { suiteById, suiteByName, type Suite, type SuiteName } from './suites.ts'

/** What a wrapped data key is bound to as AAD; bucket and key come from the request when it is opened. */
export interface WrapBinding {
  mode: string
  keyId: string
  keyVersion: number
  bucketId: string
  objectKey: string
  objectId: string
  context: Readonly<Record<string, string>>
}

const VERSION = 1
const DATA_KEY_BYTES = 32
/** of an SM4 key; all others have 32 */
const MIN_KEK_BYTES = 16
const SALT_BYTES = 32
const COMMITMENT_BYTES = 32
const WRAP_INFO = 'ose/v1/wrapkey\0'
const AAD_LABEL = Buffer.from('ose/v1/wrap\0')

/**
 * w = 01 ‖ suite ‖ salt(32) ‖ C(32) ‖ ct(32) ‖ tag (FORMAT.md, "Wrapped data key"). A key derived afresh for each
 * wrapping removes the 2^32 limit of GCM under one key.
 * @throws CryptoError BadArgument
 */
export function wrapDataKey(
  suiteName: SuiteName,
  kek: Buffer,
  dataKey: Buffer,
  binding: WrapBinding,
): Buffer {
  if (dataKey.length !== DATA_KEY_BYTES) throw new CryptoError('BadArgument', 'A data key has 32 bytes')
  const suite = suiteByName(suiteName)
  const salt = randomBytes(SALT_BYTES)
  const aad = encodeBinding(binding)
  const { cipher, commitment } = derive(suite, kek, salt, aad)
  const { ciphertext, tag } = cipher.seal(dataKey, aad)
  return Buffer.concat([Buffer.from([VERSION, suite.id]), salt, commitment, ciphertext, tag])
}

/** @throws CryptoError IntegrityError, the same for every cause; BadArgument for a binding or key that cannot be */
export function unwrapDataKey(kek: Buffer, wrapped: Buffer, binding: WrapBinding): Buffer {
  const suite = suiteOf(wrapped)
  const salt = wrapped.subarray(2, 34)
  const given = wrapped.subarray(34, 66)
  const aad = encodeBinding(binding)
  const { cipher, commitment } = derive(suite, kek, salt, aad)
  if (!timingSafeEqual(commitment, given)) throw refused()
  return cipher.open(wrapped.subarray(66, 98), wrapped.subarray(98), aad)
}

function suiteOf(wrapped: Buffer): Suite {
  if (wrapped.length < 2 || wrapped[0] !== VERSION || (wrapped[1] !== 1 && wrapped[1] !== 2)) throw refused()
  const suite = suiteById(wrapped[1])
  if (wrapped.length !== 2 + SALT_BYTES + COMMITMENT_BYTES + DATA_KEY_BYTES + suite.tagBytes) throw refused()
  return suite
}

function derive(suite: Suite, kek: Buffer, salt: Buffer, aad: Buffer) {
  if (kek.length < MIN_KEK_BYTES)
    throw new CryptoError('BadArgument', 'A key-encryption key has at least 16 bytes')
  const info = Buffer.concat([Buffer.from(WRAP_INFO), createHash(suite.hash).update(aad).digest()])
  const okm = hkdf(suite.hash, kek, salt, info, suite.wrapKeyBytes + COMMITMENT_BYTES)
  return { cipher: suite.keyCipher(okm), commitment: okm.subarray(suite.wrapKeyBytes) }
}

function encodeBinding(b: WrapBinding): Buffer {
  const pairs = contextPairs(b.context)
  const count = Buffer.alloc(2)
  count.writeUInt16BE(pairs.length)
  return Buffer.concat([
    AAD_LABEL,
    lengthPrefixed(b.mode),
    lengthPrefixed(b.keyId),
    be32(b.keyVersion),
    lengthPrefixed(b.bucketId),
    lengthPrefixed(b.objectKey),
    lengthPrefixed(b.objectId),
    count,
    ...pairs.flat().map(lengthPrefixed),
  ])
}

function refused(): CryptoError {
  return new CryptoError('IntegrityError', 'The wrapped data key could not be opened')
}
