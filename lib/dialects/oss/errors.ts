import { StoreError, type ErrorCode, type ErrorFacts } from '../../errors.ts'
import { formatHttpDate } from '../http/dates.ts'
import type { HttpRequest } from '../http/request.ts'
import type { RequestIds } from '../http/request-ids.ts'
import { isHeaderSafe } from '../http/text.ts'
import { writeXml, type XmlNode } from '../http/xml-write.ts'
import type { RawResponse } from '../raw.ts'

/** `ec`: the number under which Aliyun's pages explain a failure, where it has one that we know. */
export interface OssErrorWords {
  status: number
  code: string
  ec?: string
}

/** A refusal in OSS's own words, for which the domain has none. Travels as what it is to everybody else. */
export class OssRefusal extends StoreError {
  readonly words: OssErrorWords

  constructor(words: OssErrorWords, code: ErrorCode, message: string, facts: ErrorFacts = {}) {
    super(code, message, facts)
    this.words = words
  }
}

const denied: OssErrorWords = { status: 403, code: 'AccessDenied' }
const invalid: OssErrorWords = { status: 400, code: 'InvalidArgument' }
const conflict: OssErrorWords = { status: 409, code: 'InvalidOperation' }
const customerKey: OssErrorWords = { status: 400, code: 'InvalidEncryptionRequest' }
const noKey: OssErrorWords = { status: 404, code: 'KeyNotFound', ec: '0005-00000208' }

/** OSS's word and status for every failure (aliyun-oss.md §1.5, §3; Aliyun, "Error responses"). Total by type. */
export const ossErrors: Readonly<Record<ErrorCode, OssErrorWords>> = {
  AccessDenied: denied,
  SignatureRequired: denied,
  InvalidAccessKeyId: { status: 403, code: 'InvalidAccessKeyId' },
  SignatureDoesNotMatch: { status: 403, code: 'SignatureDoesNotMatch' },
  RequestTimeTooSkewed: { status: 403, code: 'RequestTimeTooSkewed' },
  RequestExpired: denied,
  AuthorizationHeaderMalformed: invalid,
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
  NoSuchAccessKey: denied,
  NoSuchTagSet: { status: 404, code: 'NoSuchTagSet' },
  BucketAlreadyExists: { status: 409, code: 'BucketAlreadyExists' },
  BucketAlreadyOwnedByYou: { status: 409, code: 'BucketAlreadyExists' },
  BucketNotEmpty: { status: 409, code: 'BucketNotEmpty' },
  InvalidBucketName: { status: 400, code: 'InvalidBucketName' },
  KeyTooLong: { status: 400, code: 'InvalidObjectName' },
  InvalidObjectName: { status: 400, code: 'InvalidObjectName' },
  MissingContentLength: { status: 411, code: 'MissingContentLength' },
  IncompleteBody: { status: 400, code: 'IncompleteBody' },
  EntityTooLarge: { status: 400, code: 'EntityTooLarge' },
  EntityTooSmall: { status: 400, code: 'EntityTooSmall' },
  InvalidDigest: { status: 400, code: 'InvalidDigest' },
  BadDigest: { status: 400, code: 'InvalidDigest' },
  ContentSha256Mismatch: { status: 400, code: 'InvalidDigest' },
  InvalidChunk: { status: 400, code: 'InvalidRequest' },
  MalformedTrailer: { status: 400, code: 'InvalidRequest' },
  MetadataTooLarge: { status: 400, code: 'InvalidArgument' },
  MalformedXML: { status: 400, code: 'MalformedXML' },
  MalformedJSON: invalid,
  InvalidArgument: invalid,
  InvalidRequest: { status: 400, code: 'InvalidRequest' },
  InvalidRange: { status: 416, code: 'InvalidRange' },
  InvalidTag: { status: 400, code: 'InvalidTag' },
  InvalidPart: { status: 400, code: 'InvalidPart' },
  InvalidPartOrder: { status: 400, code: 'InvalidPartOrder' },
  InvalidPartNumber: { status: 416, code: 'InvalidRange' },
  InvalidUri: { status: 400, code: 'InvalidURI' },
  ObjectNotAppendable: { status: 409, code: 'ObjectNotAppendable' },
  PositionNotEqualToLength: { status: 409, code: 'PositionNotEqualToLength', ec: '0026-00000016' },
  SymlinkTargetNotExist: { status: 404, code: 'SymlinkTargetNotExist', ec: '0026-00000012' },
  InvalidTargetType: { status: 400, code: 'InvalidTargetType' },
  NotSymlink: { status: 400, code: 'NotSymlink', ec: '0043-00000101' },
  NotModified: { status: 304, code: 'NotModified' },
  PreconditionFailed: { status: 412, code: 'PreconditionFailed' },
  ConditionalRequestConflict: { status: 409, code: 'FileAlreadyExists' },
  UnsupportedEncryptionMethod: { status: 400, code: 'InvalidEncryptionAlgorithmError', ec: '0005-00000003' },
  InvalidEncryptionAlgorithm: { status: 400, code: 'InvalidEncryptionAlgorithmError', ec: '0005-00000003' },
  CustomerKeyIncomplete: customerKey,
  InvalidCustomerKey: customerKey,
  CustomerKeyDigestMismatch: customerKey,
  CustomerKeyRequired: customerKey,
  WrongCustomerKey: customerKey,
  CustomerKeyNotApplicable: customerKey,
  CustomerKeyOverInsecureTransport: customerKey,
  CustomerKeyBlocked: denied,
  InvalidEncryptionContext: { ...invalid, ec: '0005-00000230' },
  UploadEncryptionMismatch: invalid,
  EncryptionChangeNotAllowed: conflict,
  KeyNotFound: noKey,
  KeyIdMalformed: { status: 400, code: 'InvalidParameter' },
  KeyInOtherRegion: noKey,
  KeyDisabled: { status: 409, code: 'KeyDisabled', ec: '0005-00000214' },
  KeyPendingDeletion: { status: 409, code: 'KeyPendingDeletion', ec: '0005-00000215' },
  KeyServiceUnavailable: { status: 503, code: 'ServiceUnavailable' },
  KeyPendingImport: { status: 409, code: 'KeyPendingImport', ec: '0005-00000215' },
  KeyInvalidState: { status: 409, code: 'KeyDisabled', ec: '0005-00000214' },
  KeyHasDependents: conflict,
  KeyIsProjectDefault: denied,
  IncorrectKey: invalid,
  InvalidCiphertext: invalid,
  AliasAlreadyExists: conflict,
  NoSuchAlias: { status: 404, code: 'AliasNotFound', ec: '0005-00000208' },
  InvalidAliasName: { status: 400, code: 'InvalidParameter' },
  NoSuchGrant: invalid,
  InvalidGrantToken: invalid,
  MalformedPolicy: { status: 400, code: 'InvalidPolicyDocument' },
  LimitExceeded: { status: 400, code: 'LimitExceeded' },
  ExpiredImportToken: invalid,
  InvalidImportToken: invalid,
  IncorrectKeyMaterial: invalid,
  InvalidMarker: invalid,
  NoSuchBucketPolicy: { status: 404, code: 'NoSuchBucketPolicy' },
  CrossOriginForbidden: { status: 403, code: 'AccessForbidden' },
  NoSuchMember: invalid,
  NoSuchJob: { status: 404, code: 'InvalidArgument' },
  LastOwner: conflict,
  InvalidObjectState: { status: 403, code: 'InvalidObjectState' },
  RestoreAlreadyInProgress: { status: 409, code: 'RestoreAlreadyInProgress' },
  InvalidBucketState: { status: 409, code: 'InvalidBucketState' },
  ObjectLocked: { status: 409, code: 'FileImmutable' },
  NoSuchObjectLockConfiguration: { status: 404, code: 'NoSuchWORMConfiguration' },
  ObjectLockConfigurationNotFound: { status: 404, code: 'NoSuchWORMConfiguration' },
  MethodNotAllowed: { status: 405, code: 'MethodNotAllowed' },
  NotImplemented: { status: 501, code: 'NotImplemented' },
  ObjectCorrupt: { status: 500, code: 'InternalError' },
  StorageFull: { status: 503, code: 'ServiceUnavailable' },
  SlowDown: { status: 503, code: 'SlowDown' },
  ClientDisconnected: { status: 400, code: 'RequestTimeout' },
  InternalError: { status: 500, code: 'InternalError' },
}

/** Facts that an error document may tell, under OSS's element names. Anything else stays untold. */
const ELEMENTS: ReadonlyMap<string, string> = new Map([
  ['argument', 'ArgumentName'],
  ['value', 'ArgumentValue'],
  ['bucket', 'BucketName'],
  ['key', 'Key'],
  ['uploadId', 'UploadId'],
  ['partNumber', 'PartNumber'],
  ['condition', 'Condition'],
  ['accessKeyId', 'OSSAccessKeyId'],
  ['stringToSign', 'StringToSign'],
  ['stringToSignBytes', 'StringToSignBytes'],
  ['serverTime', 'ServerTime'],
  ['maxAllowedSkewMilliseconds', 'MaxAllowedSkewMilliseconds'],
  ['expires', 'Expires'],
  ['size', 'ProposedSize'],
  ['maximum', 'MaxSizeAllowed'],
  ['minimum', 'MinSizeAllowed'],
  ['method', 'Method'],
])

/**
 * Renders a failure as OSS's error document. An answer to HEAD carries it in a header, which oss2 and ali-oss read; 304 has
 * none but names the current validators.
 */
export function renderOssError(error: StoreError, request: HttpRequest, ids: RequestIds): RawResponse {
  const words = wordsOf(error)
  if (words.status === 304) return { status: 304, headers: validators(error.facts), body: null }
  const answer = errorAnswer(words, messageOf(error), request, ids, details(error.facts))
  const { nextPosition } = error.facts
  if (typeof nextPosition !== 'number') return answer
  return { ...answer, headers: { ...answer.headers, 'x-oss-next-append-position': nextPosition } }
}

export function errorAnswer(
  { status, code, ec }: OssErrorWords,
  message: string,
  request: HttpRequest,
  ids: RequestIds,
  facts: readonly XmlNode[] = [],
): RawResponse {
  const nodes: XmlNode[] = [
    ['Code', code],
    ['Message', message],
    ['RequestId', ids.requestId],
    ['HostId', request.header('host') ?? ''],
    ...facts,
  ]
  if (ec !== undefined) nodes.push(['EC', ec])
  const body = writeXml('Error', undefined, nodes)
  const headers: Record<string, string> = ec === undefined ? {} : { 'x-oss-ec': ec }
  if (request.raw.method === 'HEAD')
    return { status, headers: { ...headers, 'x-oss-err': body.toString('base64') }, body: null }
  return {
    status,
    headers: { ...headers, 'content-type': 'application/xml', 'content-length': body.length },
    body,
  }
}

function wordsOf(error: StoreError): OssErrorWords {
  // By its shape: two copies of a class may live in one process.
  if ('words' in error) return (error as OssRefusal).words
  const condition =
    error.code === 'PreconditionFailed' ? CONDITIONS.get(String(error.facts.condition)) : undefined
  return condition ?? ossErrors[error.code] ?? ossErrors.InternalError
}

/** x-oss-forbid-overwrite is no precondition to OSS, and a copy's source that was not modified is 304 (Aliyun, "CopyObject"). */
const CONDITIONS: ReadonlyMap<string, OssErrorWords> = new Map([
  ['If-None-Match', { status: 409, code: 'FileAlreadyExists' }],
  ['x-amz-copy-source-If-None-Match', { status: 304, code: 'NotModified' }],
])

/** OSS says whose refusal it is, so that people look for it among the rights to the key and not to the object. */
function messageOf(error: StoreError): string {
  const { action } = error.facts
  return error.code === 'AccessDenied' && typeof action === 'string' && action.startsWith('kms:')
    ? 'This operation is forbidden by kms.'
    : error.message
}

function details(facts: ErrorFacts): XmlNode[] {
  const nodes: XmlNode[] = []
  for (const [fact, value] of Object.entries(facts)) {
    const element = ELEMENTS.get(fact)
    if (element !== undefined && value !== undefined) nodes.push([element, value])
  }
  return nodes
}

function validators({ etag, lastModified }: ErrorFacts): Record<string, string> {
  return {
    ...(typeof etag === 'string' && isHeaderSafe(etag) && { etag: `"${etag.toUpperCase()}"` }),
    ...(typeof lastModified === 'number' && { 'last-modified': formatHttpDate(lastModified) }),
  }
}
