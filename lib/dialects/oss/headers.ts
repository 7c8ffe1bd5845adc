import { StoreError } from '../../errors.ts'
import type { EncryptionChoice, EncryptionProperties } from '../../store/encryption-model.ts'
import { OssRefusal } from './errors.ts'
import type { RequestFields } from './request-fields.ts'

/** The encryption headers of OSS (aliyun-oss.md §2), and the form fields of the same names. */
const SSE = 'x-oss-server-side-encryption'
const KEY_ID = `${SSE}-key-id`
const CONTEXT = `${SSE}-context`
const DATA = 'x-oss-server-side-data-encryption'
const CUSTOMER = `${SSE}-customer-`

const BAD_ALGORITHM = { status: 400, code: 'InvalidEncryptionAlgorithmError', ec: '0005-00000003' }
const BAD_DATA_ALGORITHM = { status: 400, code: 'InvalidDataEncryptionAlgorithmError', ec: '0005-00000203' }
const invalid = (ec: string) => ({ status: 400, code: 'InvalidArgument', ec })

/**
 * What a write asks for.
 * @throws StoreError in OSS's words (aliyun-oss.md §3)
 */
export function readEncryption(fields: RequestFields): EncryptionChoice {
  refuseCustomerKeys(fields)
  const method = fields.get(SSE)
  if (method === 'KMS') return managedKey(fields)
  refuseKeyOf(fields)
  switch (method) {
    case undefined:
      // The data algorithm alone means nothing and is passed over, as OSS does.
      return { kind: 'bucket-default' }
    case 'AES256':
    case 'SM4':
      return { kind: 'service-key', suite: method }
    default:
      throw badAlgorithm(method, SSE)
  }
}

export function badAlgorithm(value: string, argument: string): StoreError {
  return new OssRefusal(
    BAD_ALGORITHM,
    'UnsupportedEncryptionMethod',
    'The Encryption Method specified is not supported. Use AES256, KMS or SM4.',
    { argument, value },
  )
}

function managedKey(fields: RequestFields): EncryptionChoice {
  const keyRef = fields.get(KEY_ID)
  if (keyRef === '')
    throw new OssRefusal(invalid('0005-00000205'), 'InvalidArgument', `${KEY_ID} must not be empty.`, {
      argument: KEY_ID,
    })
  return {
    kind: 'managed-key',
    suite: readDataAlgorithm(fields.get(DATA), DATA),
    context: readContext(fields, keyRef !== undefined),
    ...(keyRef !== undefined && { keyRef }),
  }
}

/** @throws StoreError for anything but AES256, which is the default, and SM4 */
export function readDataAlgorithm(word: string | undefined, argument: string): 'AES256' | 'SM4' {
  if (word === undefined || word === 'AES256') return 'AES256'
  if (word === 'SM4') return 'SM4'
  throw new OssRefusal(
    BAD_DATA_ALGORITHM,
    'InvalidEncryptionAlgorithm',
    'The Data Encryption Method specified is not supported. Use SM4.',
    { argument, value: word },
  )
}

/** Plain JSON, unlike S3's and COS's, and only with a key of one's own. It is stored, never sent back. */
function readContext(fields: RequestFields, ownKey: boolean): Record<string, string> {
  const text = fields.get(CONTEXT)
  if (text === undefined) return {}
  if (!ownKey) throw contextWithoutKey()
  const context = parseJson(text)
  const isMap = typeof context === 'object' && context !== null && !Array.isArray(context)
  if (!isMap || !Object.values(context).every((value) => typeof value === 'string'))
    throw new OssRefusal(
      invalid('0005-00000230'),
      'InvalidEncryptionContext',
      `${CONTEXT} must be a JSON object that maps strings to strings.`,
      { argument: CONTEXT },
    )
  return context as Record<string, string>
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function contextWithoutKey(): StoreError {
  return new OssRefusal(
    invalid('0005-00000228'),
    'InvalidArgument',
    `${CONTEXT} needs ${SSE}: KMS and ${KEY_ID}.`,
    { argument: CONTEXT },
  )
}

function refuseKeyOf(fields: RequestFields): void {
  if (fields.has(KEY_ID)) throw keyWithoutKms(KEY_ID)
  if (fields.has(CONTEXT)) throw contextWithoutKey()
}

export function keyWithoutKms(argument: string): StoreError {
  return new OssRefusal(
    invalid('0005-00000204'),
    'InvalidArgument',
    `${argument} is not applicable if the encryption method is not KMS.`,
    { argument },
  )
}

/** OSS documents no such API; passing over the headers would store the object other than its writer believes. */
function refuseCustomerKeys(fields: RequestFields): void {
  if (fields.startingWith(CUSTOMER).length > 0)
    throw new StoreError('NotImplemented', 'OSS has no encryption with keys that customers provide.')
}

/**
 * Reads, deletions and the like choose no encryption.
 * @throws StoreError in OSS's words (EC 0005-00000002)
 */
export function refuseEncryption(fields: RequestFields): void {
  refuse([SSE, DATA, KEY_ID, CONTEXT], fields)
}

/**
 * Neither do parts and completions; the upload did. ali-oss takes the method off them but leaves what goes with it, which
 * means nothing without it.
 * @throws StoreError in OSS's words (EC 0005-00000002)
 */
export function refuseMethodOfPart(fields: RequestFields): void {
  refuse([SSE], fields)
}

function refuse(names: readonly string[], fields: RequestFields): void {
  const name = names.find((header) => fields.has(header))
  if (name !== undefined)
    throw new OssRefusal(
      invalid('0005-00000002'),
      'InvalidArgument',
      `The header ${name} is not supported for this operation.`,
      { argument: name, value: name === CONTEXT ? undefined : fields.get(name) },
    )
  refuseCustomerKeys(fields)
}

/** How an answer names the encryption of an object; nothing for plaintext. */
export function encryptionHeaders(encryption: EncryptionProperties): Record<string, string> {
  switch (encryption.mode) {
    case 'none':
    case 'customer-key':
      return {}
    case 'service-key':
      return { [SSE]: encryption.suite }
    case 'managed-key':
      return {
        [SSE]: 'KMS',
        ...(encryption.suite === 'SM4' && { [DATA]: 'SM4' }),
        [KEY_ID]: encryption.keyId,
      }
  }
}
