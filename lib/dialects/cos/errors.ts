import { StoreError, type ErrorCode, type ErrorFacts } from '../../errors.ts'
import { formatHttpDate } from '../http/dates.ts'
import type { HttpRequest } from '../http/request.ts'
import type { RequestIds } from '../http/request-ids.ts'
import { writeXml, type XmlNode } from '../http/xml-write.ts'
import type { RawResponse } from '../raw.ts'

interface CosErrorWords {
  status: number
  code: string
}

/** A refusal in COS's own words, for which the domain has none. Travels as what it is to everybody else. */
export class CosRefusal extends StoreError {
  readonly words: CosErrorWords

  constructor(words: CosErrorWords, code: ErrorCode, message: string, facts: ErrorFacts = {}) {
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

const invalid: CosErrorWords = { status: 400, code: 'InvalidArgument' }
const denied: CosErrorWords = { status: 403, code: 'AccessDenied' }
const kms: CosErrorWords = { status: 400, code: 'KmsException' }

/** COS's word and status for every failure (document 436/7730; tencent-cos.md §1.4, §3). Total by type. */
export const cosErrors: Readonly<Record<ErrorCode, CosErrorWords>> = {
  AccessDenied: denied,
  SignatureRequired: denied,
  InvalidAccessKeyId: { status: 403, code: 'InvalidAccessKeyId' },
  SignatureDoesNotMatch: { status: 403, code: 'SignatureDoesNotMatch' },
  RequestTimeTooSkewed: { status: 403, code: 'RequestTimeTooSkewed' },
  RequestExpired: denied,
  AuthorizationHeaderMalformed: denied,
  AuthorizationQueryParametersError: denied,
  UnsignedHeaders: denied,
  NotSignedIn: denied,
  InvalidCredentials: denied,
  TooManyAttempts: { status: 503, code: 'SlowDown' },
  NoSuchBucket: { status: 404, code: 'NoSuchBucket' },
  NoSuchKey: { status: 404, code: 'NoSuchKey' },
  NoSuchVersion: { status: 404, code: 'NoSuchVersion' },
  NoSuchUpload: { status: 404, code: 'NoSuchUpload' },
  NoSuchProject: denied,
  NoSuchAccessKey: { status: 404, code: 'NoSuchResource' },
  NoSuchTagSet: { status: 404, code: 'NoSuchTagSet' },
  BucketAlreadyExists: { status: 409, code: 'BucketAlreadyExists' },
  BucketAlreadyOwnedByYou: { status: 409, code: 'BucketAlreadyOwnedByYou' },
  BucketNotEmpty: { status: 409, code: 'BucketNotEmpty' },
  InvalidBucketName: { status: 400, code: 'InvalidBucketName' },
  KeyTooLong: { status: 400, code: 'KeyTooLong' },
  InvalidObjectName: invalid,
  MissingContentLength: { status: 411, code: 'MissingContentLength' },
  IncompleteBody: { status: 400, code: 'IncompleteBody' },
  EntityTooLarge: { status: 400, code: 'EntityTooLarge' },
  EntityTooSmall: { status: 400, code: 'EntityTooSmall' },
  InvalidDigest: { status: 400, code: 'InvalidDigest' },
  BadDigest: { status: 400, code: 'BadDigest' },
  ContentSha256Mismatch: { status: 400, code: 'BadDigest' },
  InvalidChunk: { status: 400, code: 'InvalidRequest' },
  MalformedTrailer: { status: 400, code: 'InvalidRequest' },
  MetadataTooLarge: { status: 400, code: 'MetadataTooLarge' },
  MalformedXML: { status: 400, code: 'MalformedXML' },
  MalformedJSON: { status: 400, code: 'MalformedPolicy' },
  InvalidArgument: invalid,
  InvalidRequest: { status: 400, code: 'InvalidRequest' },
  InvalidRange: { status: 416, code: 'InvalidRange' },
  InvalidTag: { status: 400, code: 'InvalidTag' },
  InvalidPart: { status: 400, code: 'InvalidPart' },
  InvalidPartOrder: { status: 400, code: 'InvalidPartOrder' },
  InvalidPartNumber: { status: 416, code: 'InvalidRange' },
  InvalidUri: { status: 400, code: 'InvalidURI' },
  ObjectNotAppendable: { status: 409, code: 'ObjectNotAppendable' },
  PositionNotEqualToLength: { status: 409, code: 'AppendPositionErr' },
  SymlinkTargetNotExist: { status: 404, code: 'NoSuchKey' },
  InvalidTargetType: { status: 400, code: 'InvalidRequest' },
  NotSymlink: { status: 400, code: 'InvalidRequest' },
  NotModified: { status: 304, code: 'NotModified' },
  PreconditionFailed: { status: 412, code: 'PreconditionFailed' },
  ConditionalRequestConflict: { status: 409, code: 'ConditionalRequestConflict' },
  UnsupportedEncryptionMethod: invalid,
  InvalidEncryptionAlgorithm: invalid,
  CustomerKeyIncomplete: invalid,
  InvalidCustomerKey: invalid,
  CustomerKeyDigestMismatch: invalid,
  CustomerKeyRequired: { status: 400, code: 'SsecDecryptHeaderInvalid' },
  WrongCustomerKey: { status: 400, code: 'SsecDecryptHeaderInvalid' },
  CustomerKeyNotApplicable: { status: 400, code: 'SsecDecryptHeaderInvalid' },
  CustomerKeyOverInsecureTransport: { status: 400, code: 'InvalidRequest' },
  CustomerKeyBlocked: denied,
  InvalidEncryptionContext: invalid,
  UploadEncryptionMismatch: invalid,
  EncryptionChangeNotAllowed: { status: 400, code: 'InvalidRequest' },
  KeyNotFound: { status: 400, code: 'KmsKeyNotExist' },
  KeyIdMalformed: { status: 400, code: 'KmsKeyNotExist' },
  KeyInOtherRegion: { status: 400, code: 'KmsKeyNotExist' },
  KeyDisabled: { status: 400, code: 'KmsKeyDisabled' },
  KeyPendingDeletion: { status: 400, code: 'KmsKeyDisabled' },
  KeyServiceUnavailable: { status: 500, code: 'KmsInternalException' },
  KeyPendingImport: kms,
  KeyInvalidState: kms,
  KeyHasDependents: kms,
  KeyIsProjectDefault: { status: 403, code: 'AccessDenied' },
  IncorrectKey: kms,
  InvalidCiphertext: kms,
  AliasAlreadyExists: kms,
  NoSuchAlias: kms,
  InvalidAliasName: kms,
  NoSuchGrant: kms,
  InvalidGrantToken: kms,
  MalformedPolicy: { status: 400, code: 'MalformedPolicy' },
  LimitExceeded: kms,
  ExpiredImportToken: kms,
  InvalidImportToken: kms,
  IncorrectKeyMaterial: kms,
  InvalidMarker: invalid,
  NoSuchBucketPolicy: { status: 404, code: 'NoSuchBucketPolicy' },
  CrossOriginForbidden: { status: 403, code: 'AccessForbidden' },
  NoSuchMember: invalid,
  NoSuchJob: { status: 404, code: 'InvalidArgument' },
  LastOwner: { status: 409, code: 'InvalidRequest' },
  InvalidObjectState: { status: 403, code: 'InvalidObjectState' },
  RestoreAlreadyInProgress: { status: 409, code: 'RestoreAlreadyInProgress' },
  InvalidBucketState: { status: 409, code: 'InvalidBucketState' },
  ObjectLocked: { status: 403, code: 'AccessDenied' },
  NoSuchObjectLockConfiguration: { status: 404, code: 'NoSuchObjectLockConfiguration' },
  ObjectLockConfigurationNotFound: { status: 404, code: 'ObjectLockConfigurationNotFoundError' },
  MethodNotAllowed: { status: 405, code: 'MethodNotAllowed' },
  NotImplemented: { status: 501, code: 'NotImplemented' },
  ObjectCorrupt: { status: 500, code: 'InternalError' },
  StorageFull: { status: 503, code: 'ServiceUnavailable' },
  SlowDown: { status: 503, code: 'SlowDown' },
  ClientDisconnected: { status: 400, code: 'RequestTimeout' },
  InternalError: { status: 500, code: 'InternalError' },
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
  if (status === 304) return { status, headers: { ...validators(error.facts), ...trace }, body: null }
  if (request.raw.method === 'HEAD')
    return { status, headers: { ...trace, 'x-cos-error-code': code }, body: null }
  const resource = (request.header('host') ?? '') + request.resourcePath
  const body = writeXml('Error', undefined, [
    ['Code', code],
    ['Message', error.message],
    ...details(error.facts),
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

function wordsOf(error: StoreError): CosErrorWords {
  // By its shape: two copies of a class may live in one process.
  if ('words' in error) return (error as CosRefusal).words
  return cosErrors[error.code] ?? cosErrors.InternalError
}

function details(facts: ErrorFacts): XmlNode[] {
  const nodes: XmlNode[] = []
  for (const [fact, value] of Object.entries(facts)) {
    const element = ELEMENTS.get(fact)
    if (element !== undefined && value !== undefined) nodes.push([element, value])
  }
  return nodes
}

function validators(facts: ErrorFacts): Record<string, string> {
  return {
    ...(typeof facts.etag === 'string' && { etag: `"${facts.etag}"` }),
    ...(typeof facts.lastModified === 'number' && { 'last-modified': formatHttpDate(facts.lastModified) }),
  }
}

/** How one object of a multiple deletion failed. */
export function errorWords(error: unknown): { code: string; message: string } {
  const known = error instanceof Error && 'code' in error && Object.hasOwn(cosErrors, String(error.code))
  if (!known) return { code: 'InternalError', message: 'We encountered an internal error. Please try again.' }
  return { code: cosErrors[(error as StoreError).code].code, message: error.message }
}
