import { describe, expect, test } from 'vitest'
import { StoreError, type ErrorCode } from '../../errors.ts'
import { HttpRequest } from '../http/request.ts'
import { rawRequest } from '../testing/raw-request.ts'
import { cosErrors, errorWords, renderCosError, sseHeaderNotAllowed } from './errors.ts'

const ids = { requestId: '0123456789ABCDEF', hostId: 'host' }
const get = new HttpRequest(rawRequest({ rawUrl: '/b/k?sign=secret', headers: { host: 'h' } }))
const head = new HttpRequest(rawRequest({ method: 'HEAD' }))

describe.each(Object.keys(cosErrors) as ErrorCode[])('%s', (code) => {
  test('is a document with its code, message, resource and ids; without one for HEAD', () => {
    const { status, body } = renderCosError(new StoreError(code, 'words & <more>'), get, ids)
    expect(status).toBe(cosErrors[code].status)
    if (status !== 304)
      expect((body as Buffer).toString()).toContain(
        `<Error><Code>${cosErrors[code].code}</Code><Message>words &amp; &lt;more&gt;</Message><Resource>h/b/k</Resource><RequestId>0123456789ABCDEF</RequestId><TraceId>MDEyMzQ1Njc4OUFCQ0RFRg==</TraceId></Error>`,
      )
    expect(renderCosError(new StoreError(code, 'words'), head, ids)).toMatchObject({ status, body: null })
  })
})

/** Rows of tencent-cos.md §1.4 and §3. */
test.each<[ErrorCode, number, string]>([
  ['RequestExpired', 403, 'AccessDenied'],
  ['RequestTimeTooSkewed', 403, 'RequestTimeTooSkewed'],
  ['UnsupportedEncryptionMethod', 400, 'InvalidArgument'],
  ['WrongCustomerKey', 400, 'SsecDecryptHeaderInvalid'],
  ['KeyDisabled', 400, 'KmsKeyDisabled'],
  ['KeyNotFound', 400, 'KmsKeyNotExist'],
  ['KeyServiceUnavailable', 500, 'KmsInternalException'],
  ['MissingContentLength', 411, 'MissingContentLength'],
  ['InvalidObjectState', 403, 'InvalidObjectState'],
])('%s is %i %s', (code, status, word) => {
  expect(cosErrors[code]).toEqual({ status, code: word })
})

test('words of COS’s own, and untold facts', () => {
  const told = (error: StoreError) => (renderCosError(error, get, ids).body as Buffer).toString()
  expect(told(sseHeaderNotAllowed('x-cos-server-side-encryption'))).toContain(
    '<Code>SSEHeaderNotAllowed</Code>',
  )
  const facts = { accessKeyId: 'AKIDsecret', objectId: 'o', stringToSign: 'sha1' }
  const text = told(new StoreError('SignatureDoesNotMatch', 'm', facts))
  expect(text).toContain('<StringToSign>sha1</StringToSign>')
  expect(text).not.toContain('AKIDsecret')
  expect(errorWords(new Error('SQL failed'))).toEqual({
    code: 'InternalError',
    message: 'We encountered an internal error. Please try again.',
  })
})
