import { constants } from 'node:fs'
import { StoreError } from '../errors.ts'
import { readFailure } from './disk-health.ts'
import type { FsOps } from './fs-ops.ts'

/** Bytes of a piece: more gained nothing in throughput and costs memory per download. */
const PIECE = 256 * 1024

const READ_FILE = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)

/**
 * Reads `length` bytes from `offset` in fresh buffers, one piece ahead of the consumer. The handle is closed
 * when the consumer finishes, stops early or the disk fails.
 * @throws StoreError ObjectCorrupt when the file is missing, shorter than asked or unreadable
 */
export async function* readFile(
  ops: FsOps,
  id: string,
  path: string,
  offset: number,
  length: number,
): AsyncGenerator<Buffer> {
  const fd = await ops.open(path, READ_FILE).catch((error: unknown) => {
    throw readFailure(id, error)
  })
  let ahead: Promise<Buffer> | undefined
  try {
    const end = offset + length
    const readAt = (at: number) =>
      at < end ? readPiece(ops, fd, id, at, Math.min(PIECE, end - at)) : undefined
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
  }
}

async function readPiece(
  ops: FsOps,
  fd: number,
  id: string,
  position: number,
  length: number,
): Promise<Buffer> {
  const piece = Buffer.allocUnsafeSlow(length)
  let filled = 0
  while (filled < length) {
    const count = await ops.read(fd, piece.subarray(filled), position + filled).catch((error: unknown) => {
      throw readFailure(id, error)
    })
    if (count === 0)
      throw new StoreError('ObjectCorrupt', 'The stored bytes are fewer than recorded', { blob: id })
    filled += count
  }
  return piece
}
