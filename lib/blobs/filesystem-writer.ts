import { constants } from 'node:fs'
import type { BlobWriter } from './blob-store.ts'
import type { DirectorySyncs } from './directory-syncs.ts'
import type { DiskHealth } from './disk-health.ts'
import type { FsOps } from './fs-ops.ts'

/** Bytes gathered for one writev: large enough that a trip to the thread pool costs little beside it. */
export const BATCH_BYTES = 512 * 1024

/** More gathered pieces than this are joined: a client that sends byte by byte costs 400 bytes for each until then. */
const MAX_PIECES = 256

/** Bytes after which the disk is told to begin: left to the end, an upload would wait for all of them at once. */
const SYNC_AHEAD_BYTES = 32 * 1024 * 1024

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0)
const OWNER_ONLY = 0o600

export interface WriterPlace {
  id: string
  /** the file while it is being written */
  temporary: string
  /** the directory of the finished file, and its path */
  directory: string
  final: string
}

export interface WriterTools {
  ops: FsOps
  health: DiskHealth
  directories: DirectorySyncs
  batchBytes: number
  /** nothing is left of this blob */
  settle: () => void
}

/**
 * One blob on its way to the disk: gathered pieces go out in batches while the next ones are being made, one
 * batch at a time. The file is opened with the first batch, so an upload that is refused before leaves no trace.
 */
export class FilesystemWriter implements BlobWriter {
  readonly id: string
  readonly #place: WriterPlace
  readonly #tools: WriterTools
  #pieces: Buffer[] = []
  #gathered = 0
  #fd: number | undefined
  /** where the file lies now, to be removed by abort */
  #path: string | undefined
  #flushing: Promise<void> = Promise.resolve()
  #unsynced = 0
  #syncing: Promise<void> = Promise.resolve()
  #state: 'open' | 'failed' | 'committed' | 'aborted' = 'open'
  /** what the disk said first: a batch fails beside the caller's own work, and its next call must hear of a full disk */
  #failure: unknown

  constructor(place: WriterPlace, tools: WriterTools) {
    this.id = place.id
    this.#place = place
    this.#tools = tools
  }

  async write(pieces: Buffer[]): Promise<void> {
    this.#requireOpen()
    for (const piece of pieces) {
      this.#pieces.push(piece)
      this.#gathered += piece.length
    }
    if (this.#pieces.length > MAX_PIECES) this.#pieces = [Buffer.concat(this.#pieces)]
    if (this.#gathered < this.#tools.batchBytes) return
    await this.#flushing
    this.#flushing = this.#flush()
    // Reported by whoever awaits it next: the following write, or commit.
    this.#flushing.catch(() => undefined)
  }

  async commit(): Promise<void> {
    this.#requireOpen()
    await this.#flushing
    await this.#flush()
    await this.#syncing
    await this.#guarded('write', () => this.#tools.directories.opened(this.#place.directory))
    await this.#guarded('sync', () => this.#tools.ops.fdatasync(this.#fd ?? -1))
    await bothEnded(this.#close(), this.#moveIntoPlace())
    await this.#guarded('sync', () => this.#tools.directories.sync(this.#place.directory))
    this.#state = 'committed'
  }

  async abort(): Promise<void> {
    if (this.#state === 'committed' || this.#state === 'aborted') return
    this.#state = 'aborted'
    this.#pieces = []
    await this.#flushing.catch(() => undefined)
    await this.#syncing.catch(() => undefined)
    await this.#close().catch(() => undefined)
    // What cannot be removed now is removed by recover(); the upload has failed either way.
    if (this.#path !== undefined) await this.#tools.ops.unlink(this.#path).catch(() => undefined)
    this.#tools.settle()
  }

  async #flush(): Promise<void> {
    const pieces = this.#pieces
    this.#unsynced += this.#gathered
    this.#pieces = []
    this.#gathered = 0
    await this.#guarded('write', async () => {
      const fd = await this.#open()
      await writeAll(this.#tools.ops, fd, pieces)
    })
    if (this.#unsynced >= SYNC_AHEAD_BYTES) await this.#syncAhead()
  }

  /** Beside the writes that follow, one at a time: the next waits for the last, so that no disk falls far behind. */
  async #syncAhead(): Promise<void> {
    await this.#syncing
    this.#unsynced = 0
    const fd = this.#fd ?? -1
    this.#syncing = this.#guarded('sync', () => this.#tools.ops.fdatasync(fd))
    // Thrown by whoever awaits it next: the following one, or commit.
    this.#syncing.catch(() => undefined)
  }

  async #open(): Promise<number> {
    if (this.#fd !== undefined) return this.#fd
    this.#tools.health.requireWritable()
    this.#fd = await this.#tools.ops.open(this.#place.temporary, NEW_FILE, OWNER_ONLY)
    this.#path = this.#place.temporary
    return this.#fd
  }

  async #close(): Promise<void> {
    const fd = this.#fd
    if (fd === undefined) return
    this.#fd = undefined
    await this.#guarded('write', () => this.#tools.ops.close(fd))
  }

  async #moveIntoPlace(): Promise<void> {
    await this.#guarded('write', () => this.#tools.ops.rename(this.#place.temporary, this.#place.final))
    this.#path = this.#place.final
  }

  async #guarded(step: 'write' | 'sync', run: () => Promise<void>): Promise<void> {
    const { health } = this.#tools
    try {
      await run()
    } catch (error) {
      const failure = step === 'sync' ? health.syncFailure(error) : health.writeFailure(error)
      if (this.#state === 'open') [this.#state, this.#failure] = ['failed', failure]
      throw failure
    }
  }

  #requireOpen(): void {
    if (this.#state === 'failed') throw this.#failure
    if (this.#state !== 'open') throw new Error(`The blob writer is ${this.#state}`)
    this.#tools.health.requireWritable()
  }
}

/** Waits for both even when one fails: abort() must not meet a rename still on its way. */
async function bothEnded(...steps: Promise<void>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(steps)) {
    if (outcome.status === 'rejected') throw outcome.reason
  }
}

/**
 * Writes every byte: a full disk is reported as a short count without an error, and only the next call fails
 * (seen on Linux: 53,600 of 100,000 bytes).
 */
async function writeAll(ops: FsOps, fd: number, pieces: readonly Buffer[]): Promise<void> {
  let rest = pieces.filter((piece) => piece.length > 0)
  while (rest.length > 0) {
    const written = await ops.writev(fd, rest)
    // A disk that takes nothing and says nothing would keep us here for ever.
    if (written <= 0) throw Object.assign(new Error('The disk took no bytes'), { code: 'ENOSPC' })
    rest = without(rest, written)
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
