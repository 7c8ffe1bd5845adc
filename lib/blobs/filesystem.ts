import { dirname, join } from 'node:path'
import { StoreError } from '../errors.ts'
import type { BlobStore, BlobWriter, LentPieces } from './blob-store.ts'
import { DirectorySyncs } from './directory-syncs.ts'
import { FreeSpace } from './free-space.ts'
import { DiskHealth, errnoOf, readFailure } from './disk-health.ts'
import { readFile, Readings } from './filesystem-reader.ts'
import { BATCH_BYTES, FilesystemWriter } from './filesystem-writer.ts'
import { nodeFs, type FsOps } from './fs-ops.ts'
import { Holds } from './holds.ts'

const BLOB_ID = /^[0-9a-f]{32}$/
const SHARDS = Array.from({ length: 256 }, (_, index) => index.toString(16).padStart(2, '0'))
const OWNER_ONLY = 0o700
/** beside the folders of blobs */
const LABEL = 'label.json'

export interface FilesystemStoreOptions {
  /** gets `tmp/` and `00/` … `ff/`; made when missing, its parent must exist */
  directory: string
  ops?: FsOps
  /** bytes gathered before they are written; tests choose few */
  batchBytes?: number
}

/**
 * Blobs as files of one directory tree, safe against crashes at any instant: a blob is written to `tmp/<id>`,
 * synced, renamed to `<first 2 hex digits>/<id>`, and the directory synced, before `commit` resolves.
 * Call `recover()` before the first write.
 */
export async function openFilesystemStore(options: FilesystemStoreOptions): Promise<FilesystemStore> {
  const store = new FilesystemStore(options)
  await store.makeDirectories()
  return store
}

export class FilesystemStore implements BlobStore {
  readonly #root: string
  readonly #tmp: string
  readonly #ops: FsOps
  readonly #health = new DiskHealth()
  readonly #holds = new Holds()
  readonly #readings = new Readings()
  /** made by this process, and nobody has said yet that a row names them */
  readonly #unsettled = new Set<string>()
  readonly #directories: DirectorySyncs
  readonly #free: FreeSpace
  readonly #batchBytes: number

  constructor({ directory, ops = nodeFs, batchBytes = BATCH_BYTES }: FilesystemStoreOptions) {
    this.#root = directory
    this.#tmp = join(directory, 'tmp')
    this.#ops = ops
    this.#directories = new DirectorySyncs(ops)
    this.#free = new FreeSpace(ops, directory)
    this.#batchBytes = batchBytes
  }

  /** Makes what is missing of the tree, durably. */
  async makeDirectories(): Promise<void> {
    await this.#makeDirectory(this.#root)
    for (const name of ['tmp', ...SHARDS]) await this.#makeDirectory(join(this.#root, name))
    await this.#directories.sync(this.#root)
    await this.#directories.sync(dirname(this.#root))
  }

  async create(id: string): Promise<BlobWriter> {
    this.#health.requireWritable()
    const final = this.#pathOf(id)
    this.#unsettled.add(id)
    return this.#writer(id, final, () => this.settle([id]))
  }

  read(id: string, offset: number, length: number, lent?: LentPieces): AsyncIterable<Buffer> {
    const from = { ops: this.#ops, readings: this.#readings }
    return readFile(from, { id, path: this.#pathOf(id) }, { offset, length }, lent)
  }

  async size(id: string): Promise<number | undefined> {
    return (await this.#facts(id))?.size
  }

  hold(ids: readonly string[]): () => void {
    return this.#holds.hold(ids)
  }

  requireRoom(bytes: number): Promise<void> {
    return this.#free.require(bytes)
  }

  settle(ids: readonly string[]): void {
    for (const id of ids) this.#unsettled.delete(id)
  }

  async delete(id: string): Promise<void> {
    this.settle([id])
    this.#health.requireWritable()
    // A removal that fails later, or that a crash forgets, leaves an orphan, which the sweep finds.
    if (this.#holds.postpone(id, () => void this.#unlink(id).catch(() => undefined))) return
    await this.#unlink(id)
  }

  #writer(id: string, final: string, settle: () => void): FilesystemWriter {
    const place = { id, temporary: join(this.#tmp, id), directory: dirname(final), final }
    return new FilesystemWriter(place, {
      ops: this.#ops,
      health: this.#health,
      directories: this.#directories,
      batchBytes: this.#batchBytes,
      settle,
    })
  }

  async #unlink(id: string): Promise<void> {
    try {
      // Not synced: a removal that a power cut takes back leaves an orphan, which the sweep finds.
      await this.#ops.unlink(this.#pathOf(id))
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw this.#health.writeFailure(error)
    }
  }

  async *list(): AsyncGenerator<{ id: string; modifiedAt: number }> {
    for (const shard of SHARDS) {
      for (const id of await this.#ops.readdir(join(this.#root, shard))) {
        if (!BLOB_ID.test(id) || !id.startsWith(shard) || this.#unsettled.has(id)) continue
        const facts = await this.#facts(id)
        if (facts) yield { id, modifiedAt: facts.changedAt }
      }
    }
  }

  async label(): Promise<string | undefined> {
    const path = join(this.#root, LABEL)
    const { size } = (await this.#facts(LABEL, path)) ?? { size: 0 }
    if (size === 0) return undefined
    const pieces: Buffer[] = []
    const from = { ops: this.#ops, readings: this.#readings }
    for await (const piece of readFile(from, { id: LABEL, path }, { offset: 0, length: size }))
      pieces.push(piece)
    return Buffer.concat(pieces).toString()
  }

  async setLabel(text: string): Promise<void> {
    const writer = this.#writer(LABEL, join(this.#root, LABEL), () => undefined)
    try {
      await writer.write([Buffer.from(text)])
      await writer.commit()
    } catch (error) {
      await writer.abort()
      throw error
    }
  }

  async recover(): Promise<number> {
    const left = await this.#ops.readdir(this.#tmp)
    for (const name of left) await this.#ops.unlink(join(this.#tmp, name))
    if (left.length > 0) await this.#directories.sync(this.#tmp)
    return left.length
  }

  /** Closes the handles that are kept; nothing may be running. */
  async close(): Promise<void> {
    await this.#directories.close()
  }

  async #facts(id: string, path = this.#pathOf(id)) {
    try {
      return await this.#ops.stat(path)
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined
      throw readFailure(id, error)
    }
  }

  async #makeDirectory(path: string): Promise<void> {
    try {
      await this.#ops.mkdir(path, OWNER_ONLY)
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error
    }
  }

  /** Only ids become paths, never anything a client chose. */
  #pathOf(id: string): string {
    if (!BLOB_ID.test(id)) throw new StoreError('InternalError', 'Not a blob id')
    return join(this.#root, id.slice(0, 2), id)
  }
}
