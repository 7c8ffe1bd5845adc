import { StoreError, type ErrorCode, type ErrorFacts } from '../../errors.ts'
import { factNodes, validators } from '../http/error-document.ts'
import type { HttpRequest } from '../http/request.ts'
import type { RequestIds } from '../http/request-ids.ts'
import { s3Errors, wordsOfOne, type ErrorWords } from '../http/s3-errors.ts'
import { writeXml } from '../http/xml-write.ts'
import type { RawResponse } from '../raw.ts'
import { quoted } from './answers.ts'

/** A refusal in COS's own words, for which the domain has none. Travels as what it is to everybody else. */
export class CosRefusal extends StoreError {
  readonly words: ErrorWords

  constructor(words: ErrorWords, code: ErrorCode, message: string, facts: ErrorFacts = {}) {
    super(code, message, facts)
    this.words = words
  }
}

/** The encryption of an object is not asked for by who reads it (tencent-cos.md §3). */
export function sseHeaderNotAllowed(header: string): CosRefusal {
  return new CosRefusal(
    { status: 400, code: 'SSEHeaderNotAllowed' },
    'InvalidArgument',
    `The request cannot have the header ${header}: the object is decrypted as it was encrypted.`,
  )
}

const invalid: ErrorWords = { status: 400, code: 'InvalidArgument' }
const denied: ErrorWords = { status: 403, code: 'AccessDenied' }
const kms: ErrorWords = { status: 400, code: 'KmsException' }

/** COS's word and status for every failure (document 436/7730; tencent-cos.md §1.4, §3). Where COS says what S3 does, nothing. */
export const cosErrors: Readonly<Record<ErrorCode, ErrorWords>> = {
  ...s3Errors,
  SignatureRequired: denied,
  AuthorizationHeaderMalformed: denied,
  AuthorizationQueryParametersError: denied,
  NoSuchAccessKey: { status: 404, code: 'NoSuchResource' },
  KeyTooLong: { status: 400, code: 'KeyTooLong' },
  ContentSha256Mismatch: { status: 400, code: 'BadDigest' },
  MalformedTrailer: { status: 400, code: 'InvalidRequest' },
  InvalidPartNumber: { status: 416, code: 'InvalidRange' },
  ObjectNotAppendable: { status: 409, code: 'ObjectNotAppendable' },
  PositionNotEqualToLength: { status: 409, code: 'AppendPositionErr' },
  InvalidEncryptionAlgorithm: invalid,
  CustomerKeyRequired: { status: 400, code: 'SsecDecryptHeaderInvalid' },
  WrongCustomerKey: { status: 400, code: 'SsecDecryptHeaderInvalid' },
  CustomerKeyNotApplicable: { status: 400, code: 'SsecDecryptHeaderInvalid' },
  UploadEncryptionMismatch: invalid,
  KeyNotFound: { status: 400, code: 'KmsKeyNotExist' },
  KeyIdMalformed: { status: 400, code: 'KmsKeyNotExist' },
  KeyInOtherRegion: { status: 400, code: 'KmsKeyNotExist' },
  KeyDisabled: { status: 400, code: 'KmsKeyDisabled' },
  KeyPendingDeletion: { status: 400, code: 'KmsKeyDisabled' },
  KeyServiceUnavailable: { status: 500, code: 'KmsInternalException' },
  KeyPendingImport: kms,
  KeyInvalidState: kms,
  KeyHasDependents: kms,
  IncorrectKey: kms,
  InvalidCiphertext: kms,
  AliasAlreadyExists: kms,
  NoSuchAlias: kms,
  InvalidAliasName: kms,
  NoSuchGrant: kms,
  InvalidGrantToken: kms,
  LimitExceeded: kms,
  ExpiredImportToken: kms,
  InvalidImportToken: kms,
  IncorrectKeyMaterial: kms,
  NoSuchMember: invalid,
  StorageFull: { status: 503, code: 'ServiceUnavailable' },
}

/** Facts that an error document may tell, under the names COS and its SDKs use. Anything else stays untold. */
const ELEMENTS: ReadonlyMap<string, string> = new Map([
  ['stringToSign', 'StringToSign'],
  ['serverTime', 'ServerTime'],
  ['argument', 'ArgumentName'],
  ['value', 'ArgumentValue'],
  ['uploadId', 'UploadId'],
  ['partNumber', 'PartNumber'],
  ['condition', 'Condition'],
  ['headersNotSigned', 'HeadersNotSigned'],
])

/** In COS every answer can be traced; here the trace says no more than the request id does. */
export function traceIdOf({ requestId }: RequestIds): string {
  return Buffer.from(requestId).toString('base64')
}

/** Renders a failure as COS's error document. HEAD and 304 have none. */
export function renderCosError(error: StoreError, request: HttpRequest, ids: RequestIds): RawResponse {
  const { status, code } = wordsOf(error)
  const trace = { 'x-cos-trace-id': traceIdOf(ids) }
  if (status === 304) return { status, headers: { ...validators(error.facts, quoted), ...trace }, body: null }
  if (request.raw.method === 'HEAD')
    return { status, headers: { ...trace, 'x-cos-error-code': code }, body: null }
  const resource = (request.header('host') ?? '') + request.resourcePath
  const body = writeXml('Error', undefined, [
    ['Code', code],
    ['Message', error.message],
    ...factNodes(error.facts, ELEMENTS),
    ['Resource', resource],
    ['RequestId', ids.requestId],
    ['TraceId', traceIdOf(ids)],
  ])
  return {
    status,
    headers: { 'content-type': 'application/xml', 'content-length': body.length, ...trace },
    body,
  }
}

function wordsOf(error: StoreError): ErrorWords {
  // By its shape: two copies of a class may live in one process.
  if ('words' in error) return (error as CosRefusal).words
  return cosErrors[error.code] ?? cosErrors.InternalError
}

/** How one object of a multiple deletion failed. */
export function errorWords(error: unknown): { code: string; message: string } {
  return wordsOfOne(error, cosErrors)
}
