import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { ErrorCode } from '../../errors.ts'
import type { EncryptionChoice } from '../../store/encryption-model.ts'
import { HttpRequest } from '../http/request.ts'
import { rawRequest } from '../testing/raw-request.ts'
import { encryptionHeaders, readCopySourceKey, readCustomerKey, readEncryption } from './headers.ts'
import { RequestHeaders } from './request-headers.ts'

/** Test keys of ceph/s3-tests (aws-s3.md §2.1). */
const KEY = 'pO3upElrwuEXSoFwCfnZPdSsmt/xWeFa0N9KgDijwVs='
const MD5 = 'DWygnHRtgiJ77HCm+1rvHw=='
const SSE = 'x-amz-server-side-encryption'
const C = `${SSE}-customer`
const SOURCE = 'x-amz-copy-source-server-side-encryption-customer'
const trio = (prefix = C, key = KEY, md5 = MD5, algorithm = 'AES256') => ({
  [`${prefix}-algorithm`]: algorithm,
  [`${prefix}-key`]: key,
  [`${prefix}-key-md5`]: md5,
})
const md5Of = (key: string) => createHash('md5').update(Buffer.from(key, 'base64')).digest('base64')
const context = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64')
const headersOf = (headers: Record<string, string>, rawUrl = '/') =>
  new RequestHeaders(new HttpRequest(rawRequest({ headers, rawUrl })), true)

describe('what a write asks for', () => {
  it.each<[string, Record<string, string>, EncryptionChoice]>([
    ['nothing', {}, { kind: 'bucket-default' }],
    ['SSE-S3', { [SSE]: 'AES256' }, { kind: 'service-key', suite: 'AES256' }],
    [
      'SSE-KMS with the default key',
      { [SSE]: 'aws:kms' },
      { kind: 'managed-key', suite: 'AES256', context: {} },
    ],
    [
      'SSE-KMS with an empty key id',
      { [SSE]: 'aws:kms', [`${SSE}-aws-kms-key-id`]: '' },
      { kind: 'managed-key', suite: 'AES256', context: {} },
    ],
    ...[
      '1234abcd-12ab-34cd-56ef-1234567890ab',
      'arn:aws:kms:us-east-1:1:key/x',
      'alias/x',
      'arn:aws:kms:us-east-1:1:alias/x',
    ].map((keyRef): [string, Record<string, string>, EncryptionChoice] => [
      `SSE-KMS with ${keyRef}`,
      { [SSE]: 'aws:kms', [`${SSE}-aws-kms-key-id`]: keyRef },
      { kind: 'managed-key', suite: 'AES256', context: {}, keyRef },
    ]),
    [
      'SSE-KMS with context and bucket key',
      {
        [SSE]: 'aws:kms',
        [`${SSE}-context`]: context({ 部門: '健康' }),
        [`${SSE}-bucket-key-enabled`]: 'True',
      },
      { kind: 'managed-key', suite: 'AES256', context: { 部門: '健康' }, bucketKeyEnabled: true },
    ],
    [
      'the bucket’s rule with another bucket key flag',
      { [`${SSE}-bucket-key-enabled`]: 'false' },
      { kind: 'bucket-default', bucketKeyEnabled: false },
    ],
    ['SSE-C', trio(), { kind: 'customer-key', suite: 'AES256', key: Buffer.from(KEY, 'base64') }],
  ])('%s', (_, headers, choice) => {
    expect(readEncryption(headersOf(headers), true)).toEqual(choice)
  })
})

/** Row numbers of the error table, aws-s3.md §3. */
describe('misuse', () => {
  const short = Buffer.alloc(16, 1).toString('base64')
  const rows: [string, Record<string, string>, ErrorCode, Record<string, string>?][] = [
    [
      '1 SSE-C together with SSE-S3',
      { ...trio(), [SSE]: 'AES256' },
      'InvalidArgument',
      { argument: SSE, value: 'AES256' },
    ],
    [
      '1 …before anything else is looked at',
      { [`${C}-key`]: 'x', [SSE]: 'nonsense' },
      'InvalidArgument',
      { argument: SSE, value: 'nonsense' },
    ],
    ['2 another algorithm', trio(C, KEY, MD5, 'AES128'), 'InvalidEncryptionAlgorithm', { value: 'AES128' }],
    ['3 key without algorithm', { [`${C}-key`]: KEY, [`${C}-key-md5`]: MD5 }, 'CustomerKeyIncomplete'],
    ['3 digest without algorithm', { [`${C}-key-md5`]: MD5 }, 'CustomerKeyIncomplete'],
    ['4 algorithm without key', { [`${C}-algorithm`]: 'AES256' }, 'CustomerKeyIncomplete'],
    ['5 a short key', trio(C, short, md5Of(short)), 'InvalidCustomerKey'],
    ['5 a key that is encoded twice', trio(C, context(KEY), md5Of(context(KEY))), 'InvalidCustomerKey'],
    ['5 a key that is not base64', trio(C, '***', MD5), 'InvalidCustomerKey'],
    ['6 a wrong digest', trio(C, KEY, md5Of(short)), 'CustomerKeyDigestMismatch'],
    ['6 a digest that is none', trio(C, KEY, 'x'), 'CustomerKeyDigestMismatch'],
    ['7 no digest', { [`${C}-algorithm`]: 'AES256', [`${C}-key`]: KEY }, 'CustomerKeyIncomplete'],
    ['15 an empty method', { [SSE]: '' }, 'UnsupportedEncryptionMethod', { argument: SSE, value: '' }],
    [
      '15 an unknown method',
      { [SSE]: 'aes:kms' },
      'UnsupportedEncryptionMethod',
      { argument: SSE, value: 'aes:kms' },
    ],
    ['15 a method in lower case', { [SSE]: 'aes256' }, 'UnsupportedEncryptionMethod'],
    [
      'DSSE',
      { [SSE]: 'aws:kms:dsse' },
      'UnsupportedEncryptionMethod',
      { argument: SSE, value: 'aws:kms:dsse' },
    ],
    ['a method that is a property of objects', { [SSE]: '__proto__' }, 'UnsupportedEncryptionMethod'],
    ['16 a key id alone', { [`${SSE}-aws-kms-key-id`]: 'k' }, 'InvalidArgument', { argument: SSE }],
    [
      '16 a key id with AES256',
      { [SSE]: 'AES256', [`${SSE}-aws-kms-key-id`]: 'k' },
      'InvalidArgument',
      { argument: SSE, value: 'AES256' },
    ],
    [
      '16 a context with AES256',
      { [SSE]: 'AES256', [`${SSE}-context`]: context({ a: 'b' }) },
      'InvalidArgument',
    ],
    ['16 a key id beside SSE-C', { ...trio(), [`${SSE}-aws-kms-key-id`]: 'k' }, 'InvalidArgument'],
    [
      '16 a context beside SSE-C',
      { ...trio(), [`${SSE}-context`]: context({ a: 'b' }) },
      'InvalidArgument',
      { argument: SSE },
    ],
    ['16 a context alone', { [`${SSE}-context`]: context({ a: 'b' }) }, 'InvalidArgument'],
    ...[
      '***',
      context('{'),
      context([]),
      context('"x"'),
      context('null'),
      context({ a: 1 }),
      context({ a: { b: 'c' } }),
    ].map((value): [string, Record<string, string>, ErrorCode] => [
      `24 a context ${value}`,
      { [SSE]: 'aws:kms', [`${SSE}-context`]: value },
      'InvalidEncryptionContext',
    ]),
    [
      'a bucket key flag that is none',
      { [SSE]: 'aws:kms', [`${SSE}-bucket-key-enabled`]: 'yes' },
      'InvalidArgument',
    ],
    ['a bucket key flag alone that is none', { [`${SSE}-bucket-key-enabled`]: '' }, 'InvalidArgument'],
  ]

  it.each(rows)('%s', (_, headers, code, facts = {}) => {
    expect(() => readEncryption(headersOf(headers), true)).toThrowError(
      expect.objectContaining({ code, facts: expect.objectContaining(facts) }),
    )
  })

  it('13 a customer key over an insecure transport, in every place it can stand', () => {
    const refused = expect.objectContaining({ code: 'CustomerKeyOverInsecureTransport' })
    expect(() => readEncryption(headersOf(trio()), false)).toThrowError(refused)
    expect(() => readCustomerKey(headersOf(trio()), false)).toThrowError(refused)
    expect(() => readCopySourceKey(headersOf(trio(SOURCE)), false)).toThrowError(refused)
    expect(readEncryption(headersOf({ [SSE]: 'AES256' }), false)).toEqual({
      kind: 'service-key',
      suite: 'AES256',
    })
  })

  it('2–6 on reads, parts and copy sources too', () => {
    const places = [
      [C, readCustomerKey],
      [SOURCE, readCopySourceKey],
    ] as const
    for (const [prefix, read] of places) {
      const refused = (headers: Record<string, string>, code: ErrorCode) =>
        expect(() => read(headersOf(headers), true)).toThrowError(expect.objectContaining({ code }))
      refused(trio(prefix, KEY, MD5, 'x'), 'InvalidEncryptionAlgorithm')
      refused({ [`${prefix}-algorithm`]: 'AES256' }, 'CustomerKeyIncomplete')
      refused(trio(prefix, short, md5Of(short)), 'InvalidCustomerKey')
      refused(trio(prefix, KEY, md5Of(short)), 'CustomerKeyDigestMismatch')
    }
    expect(readCustomerKey(headersOf(trio()), true)).toEqual({
      suite: 'AES256',
      key: Buffer.from(KEY, 'base64'),
    })
    expect(readCopySourceKey(headersOf(trio(SOURCE)), true)).toEqual({
      suite: 'AES256',
      key: Buffer.from(KEY, 'base64'),
    })
  })

  it.each([SSE, `${SSE}-aws-kms-key-id`, `${SSE}-context`])('25 %s on a read', (name) => {
    expect(() => readCustomerKey(headersOf({ [name]: 'aws:kms' }), true)).toThrowError(
      expect.objectContaining({ code: 'InvalidArgument', facts: { argument: name, value: 'aws:kms' } }),
    )
  })

  it('refuses a customer key in the URL, where it would be logged', () => {
    expect(() => headersOf({ host: 'h' }, `/?${C}-key=${encodeURIComponent(KEY)}`)).toThrowError(
      expect.objectContaining({ code: 'InvalidRequest' }),
    )
  })

  it('never says a key in an error', () => {
    for (const [, headers] of rows) {
      try {
        readEncryption(headersOf(headers), true)
      } catch (error) {
        const { message, facts } = error as { message: string; facts: object }
        expect(message + JSON.stringify(facts)).not.toMatch(/pO3upElr|AQEBAQEB/)
      }
    }
  })
})

describe('what an answer says', () => {
  const facts = { suite: 'AES256', keyVersion: 1, encryptedAt: 0 } as const
  it.each<[string, Parameters<typeof encryptionHeaders>, Record<string, string>]>([
    ['plaintext', [{ mode: 'none' }], {}],
    ['SSE-S3', [{ mode: 'service-key', ...facts }], { [SSE]: 'AES256' }],
    [
      'SSE-KMS',
      [
        {
          mode: 'managed-key',
          ...facts,
          keyId: 'k',
          keyArn: 'arn:k',
          context: { secret: 'context' },
          bucketKeyEnabled: false,
        },
      ],
      { [SSE]: 'aws:kms', [`${SSE}-aws-kms-key-id`]: 'arn:k' },
    ],
    [
      'SSE-KMS with a bucket key',
      [{ mode: 'managed-key', ...facts, keyId: 'k', keyArn: 'arn:k', context: {}, bucketKeyEnabled: true }],
      { [SSE]: 'aws:kms', [`${SSE}-aws-kms-key-id`]: 'arn:k', [`${SSE}-bucket-key-enabled`]: 'true' },
    ],
    [
      'SSE-C',
      [
        { mode: 'customer-key', suite: 'AES256', encryptedAt: 0 },
        { suite: 'AES256', key: Buffer.from(KEY, 'base64') },
      ],
      { [`${C}-algorithm`]: 'AES256', [`${C}-key-MD5`]: MD5 },
    ],
  ])('%s', (_, [encryption, key], headers) => {
    expect(encryptionHeaders(encryption, key)).toEqual(headers)
  })
})
