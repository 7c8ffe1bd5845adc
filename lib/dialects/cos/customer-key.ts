import { createHash, timingSafeEqual } from 'node:crypto'
import { StoreError } from '../../errors.ts'
import type { CustomerKey } from '../../store/encryption-model.ts'
import { decodeBase64 } from '../http/text.ts'
import type { RequestFields } from './request-fields.ts'

export type SuiteName = CustomerKey['suite']

interface CustomerKeyNames {
  algorithm: string
  key: string
  md5: string
}

const names = (prefix: string): CustomerKeyNames => ({
  algorithm: `${prefix}-algorithm`,
  key: `${prefix}-key`,
  md5: `${prefix}-key-md5`,
})
/** of the object, or of the copy's target */
export const TARGET = names('x-cos-server-side-encryption-customer')
export const COPY_SOURCE = names('x-cos-copy-source-server-side-encryption-customer')

/** Key bytes of a suite: AES-256 and SM4 (GB/T 32907). */
const KEY_BYTES: Readonly<Record<SuiteName, number>> = { AES256: 32, SM4: 16 }

export function mentionsCustomerKey(
  fields: RequestFields,
  { algorithm, key, md5 }: CustomerKeyNames,
): boolean {
  return [algorithm, key, md5].some((name) => fields.get(name) !== undefined)
}

/**
 * A key as the client sends it. COS's samples leave out the padding of its Base64, and its page on the JavaScript SDK sends
 * the key alone, without algorithm and digest: then its length tells the algorithm. What is sent must be right.
 * @param secure the transport may carry a customer's key
 * @throws StoreError CustomerKeyOverInsecureTransport | InvalidEncryptionAlgorithm | CustomerKeyIncomplete |
 *   InvalidCustomerKey | CustomerKeyDigestMismatch
 */
export function readCustomerKey(
  fields: RequestFields,
  { algorithm, key, md5 }: CustomerKeyNames,
  secure: boolean,
): CustomerKey {
  if (!secure)
    throw new StoreError(
      'CustomerKeyOverInsecureTransport',
      'Requests with a customer-provided encryption key must be made over HTTPS.',
    )
  const encoded = fields.get(key)
  if (encoded === undefined)
    throw new StoreError('CustomerKeyIncomplete', 'The customer-provided encryption key is missing.', {
      argument: key,
    })
  const bytes = decodeKey(encoded)
  checkDigest(bytes, fields.get(md5), md5)
  const suite = suiteOf(fields.get(algorithm), bytes, algorithm)
  if (bytes?.length !== KEY_BYTES[suite])
    throw new StoreError(
      'InvalidCustomerKey',
      `The customer-provided encryption key must be Base64 of ${KEY_BYTES[suite]} bytes for ${suite}.`,
      { argument: key },
    )
  return { suite, key: bytes }
}

function decodeKey(text: string): Buffer | undefined {
  const bare = text.replace(/={1,2}$/, '')
  return decodeBase64(bare.padEnd(Math.ceil(bare.length / 4) * 4, '='))
}

function suiteOf(word: string | undefined, key: Buffer | undefined, argument: string): SuiteName {
  if (word === undefined) return key?.length === KEY_BYTES.SM4 ? 'SM4' : 'AES256'
  if (word === 'AES256' || word === 'SM4') return word
  throw new StoreError('InvalidEncryptionAlgorithm', `${argument} can be AES256 or SM4`, {
    argument,
    value: word,
  })
}

function checkDigest(key: Buffer | undefined, encoded: string | undefined, argument: string): void {
  if (key === undefined || encoded === undefined) return
  const expected = decodeBase64(encoded, 16)
  if (expected === undefined || !timingSafeEqual(createHash('md5').update(key).digest(), expected))
    throw new StoreError(
      'CustomerKeyDigestMismatch',
      'The MD5 of the customer-provided encryption key does not match the digest that was sent with it.',
      { argument },
    )
}

/** As answers name the key that was used. */
export function digestOf(key: Buffer): string {
  return createHash('md5').update(key).digest('base64')
}
