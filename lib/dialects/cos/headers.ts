import { StoreError } from '../../errors.ts'
import type { CustomerKey, EncryptionChoice, EncryptionProperties } from '../../store/encryption-model.ts'
import { digestOf, mentionsCustomerKey, readCustomerKey, TARGET, type SuiteName } from './customer-key.ts'
import { sseHeaderNotAllowed } from './errors.ts'
import type { RequestFields } from './request-fields.ts'
import type { CosRequest } from './cos-request.ts'
import { decodeBase64 } from '../http/text.ts'

/** The encryption headers of COS (document 436/7728; tencent-cos.md §2); in an upload form, fields of the same names. */
const SSE = 'x-cos-server-side-encryption'
const KEY_ID = `${SSE}-cos-kms-key-id`
const CONTEXT = `${SSE}-context`
const KMS_ALGORITHM = `${SSE}-cos-kms-algorithm`
const KMS = 'cos/kms'

/**
 * COS's words for its own keys. `AES-256` is what COS's own page on its JavaScript SDK sends; COS today would refuse it
 * (a test of the C++ SDK sends another unknown word and gets 400). Here the sample works as it is printed: it can mean
 * nothing else, and it is answered as `AES256`.
 */
const SERVICE_SUITES: ReadonlyMap<string, SuiteName> = new Map([
  ['AES256', 'AES256'],
  ['AES-256', 'AES256'],
  ['SM4', 'SM4'],
])

/** Names of the key that Tencent's KMS makes for COS; ours is the project's default key. */
const DEFAULT_KEY = /^(?:alias\/)?(?:kms-cos|cos\/kms|cos)$/i

/**
 * What a write asks for.
 * @throws StoreError InvalidArgument | UnsupportedEncryptionMethod | InvalidEncryptionContext | *CustomerKey*
 */
export function readEncryption(request: CosRequest): EncryptionChoice {
  const { fields, secure } = request
  const method = fields.get(SSE)
  const customer = mentionsCustomerKey(fields, TARGET)
  if (method === undefined && !customer) return withoutMethod(fields)
  refuseInLink(request, method === undefined ? TARGET.key : SSE)
  if (method !== undefined && customer)
    throw invalid(`${SSE} and a key of the customer exclude each other`, SSE, method)
  if (method === undefined) return { kind: 'customer-key', ...readCustomerKey(fields, TARGET, secure) }
  return method === KMS ? managedKey(fields) : serviceKey(fields, method)
}

function withoutMethod(fields: RequestFields): EncryptionChoice {
  for (const name of [KEY_ID, CONTEXT, KMS_ALGORITHM]) refuseUnlessKms(fields, name)
  return { kind: 'bucket-default' }
}

/**
 * "If you upload an object with a pre-signed URL, you cannot use SSE-COS encryption to encrypt it" (COS, "Server-side
 * encryption overview"). Refused rather than ignored: its sender would believe the object encrypted. The bucket's rule
 * still applies to uploads through links.
 */
function refuseInLink({ presigned }: CosRequest, header: string): void {
  if (presigned)
    throw new StoreError(
      'InvalidArgument',
      'Encryption cannot be set through a presigned URL: send the header with a signed request, or give the bucket a default encryption.',
      { argument: header },
    )
}

function serviceKey(fields: RequestFields, method: string): EncryptionChoice {
  const suite = SERVICE_SUITES.get(method)
  if (suite === undefined)
    throw new StoreError(
      'UnsupportedEncryptionMethod',
      `The encryption method is not supported: ${SSE} can be AES256, SM4 or ${KMS}`,
      { argument: SSE, value: method },
    )
  for (const name of [KEY_ID, CONTEXT, KMS_ALGORITHM]) refuseUnlessKms(fields, name)
  return { kind: 'service-key', suite }
}

function managedKey(fields: RequestFields): EncryptionChoice {
  const keyRef = keyReference(fields.get(KEY_ID))
  return {
    kind: 'managed-key',
    suite: kmsSuite(fields.get(KMS_ALGORITHM)),
    context: readContext(fields.get(CONTEXT)),
    ...(keyRef !== undefined && { keyRef }),
  }
}

/** The key's id, or nothing for the project's default key. */
export function keyReference(name: string | undefined): string | undefined {
  return name === undefined || name === '' || DEFAULT_KEY.test(name) ? undefined : name
}

/** `AES256`, which is the default, or `SM4`. @throws StoreError InvalidArgument */
export function kmsSuite(word: string | undefined, argument = KMS_ALGORITHM): SuiteName {
  const suite = word === undefined || word === '' ? 'AES256' : SERVICE_SUITES.get(word)
  if (suite === undefined) throw invalid(`${argument} can be AES256 or SM4`, argument, word ?? '')
  return suite
}

/** Base64 of JSON that maps strings to strings, padded or not; stored, never sent back. */
function readContext(encoded: string | undefined): Record<string, string> {
  if (encoded === undefined) return {}
  const context = parseJson(decodeLenient(encoded))
  const isMap = typeof context === 'object' && context !== null && !Array.isArray(context)
  if (!isMap || !Object.values(context).every((value) => typeof value === 'string'))
    throw new StoreError(
      'InvalidEncryptionContext',
      'The encryption context must be Base64 of JSON that maps strings to strings',
      { argument: CONTEXT },
    )
  return context as Record<string, string>
}

function decodeLenient(text: string): Buffer | undefined {
  const bare = text.replace(/=+$/, '')
  return decodeBase64(bare.padEnd(Math.ceil(bare.length / 4) * 4, '='))
}

function parseJson(bytes: Buffer | undefined): unknown {
  try {
    return bytes && JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}

function refuseUnlessKms(fields: RequestFields, name: string): void {
  const value = fields.get(name)
  if (value !== undefined) throw invalid(`${name} needs ${SSE}: ${KMS}`, name, '')
}

/**
 * The customer's key of a read. Any other encryption header is refused: an object is decrypted as it was encrypted.
 * @throws StoreError InvalidArgument as SSEHeaderNotAllowed | *CustomerKey*
 */
export function readReadingKey({ fields, secure }: CosRequest): CustomerKey | undefined {
  for (const name of [SSE, KEY_ID, CONTEXT, KMS_ALGORITHM])
    if (fields.get(name) !== undefined) throw sseHeaderNotAllowed(name)
  return mentionsCustomerKey(fields, TARGET) ? readCustomerKey(fields, TARGET, secure) : undefined
}

/** What a part of an upload says of its encryption; it was chosen when the upload began. */
export interface PartEncryption {
  customerKey: CustomerKey | undefined
  /** undefined: it says nothing */
  method: StatedMethod | undefined
}

/** `suite`: undefined where `cos/kms` stands alone, for the algorithm is a header of its own that parts do not repeat */
interface StatedMethod {
  mode: EncryptionProperties['mode']
  suite: SuiteName | undefined
}

/**
 * `sliceUploadFile` of the SDKs repeats `x-cos-server-side-encryption` with every part: let it, as long as it is true.
 * @throws StoreError as readEncryption
 */
export function readPartEncryption(request: CosRequest): PartEncryption {
  const choice = readEncryption({ ...request, presigned: false })
  if (choice.kind === 'customer-key') return { customerKey: choice, method: undefined }
  if (choice.kind !== 'service-key' && choice.kind !== 'managed-key')
    return { customerKey: undefined, method: undefined }
  const said = choice.kind === 'service-key' || request.fields.get(KMS_ALGORITHM) !== undefined
  return {
    customerKey: undefined,
    method: { mode: choice.kind, suite: said ? choice.suite : undefined },
  }
}

/** @throws StoreError UploadEncryptionMismatch */
export function requireSameMethod(method: StatedMethod | undefined, encryption: EncryptionProperties): void {
  if (method === undefined) return
  const suite = encryption.mode === 'none' ? undefined : encryption.suite
  if (method.mode === encryption.mode && (method.suite ?? suite) === suite) return
  throw new StoreError(
    'UploadEncryptionMismatch',
    'The encryption of a part must be that with which its upload was initiated.',
    { reason: 'different' },
  )
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
      return { [SSE]: KMS, [KEY_ID]: encryption.keyId, [KMS_ALGORITHM]: encryption.suite }
    case 'customer-key':
      return {
        [TARGET.algorithm]: encryption.suite,
        ...(customerKey && { [`${SSE}-customer-key-MD5`]: digestOf(customerKey.key) }),
      }
  }
}

/** The customer's key inside an encryption choice, for the answer's headers. */
export function customerKeyOf(choice: EncryptionChoice): CustomerKey | undefined {
  return choice.kind === 'customer-key' ? choice : undefined
}

function invalid(message: string, argument: string, value: string): StoreError {
  return new StoreError('InvalidArgument', message, { argument, value })
}
