import { randomBytes } from 'node:crypto'
import { BlobEncryptor } from '../crypto/encrypt.ts'
import type { SuiteName } from '../crypto/suites.ts'
import { StoreError } from '../errors.ts'
import type { StoreDeps } from './deps.ts'
import type { Digests } from './digests.ts'

export interface BlobKey {
  suite: SuiteName
  chunkLog2: number
  dataKey: Buffer
}

export interface BlobRequest {
  body: AsyncIterable<Buffer>
  /** undefined: stored as it is */
  key: BlobKey | undefined
  digests: Digests
  /** plaintext bytes; more is refused */
  maximumSize: number
  /** plaintext bytes announced; anything else is refused */
  contentLength: number | undefined
  /** last word of the client's checksums and signatures; throws to refuse */
  verify: () => void
}

export interface WrittenBlob {
  blobId: string
  size: number
  /** empty for plaintext */
  salt: Buffer
  commitment: Buffer
}

const NOTHING = Buffer.alloc(0)

/**
 * Streams a body into a new blob under a fresh random id, encrypting on the way. Durable when resolved,
 * but invisible until a catalog row names it. On any failure nothing is left behind.
 * @throws StoreError EntityTooLarge | IncompleteBody | BadDigest | StorageFull | what the body throws
 */
export async function writeBlob(deps: StoreDeps, request: BlobRequest): Promise<WrittenBlob> {
  const blobId = randomBytes(16)
  const encryptor = request.key && new BlobEncryptor({ ...request.key, blobId })
  const writer = await deps.blobs.create(blobId.toString('hex'))
  try {
    if (encryptor) await writer.write([encryptor.start()])
    const size = await pump(request, async (chunk) =>
      writer.write(encryptor ? encryptor.push(chunk) : [chunk]),
    )
    if (encryptor) await writer.write(encryptor.end())
    if (request.contentLength !== undefined && size !== request.contentLength)
      throw new StoreError(
        'IncompleteBody',
        'You did not provide the number of bytes specified by the Content-Length HTTP header',
      )
    request.verify()
    await writer.commit()
    return {
      blobId: writer.id,
      size,
      salt: encryptor?.salt ?? NOTHING,
      commitment: encryptor?.commitment ?? NOTHING,
    }
  } catch (error) {
    await writer.abort()
    throw error
  }
}

async function pump(request: BlobRequest, write: (chunk: Buffer) => Promise<void>): Promise<number> {
  let size = 0
  for await (const chunk of request.body) {
    size += chunk.length
    if (size > request.maximumSize)
      throw new StoreError('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed object size', {
        maximum: request.maximumSize,
      })
    request.digests.update(chunk)
    await write(chunk)
  }
  return size
}
