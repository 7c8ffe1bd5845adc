import { createHash, createHmac, timingSafeEqual, type Hash } from 'node:crypto'
import { StoreError } from '../../errors.ts'

/** What is needed to check the signatures of chunks and trailers (S3, "Signature Calculations: Transfer Payload in Multiple Chunks"). */
export interface ChunkSigning {
  signingKey: Buffer
  /** ISO basic, as in the request's own string to sign */
  timestamp: string
  /** yyyymmdd/region/s3/aws4_request */
  scope: string
  /** the request's signature, hex */
  seedSignature: string
}

export interface AwsChunkedOptions {
  /** x-amz-decoded-content-length */
  decodedLength: number
  /** undefined: STREAMING-UNSIGNED-PAYLOAD-TRAILER */
  signing: ChunkSigning | undefined
  /** lower-case names announced by x-amz-trailer; undefined: the framing has no trailer section */
  trailers: readonly string[] | undefined
}

const MAX_LINE_BYTES = 4096
const MAX_TRAILER_LINES = 16
const TRAILER_SIGNATURE = 'x-amz-trailer-signature'
const EMPTY_SHA256 = createHash('sha256').digest('hex')
const LINE_FEED = 0x0a

type State = 'chunk-header' | 'data' | 'data-end' | 'trailers' | 'done'

/**
 * Decodes the aws-chunked framing, synchronously, however the bytes are cut. A signed chunk's bytes are handed
 * on while its hash still runs, so that memory stays small whatever chunk size a client chose; its signature is
 * checked where it ends, and a body that throws is never committed. Lengths are checked before a byte is taken:
 * a chunk that claims more than the request has left is refused at its header (CVE-2021-21390).
 */
export class AwsChunkedDecoder {
  readonly #options: AwsChunkedOptions
  readonly #trailers = new Map<string, string>()
  #state: State = 'chunk-header'
  #line = ''
  #remainingInChunk = 0
  #remainingInBody: number
  #claimedSignature = ''
  #previousSignature: string
  #hash: Hash | undefined
  #trailerText = ''
  #trailerEnded = false

  constructor(options: AwsChunkedOptions) {
    this.#options = options
    this.#remainingInBody = options.decodedLength
    this.#previousSignature = options.signing?.seedSignature ?? ''
  }

  /**
   * Takes the next bytes of the wire and returns the decoded pieces among them (views, not copies).
   * @throws StoreError InvalidChunk | IncompleteBody | SignatureDoesNotMatch | MalformedTrailer
   */
  push(bytes: Buffer): Buffer[] {
    const pieces: Buffer[] = []
    let offset = 0
    while (offset < bytes.length) {
      if (this.#state === 'data') {
        const piece = bytes.subarray(offset, offset + this.#remainingInChunk)
        offset += piece.length
        this.#takeData(piece)
        pieces.push(piece)
      } else {
        offset = this.#takeLine(bytes, offset)
      }
    }
    return pieces
  }

  /** @throws StoreError IncompleteBody when the final chunk or the trailers are missing | MalformedTrailer */
  end(): void {
    if (this.#state !== 'done') throw incomplete('The request body ended before its final chunk.')
    for (const name of this.#options.trailers ?? [])
      if (!this.#trailers.has(name))
        throw new StoreError('MalformedTrailer', 'A trailer that was announced did not arrive.', {
          trailer: name,
        })
  }

  /** A trailer's value; known once the body ended. */
  trailer(name: string): string | undefined {
    return this.#trailers.get(name)
  }

  #takeData(piece: Buffer): void {
    this.#hash?.update(piece)
    this.#remainingInChunk -= piece.length
    if (this.#remainingInChunk > 0) return
    this.#checkChunkSignature()
    this.#state = 'data-end'
  }

  #takeLine(bytes: Buffer, offset: number): number {
    if (this.#state === 'done')
      throw new StoreError('InvalidChunk', 'The request body goes on after its final chunk.')
    const feed = bytes.indexOf(LINE_FEED, offset)
    const end = feed < 0 ? bytes.length : feed
    if (this.#line.length + end - offset > MAX_LINE_BYTES)
      throw new StoreError('InvalidChunk', 'A chunk header is too long.')
    this.#line += bytes.toString('latin1', offset, end)
    if (feed < 0) return end
    const line = this.#line.endsWith('\r') ? this.#line.slice(0, -1) : this.#line
    this.#line = ''
    this.#handleLine(line)
    return feed + 1
  }

  #handleLine(line: string): void {
    if (this.#state === 'chunk-header') this.#openChunk(line)
    else if (this.#state === 'trailers') this.#takeTrailer(line)
    else if (line === '') this.#state = 'chunk-header'
    else throw new StoreError('InvalidChunk', 'A chunk is longer than its header says.')
  }

  #openChunk(line: string): void {
    const { size, signature } = parseChunkHeader(line, this.#options.signing !== undefined)
    if (size > this.#remainingInBody)
      throw incomplete('The chunks hold more bytes than x-amz-decoded-content-length says.')
    this.#claimedSignature = signature
    this.#remainingInChunk = size
    this.#remainingInBody -= size
    this.#hash = this.#options.signing && createHash('sha256')
    if (size > 0) this.#state = 'data'
    else this.#closeBody()
  }

  #closeBody(): void {
    if (this.#remainingInBody > 0)
      throw incomplete('The chunks hold fewer bytes than x-amz-decoded-content-length says.')
    this.#checkChunkSignature()
    this.#state = 'trailers'
  }

  #checkChunkSignature(): void {
    const { signing } = this.#options
    if (signing === undefined || this.#hash === undefined) return
    const parts = [
      'AWS4-HMAC-SHA256-PAYLOAD',
      signing.timestamp,
      signing.scope,
      this.#previousSignature,
      EMPTY_SHA256,
      this.#hash.digest('hex'),
    ]
    this.#requireSignature(signing, parts, this.#claimedSignature)
  }

  #requireSignature(signing: ChunkSigning, stringToSign: string[], claimed: string): void {
    const expected = createHmac('sha256', signing.signingKey).update(stringToSign.join('\n')).digest()
    if (!timingSafeEqual(expected, Buffer.from(claimed, 'hex')))
      throw new StoreError(
        'SignatureDoesNotMatch',
        'The signature of a chunk does not match the signature we calculated.',
      )
    this.#previousSignature = claimed
  }

  /** The section ends with an empty line; some SDKs add a stray one before the trailer signature. */
  #takeTrailer(line: string): void {
    if (line === '') {
      if (this.#trailersComplete()) this.#state = 'done'
      return
    }
    if (this.#options.trailers === undefined || this.#trailerEnded)
      throw malformed('The request has a trailer where none may be.')
    const colon = line.indexOf(':')
    if (colon <= 0 || this.#trailers.size >= MAX_TRAILER_LINES)
      throw malformed('A trailer is not a header line.')
    this.#keepTrailer(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim())
  }

  #keepTrailer(name: string, value: string): void {
    const { signing, trailers = [] } = this.#options
    if (name === TRAILER_SIGNATURE && signing !== undefined) {
      this.#checkTrailerSignature(signing, value)
      this.#trailerEnded = true
      return
    }
    if (!trailers.includes(name) || this.#trailers.has(name))
      throw malformed('A trailer arrived that x-amz-trailer does not announce.')
    this.#trailers.set(name, value)
    this.#trailerText += `${name}:${value}\n`
  }

  #checkTrailerSignature(signing: ChunkSigning, claimed: string): void {
    if (!isSignature(claimed)) throw malformed('The trailer signature is not one.')
    const hash = createHash('sha256').update(this.#trailerText, 'latin1').digest('hex')
    this.#requireSignature(
      signing,
      ['AWS4-HMAC-SHA256-TRAILER', signing.timestamp, signing.scope, this.#previousSignature, hash],
      claimed,
    )
  }

  /** Signed trailers are complete only with their signature, or anybody could strip it with the trailers. */
  #trailersComplete(): boolean {
    const { signing, trailers } = this.#options
    if (trailers === undefined) return true
    return signing === undefined || this.#trailerEnded
  }
}

function parseChunkHeader(line: string, signed: boolean): { size: number; signature: string } {
  const [sizeText = '', ...extensions] = line.split(';')
  if (!/^[0-9a-fA-F]{1,13}$/.test(sizeText))
    throw new StoreError('InvalidChunk', 'A chunk header holds no chunk size.')
  const size = Number.parseInt(sizeText, 16)
  if (!signed) return { size, signature: '' }
  const signature = extensions
    .find((extension) => extension.startsWith('chunk-signature='))
    ?.slice('chunk-signature='.length)
  if (signature === undefined || !isSignature(signature))
    throw new StoreError('InvalidChunk', 'A chunk of a signed upload carries no signature.')
  return { size, signature }
}

function isSignature(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text)
}

function incomplete(message: string): StoreError {
  return new StoreError('IncompleteBody', message)
}

function malformed(message: string): StoreError {
  return new StoreError('MalformedTrailer', message)
}
