import type { ErrorCode, StoreError } from '../../errors.ts'
import type { RawResponse } from '../raw.ts'
import { json } from './answers.ts'

interface KmsError {
  status: number
  type: string
}

const refused = (type: string): KmsError => ({ status: 400, type })
const failed = (type: string, status = 500): KmsError => ({ status, type })

/**
 * KMS's word for every failure (KMS API Reference, "Errors" of each operation and "Common Errors"): 400 for what
 * the client can mend, 5xx for what it may try again. Codes that only an object can cause have the nearest
 * word, because the table is total by type.
 */
export const kmsErrors: Readonly<Record<ErrorCode, KmsError>> = {
  AccessDenied: refused('AccessDeniedException'),
  InvalidAccessKeyId: refused('UnrecognizedClientException'),
  SignatureDoesNotMatch: refused('InvalidSignatureException'),
  RequestTimeTooSkewed: refused('InvalidSignatureException'),
  RequestExpired: refused('InvalidSignatureException'),
  AuthorizationHeaderMalformed: refused('IncompleteSignatureException'),
  AuthorizationQueryParametersError: refused('IncompleteSignatureException'),
  UnsignedHeaders: refused('InvalidSignatureException'),
  NotSignedIn: refused('MissingAuthenticationTokenException'),
  InvalidCredentials: refused('UnrecognizedClientException'),
  TooManyAttempts: refused('ThrottlingException'),
  NoSuchBucket: refused('NotFoundException'),
  NoSuchKey: refused('NotFoundException'),
  NoSuchVersion: refused('NotFoundException'),
  NoSuchUpload: refused('NotFoundException'),
  NoSuchProject: refused('AccessDeniedException'),
  NoSuchAccessKey: refused('NotFoundException'),
  NoSuchTagSet: refused('NotFoundException'),
  BucketAlreadyExists: refused('AlreadyExistsException'),
  BucketAlreadyOwnedByYou: refused('AlreadyExistsException'),
  BucketNotEmpty: refused('KMSInvalidStateException'),
  InvalidBucketName: refused('ValidationException'),
  KeyTooLong: refused('ValidationException'),
  InvalidObjectName: refused('ValidationException'),
  MissingContentLength: refused('ValidationException'),
  IncompleteBody: refused('SerializationException'),
  EntityTooLarge: failed('RequestEntityTooLargeException', 413),
  EntityTooSmall: refused('ValidationException'),
  InvalidDigest: refused('ValidationException'),
  BadDigest: refused('InvalidSignatureException'),
  ContentSha256Mismatch: refused('InvalidSignatureException'),
  InvalidChunk: refused('SerializationException'),
  MalformedTrailer: refused('SerializationException'),
  MetadataTooLarge: refused('ValidationException'),
  MalformedXML: refused('SerializationException'),
  MalformedJSON: refused('SerializationException'),
  InvalidArgument: refused('ValidationException'),
  InvalidRequest: refused('ValidationException'),
  InvalidRange: refused('ValidationException'),
  InvalidTag: refused('TagException'),
  InvalidPart: refused('ValidationException'),
  InvalidPartOrder: refused('ValidationException'),
  InvalidPartNumber: refused('ValidationException'),
  InvalidUri: refused('ValidationException'),
  NotModified: refused('ValidationException'),
  PreconditionFailed: refused('ConflictException'),
  ConditionalRequestConflict: refused('ConflictException'),
  UnsupportedEncryptionMethod: refused('UnsupportedOperationException'),
  InvalidEncryptionAlgorithm: refused('ValidationException'),
  CustomerKeyIncomplete: refused('ValidationException'),
  InvalidCustomerKey: refused('ValidationException'),
  CustomerKeyDigestMismatch: refused('ValidationException'),
  CustomerKeyRequired: refused('ValidationException'),
  WrongCustomerKey: refused('AccessDeniedException'),
  CustomerKeyNotApplicable: refused('ValidationException'),
  CustomerKeyOverInsecureTransport: refused('AccessDeniedException'),
  CustomerKeyBlocked: refused('AccessDeniedException'),
  InvalidEncryptionContext: refused('ValidationException'),
  UploadEncryptionMismatch: refused('ValidationException'),
  EncryptionChangeNotAllowed: refused('ValidationException'),
  KeyNotFound: refused('NotFoundException'),
  KeyIdMalformed: refused('NotFoundException'),
  KeyInOtherRegion: refused('NotFoundException'),
  KeyDisabled: refused('DisabledException'),
  KeyPendingDeletion: refused('KMSInvalidStateException'),
  KeyServiceUnavailable: failed('KeyUnavailableException'),
  KeyPendingImport: refused('KMSInvalidStateException'),
  KeyInvalidState: refused('KMSInvalidStateException'),
  KeyHasDependents: refused('KMSInvalidStateException'),
  KeyIsProjectDefault: refused('AccessDeniedException'),
  IncorrectKey: refused('IncorrectKeyException'),
  InvalidCiphertext: refused('InvalidCiphertextException'),
  AliasAlreadyExists: refused('AlreadyExistsException'),
  NoSuchAlias: refused('NotFoundException'),
  InvalidAliasName: refused('InvalidAliasNameException'),
  NoSuchGrant: refused('NotFoundException'),
  InvalidGrantToken: refused('InvalidGrantTokenException'),
  MalformedPolicy: refused('MalformedPolicyDocumentException'),
  LimitExceeded: refused('LimitExceededException'),
  ExpiredImportToken: refused('ExpiredImportTokenException'),
  InvalidImportToken: refused('InvalidImportTokenException'),
  IncorrectKeyMaterial: refused('IncorrectKeyMaterialException'),
  InvalidMarker: refused('InvalidMarkerException'),
  NoSuchBucketPolicy: refused('NotFoundException'),
  NoSuchMember: refused('InvalidArnException'),
  NoSuchJob: refused('InvalidArnException'),
  LastOwner: refused('KMSInvalidStateException'),
  InvalidObjectState: refused('InvalidStateException'),
  RestoreAlreadyInProgress: refused('InvalidStateException'),
  InvalidBucketState: refused('InvalidStateException'),
  ObjectLocked: refused('AccessDeniedException'),
  NoSuchObjectLockConfiguration: refused('NotFoundException'),
  ObjectLockConfigurationNotFound: refused('NotFoundException'),
  MethodNotAllowed: refused('UnknownOperationException'),
  NotImplemented: refused('UnsupportedOperationException'),
  ObjectCorrupt: failed('KMSInternalException'),
  StorageFull: failed('KMSInternalException'),
  SlowDown: refused('ThrottlingException'),
  ClientDisconnected: refused('ValidationException'),
  InternalError: failed('KMSInternalException'),
}

/** The error document of the AWS JSON 1.1 protocol. Facts stay untold: KMS has no members for them. */
export function renderKmsError(error: StoreError): RawResponse {
  const { status, type } = kmsErrors[error.code] ?? kmsErrors.InternalError
  return json({ __type: type, message: error.message }, status)
}
