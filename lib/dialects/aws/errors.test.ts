import { describe, expect, it } from 'vitest'
import { StoreError, type ErrorCode } from '../../errors.ts'
import { HttpRequest } from '../http/request.ts'
import { childOf, readXml, textOf } from '../http/xml-read.ts'
import { s3Errors } from '../http/s3-errors.ts'
import { rawRequest } from '../testing/raw-request.ts'
import { errorWords, renderAwsError } from './errors.ts'

const ids = { requestId: '0123456789ABCDEF', hostId: 'host' }
const get = new HttpRequest(rawRequest())
const head = new HttpRequest(rawRequest({ method: 'HEAD' }))
const codes = Object.keys(s3Errors) as ErrorCode[]

describe.each(codes)('%s', (code) => {
  it('renders as a document with its code, message and request id', () => {
    const { status, headers, body } = renderAwsError(new StoreError(code, 'words & <more>'), get, ids)
    expect(status).toBe(s3Errors[code].status)
    if (status === 304) return expect(body).toBeNull()
    expect(headers).toMatchObject({
      'content-type': 'application/xml',
      'content-length': (body as Buffer).length,
    })
    const document = readXml((body as Buffer).toString())
    expect(document.name).toBe('Error')
    expect(document.children.map(({ name, text }) => [name, text])).toEqual([
      ['Code', s3Errors[code].code],
      ['Message', 'words & <more>'],
      ['RequestId', ids.requestId],
      ['HostId', ids.hostId],
    ])
  })

  it('has no body for HEAD', () => {
    expect(renderAwsError(new StoreError(code, 'words'), head, ids)).toMatchObject({
      status: s3Errors[code].status,
      body: null,
    })
  })
})

/** Rows of aws-s3.md §3 and §1.6: what the store or the parser throws, and what a client must see. */
it.each<[ErrorCode, number, string]>([
  ['InvalidEncryptionAlgorithm', 400, 'InvalidEncryptionAlgorithmError'],
  ['CustomerKeyIncomplete', 400, 'InvalidArgument'],
  ['InvalidCustomerKey', 400, 'InvalidArgument'],
  ['CustomerKeyDigestMismatch', 400, 'InvalidArgument'],
  ['CustomerKeyRequired', 400, 'InvalidRequest'],
  ['WrongCustomerKey', 403, 'AccessDenied'],
  ['CustomerKeyNotApplicable', 400, 'InvalidRequest'],
  ['UploadEncryptionMismatch', 400, 'InvalidRequest'],
  ['CustomerKeyOverInsecureTransport', 400, 'InvalidRequest'],
  ['CustomerKeyBlocked', 403, 'AccessDenied'],
  ['UnsupportedEncryptionMethod', 400, 'InvalidArgument'],
  ['KeyIdMalformed', 400, 'KMS.NotFoundException'],
  ['KeyNotFound', 400, 'KMS.NotFoundException'],
  ['KeyInOtherRegion', 400, 'KMS.NotFoundException'],
  ['KeyDisabled', 400, 'KMS.DisabledException'],
  ['KeyPendingDeletion', 400, 'KMS.KMSInvalidStateException'],
  ['InvalidEncryptionContext', 400, 'InvalidArgument'],
  ['InvalidDigest', 400, 'InvalidDigest'],
  ['BadDigest', 400, 'BadDigest'],
  ['IncompleteBody', 400, 'IncompleteBody'],
  ['RequestExpired', 403, 'AccessDenied'],
  ['UnsignedHeaders', 403, 'AccessDenied'],
  ['RequestTimeTooSkewed', 403, 'RequestTimeTooSkewed'],
])('%s is %i %s', (code, status, word) => {
  expect(s3Errors[code]).toEqual({ status, code: word })
})

it('tells known facts under S3 names and no others', () => {
  const facts = {
    argument: 'x-amz-server-side-encryption',
    value: '<AES>',
    secretAccessKey: 'never',
    customerKey: 'never',
    objectId: 'internal',
  }
  const body = (
    renderAwsError(new StoreError('InvalidArgument', 'm', facts), get, ids).body as Buffer
  ).toString()
  const document = readXml(body)
  expect(textOf(document, 'ArgumentName')).toBe('x-amz-server-side-encryption')
  expect(textOf(document, 'ArgumentValue')).toBe('<AES>')
  expect(childOf(document, 'objectId')).toBeUndefined()
  expect(body).not.toContain('never')
})

it('names the class of an archived object in words of S3, whoever archived it', () => {
  const error = new StoreError('InvalidObjectState', 'm', { storageClass: 'ColdArchive' })
  const document = readXml((renderAwsError(error, get, ids).body as Buffer).toString())
  expect(textOf(document, 'StorageClass')).toBe('DEEP_ARCHIVE')
})

it('tells a range that lies outside, and how much there is', () => {
  const request = new HttpRequest(rawRequest({ headers: { host: 'h', range: 'bytes=10-' } }))
  const error = new StoreError('InvalidRange', 'm', { size: 10 })
  const document = readXml((renderAwsError(error, request, ids).body as Buffer).toString())
  expect([textOf(document, 'ActualObjectSize'), textOf(document, 'RangeRequested')]).toEqual([
    '10',
    'bytes=10-',
  ])
})

it.each([
  ['/b/k', '61', '62'],
  ['/b/k?partNumber=1&uploadId=u', 'YQ==', 'Yg=='],
])('tells the digests of what was sent to %s', (rawUrl, expected, calculated) => {
  const request = new HttpRequest(rawRequest({ method: 'PUT', rawUrl }))
  const error = new StoreError('BadDigest', 'm', { expectedDigest: 'YQ==', calculatedDigest: 'Yg==' })
  const document = readXml((renderAwsError(error, request, ids).body as Buffer).toString())
  expect([textOf(document, 'ExpectedDigest'), textOf(document, 'CalculatedDigest')]).toEqual([
    expected,
    calculated,
  ])
})

it('names the validators of what was not modified', () => {
  const error = new StoreError('NotModified', 'Not Modified', { etag: 'abc', lastModified: 0 })
  expect(renderAwsError(error, get, ids)).toEqual({
    status: 304,
    headers: { etag: '"abc"', 'last-modified': 'Thu, 01 Jan 1970 00:00:00 GMT' },
    body: null,
  })
})

it('reports objects that could not be deleted in S3 words, and foreign errors as internal', () => {
  expect(errorWords(new StoreError('KeyTooLong', 'too long'))).toEqual({
    code: 'KeyTooLongError',
    message: 'too long',
  })
  expect(errorWords(new Error('SQLITE: secret'))).toEqual({
    code: 'InternalError',
    message: 'We encountered an internal error. Please try again.',
  })
  expect(errorWords(Object.assign(new Error('secret'), { code: 'ENOSPC' })).code).toBe('InternalError')
})
