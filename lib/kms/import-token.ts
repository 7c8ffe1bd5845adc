import { constants, createPrivateKey, generateKeyPair, privateDecrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { StoreError } from '../errors.ts'
import type { Keyring } from '../keys/keyring.ts'
import type { WrappingAlgorithm, WrappingKeySpec } from './operations.ts'

/** GetParametersForImport (KMS API Reference): key and token are valid for 24 hours, and only together. */
export const IMPORT_TOKEN_MS = 24 * 3_600_000

const MODULUS_BITS: Record<WrappingKeySpec, number> = { RSA_2048: 2048, RSA_3072: 3072, RSA_4096: 4096 }
/** RFC 8017 §7.1; the mask uses the same hash. */
const OAEP_HASH: Record<WrappingAlgorithm, string> = {
  RSAES_OAEP_SHA_1: 'sha1',
  RSAES_OAEP_SHA_256: 'sha256',
}
const ALGORITHMS = Object.keys(OAEP_HASH) as WrappingAlgorithm[]

/** What an import token holds: nothing of it is kept here, so it needs no row and no clearing away. */
interface ImportToken {
  /** DER PKCS#8 */
  privateKey: Buffer
  algorithm: WrappingAlgorithm
  validTo: number
}

interface WrappingKey {
  /** DER SubjectPublicKeyInfo */
  publicKey: Buffer
  /** DER PKCS#8; the caller wipes it */
  privateKey: Buffer
}

let lastMade: Promise<unknown> = Promise.resolve()

/** One at a time: a few of them together would hold every thread that blobs are read and written by, for seconds. */
export function newWrappingKey(spec: WrappingKeySpec): Promise<WrappingKey> {
  const make = (): Promise<WrappingKey> =>
    promisify(generateKeyPair)('rsa', {
      modulusLength: MODULUS_BITS[spec],
      publicKeyEncoding: { type: 'spki', format: 'der' },
      privateKeyEncoding: { type: 'pkcs8', format: 'der' },
    })
  const made = lastMade.then(make)
  const over = (): void => undefined
  lastMade = made.then(over, over)
  return made
}

/** Sealed under the root and bound to the key: `algorithm(1) ‖ BE64(validTo) ‖ PKCS#8`. */
export function sealImportToken(
  sealer: Pick<Keyring, 'seal'>,
  keyId: string,
  { privateKey, algorithm, validTo }: ImportToken,
): Buffer {
  const head = Buffer.alloc(9)
  head.writeUInt8(ALGORITHMS.indexOf(algorithm))
  head.writeBigUInt64BE(BigInt(validTo), 1)
  const open = Buffer.concat([head, privateKey])
  const sealed = sealer.seal('key-import', keyId, open)
  open.fill(0)
  return sealed
}

/** @throws StoreError InvalidImportToken (of another key, or changed) | ExpiredImportToken */
export function openImportToken(
  sealer: Pick<Keyring, 'open'>,
  keyId: string,
  sealed: Buffer,
  now: number,
): ImportToken {
  const open = opened(sealer, keyId, sealed)
  const algorithm = ALGORITHMS[open.readUInt8()]
  const validTo = Number(open.readBigUInt64BE(1))
  if (algorithm === undefined) throw invalidToken()
  if (validTo <= now)
    throw new StoreError('ExpiredImportToken', 'The import token is older than 24 hours: ask for another')
  return { algorithm, validTo, privateKey: open.subarray(9) }
}

function opened(sealer: Pick<Keyring, 'open'>, keyId: string, sealed: Buffer): Buffer {
  try {
    return sealer.open('key-import', keyId, sealed)
  } catch {
    throw invalidToken()
  }
}

/**
 * The material as it was before it was encrypted; the private key is wiped. One error for every cause, because the
 * difference between them opens OAEP (Manger, CRYPTO 2001).
 * @throws StoreError InvalidCiphertext
 */
export function decryptedMaterial({ privateKey, algorithm }: ImportToken, encrypted: Buffer): Buffer {
  try {
    const key = createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' })
    const padding = constants.RSA_PKCS1_OAEP_PADDING
    return privateDecrypt({ key, padding, oaepHash: OAEP_HASH[algorithm] }, encrypted)
  } catch {
    throw new StoreError(
      'InvalidCiphertext',
      'The key material could not be decrypted with the wrapping key of this import token',
    )
  } finally {
    privateKey.fill(0)
  }
}

function invalidToken(): StoreError {
  return new StoreError('InvalidImportToken', 'The import token was not made for this key')
}
