import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodePercent, encodePath, encodePercent } from '../http/percent.ts'
import { parseQuery } from '../http/query.ts'
import { HttpRequest } from '../http/request.ts'
import { rawRequest } from '../testing/raw-request.ts'
import { readAuthorizationHeader, readPresignedQuery } from './authorization.ts'
import {
  canonicalPath,
  canonicalQuery,
  canonicalRequest,
  deriveSigningKey,
  signatureMatches,
  SigningKeys,
  stringToSign,
} from './signature.ts'

const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
const KEY = deriveSigningKey(SECRET, { date: '20130524', region: 'us-east-1', service: 's3' })
const CREDENTIAL = 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request'

/** The examples of S3's "Authenticating Requests" pages (aws-s3.md §1.4). */
const examples: {
  name: string
  method?: string
  url: string
  headers: Record<string, string>
  hash?: string
  signature: string
}[] = [
  {
    name: 'GET with a range',
    url: '/test.txt',
    headers: { host: 'examplebucket.s3.amazonaws.com', range: 'bytes=0-9' },
    signature: 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  },
  {
    name: 'PUT with a body and a storage class',
    method: 'PUT',
    url: '/test$file.text',
    headers: {
      host: 'examplebucket.s3.amazonaws.com',
      date: 'Fri, 24 May 2013 00:00:00 GMT',
      'x-amz-storage-class': 'REDUCED_REDUNDANCY',
    },
    hash: '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
    signature: '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  },
  {
    name: 'a bare sub-resource',
    url: '/?lifecycle',
    headers: { host: 'examplebucket.s3.amazonaws.com' },
    signature: 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  },
  {
    name: 'a query',
    url: '/?max-keys=2&prefix=J',
    headers: { host: 'examplebucket.s3.amazonaws.com' },
    signature: '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  },
  {
    name: 'the seed of a chunked upload',
    method: 'PUT',
    url: '/examplebucket/chunkObject.txt',
    headers: {
      host: 's3.amazonaws.com',
      'content-encoding': 'aws-chunked',
      'content-length': '66824',
      'x-amz-decoded-content-length': '66560',
      'x-amz-storage-class': 'REDUCED_REDUNDANCY',
    },
    hash: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
    signature: '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
  },
  {
    name: 'the seed of a chunked upload with a trailer',
    method: 'PUT',
    url: '/examplebucket/chunkObject.txt',
    headers: {
      host: 's3.amazonaws.com',
      'content-encoding': 'aws-chunked',
      'x-amz-decoded-content-length': '66560',
      'x-amz-storage-class': 'REDUCED_REDUNDANCY',
      'x-amz-trailer': 'x-amz-checksum-crc32c',
    },
    hash: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
    signature: '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e',
  },
]

describe('the published examples', () => {
  it.each(examples)('$name', ({ method = 'GET', url, headers, hash = EMPTY, signature }) => {
    const all = { ...headers, 'x-amz-content-sha256': hash, 'x-amz-date': '20130524T000000Z' }
    const signed = Object.keys(all).sort().join(';')
    const authorization = `AWS4-HMAC-SHA256 Credential=${CREDENTIAL},SignedHeaders=${signed},Signature=${signature}`
    const request = new HttpRequest(rawRequest({ method, rawUrl: url, headers: { ...all, authorization } }))
    const claim = readAuthorizationHeader(request, authorization)
    expect(
      signatureMatches(KEY, stringToSign(claim, canonicalRequest(request, claim, hash)), claim.signature),
    ).toBe(true)
    expect(
      signatureMatches(
        KEY,
        stringToSign(claim, canonicalRequest(request, claim, EMPTY.replace('e', 'f'))),
        claim.signature,
      ),
    ).toBe(false)
  })

  it('a presigned URL', () => {
    const signature = 'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404'
    const rawUrl = `/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${encodeURIComponent(CREDENTIAL)}&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=${signature}`
    const request = new HttpRequest(
      rawRequest({ rawUrl, headers: { host: 'examplebucket.s3.amazonaws.com' } }),
    )
    const claim = readPresignedQuery(request)
    expect(claim).toMatchObject({ accessKeyId: 'AKIAIOSFODNN7EXAMPLE', expires: 86400, signature })
    expect(
      signatureMatches(
        KEY,
        stringToSign(claim, canonicalRequest(request, claim, 'UNSIGNED-PAYLOAD')),
        signature,
      ),
    ).toBe(true)
  })
})

describe('canonical paths and queries', () => {
  const anyKey = fc.string({ unit: 'grapheme', minLength: 1 })

  it('give a key back however its URL was escaped', () => {
    fc.assert(
      fc.property(anyKey, (key) => {
        expect(decodePercent(encodePath(key))).toBe(key)
        expect(canonicalPath(`/b/${encodeURIComponent(key)}`)).toBe(`/b/${encodePath(key)}`)
        expect(canonicalPath(canonicalPath(`/b/${encodePath(key)}`))).toBe(`/b/${encodePath(key)}`)
      }),
      { numRuns: 500 },
    )
  })

  it('normalise nothing', () => {
    for (const path of ['//a//b/', '/b/../c', '/b/./c', '/b/a%2Fb', '/b/%25', '/b/a+b'])
      expect(decodePercent(canonicalPath(path))).toBe(decodePercent(path))
    expect(canonicalPath('/b/a+b c')).toBe('/b/a%2Bb%20c')
    expect(canonicalPath("/b/!'()*~")).toBe('/b/%21%27%28%29%2A~')
  })

  it('sort by encoded name, then value, and keep bare names', () => {
    expect(canonicalQuery(parseQuery('b=2&a=z&a=b&uploads&A=1&x=%E2%82%AC&plus=1+1').parameters)).toBe(
      'A=1&a=b&a=z&b=2&plus=1%201&uploads=&x=%E2%82%AC',
    )
    const pair = fc.tuple(fc.string({ unit: 'grapheme', minLength: 1 }), fc.string({ unit: 'grapheme' }))
    fc.assert(
      fc.property(fc.array(pair), (pairs) => {
        const raw = pairs.map(([name, value]) => `${encodePercent(name)}=${encodePercent(value)}`)
        const { parameters } = parseQuery(raw.join('&'))
        expect(parameters.map(({ name, value }) => [name, value])).toEqual(pairs)
        expect(canonicalQuery(parameters).split('&').sort()).toEqual(
          raw.length === 0 ? [''] : raw.filter((text) => !text.startsWith('X-Amz-Signature=')).sort(),
        )
      }),
    )
  })

  it('refuse broken escapes and bytes that are not UTF-8', () => {
    for (const path of ['/b/%', '/b/%zz', '/b/%E2%82', '/b/%FF%FE', '/b/%C0%AF', '/b/%ED%A0%80'])
      expect(() => canonicalPath(path), path).toThrowError(expect.objectContaining({ code: 'InvalidUri' }))
  })
})

describe('canonical headers', () => {
  it('join repeated headers, trim and collapse blanks', () => {
    const headers = { host: 'h', 'x-amz-meta-a': 'one, two', 'x-amz-meta-b': '  x   y  ' }
    const rawHeaders = [
      'Host',
      'h',
      'X-Amz-Meta-A',
      'one',
      'x-amz-meta-a',
      'two',
      'x-amz-meta-b',
      '  x   y  ',
    ]
    const request = new HttpRequest(rawRequest({ headers, rawHeaders }))
    const claim = { ...readPresignedClaim(), signedHeaders: ['x-amz-meta-b', 'host', 'x-amz-meta-a'] }
    expect(canonicalRequest(request, claim, EMPTY)).toBe(
      `GET\n/\n\nhost:h\nx-amz-meta-a:one,two\nx-amz-meta-b:x y\n\nhost;x-amz-meta-a;x-amz-meta-b\n${EMPTY}`,
    )
  })
})

function readPresignedClaim() {
  const query = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${CREDENTIAL}&X-Amz-Date=20130524T000000Z&X-Amz-Expires=1&X-Amz-SignedHeaders=host&X-Amz-Signature=${'0'.repeat(64)}`
  return readPresignedQuery(new HttpRequest(rawRequest({ rawUrl: `/?${query}` })))
}

describe('SigningKeys', () => {
  it('remembers keys, forgets the oldest, and never serves the key of an old secret', () => {
    const keys = new SigningKeys(2)
    const claim = readPresignedClaim()
    const first = keys.get('secret', claim)
    expect(keys.get('secret', claim)).toBe(first)
    expect(keys.get('changed', claim).equals(first)).toBe(false)
    for (const date of ['20130525', '20130526']) keys.get('changed', { ...claim, date })
    const again = keys.get('secret', claim)
    expect(again).not.toBe(first)
    expect(again.equals(first)).toBe(true)
  })
})
