import fc from 'fast-check'
import { createHash, createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { ErrorCode } from '../../errors.ts'
import { deriveSigningKey } from '../sigv4/signature.ts'
import { AwsChunkedDecoder, type AwsChunkedOptions } from './aws-chunked.ts'

const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
const SCOPE = '20130524/us-east-1/s3/aws4_request'
const signing = (seedSignature: string) => ({
  signingKey: deriveSigningKey(SECRET, { date: '20130524', region: 'us-east-1', service: 's3' }),
  timestamp: '20130524T000000Z',
  scope: SCOPE,
  seedSignature,
})
const CHUNKED_SEED = '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9'
const TRAILER_SEED = '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e'

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex')

/** An independent encoder: builds the framing from the specification. */
function encode(chunks: Buffer[], seed: string, trailers?: [string, string][]): Buffer {
  const { signingKey, timestamp, scope } = signing(seed)
  let previous = seed
  const sign = (kind: string, rest: string[]): string => {
    previous = createHmac('sha256', signingKey)
      .update([kind, timestamp, scope, previous, ...rest].join('\n'))
      .digest('hex')
    return previous
  }
  const wire: Buffer[] = []
  for (const chunk of [...chunks, Buffer.alloc(0)]) {
    const signature = sign('AWS4-HMAC-SHA256-PAYLOAD', [sha256(''), sha256(chunk)])
    wire.push(Buffer.from(`${chunk.length.toString(16)};chunk-signature=${signature}\r\n`), chunk)
    if (chunk.length > 0) wire.push(Buffer.from('\r\n'))
  }
  if (trailers) {
    const text = trailers.map(([name, value]) => `${name}:${value}\n`).join('')
    const signature = sign('AWS4-HMAC-SHA256-TRAILER', [sha256(text)])
    for (const [name, value] of trailers) wire.push(Buffer.from(`${name}:${value}\r\n`))
    wire.push(Buffer.from(`x-amz-trailer-signature:${signature}\r\n`))
  }
  wire.push(Buffer.from('\r\n'))
  return Buffer.concat(wire)
}

function encodeUnsigned(chunks: Buffer[], trailers: [string, string][]): Buffer {
  const wire = chunks.flatMap((chunk) => [
    Buffer.from(`${chunk.length.toString(16)}\r\n`),
    chunk,
    Buffer.from('\r\n'),
  ])
  const lines = trailers.map(([name, value]) => `${name}:${value}\r\n`).join('')
  return Buffer.concat([...wire, Buffer.from(`0\r\n${lines}\r\n`)])
}

function decode(
  options: AwsChunkedOptions,
  pieces: Iterable<Buffer>,
): { body: Buffer; decoder: AwsChunkedDecoder } {
  const decoder = new AwsChunkedDecoder(options)
  const decoded: Buffer[] = []
  for (const piece of pieces) decoded.push(...decoder.push(piece))
  decoder.end()
  return { body: Buffer.concat(decoded), decoder }
}

function failure(run: () => unknown): ErrorCode | 'accepted' {
  try {
    run()
    return 'accepted'
  } catch (error) {
    return (error as { code: ErrorCode }).code
  }
}

const BODY = [Buffer.alloc(65536, 'a'), Buffer.alloc(1024, 'a')]
const SIGNED: AwsChunkedOptions = {
  decodedLength: 66560,
  signing: signing(CHUNKED_SEED),
  trailers: undefined,
}
const TRAILED: AwsChunkedOptions = {
  decodedLength: 66560,
  signing: signing(TRAILER_SEED),
  trailers: ['x-amz-checksum-crc32c'],
}
const UNSIGNED: AwsChunkedOptions = {
  decodedLength: 5,
  signing: undefined,
  trailers: ['x-amz-checksum-crc32'],
}

describe('the published examples', () => {
  it('decodes STREAMING-AWS4-HMAC-SHA256-PAYLOAD', () => {
    const wire = Buffer.concat([
      Buffer.from(
        '10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n',
      ),
      BODY[0]!,
      Buffer.from(
        '\r\n400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n',
      ),
      BODY[1]!,
      Buffer.from(
        '\r\n0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n',
      ),
    ])
    expect(wire.length).toBe(66824)
    expect(decode(SIGNED, [wire]).body.equals(Buffer.concat(BODY))).toBe(true)
  })

  it('decodes STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, with and without the stray line of some SDKs', () => {
    const wire = encode(BODY, TRAILER_SEED, [['x-amz-checksum-crc32c', 'sOO8/Q==']])
    const text = wire.toString('latin1')
    expect(text).toContain(
      '0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992\r\n',
    )
    expect(text).toContain(
      'x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n',
    )
    for (const form of [text, text.replace('sOO8/Q==\r\n', 'sOO8/Q==\n\r\n')]) {
      const { body, decoder } = decode(TRAILED, [Buffer.from(form, 'latin1')])
      expect(body.length).toBe(66560)
      expect(decoder.trailer('x-amz-checksum-crc32c')).toBe('sOO8/Q==')
    }
  })
})

describe('any cut of the bytes', () => {
  it('decodes byte by byte', () => {
    const wire = encode([Buffer.from('hello'), Buffer.from('\r\n0;x\r\n')], CHUNKED_SEED, [
      ['x-amz-checksum-crc32c', 'AAAAAA=='],
    ])
    const options = { ...TRAILED, signing: signing(CHUNKED_SEED), decodedLength: 12 }
    const single = Array.from(wire, (byte) => Buffer.from([byte]))
    expect(decode(options, single).body.toString()).toBe('hello\r\n0;x\r\n')
  })

  it('decodes what was encoded, however chunks and reads fall', () => {
    const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 8 })
    const cuts = fc.array(fc.nat(3000), { maxLength: 20 })
    fc.assert(
      fc.property(chunks, cuts, fc.boolean(), (parts, positions, signed) => {
        const body = parts.map((part) => Buffer.from(part))
        const trailers: [string, string][] = [['x-amz-checksum-crc32', 'AAAAAA==']]
        const wire = signed ? encode(body, CHUNKED_SEED, trailers) : encodeUnsigned(body, trailers)
        const sorted = [0, ...positions.map((p) => p % wire.length).sort((a, b) => a - b), wire.length]
        const pieces = sorted.slice(1).map((end, i) => wire.subarray(sorted[i], end))
        const whole = Buffer.concat(body)
        const options = {
          decodedLength: whole.length,
          signing: signed ? signing(CHUNKED_SEED) : undefined,
          trailers: ['x-amz-checksum-crc32'],
        }
        const result = decode(options, pieces)
        expect(result.body.equals(whole)).toBe(true)
        expect(result.decoder.trailer('x-amz-checksum-crc32')).toBe('AAAAAA==')
      }),
      { numRuns: 300 },
    )
  })

  it('refuses every single flipped byte of a signed upload', () => {
    const body = [Buffer.from('attack at dawn'), Buffer.from('!')]
    const wire = encode(body, CHUNKED_SEED, [['x-amz-checksum-crc32c', 'AAAAAA==']])
    const options = { ...TRAILED, signing: signing(CHUNKED_SEED), decodedLength: 15 }
    for (let i = 0; i < wire.length; i++) {
      const damaged = Buffer.from(wire)
      damaged[i] = damaged[i]! ^ 0x01
      const outcome = failure(() => decode(options, [damaged]))
      // the CR of a line end carries nothing
      if (outcome === 'accepted') expect(wire[i]).toBe(0x0d)
    }
  })
})

describe('false framing', () => {
  const unsigned = (text: string, options: Partial<AwsChunkedOptions> = {}) =>
    failure(() => decode({ ...UNSIGNED, ...options }, [Buffer.from(text)]))
  const good = '5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n'

  it.each<[string, string, ErrorCode | 'accepted']>([
    ['a good one', good, 'accepted'],
    ['a size beyond the request (CVE-2021-21390)', 'fffffffffffff\r\nhello', 'IncompleteBody'],
    ['a size of too many digits', 'ffffffffffffffffffff\r\n', 'InvalidChunk'],
    ['a negative size', '-5\r\nhello\r\n', 'InvalidChunk'],
    ['no size', '\r\nhello\r\n', 'InvalidChunk'],
    ['a chunk longer than its size', '3\r\nhello\r\n', 'InvalidChunk'],
    ['more than was announced', '5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n', 'IncompleteBody'],
    ['less than was announced', '4\r\nhell\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n', 'IncompleteBody'],
    ['a missing final chunk', '5\r\nhello\r\n', 'IncompleteBody'],
    [
      'a missing end of the trailers',
      '5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n',
      'IncompleteBody',
    ],
    ['a missing trailer', '5\r\nhello\r\n0\r\n\r\n', 'MalformedTrailer'],
    ['a trailer nobody announced', '5\r\nhello\r\n0\r\nx-amz-meta-a:b\r\n\r\n', 'MalformedTrailer'],
    [
      'a trailer twice',
      '5\r\nhello\r\n0\r\nx-amz-checksum-crc32:A\r\nx-amz-checksum-crc32:B\r\n\r\n',
      'MalformedTrailer',
    ],
    ['a trailer that is no header', '5\r\nhello\r\n0\r\nnonsense\r\n\r\n', 'MalformedTrailer'],
    ['bytes after the end', `${good}x`, 'InvalidChunk'],
    ['an endless chunk header', '5'.padEnd(5000, ';'), 'InvalidChunk'],
    ['an endless trailer', `5\r\nhello\r\n0\r\nx-amz-checksum-crc32:${'A'.repeat(5000)}`, 'InvalidChunk'],
  ])('%s', (_, text, expected) => {
    expect(unsigned(text)).toBe(expected)
  })

  it('refuses an unsigned chunk in a signed upload, a wrong signature and a stripped trailer signature', () => {
    const signed = encode(BODY, TRAILER_SEED, [['x-amz-checksum-crc32c', 'sOO8/Q==']]).toString('latin1')
    const attempt = (text: string) => failure(() => decode(TRAILED, [Buffer.from(text, 'latin1')]))
    expect(attempt(signed.replace(/;chunk-signature=\w+/, ''))).toBe('InvalidChunk')
    expect(attempt(signed.replace(/chunk-signature=\w{8}/, 'chunk-signature=00000000'))).toBe(
      'SignatureDoesNotMatch',
    )
    expect(attempt(signed.replace(/x-amz-trailer-signature:\w{8}/, 'x-amz-trailer-signature:00000000'))).toBe(
      'SignatureDoesNotMatch',
    )
    expect(attempt(signed.replace(/x-amz-trailer-signature:\w+\r\n/, ''))).toBe('IncompleteBody')
    expect(attempt(signed.replace('sOO8/Q==', 'sOO8/Q=='.replace('s', 't')))).toBe('SignatureDoesNotMatch')
  })

  it('ignores an announced signature trailer in an unsigned upload instead of believing it', () => {
    expect(
      unsigned('5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\nx-amz-trailer-signature:00\r\n\r\n'),
    ).toBe('MalformedTrailer')
  })
})
