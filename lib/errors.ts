/**
 * The one language of failure. Every room throws StoreError with a code from this union; each dialect
 * and the console translate the code, total by type. Messages and facts never hold a key, a secret,
 * plaintext or a signature.
 */
export type ErrorCode =
  // who is asking
  | 'AccessDenied'
  | 'SignatureRequired'
  | 'InvalidAccessKeyId'
  | 'SignatureDoesNotMatch'
  | 'RequestTimeTooSkewed'
  | 'RequestExpired'
  | 'AuthorizationHeaderMalformed'
  | 'AuthorizationQueryParametersError'
  | 'UnsignedHeaders'
  | 'NotSignedIn'
  | 'InvalidCredentials'
  | 'TooManyAttempts'
  // names
  | 'NoSuchBucket'
  | 'NoSuchKey'
  | 'NoSuchVersion'
  | 'NoSuchUpload'
  | 'NoSuchProject'
  | 'NoSuchAccessKey'
  | 'NoSuchTagSet'
  | 'BucketAlreadyExists'
  | 'BucketAlreadyOwnedByYou'
  | 'BucketNotEmpty'
  | 'InvalidBucketName'
  | 'KeyTooLong'
  | 'InvalidObjectName'
  // content
  | 'MissingContentLength'
  | 'IncompleteBody'
  | 'EntityTooLarge'
  | 'EntityTooSmall'
  | 'InvalidDigest'
  | 'BadDigest'
  | 'ContentSha256Mismatch'
  | 'InvalidChunk'
  | 'MalformedTrailer'
  | 'MetadataTooLarge'
  | 'MalformedXML'
  | 'MalformedJSON'
  | 'InvalidArgument'
  | 'InvalidRequest'
  | 'InvalidRange'
  | 'InvalidTag'
  | 'InvalidPart'
  | 'InvalidPartOrder'
  | 'InvalidPartNumber'
  | 'InvalidUri'
  // objects that grow, symbolic links
  | 'ObjectNotAppendable'
  | 'PositionNotEqualToLength'
  | 'SymlinkTargetNotExist'
  | 'InvalidTargetType'
  | 'NotSymlink'
  // conditions
  | 'NotModified'
  | 'PreconditionFailed'
  | 'ConditionalRequestConflict'
  // encryption
  | 'UnsupportedEncryptionMethod'
  | 'InvalidEncryptionAlgorithm'
  | 'CustomerKeyIncomplete'
  | 'InvalidCustomerKey'
  | 'CustomerKeyDigestMismatch'
  | 'CustomerKeyRequired'
  | 'WrongCustomerKey'
  | 'CustomerKeyNotApplicable'
  | 'CustomerKeyOverInsecureTransport'
  | 'CustomerKeyBlocked'
  | 'InvalidEncryptionContext'
  | 'UploadEncryptionMismatch'
  | 'EncryptionChangeNotAllowed'
  | 'KeyNotFound'
  | 'KeyIdMalformed'
  | 'KeyInOtherRegion'
  | 'KeyDisabled'
  | 'KeyPendingDeletion'
  | 'KeyServiceUnavailable'
  | 'KeyPendingImport'
  | 'KeyInvalidState'
  | 'KeyHasDependents'
  | 'KeyIsProjectDefault'
  | 'IncorrectKey'
  | 'InvalidCiphertext'
  | 'AliasAlreadyExists'
  | 'NoSuchAlias'
  | 'InvalidAliasName'
  | 'NoSuchGrant'
  | 'InvalidGrantToken'
  | 'MalformedPolicy'
  | 'LimitExceeded'
  | 'ExpiredImportToken'
  | 'InvalidImportToken'
  | 'IncorrectKeyMaterial'
  | 'InvalidMarker'
  | 'NoSuchBucketPolicy'
  | 'CrossOriginForbidden'
  | 'NoSuchMember'
  | 'NoSuchJob'
  | 'LastOwner'
  // versions, archive, object lock
  | 'InvalidObjectState'
  | 'RestoreAlreadyInProgress'
  | 'InvalidBucketState'
  | 'ObjectLocked'
  | 'NoSuchObjectLockConfiguration'
  | 'ObjectLockConfigurationNotFound'
  // machine
  | 'MethodNotAllowed'
  | 'NotImplemented'
  | 'ObjectCorrupt'
  | 'StorageFull'
  | 'SlowDown'
  | 'ClientDisconnected'
  | 'InternalError'

/** Names and numbers that help the reader of an error; never secret material. */
export type ErrorFacts = Readonly<Record<string, string | number | boolean | undefined>>

/** A failure that a caller may be told of. Recognise it by `code` (two copies of this class may live in one process). */
export class StoreError extends Error {
  readonly code: ErrorCode
  readonly facts: ErrorFacts

  constructor(code: ErrorCode, message: string, facts: ErrorFacts = {}, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StoreError'
    this.code = code
    this.facts = facts
  }
}

/** There is no room, and nothing was written: deleting helps, an operator helps more. */
export function storageFull(facts: ErrorFacts = {}, cause?: unknown): StoreError {
  return new StoreError('StorageFull', 'The storage has no room for this write', facts, { cause })
}

/** True when `error` is a StoreError of any copy of this module. */
export function isStoreError(error: unknown): error is StoreError {
  return error instanceof Error && error.name === 'StoreError' && 'code' in error && 'facts' in error
}
