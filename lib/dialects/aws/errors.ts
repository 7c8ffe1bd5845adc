import type { ErrorCode, ErrorFacts, StoreError } from '../../errors.ts'
import { formatHttpDate } from '../http/dates.ts'
import type { HttpRequest } from '../http/request.ts'
import type { RequestIds } from '../http/request-ids.ts'
import { writeXml, type XmlNode } from '../http/xml-write.ts'
import type { RawResponse } from '../raw.ts'
import { quoted } from './answers.ts'
import { storageClassWord } from './storage-class.ts'

interface AwsError {
  status: number
  code: string
}

/** S3's word and status for every failure (aws-s3.md §3; S3 API reference, "Error responses"). Total by type. */
export const awsErrors: Readonly<Record<ErrorCode, AwsError>> = {
  AccessDenied: { status: 403, code: 'AccessDenied' },
  SignatureRequired: { status: 400, code: 'InvalidArgument' },
  InvalidAccessKeyId: { status: 403, code: 'InvalidAccessKeyId' },
  SignatureDoesNotMatch: { status: 403, code: 'SignatureDoesNotMatch' },
  RequestTimeTooSkewed: { status: 403, code: 'RequestTimeTooSkewed' },
  RequestExpired: { status: 403, code: 'AccessDenied' },
  AuthorizationHeaderMalformed: { status: 400, code: 'AuthorizationHeaderMalformed' },
  AuthorizationQueryParametersError: { status: 400, code: 'AuthorizationQueryParametersError' },
  UnsignedHeaders: { status: 403, code: 'AccessDenied' },
  NotSignedIn: { status: 403, code: 'AccessDenied' },
  InvalidCredentials: { status: 403, code: 'AccessDenied' },
  TooManyAttempts: { status: 503, code: 'SlowDown' },
  NoSuchBucket: { status: 404, code: 'NoSuchBucket' },
  NoSuchKey: { status: 404, code: 'NoSuchKey' },
  NoSuchVersion: { status: 404, code: 'NoSuchVersion' },
  NoSuchUpload: { status: 404, code: 'NoSuchUpload' },
  NoSuchProject: { status: 403, code: 'AccessDenied' },
  NoSuchAccessKey: { status: 404, code: 'NoSuchEntity' },
  NoSuchTagSet: { status: 404, code: 'NoSuchTagSet' },
  BucketAlreadyExists: { status: 409, code: 'BucketAlreadyExists' },
  BucketAlreadyOwnedByYou: { status: 409, code: 'BucketAlreadyOwnedByYou' },
  BucketNotEmpty: { status: 409, code: 'BucketNotEmpty' },
  InvalidBucketName: { status: 400, code: 'InvalidBucketName' },
  KeyTooLong: { status: 400, code: 'KeyTooLongError' },
  InvalidObjectName: { status: 400, code: 'InvalidArgument' },
  MissingContentLength: { status: 411, code: 'MissingContentLength' },
  IncompleteBody: { status: 400, code: 'IncompleteBody' },
  EntityTooLarge: { status: 400, code: 'EntityTooLarge' },
  EntityTooSmall: { status: 400, code: 'EntityTooSmall' },
  InvalidDigest: { status: 400, code: 'InvalidDigest' },
  BadDigest: { status: 400, code: 'BadDigest' },
  ContentSha256Mismatch: { status: 400, code: 'XAmzContentSHA256Mismatch' },
  InvalidChunk: { status: 400, code: 'InvalidRequest' },
  MalformedTrailer: { status: 400, code: 'MalformedTrailerError' },
  MetadataTooLarge: { status: 400, code: 'MetadataTooLarge' },
  MalformedXML: { status: 400, code: 'MalformedXML' },
  MalformedJSON: { status: 400, code: 'MalformedPolicy' },
  InvalidArgument: { status: 400, code: 'InvalidArgument' },
  InvalidRequest: { status: 400, code: 'InvalidRequest' },
  InvalidRange: { status: 416, code: 'InvalidRange' },
  InvalidTag: { status: 400, code: 'InvalidTag' },
  InvalidPart: { status: 400, code: 'InvalidPart' },
  InvalidPartOrder: { status: 400, code: 'InvalidPartOrder' },
  InvalidPartNumber: { status: 416, code: 'InvalidPartNumber' },
  InvalidUri: { status: 400, code: 'InvalidURI' },
  ObjectNotAppendable: { status: 409, code: 'InvalidRequest' },
  PositionNotEqualToLength: { status: 400, code: 'InvalidWriteOffset' },
  SymlinkTargetNotExist: { status: 404, code: 'NoSuchKey' },
  InvalidTargetType: { status: 400, code: 'InvalidRequest' },
  NotSymlink: { status: 400, code: 'InvalidRequest' },
  NotModified: { status: 304, code: 'NotModified' },
  PreconditionFailed: { status: 412, code: 'PreconditionFailed' },
  ConditionalRequestConflict: { status: 409, code: 'ConditionalRequestConflict' },
  UnsupportedEncryptionMethod: { status: 400, code: 'InvalidArgument' },
  InvalidEncryptionAlgorithm: { status: 400, code: 'InvalidEncryptionAlgorithmError' },
  CustomerKeyIncomplete: { status: 400, code: 'InvalidArgument' },
  InvalidCustomerKey: { status: 400, code: 'InvalidArgument' },
  CustomerKeyDigestMismatch: { status: 400, code: 'InvalidArgument' },
  CustomerKeyRequired: { status: 400, code: 'InvalidRequest' },
  WrongCustomerKey: { status: 403, code: 'AccessDenied' },
  CustomerKeyNotApplicable: { status: 400, code: 'InvalidRequest' },
  CustomerKeyOverInsecureTransport: { status: 400, code: 'InvalidRequest' },
  CustomerKeyBlocked: { status: 403, code: 'AccessDenied' },
  InvalidEncryptionContext: { status: 400, code: 'InvalidArgument' },
  UploadEncryptionMismatch: { status: 400, code: 'InvalidRequest' },
  EncryptionChangeNotAllowed: { status: 400, code: 'InvalidRequest' },
  KeyNotFound: { status: 400, code: 'KMS.NotFoundException' },
  KeyIdMalformed: { status: 400, code: 'KMS.NotFoundException' },
  KeyInOtherRegion: { status: 400, code: 'KMS.NotFoundException' },
  KeyDisabled: { status: 400, code: 'KMS.DisabledException' },
  KeyPendingDeletion: { status: 400, code: 'KMS.KMSInvalidStateException' },
  KeyServiceUnavailable: { status: 503, code: 'ServiceUnavailable' },
  KeyPendingImport: { status: 400, code: 'KMS.KMSInvalidStateException' },
  KeyInvalidState: { status: 400, code: 'KMS.KMSInvalidStateException' },
  KeyHasDependents: { status: 409, code: 'KMS.KMSInvalidStateException' },
  KeyIsProjectDefault: { status: 403, code: 'AccessDenied' },
  IncorrectKey: { status: 400, code: 'KMS.IncorrectKeyException' },
  InvalidCiphertext: { status: 400, code: 'KMS.InvalidCiphertextException' },
  AliasAlreadyExists: { status: 400, code: 'KMS.AlreadyExistsException' },
  NoSuchAlias: { status: 400, code: 'KMS.NotFoundException' },
  InvalidAliasName: { status: 400, code: 'KMS.InvalidAliasNameException' },
  NoSuchGrant: { status: 400, code: 'KMS.NotFoundException' },
  InvalidGrantToken: { status: 400, code: 'KMS.InvalidGrantTokenException' },
  MalformedPolicy: { status: 400, code: 'MalformedPolicy' },
  LimitExceeded: { status: 400, code: 'KMS.LimitExceededException' },
  ExpiredImportToken: { status: 400, code: 'KMS.ExpiredImportTokenException' },
  InvalidImportToken: { status: 400, code: 'KMS.InvalidImportTokenException' },
  IncorrectKeyMaterial: { status: 400, code: 'KMS.IncorrectKeyMaterialException' },
  InvalidMarker: { status: 400, code: 'InvalidArgument' },
  NoSuchBucketPolicy: { status: 404, code: 'NoSuchBucketPolicy' },
  CrossOriginForbidden: { status: 403, code: 'AccessForbidden' },
  NoSuchMember: { status: 404, code: 'InvalidArgument' },
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
  StorageFull: { status: 507, code: 'InsufficientStorage' },
  SlowDown: { status: 503, code: 'SlowDown' },
  ClientDisconnected: { status: 400, code: 'RequestTimeout' },
  InternalError: { status: 500, code: 'InternalError' },
}

/** Facts that an error document may tell, under S3's element names. Anything else stays untold. */
const ELEMENTS: ReadonlyMap<string, string> = new Map([
  ['argument', 'ArgumentName'],
  ['value', 'ArgumentValue'],
  ['bucket', 'BucketName'],
  ['key', 'Key'],
  ['versionId', 'VersionId'],
  ['storageClass', 'StorageClass'],
  ['uploadId', 'UploadId'],
  ['partNumber', 'PartNumber'],
  ['region', 'Region'],
  ['condition', 'Condition'],
  ['contentMd5', 'Content-MD5'],
  ['headersNotSigned', 'HeadersNotSigned'],
  ['accessKeyId', 'AWSAccessKeyId'],
  ['stringToSign', 'StringToSign'],
  ['requestTime', 'RequestTime'],
  ['serverTime', 'ServerTime'],
  ['maxAllowedSkewMilliseconds', 'MaxAllowedSkewMilliseconds'],
  ['expires', 'Expires'],
  ['expiresSeconds', 'X-Amz-Expires'],
  ['size', 'Size'],
  ['maximum', 'MaxSizeAllowed'],
  ['tagKey', 'TagKey'],
  ['trailer', 'Trailer'],
  ['algorithm', 'Algorithm'],
  ['method', 'Method'],
])

/**
 * Renders a failure as S3's error document. HEAD has none (aws-s3.md §3), and 304 has none by RFC 9110 §15.4.5
 * but names the current validators.
 */
export function renderAwsError(error: StoreError, request: HttpRequest, ids: RequestIds): RawResponse {
  const { status, code } = awsErrors[error.code] ?? awsErrors.InternalError
  if (status === 304) return { status, headers: validators(error.facts), body: null }
  const marker = markerHeaders(error.facts)
  if (request.raw.method === 'HEAD')
    return { status, headers: { 'content-type': 'application/xml', ...marker }, body: null }
  const answer = errorAnswer(status, code, error.message, details(error.facts), ids)
  return { ...answer, headers: { ...answer.headers, ...marker } }
}

/** Of a delete marker an error still tells, and what can be done with it (S3 user guide, "Working with delete markers"). */
function markerHeaders({ deleteMarker, versionId, lastModified }: ErrorFacts): Record<string, string> {
  if (deleteMarker !== true) return {}
  return {
    'x-amz-delete-marker': 'true',
    ...(typeof versionId === 'string' && { 'x-amz-version-id': versionId }),
    ...(typeof lastModified === 'number' && {
      allow: 'DELETE',
      'last-modified': formatHttpDate(lastModified),
    }),
  }
}

export function errorAnswer(
  status: number,
  code: string,
  message: string,
  facts: readonly XmlNode[],
  ids?: RequestIds,
): RawResponse {
  const identity: XmlNode[] = ids
    ? [
        ['RequestId', ids.requestId],
        ['HostId', ids.hostId],
      ]
    : []
  const body = writeXml('Error', undefined, [['Code', code], ['Message', message], ...facts, ...identity])
  return { status, headers: { 'content-type': 'application/xml', 'content-length': body.length }, body }
}

function details(facts: ErrorFacts): XmlNode[] {
  const nodes: XmlNode[] = []
  for (const [fact, value] of Object.entries(facts)) {
    const element = ELEMENTS.get(fact)
    if (element === undefined || value === undefined) continue
    nodes.push([element, fact === 'storageClass' ? storageClassWord(String(value)) : value])
  }
  return nodes
}

function validators(facts: ErrorFacts): Record<string, string> {
  return {
    ...(typeof facts.etag === 'string' && { etag: quoted(facts.etag) }),
    ...(typeof facts.lastModified === 'number' && { 'last-modified': formatHttpDate(facts.lastModified) }),
  }
}

/** How one object of a DeleteObjects request failed. */
export function errorWords(error: unknown): { code: string; message: string } {
  const known = error instanceof Error && 'code' in error && Object.hasOwn(awsErrors, String(error.code))
  if (!known) return { code: 'InternalError', message: 'We encountered an internal error. Please try again.' }
  return { code: awsErrors[(error as StoreError).code].code, message: error.message }
}
