import { randomBytes } from 'node:crypto'
import { be32 } from '../crypto/bytes.ts'
import { hkdf } from '../crypto/hkdf.ts'
import { suiteById, suiteByName } from '../crypto/suites.ts'
import type { Suite, SuiteName } from '../crypto/suites.ts'
import { StoreError } from '../errors.ts'
import type { KeyEntry } from '../keys/key-directory.ts'
import { isIntegrityFailure } from '../keys/key-errors.ts'
import type { ManagedKeys } from '../keys/managed-keys.ts'

/**
 * What Encrypt and GenerateDataKey hand out, and Decrypt takes:
 *
 *   header = 01 ‖ suite(1) ‖ keyId(16, the UUID's bytes) ‖ BE32(key version) ‖ BE16(length of w)
 *   blob   = header ‖ w ‖ ciphertext ‖ tag
 *
 * w is a data key of this blob alone, wrapped by the key's provider (crypto/FORMAT.md, "Wrapped data key"; external
 * key services add to its length) with mode "kms" and the encryption context as its binding: no wrapping of an
 * object's data key is one, nor the other way round. The plaintext is sealed by the suite's key cipher under HKDF(hash, data key, salt = header,
 * info = "coffer/kms/v1\0") with header ‖ w as AAD. Suite 1 belongs to keys of AES_256, suite 2 to SM4.
 */
const VERSION = 1
const HEADER_BYTES = 24
const DATA_KEY_BYTES = 32
const INFO = 'coffer/kms/v1\0'
const MODE = 'kms'
/** Encrypt's 4,096 bytes and everything around them (KMS API Reference, Decrypt). */
const MAX_BLOB_BYTES = 6144

const SUITE_OF: Record<KeyEntry['spec'], SuiteName> = { AES_256: 'AES256', SM4: 'SM4' }

type Context = Record<string, string>

export interface ParsedCiphertext {
  keyId: string
  keyVersion: number
  suite: Suite
  header: Buffer
  wrappedDataKey: Buffer
  ciphertext: Buffer
  tag: Buffer
}

/** @throws StoreError Key* (ManagedKeys.wrap) */
export async function sealCiphertext(
  managedKeys: ManagedKeys,
  key: KeyEntry,
  plaintext: Buffer,
  context: Context,
): Promise<{ ciphertext: Buffer; keyVersion: number }> {
  const suite = suiteByName(SUITE_OF[key.spec])
  const dataKey = randomBytes(DATA_KEY_BYTES)
  try {
    const { wrappedDataKey, keyVersion } = await managedKeys.wrap(key, suite.name, dataKey, place(context))
    const header = headerOf(suite, key.keyId, keyVersion, wrappedDataKey.length)
    const aad = Buffer.concat([header, wrappedDataKey])
    const { ciphertext, tag } = cipherOf(suite, dataKey, header).seal(plaintext, aad)
    return { ciphertext: Buffer.concat([aad, ciphertext, tag]), keyVersion }
  } finally {
    dataKey.fill(0)
  }
}

/** Reads which key a blob names, before anything of it is believed. @throws StoreError InvalidCiphertext */
export function parseCiphertext(blob: Buffer): ParsedCiphertext {
  const suiteId = blob[1]
  if (blob.length < HEADER_BYTES || blob.length > MAX_BLOB_BYTES || blob[0] !== VERSION) throw invalid()
  if (suiteId !== 1 && suiteId !== 2) throw invalid()
  const suite = suiteById(suiteId)
  const bodyAt = HEADER_BYTES + blob.readUInt16BE(22)
  // One byte of plaintext at least.
  if (blob.length <= bodyAt + suite.tagBytes) throw invalid()
  return {
    keyId: uuidOf(blob.subarray(2, 18)),
    keyVersion: blob.readUInt32BE(18),
    suite,
    header: blob.subarray(0, HEADER_BYTES),
    wrappedDataKey: blob.subarray(HEADER_BYTES, bodyAt),
    ciphertext: blob.subarray(bodyAt, blob.length - suite.tagBytes),
    tag: blob.subarray(blob.length - suite.tagBytes),
  }
}

/**
 * One error for every cause: another context, key or version, a changed byte.
 * @throws StoreError InvalidCiphertext | Key* (ManagedKeys.unwrap)
 */
export async function openCiphertext(
  managedKeys: ManagedKeys,
  key: KeyEntry,
  parsed: ParsedCiphertext,
  context: Context,
): Promise<Buffer> {
  const { suite, header, wrappedDataKey, ciphertext, tag } = parsed
  let dataKey: Buffer | undefined
  try {
    dataKey = await managedKeys.unwrap(key, parsed.keyVersion, wrappedDataKey, place(context))
    return cipherOf(suite, dataKey, header).open(ciphertext, tag, Buffer.concat([header, wrappedDataKey]))
  } catch (error) {
    // ObjectCorrupt: a version that the key never had.
    if (isIntegrityFailure(error) || codeOf(error) === 'ObjectCorrupt') throw invalid()
    throw error
  } finally {
    dataKey?.fill(0)
  }
}

function headerOf(suite: Suite, keyId: string, keyVersion: number, wrappedBytes: number): Buffer {
  const uuid = Buffer.from(keyId.replaceAll('-', ''), 'hex')
  const length = Buffer.alloc(2)
  length.writeUInt16BE(wrappedBytes)
  return Buffer.concat([Buffer.from([VERSION, suite.id]), uuid, be32(keyVersion), length])
}

function uuidOf(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

function cipherOf(suite: Suite, dataKey: Buffer, header: Buffer) {
  return suite.keyCipher(hkdf(suite.hash, dataKey, header, Buffer.from(INFO), suite.wrapKeyBytes))
}

/** A ciphertext belongs to no bucket and no object. */
function place(context: Context) {
  return { mode: MODE, bucketId: '', objectKey: '', objectId: '', context }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

function invalid(): StoreError {
  return new StoreError(
    'InvalidCiphertext',
    'The ciphertext is not valid for this key and encryption context',
  )
}
