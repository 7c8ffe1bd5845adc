import { tookNothing, type BlobFile } from './blob-file.ts'
import type { FsOps } from './fs-ops.ts'

/** Through the system's cache, as files are written by default. */
export class CachedFile implements BlobFile {
  readonly cached = true
  readonly fd: number
  readonly #ops: FsOps

  constructor(ops: FsOps, fd: number) {
    this.#ops = ops
    this.fd = fd
  }

  /**
   * A full disk is reported as a short count without an error, and only the next call fails (seen on Linux: 53,600 of
   * 100,000 bytes).
   */
  async append(pieces: readonly Buffer[]): Promise<void> {
    let rest = pieces.filter((piece) => piece.length > 0)
    while (rest.length > 0) {
      const written = await this.#ops.writev(this.fd, rest)
      if (written <= 0) throw tookNothing()
      rest = without(rest, written)
    }
  }

  async finish(): Promise<void> {}

  sync(): Promise<void> {
    return this.#ops.fdatasync(this.fd)
  }

  close(): Promise<void> {
    return this.#ops.close(this.fd)
  }
}

/** The pieces after their first `count` bytes. */
function without(pieces: readonly Buffer[], count: number): Buffer[] {
  let skip = count
  let index = 0
  for (const piece of pieces) {
    if (skip < piece.length) break
    skip -= piece.length
    index += 1
  }
  const [first, ...others] = pieces.slice(index)
  return first ? [first.subarray(skip), ...others] : []
}
