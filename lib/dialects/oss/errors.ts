import { StoreError, type ErrorCode, type ErrorFacts } from '../../errors.ts'
import { factNodes, validators } from '../http/error-document.ts'
import type { HttpRequest } from '../http/request.ts'
import type { RequestIds } from '../http/request-ids.ts'
import { s3Errors, type ErrorWords } from '../http/s3-errors.ts'
import { writeXml, type XmlNode } from '../http/xml-write.ts'
import type { RawResponse } from '../raw.ts'
import { quoted } from './answers.ts'

/** `ec`: the number under which Aliyun's pages explain a failure, where it has one that we know. */
export interface OssErrorWords extends ErrorWords {
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

/** OSS's word and status for every failure (aliyun-oss.md §1.5, §3; Aliyun, "Error responses"). Where OSS says what S3 does, nothing. */
export const ossErrors: Readonly<Record<ErrorCode, OssErrorWords>> = {
  ...s3Errors,
  SignatureRequired: denied,
  AuthorizationHeaderMalformed: invalid,
  AuthorizationQueryParametersError: denied,
  NoSuchAccessKey: denied,
  BucketAlreadyOwnedByYou: { status: 409, code: 'BucketAlreadyExists' },
  KeyTooLong: { status: 400, code: 'InvalidObjectName' },
  InvalidObjectName: { status: 400, code: 'InvalidObjectName' },
  BadDigest: { status: 400, code: 'InvalidDigest' },
  ContentSha256Mismatch: { status: 400, code: 'InvalidDigest' },
  MalformedTrailer: { status: 400, code: 'InvalidRequest' },
  MetadataTooLarge: { status: 400, code: 'InvalidArgument' },
  MalformedJSON: invalid,
  InvalidPartNumber: { status: 416, code: 'InvalidRange' },
  ObjectNotAppendable: { status: 409, code: 'ObjectNotAppendable' },
  PositionNotEqualToLength: { status: 409, code: 'PositionNotEqualToLength', ec: '0026-00000016' },
  SymlinkTargetNotExist: { status: 404, code: 'SymlinkTargetNotExist', ec: '0026-00000012' },
  InvalidTargetType: { status: 400, code: 'InvalidTargetType' },
  NotSymlink: { status: 400, code: 'NotSymlink', ec: '0043-00000101' },
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
  InvalidEncryptionContext: { ...invalid, ec: '0005-00000230' },
  UploadEncryptionMismatch: invalid,
  EncryptionChangeNotAllowed: conflict,
  KeyNotFound: noKey,
  KeyIdMalformed: { status: 400, code: 'InvalidParameter' },
  KeyInOtherRegion: noKey,
  KeyDisabled: { status: 409, code: 'KeyDisabled', ec: '0005-00000214' },
  KeyPendingDeletion: { status: 409, code: 'KeyPendingDeletion', ec: '0005-00000215' },
  KeyPendingImport: { status: 409, code: 'KeyPendingImport', ec: '0005-00000215' },
  KeyInvalidState: { status: 409, code: 'KeyDisabled', ec: '0005-00000214' },
  KeyHasDependents: conflict,
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
  NoSuchMember: invalid,
  LastOwner: conflict,
  ObjectLocked: { status: 409, code: 'FileImmutable' },
  NoSuchObjectLockConfiguration: { status: 404, code: 'NoSuchWORMConfiguration' },
  ObjectLockConfigurationNotFound: { status: 404, code: 'NoSuchWORMConfiguration' },
  StorageFull: { status: 503, code: 'ServiceUnavailable' },
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
  if (words.status === 304) return { status: 304, headers: validators(error.facts, quoted), body: null }
  const answer = errorAnswer(words, messageOf(error), request, ids, factNodes(error.facts, ELEMENTS))
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
