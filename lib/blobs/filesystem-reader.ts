import { constants } from 'node:fs'
import { StoreError } from '../errors.ts'
import type { LentPieces } from './blob-store.ts'
import { readFailure } from './disk-health.ts'
import type { FsOps } from './fs-ops.ts'

/** Bytes of a piece. Each costs a trip to the thread pool and wakes the client; more than this gained little. */
const LARGEST_PIECE = 512 * 1024
const SMALLEST_PIECE = 64 * 1024
/** Bytes that all readings may have in hand together: two pieces each. */
const SHARED = 32 * 1024 * 1024

/** How many readings are open, because many slow clients must not cost more memory than a few fast ones. */
export class Readings {
  #open = 0

  /** @returns bytes of a piece for the reading that begins */
  begin(): number {
    const share = Math.floor(SHARED / 2 / ++this.#open)
    return Math.max(SMALLEST_PIECE, Math.min(LARGEST_PIECE, share))
  }

  end(): void {
    this.#open--
  }
}

const READ_FILE = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)

/**
 * Reads `length` bytes from `offset`, one piece ahead of the consumer, in fresh buffers or in two that are `lent`. The
 * handle is closed when the consumer finishes, stops early or the disk fails.
 * @throws StoreError ObjectCorrupt when the file is missing, shorter than asked or unreadable
 */
export async function* readFile(
  { ops, readings }: { ops: FsOps; readings: Readings },
  { id, path }: { id: string; path: string },
  { offset, length }: { offset: number; length: number },
  lent?: LentPieces,
): AsyncGenerator<Buffer> {
  const fd = await ops.open(path, READ_FILE).catch((error: unknown) => {
    throw readFailure(id, error)
  })
  const end = offset + length
  const { multipleOf, lead } = lent ?? { multipleOf: 1, lead: 0 }
  const pieceBytes = Math.max(1, Math.round(readings.begin() / multipleOf)) * multipleOf
  const buffers = lent && new TwoBuffers(Math.min(lead + pieceBytes, length))
  const readAt = (at: number): Promise<Buffer> | undefined => {
    if (at >= end) return undefined
    const bytes = Math.min(at === offset ? lead + pieceBytes : pieceBytes, end - at)
    return readPiece(ops, fd, id, at, buffers?.next(bytes) ?? Buffer.allocUnsafeSlow(bytes))
  }
  let ahead: Promise<Buffer> | undefined
  try {
    ahead = readAt(offset)
    for (let position = offset; ahead;) {
      const piece: Buffer = await ahead
      position += piece.length
      ahead = readAt(position)
      // Its failure is thrown when its turn comes; until then it must not count as unhandled.
      ahead?.catch(() => undefined)
      yield piece
    }
  } finally {
    // A descriptor closed under a running read could be another file by then.
    await ahead?.catch(() => undefined)
    await ops.close(fd).catch(() => undefined)
    readings.end()
  }
}

/** One is with the consumer while the other is filled; made when they are first needed. */
class TwoBuffers {
  readonly #bytes: number
  readonly #made: Buffer[] = []
  #turn = 0

  constructor(bytes: number) {
    this.#bytes = bytes
  }

  next(bytes: number): Buffer {
    this.#turn = 1 - this.#turn
    const buffer = (this.#made[this.#turn] ??= Buffer.allocUnsafeSlow(this.#bytes))
    return buffer.subarray(0, bytes)
  }
}

async function readPiece(
  ops: FsOps,
  fd: number,
  id: string,
  position: number,
  piece: Buffer,
): Promise<Buffer> {
  let filled = 0
  while (filled < piece.length) {
    const rest = filled === 0 ? piece : piece.subarray(filled)
    const count = await ops.read(fd, rest, position + filled).catch((error: unknown) => {
      throw readFailure(id, error)
    })
    if (count === 0)
      throw new StoreError('ObjectCorrupt', 'The stored bytes are fewer than recorded', { blob: id })
    filled += count
  }
  return piece
}
