import { describe, expect, it } from 'vitest'
import { StoreError, type ErrorCode } from '../../errors.ts'
import { kmsErrors, renderKmsError } from './errors.ts'

const codes = Object.keys(kmsErrors) as ErrorCode[]

describe.each(codes)('%s', (code) => {
  it('renders as a document with its type and message, and tells no fact', () => {
    const { status, headers, body } = renderKmsError(new StoreError(code, 'wörds "<>', { secret: 'untold' }))
    expect(status).toBe(kmsErrors[code].status)
    expect(headers).toEqual({
      'content-type': 'application/x-amz-json-1.1',
      'content-length': (body as Buffer).length,
    })
    expect(JSON.parse((body as Buffer).toString())).toEqual({
      __type: kmsErrors[code].type,
      message: 'wörds "<>',
    })
  })
})

/** The words that clients match on (KMS API Reference; "Common Errors"). */
it.each<[ErrorCode, number, string]>([
  ['KeyNotFound', 400, 'NotFoundException'],
  ['KeyIdMalformed', 400, 'NotFoundException'],
  ['KeyInOtherRegion', 400, 'NotFoundException'],
  ['NoSuchAlias', 400, 'NotFoundException'],
  ['NoSuchGrant', 400, 'NotFoundException'],
  ['KeyDisabled', 400, 'DisabledException'],
  ['KeyPendingDeletion', 400, 'KMSInvalidStateException'],
  ['KeyPendingImport', 400, 'KMSInvalidStateException'],
  ['KeyInvalidState', 400, 'KMSInvalidStateException'],
  ['KeyHasDependents', 400, 'KMSInvalidStateException'],
  ['AliasAlreadyExists', 400, 'AlreadyExistsException'],
  ['InvalidAliasName', 400, 'InvalidAliasNameException'],
  ['InvalidCiphertext', 400, 'InvalidCiphertextException'],
  ['IncorrectKey', 400, 'IncorrectKeyException'],
  ['IncorrectKeyMaterial', 400, 'IncorrectKeyMaterialException'],
  ['ExpiredImportToken', 400, 'ExpiredImportTokenException'],
  ['InvalidImportToken', 400, 'InvalidImportTokenException'],
  ['InvalidGrantToken', 400, 'InvalidGrantTokenException'],
  ['InvalidMarker', 400, 'InvalidMarkerException'],
  ['LimitExceeded', 400, 'LimitExceededException'],
  ['MalformedPolicy', 400, 'MalformedPolicyDocumentException'],
  ['InvalidTag', 400, 'TagException'],
  ['AccessDenied', 400, 'AccessDeniedException'],
  ['KeyIsProjectDefault', 400, 'AccessDeniedException'],
  ['NotImplemented', 400, 'UnsupportedOperationException'],
  ['MethodNotAllowed', 400, 'UnknownOperationException'],
  ['InvalidArgument', 400, 'ValidationException'],
  ['MalformedJSON', 400, 'SerializationException'],
  ['InvalidAccessKeyId', 400, 'UnrecognizedClientException'],
  ['SignatureDoesNotMatch', 400, 'InvalidSignatureException'],
  ['RequestTimeTooSkewed', 400, 'InvalidSignatureException'],
  ['NotSignedIn', 400, 'MissingAuthenticationTokenException'],
  ['SlowDown', 400, 'ThrottlingException'],
  ['EntityTooLarge', 413, 'RequestEntityTooLargeException'],
  ['KeyServiceUnavailable', 500, 'KeyUnavailableException'],
  ['InternalError', 500, 'KMSInternalException'],
])('%s is %i %s', (code, status, type) => {
  expect(kmsErrors[code]).toEqual({ status, type })
})

it('takes a code of a newer copy of the errors for an internal failure', () => {
  const foreign = Object.assign(new StoreError('InternalError', 'm'), { code: 'FromTheFuture' })
  expect(renderKmsError(foreign).status).toBe(500)
})
