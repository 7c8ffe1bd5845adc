import { randomBytes } from 'node:crypto'
import type { BlobWriter } from '../blobs/blob-store.ts'
import { BlobEncryptor } from '../crypto/encrypt.ts'
import type { SuiteName } from '../crypto/suites.ts'
import { StoreError } from '../errors.ts'
import type { StoreDeps } from './deps.ts'
import type { Digests } from './digests.ts'
import { letGo } from './let-go.ts'

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
  /** a small encrypted blob may be handed back instead of stored, to lie in the row that names it */
  mayBeInline: boolean
}

export interface WrittenBlob {
  blobId: string
  size: number
  /** empty for plaintext */
  salt: Buffer
  commitment: Buffer
  /** the whole blob, not stored yet: it is durable with the row */
  inline: Buffer | undefined
}

/**
 * Plaintext bytes up to which a blob goes into its row. A file costs two syncs of its own and a trip to the thread
 * pool for each read; SQLite is faster than files up to about 100 KB (sqlite.org/fasterthanfs.html), but commits
 * block the event loop, so only what is one write anyway. Never plaintext: the database holds none.
 */
export const INLINE_BYTES = 16 * 1024

const NOTHING = Buffer.alloc(0)

/**
 * Streams a body into a new blob under a fresh random id, encrypting on the way. Durable when resolved unless it is
 * handed back inline, but invisible until a catalog row names it. On any failure nothing is left behind.
 * @throws StoreError EntityTooLarge | IncompleteBody | BadDigest | StorageFull | what the body throws
 */
export async function writeBlob(deps: StoreDeps, request: BlobRequest): Promise<WrittenBlob> {
  const blobId = randomBytes(16)
  const encryptor = request.key && new BlobEncryptor({ ...request.key, blobId })
  let sink: BlobWriter | undefined
  try {
    sink = isSmall(request) ? new InlineBlob(blobId) : await deps.blobs.create(blobId.toString('hex'))
    if (encryptor) await sink.write([encryptor.start()])
    const size = await pump(request, sink, encryptor)
    if (encryptor) await sink.write(encryptor.end())
    if (request.contentLength !== undefined && size !== request.contentLength)
      throw new StoreError(
        'IncompleteBody',
        'You did not provide the number of bytes specified by the Content-Length HTTP header',
      )
    await request.digests.finish()
    request.verify()
    await deps.blobs.requireRoom(size)
    await sink.commit()
    return {
      blobId: sink.id,
      size,
      salt: encryptor?.salt ?? NOTHING,
      commitment: encryptor?.commitment ?? NOTHING,
      inline: sink instanceof InlineBlob ? sink.bytes : undefined,
    }
  } catch (error) {
    request.digests.abandon()
    await sink?.abort()
    // A body that nobody has begun to read may hold an open file: that of a copy's source.
    await letGo(request.body)
    throw error
  }
}

function isSmall({ mayBeInline, key, contentLength }: BlobRequest): boolean {
  return mayBeInline && key !== undefined && contentLength !== undefined && contentLength <= INLINE_BYTES
}

/** A blob kept in memory until its row is written. */
class InlineBlob implements BlobWriter {
  readonly id: string
  #pieces: Buffer[] = []

  constructor(blobId: Buffer) {
    this.id = blobId.toString('hex')
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#pieces)
  }

  async write(pieces: Buffer[]): Promise<void> {
    this.#pieces.push(...pieces)
  }

  async commit(): Promise<void> {}

  async abort(): Promise<void> {
    this.#pieces = []
  }
}

async function pump(
  request: BlobRequest,
  sink: BlobWriter,
  encryptor: BlobEncryptor | undefined,
): Promise<number> {
  // A small body is refused at its first byte too many, before it can fill the memory.
  const maximum = sink instanceof InlineBlob ? (request.contentLength ?? 0) : request.maximumSize
  let size = 0
  for await (const chunk of request.body) {
    size += chunk.length
    if (size > maximum) throw tooMuch(request, size)
    const behind = request.digests.update(chunk)
    if (behind) await behind
    await sink.write(encryptor ? encryptor.push(chunk) : [chunk])
  }
  return size
}

function tooMuch({ maximumSize }: BlobRequest, size: number): StoreError {
  return size > maximumSize
    ? new StoreError('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed object size', {
        maximum: maximumSize,
      })
    : new StoreError('IncompleteBody', 'The request body is longer than it was announced to be')
}
