import { constants } from 'node:fs'
import { allEnded, tookNothing, type BlobFile } from './blob-file.ts'
import type { CachedFile } from './cached-file.ts'
import { BLOCK_BYTES, isAligned, type DirectIo } from './direct-io.ts'
import { errnoOf } from './disk-health.ts'
import type { FsOps } from './fs-ops.ts'

const SAME_FILE = constants.O_WRONLY | (constants.O_NOFOLLOW ?? 0)

/**
 * The same file once more, past the cache; as it was when there is no memory for it or its file system knows no direct I/O
 * (EINVAL: open(2)).
 */
export async function pastTheCache(
  ops: FsOps,
  io: DirectIo,
  path: string,
  cached: CachedFile,
): Promise<BlobFile> {
  const slot = io.take()
  if (slot === undefined) return cached
  try {
    const fd = await ops.open(path, SAME_FILE | io.flag)
    return new DirectFile(ops, io, { fd, cached, slot })
  } catch (error) {
    io.give(slot)
    if (errnoOf(error) !== 'EINVAL') throw error
    io.refuse()
    return cached
  }
}

interface Open {
  fd: number
  /** for what is no whole block, and to sync: that is of the file, whoever wrote it */
  cached: CachedFile
  slot: Buffer
}

/** Gathers bytes in a slot and has the disk take it whole; the last part of a block goes through the cache. */
class DirectFile implements BlobFile {
  readonly #ops: FsOps
  readonly #io: DirectIo
  readonly #open: Open
  /** bytes in the slot */
  #filled = 0
  /** bytes in the file */
  #position = 0
  #refused = false

  constructor(ops: FsOps, io: DirectIo, open: Open) {
    this.#ops = ops
    this.#io = io
    this.#open = open
  }

  get cached(): boolean {
    return this.#refused
  }

  async append(pieces: readonly Buffer[]): Promise<void> {
    const { slot } = this.#open
    for (const piece of pieces) {
      for (let taken = 0; taken < piece.length;) {
        const count = piece.copy(slot, this.#filled, taken)
        taken += count
        this.#filled += count
        if (this.#filled === slot.length) await this.#empty()
      }
    }
  }

  finish(): Promise<void> {
    return this.#empty()
  }

  sync(): Promise<void> {
    return this.#open.cached.sync()
  }

  async close(): Promise<void> {
    const { fd, cached, slot } = this.#open
    try {
      await allEnded(this.#ops.close(fd), cached.close())
    } finally {
      this.#io.give(slot)
    }
  }

  async #empty(): Promise<void> {
    const bytes = this.#open.slot.subarray(0, this.#filled)
    const whole = bytes.length - (bytes.length % BLOCK_BYTES)
    this.#filled = 0
    await this.#write(bytes.subarray(0, whole))
    await this.#write(bytes.subarray(whole))
  }

  async #write(bytes: Buffer): Promise<void> {
    for (let rest = bytes; rest.length > 0;) {
      const written = await this.#put(rest)
      if (written <= 0) throw tookNothing()
      this.#position += written
      rest = rest.subarray(written)
    }
  }

  /** After a short count in the middle of a block, too, the rest goes through the cache. */
  async #put(bytes: Buffer): Promise<number> {
    const { fd, cached } = this.#open
    if (this.#refused || !isAligned(bytes.length) || !isAligned(this.#position))
      return this.#ops.write(cached.fd, bytes, this.#position)
    try {
      return await this.#ops.write(fd, bytes, this.#position)
    } catch (error) {
      // Blocks of this disk are larger than ours, or some file system changed its mind: slower, but as durable.
      if (errnoOf(error) !== 'EINVAL') throw error
      this.#refused = true
      this.#io.refuse()
      return this.#put(bytes)
    }
  }
}
