import { createHash, timingSafeEqual } from 'node:crypto'
import { StoreError } from '../../errors.ts'
import type { CustomerKey, EncryptionChoice, EncryptionProperties } from '../../store/encryption-model.ts'
import { decodeBase64, headerToText } from '../http/text.ts'
import type { RequestHeaders } from './request-headers.ts'

/** The encryption headers of the S3 API (aws-s3.md §2.1). */
const SSE = 'x-amz-server-side-encryption'
const KEY_ID = `${SSE}-aws-kms-key-id`
const CONTEXT = `${SSE}-context`
const BUCKET_KEY = `${SSE}-bucket-key-enabled`

interface CustomerKeyHeaders {
  algorithm: string
  key: string
  md5: string
}

const customerKeyHeaders = (prefix: string): CustomerKeyHeaders => ({
  algorithm: `${prefix}-algorithm`,
  key: `${prefix}-key`,
  md5: `${prefix}-key-md5`,
})
/** of the object, or of the copy's target */
const TARGET = customerKeyHeaders(`${SSE}-customer`)
const COPY_SOURCE = customerKeyHeaders(`x-amz-copy-source-server-side-encryption-customer`)

/** S3's words for the methods. DSSE, `aws:fsx` and `aws:backup` are refused like any other unknown word. */
const METHODS: ReadonlyMap<string, (headers: RequestHeaders) => EncryptionChoice> = new Map([
  ['AES256', serviceKey],
  ['aws:kms', managedKey],
])
const CUSTOMER_ALGORITHM = 'AES256'
const CUSTOMER_KEY_BYTES = 32

/**
 * What a write asks for.
 * @param secure the transport may carry a customer's key
 * @throws StoreError InvalidArgument | UnsupportedEncryptionMethod | InvalidEncryptionContext | *CustomerKey* (aws-s3.md §3, rows 1–7, 13, 15, 16, 24)
 */
export function readEncryption(headers: RequestHeaders, secure: boolean): EncryptionChoice {
  const method = headers.get(SSE)
  const customer = mentions(headers, TARGET)
  if (method !== undefined && customer)
    throw invalid(
      'Server Side Encryption with Customer provided key is incompatible with the encryption method specified',
      SSE,
      method,
    )
  if (method !== undefined) return requestedMethod(headers, method)
  refuseWordsOfKms(headers, '')
  if (customer) return { kind: 'customer-key', ...requireCustomerKey(headers, TARGET, secure) }
  return { kind: 'bucket-default', ...readBucketKey(headers) }
}

/** @throws StoreError InvalidArgument: they belong to one method (aws-s3.md §3 row 16) */
function refuseWordsOfKms(headers: RequestHeaders, method: string): void {
  if (headers.has(KEY_ID) || headers.has(CONTEXT))
    throw invalid(
      `The header ${SSE} must be aws:kms when a KMS key or an encryption context is given`,
      SSE,
      method,
    )
}

/** In place of the bucket's setting. @throws StoreError InvalidArgument */
function readBucketKey(headers: RequestHeaders): { bucketKeyEnabled?: boolean } {
  const flag = headers.get(BUCKET_KEY)
  if (flag === undefined) return {}
  if (!/^(?:true|false)$/i.test(flag))
    throw invalid('The bucket key flag must be true or false', BUCKET_KEY, flag)
  return { bucketKeyEnabled: flag.toLowerCase() === 'true' }
}

function requestedMethod(headers: RequestHeaders, method: string): EncryptionChoice {
  const choose = METHODS.get(method)
  if (choose === undefined)
    throw new StoreError('UnsupportedEncryptionMethod', 'The encryption method specified is not supported', {
      argument: SSE,
      value: method,
    })
  return choose(headers)
}

function serviceKey(headers: RequestHeaders): EncryptionChoice {
  refuseWordsOfKms(headers, 'AES256')
  return { kind: 'service-key', suite: 'AES256' }
}

function managedKey(headers: RequestHeaders): EncryptionChoice {
  const keyRef = headers.get(KEY_ID) || undefined
  return {
    kind: 'managed-key',
    suite: 'AES256',
    context: readContext(headers.get(CONTEXT)),
    ...(keyRef !== undefined && { keyRef: headerToText(keyRef) }),
    ...readBucketKey(headers),
  }
}

/** Base64 of a UTF-8 JSON object of strings; stored, never sent back. */
function readContext(header: string | undefined): Record<string, string> {
  if (header === undefined || header === '') return {}
  const context = parseJson(decodeBase64(header))
  const isMap = typeof context === 'object' && context !== null && !Array.isArray(context)
  if (!isMap || !Object.values(context).every((value) => typeof value === 'string'))
    throw new StoreError(
      'InvalidEncryptionContext',
      'The encryption context must be Base64 of UTF-8 JSON that maps strings to strings',
      { argument: CONTEXT },
    )
  return context as Record<string, string>
}

function parseJson(bytes: Buffer | undefined): unknown {
  try {
    return bytes && JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}

/**
 * The customer's key of a part, a read or an attributes request. Such requests choose no encryption, so any
 * other encryption header is refused (aws-s3.md §2.2, §3 row 25).
 * @throws StoreError InvalidArgument | *CustomerKey*
 */
export function readCustomerKey(headers: RequestHeaders, secure: boolean): CustomerKey | undefined {
  for (const name of [SSE, KEY_ID, CONTEXT]) {
    const value = headers.get(name)
    if (value !== undefined)
      throw invalid(`The ${name} header is not supported for this operation.`, name, value)
  }
  return mentions(headers, TARGET) ? requireCustomerKey(headers, TARGET, secure) : undefined
}

/** The customer's key that opens a copy's source. @throws StoreError *CustomerKey* */
export function readCopySourceKey(headers: RequestHeaders, secure: boolean): CustomerKey | undefined {
  return mentions(headers, COPY_SOURCE) ? requireCustomerKey(headers, COPY_SOURCE, secure) : undefined
}

function mentions(headers: RequestHeaders, names: CustomerKeyHeaders): boolean {
  return headers.has(names.algorithm) || headers.has(names.key) || headers.has(names.md5)
}

function requireCustomerKey(
  headers: RequestHeaders,
  names: CustomerKeyHeaders,
  secure: boolean,
): CustomerKey {
  if (!secure)
    throw new StoreError(
      'CustomerKeyOverInsecureTransport',
      'Requests specifying Server Side Encryption with Customer provided keys must be made over a secure connection.',
    )
  const algorithm = headers.get(names.algorithm)
  const incomplete = 'Requests specifying Server Side Encryption with Customer provided keys must provide'
  if (algorithm === undefined)
    throw new StoreError('CustomerKeyIncomplete', `${incomplete} a valid encryption algorithm.`, {
      argument: names.algorithm,
    })
  if (algorithm !== CUSTOMER_ALGORITHM)
    throw new StoreError(
      'InvalidEncryptionAlgorithm',
      'The encryption request that you specified is not valid. The valid value is AES256.',
      { argument: names.algorithm, value: algorithm },
    )
  const encoded = headers.get(names.key)
  if (encoded === undefined)
    throw new StoreError('CustomerKeyIncomplete', `${incomplete} an appropriate secret key.`, {
      argument: names.key,
    })
  const md5 = headers.get(names.md5)
  if (md5 === undefined)
    throw new StoreError(
      'CustomerKeyIncomplete',
      `${incomplete} the client calculated MD5 hash of the secret key.`,
      { argument: names.md5 },
    )
  return { suite: 'AES256', key: decodeCustomerKey(encoded, md5, names) }
}

/** The digest is looked at before the length, so that a damaged key is called damaged. */
function decodeCustomerKey(encoded: string, md5: string, names: CustomerKeyHeaders): Buffer {
  const key = decodeBase64(encoded)
  const expected = decodeBase64(md5, 16)
  if (
    key !== undefined &&
    (expected === undefined || !timingSafeEqual(createHash('md5').update(key).digest(), expected))
  )
    throw new StoreError(
      'CustomerKeyDigestMismatch',
      'The calculated MD5 hash of the key did not match the hash that was provided.',
      { argument: names.md5 },
    )
  if (key?.length !== CUSTOMER_KEY_BYTES)
    throw new StoreError('InvalidCustomerKey', 'The secret key was invalid for the specified algorithm.', {
      argument: names.key,
    })
  return key
}

/** How an answer names the encryption of an object; nothing for plaintext. The context is never told. */
export function encryptionHeaders(
  encryption: EncryptionProperties,
  customerKey?: CustomerKey,
): Record<string, string> {
  switch (encryption.mode) {
    case 'none':
      return {}
    case 'service-key':
      return { [SSE]: encryption.suite }
    case 'managed-key':
      return {
        [SSE]: 'aws:kms',
        [KEY_ID]: encryption.keyArn,
        ...(encryption.bucketKeyEnabled && { [BUCKET_KEY]: 'true' }),
      }
    case 'customer-key':
      return {
        [TARGET.algorithm]: encryption.suite,
        ...(customerKey && { [`${SSE}-customer-key-MD5`]: digestOf(customerKey) }),
      }
  }
}

function digestOf({ key }: CustomerKey): string {
  return createHash('md5').update(key).digest('base64')
}

/** The customer's key inside an encryption choice, for the answer's headers. */
export function customerKeyOf(choice: EncryptionChoice): CustomerKey | undefined {
  return choice.kind === 'customer-key' ? choice : undefined
}

function invalid(message: string, argument: string, value: string): StoreError {
  return new StoreError('InvalidArgument', message, { argument, value })
}
