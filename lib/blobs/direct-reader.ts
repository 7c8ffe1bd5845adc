import { constants } from 'node:fs'
import { BLOCK_BYTES, type DirectIo } from './direct-io.ts'
import { errnoOf, readFailure } from './disk-health.ts'
import { fewerThanRecorded, PIECE_BYTES, readFile } from './filesystem-reader.ts'
import type { FsOps } from './fs-ops.ts'

const READ_FILE = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)

/**
 * As `readFile`, past the system's cache: whole blocks into two halves of a slot, one being filled while the other is
 * handed out in fresh buffers. Without memory for it, or on a file system that refuses, it is `readFile`.
 * @throws StoreError ObjectCorrupt when the file is missing, shorter than asked or unreadable
 */
export async function* readDirectly(
  ops: FsOps,
  io: DirectIo,
  id: string,
  path: string,
  offset: number,
  length: number,
): AsyncGenerator<Buffer> {
  const slot = io.take()
  const fd = slot && (await openDirectly(ops, io, id, path, slot))
  if (slot === undefined || fd === undefined) {
    yield* readFile(ops, id, path, offset, length)
    return
  }
  const end = offset + length
  const halves = [slot.subarray(0, slot.length / 2), slot.subarray(slot.length / 2)] as const
  let ahead: Promise<number> | undefined
  try {
    let position = offset - (offset % BLOCK_BYTES)
    const fillNext = (half: Buffer) => (position < end ? fill(ops, fd, id, half, position, end) : undefined)
    let [current, other] = halves
    ahead = fillNext(current)
    while (ahead) {
      const begin = position
      position += await ahead
      ahead = fillNext(other)
      // Its failure is thrown when its turn comes; until then it must not count as unhandled.
      ahead?.catch(() => undefined)
      yield* pieces(current.subarray(Math.max(offset - begin, 0), position - begin))
      ;[current, other] = [other, current]
    }
  } finally {
    // The disk would go on writing into memory that is somebody else's by then.
    await ahead?.catch(() => undefined)
    await ops.close(fd).catch(() => undefined)
    io.give(slot)
  }
}

async function openDirectly(
  ops: FsOps,
  io: DirectIo,
  id: string,
  path: string,
  slot: Buffer,
): Promise<number | undefined> {
  try {
    return await ops.open(path, READ_FILE | io.flag)
  } catch (error) {
    io.give(slot)
    if (errnoOf(error) !== 'EINVAL') throw readFailure(id, error)
    io.refuse()
    return undefined
  }
}

/** Bytes of `half` that are now those of the file from `position`, but none from `end` on. */
async function fill(
  ops: FsOps,
  fd: number,
  id: string,
  half: Buffer,
  position: number,
  end: number,
): Promise<number> {
  const wanted = Math.min(half.length, end - position)
  let filled = 0
  for (;;) {
    const count = await ops.read(fd, half.subarray(filled), position + filled).catch((error: unknown) => {
      throw readFailure(id, error)
    })
    if (filled + count >= wanted) return wanted
    // Reading goes on at a block; only the end of the file gives less than one.
    if (count < BLOCK_BYTES) throw fewerThanRecorded(id)
    filled += count - (count % BLOCK_BYTES)
  }
}

/** Copies, because the slot is filled anew while its consumer keeps them. */
function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    const piece = Buffer.allocUnsafeSlow(Math.min(PIECE_BYTES, bytes.length - at))
    bytes.copy(piece, 0, at)
    yield piece
  }
}
