import { StoreError } from '../../errors.ts'
import type { Content } from '../dialect.ts'
import { AwsChunkedDecoder, type ChunkSigning } from '../http/aws-chunked.ts'
import { decodeAwsChunked, parseContentLength, verifySha256 } from '../http/body.ts'
import type { HttpRequest } from '../http/request.ts'

const UNSIGNED = 'UNSIGNED-PAYLOAD'
const SHA256_HEX = /^[0-9a-f]{64}$/

/** The framings of x-amz-content-sha256 (aws-s3.md §1.3). */
const STREAMING: ReadonlyMap<string, { signed: boolean; trailer: boolean }> = new Map([
  ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD', { signed: true, trailer: false }],
  ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER', { signed: true, trailer: true }],
  ['STREAMING-UNSIGNED-PAYLOAD-TRAILER', { signed: false, trailer: true }],
])

/** The body of a request that carries no signature, or one that does not cover it. */
export function unsignedContent(request: HttpRequest): Content {
  return plain(request, request.raw.body, false)
}

/**
 * The last line of the canonical request.
 * @throws StoreError InvalidRequest (missing) | InvalidArgument (not a hash, not a known literal) | NotImplemented (SigV4A)
 */
export function payloadHashOf(request: HttpRequest, presigned: boolean): string {
  const header = request.header('x-amz-content-sha256')
  const claimed = header ?? (presigned ? (request.query.get('X-Amz-Content-Sha256') ?? UNSIGNED) : undefined)
  if (claimed === undefined)
    throw new StoreError('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256')
  if (claimed.startsWith('STREAMING-AWS4-ECDSA-'))
    throw new StoreError('NotImplemented', 'SigV4A is not implemented.')
  if (claimed === UNSIGNED || SHA256_HEX.test(claimed) || STREAMING.has(claimed)) return claimed
  throw new StoreError(
    'InvalidArgument',
    'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD or a valid sha256 value.',
    {
      argument: 'x-amz-content-sha256',
      value: claimed,
    },
  )
}

/**
 * The body as `payloadHash` says it travels, checking itself.
 * @throws StoreError MissingContentLength | InvalidArgument | InvalidRequest
 */
export function contentOf(request: HttpRequest, payloadHash: string, signing: ChunkSigning): Content {
  const framing = STREAMING.get(payloadHash)
  if (framing !== undefined) return chunked(request, framing, signing)
  if (payloadHash === UNSIGNED) return unsignedContent(request)
  const payloadSha256 = Buffer.from(payloadHash, 'hex')
  const { body } = request.raw
  return {
    ...plain(request, verifySha256(body, payloadSha256), true),
    unchecked: { body, payloadSha256 },
  }
}

function plain(request: HttpRequest, body: AsyncIterable<Buffer>, signed: boolean): Content {
  const length = parseContentLength(request.header('content-length'))
  return { body, length, trailer: () => undefined, trailerNames: [], signed }
}

function chunked(
  request: HttpRequest,
  framing: { signed: boolean; trailer: boolean },
  signing: ChunkSigning,
): Content {
  const name = 'x-amz-decoded-content-length'
  const length = parseContentLength(request.header(name), name)
  if (length === undefined)
    throw new StoreError(
      'MissingContentLength',
      'You must provide the x-amz-decoded-content-length HTTP header.',
    )
  const trailerNames = framing.trailer ? announcedTrailers(request) : []
  const decoder = new AwsChunkedDecoder({
    decodedLength: length,
    signing: framing.signed ? signing : undefined,
    trailers: framing.trailer ? trailerNames : undefined,
  })
  return {
    body: decodeAwsChunked(request.raw.body, decoder),
    length,
    trailer: (trailer) => decoder.trailer(trailer),
    trailerNames,
    signed: framing.signed,
  }
}

function announcedTrailers(request: HttpRequest): string[] {
  const names = (request.header('x-amz-trailer') ?? '').split(',').map((name) => name.trim().toLowerCase())
  return names.filter((name) => name !== '')
}
