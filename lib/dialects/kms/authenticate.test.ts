import { describe, expect, it } from 'vitest'
import type { ErrorCode } from '../../errors.ts'
import { readAll } from '../http/body.ts'
import { HttpRequest } from '../http/request.ts'
import type { RawRequest } from '../raw.ts'
import { rawRequest } from '../testing/raw-request.ts'
import { ACCESS_KEY_ID, accounts, NOW, signed, type SignOptions } from '../testing/sign.ts'
import { KmsAuthenticator, MAX_BODY_BYTES } from './authenticate.ts'

const authenticator = new KmsAuthenticator({ accounts, region: 'us-east-1', now: () => NOW })
const authenticate = (raw: RawRequest) => authenticator.authenticate(new HttpRequest(raw))
const MINUTE = 60_000
const target = { 'x-amz-target': 'TrentService.ListKeys' }

function kms(options: SignOptions = {}): RawRequest {
  const headers = { ...target, ...options.headers }
  return signed({ method: 'POST', service: 'kms', body: '{}', ...options, headers })
}

/** As the AWS CLI signs: no x-amz-content-sha256, though the body's hash ends the canonical request. */
function without(raw: RawRequest, name: string): RawRequest {
  return {
    ...raw,
    headers: Object.fromEntries(Object.entries(raw.headers).filter(([header]) => header !== name)),
  }
}

const outcome = async (raw: RawRequest): Promise<ErrorCode | 'accepted'> => {
  try {
    await authenticate(raw)
    return 'accepted'
  } catch (error) {
    return (error as { code: ErrorCode }).code
  }
}

it('names the caller and hands over the whole body, whose length is then known', async () => {
  const { caller, content } = await authenticate(kms({ body: '{"Limit":1}' }))
  expect(caller).toMatchObject({ kind: 'member', userId: 'user-1', accessKeyId: ACCESS_KEY_ID })
  expect(content).toMatchObject({ length: 11, signed: true, trailerNames: [] })
  expect((await readAll(content.body, 100)).toString()).toBe('{"Limit":1}')
})

describe('a request', () => {
  it.each<[string, RawRequest, ErrorCode | 'accepted']>([
    ['well signed', kms(), 'accepted'],
    ['of 64 KiB', kms({ body: Buffer.alloc(MAX_BODY_BYTES, ' ') }), 'accepted'],
    ['of a byte more', kms({ body: Buffer.alloc(MAX_BODY_BYTES + 1, ' ') }), 'EntityTooLarge'],
    ['without a signature', without(kms(), 'authorization'), 'NotSignedIn'],
    [
      'with another kind of signature',
      { ...kms(), headers: { ...kms().headers, authorization: 'Bearer x' } },
      'AuthorizationHeaderMalformed',
    ],
    ['signed for S3', kms({ service: 's3' }), 'AuthorizationHeaderMalformed'],
    ['signed for another region', kms({ region: 'eu-west-1' }), 'AuthorizationHeaderMalformed'],
    ['16 minutes late', kms({ time: NOW - 16 * MINUTE }), 'RequestTimeTooSkewed'],
    ['16 minutes early', kms({ time: NOW + 16 * MINUTE }), 'RequestTimeTooSkewed'],
    ['of an unknown access key', kms({ accessKeyId: 'AKIANOBODY' }), 'InvalidAccessKeyId'],
    ['signed with a wrong secret', kms({ secret: 'guess' }), 'SignatureDoesNotMatch'],
    ['whose target is not signed', kms({ unsigned: ['x-amz-target'] }), 'UnsignedHeaders'],
    ['whose host is not signed', kms({ unsigned: ['host'] }), 'UnsignedHeaders'],
    ['with another body', { ...kms(), body: rawRequest({ body: '{ }' }).body }, 'SignatureDoesNotMatch'],
    ['that calls its payload unsigned', kms({ payloadHash: 'UNSIGNED-PAYLOAD' }), 'SignatureDoesNotMatch'],
    ['that lies about its payload', kms({ payloadHash: '0'.repeat(64) }), 'SignatureDoesNotMatch'],
    ['without a date', without(kms(), 'x-amz-date'), 'AccessDenied'],
  ])('%s: %#', async (_, raw, expected) => {
    expect(await outcome(raw)).toBe(expected)
  })

  it('signed in the query is none: KMS has no presigned requests', async () => {
    const query = 'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0'
    expect(await outcome(rawRequest({ method: 'POST', rawUrl: `/?${query}`, headers: target }))).toBe(
      'NotSignedIn',
    )
  })
})

it('does not read the body of a request whose claims are already wrong', async () => {
  let read = false
  const body = (async function* () {
    read = true
    yield Buffer.from('{}')
  })()
  expect(await outcome({ ...kms({ region: 'eu-west-1' }), body })).toBe('AuthorizationHeaderMalformed')
  expect(read).toBe(false)
})
