import { constants } from 'node:fs'
import { allEnded, type BlobFile } from './blob-file.ts'
import type { BlobWriter } from './blob-store.ts'
import { CachedFile } from './cached-file.ts'
import { pastTheCache } from './direct-file.ts'
import type { DirectIo } from './direct-io.ts'
import type { DirectorySyncs } from './directory-syncs.ts'
import type { DiskHealth } from './disk-health.ts'
import type { FsOps } from './fs-ops.ts'

/** Bytes gathered for one writev: large enough that a trip to the thread pool costs little beside it. */
export const BATCH_BYTES = 512 * 1024

/** Bytes in the cache after which the disk is told to begin: left to the end, an upload would wait for all of them at once. */
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

interface WriterTools {
  ops: FsOps
  health: DiskHealth
  directories: DirectorySyncs
  batchBytes: number
  /** for blobs of more than one batch; undefined: never */
  directIo: DirectIo | undefined
}

/**
 * One blob on its way to the disk: gathered pieces go out in batches while the next ones are being made, one
 * batch at a time. The file is opened with the first batch, so an upload that is refused before leaves no trace, and
 * only what was larger than one batch goes past the system's cache.
 */
export class FilesystemWriter implements BlobWriter {
  readonly id: string
  readonly #place: WriterPlace
  readonly #tools: WriterTools
  #pieces: Buffer[] = []
  #gathered = 0
  #file: BlobFile | undefined
  /** where the file lies now, to be removed by abort */
  #path: string | undefined
  #flushing: Promise<unknown> = Promise.resolve()
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
    if (this.#gathered < this.#tools.batchBytes) return
    await this.#flushing
    this.#flushing = this.#flush('more follows')
    // Reported by whoever awaits it next: the following write, or commit.
    this.#flushing.catch(() => undefined)
  }

  async commit(): Promise<void> {
    this.#requireOpen()
    await this.#flushing
    const file = await this.#flush('the last')
    await this.#guarded('write', () => file.finish())
    await this.#syncing
    await this.#guarded('sync', () => file.sync())
    await allEnded(this.#close(), this.#moveIntoPlace())
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
  }

  async #flush(which: 'more follows' | 'the last'): Promise<BlobFile> {
    const pieces = this.#pieces
    this.#unsynced += this.#gathered
    this.#pieces = []
    this.#gathered = 0
    const file = await this.#guarded('write', async () => {
      const opened = this.#file ?? (await this.#open(which === 'more follows'))
      await opened.append(pieces)
      return opened
    })
    if (file.cached && this.#unsynced >= SYNC_AHEAD_BYTES) await this.#syncAhead(file)
    return file
  }

  /** Beside the writes that follow, one at a time: the next waits for the last, so that no disk falls far behind. */
  async #syncAhead(file: BlobFile): Promise<void> {
    await this.#syncing
    this.#unsynced = 0
    this.#syncing = this.#guarded('sync', () => file.sync())
    // Thrown by whoever awaits it next: the following one, or commit.
    this.#syncing.catch(() => undefined)
  }

  async #open(large: boolean): Promise<BlobFile> {
    const { ops, health, directIo } = this.#tools
    const { temporary } = this.#place
    health.requireWritable()
    const cached = new CachedFile(ops, await ops.open(temporary, NEW_FILE, OWNER_ONLY))
    this.#path = temporary
    this.#file = cached
    if (large && directIo !== undefined) this.#file = await pastTheCache(ops, directIo, temporary, cached)
    return this.#file
  }

  async #close(): Promise<void> {
    const file = this.#file
    if (file === undefined) return
    this.#file = undefined
    await this.#guarded('write', () => file.close())
  }

  async #moveIntoPlace(): Promise<void> {
    await this.#guarded('write', () => this.#tools.ops.rename(this.#place.temporary, this.#place.final))
    this.#path = this.#place.final
  }

  async #guarded<T>(step: 'write' | 'sync', run: () => Promise<T>): Promise<T> {
    const { health } = this.#tools
    try {
      return await run()
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
