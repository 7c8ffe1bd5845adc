import { createHash, timingSafeEqual } from 'node:crypto'
import { StoreError } from '../../errors.ts'
import type { AwsChunkedDecoder } from './aws-chunked.ts'

/**
 * A body that checks its own SHA-256 while it is read. The verdict comes with the end: nothing of a body that
 * throws is ever committed.
 * @throws StoreError ContentSha256Mismatch from the iterator
 */
export async function* verifySha256(
  body: AsyncIterable<Buffer>,
  expected: Buffer,
): AsyncGenerator<Buffer, void> {
  const hash = createHash('sha256')
  for await (const chunk of body) {
    hash.update(chunk)
    yield chunk
  }
  if (!timingSafeEqual(hash.digest(), expected))
    throw new StoreError(
      'ContentSha256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    )
}

/** @throws StoreError IncompleteBody | InvalidChunk | SignatureDoesNotMatch | MalformedTrailer from the iterator */
export async function* decodeAwsChunked(
  body: AsyncIterable<Buffer>,
  decoder: AwsChunkedDecoder,
): AsyncGenerator<Buffer, void> {
  for await (const chunk of body) yield* decoder.push(chunk)
  decoder.end()
}

/**
 * Reads a whole small body, such as an XML document.
 * @param limit bytes
 * @throws StoreError EntityTooLarge | what the body throws
 */
export async function readAll(body: AsyncIterable<Buffer>, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > limit) throw new StoreError('EntityTooLarge', 'Your request was too big.', { maximum: limit })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}

/** @throws StoreError InvalidArgument when the header is not a number of bytes */
export function parseContentLength(header: string | undefined, name = 'Content-Length'): number | undefined {
  if (header === undefined) return undefined
  if (!/^\d{1,15}$/.test(header))
    throw new StoreError('InvalidArgument', `The value of ${name} is not a number of bytes.`, {
      argument: name,
      value: header,
    })
  return Number(header)
}
