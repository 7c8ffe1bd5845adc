import { storageFull } from '../errors.ts'
import type { FsOps } from './fs-ops.ts'

/** Bytes that uploads leave free; of a small disk, a tenth. */
const RESERVE_BYTES = 64 * 2 ** 20
/** ms, and bytes stored meanwhile, for which a look at the disk is believed */
const BELIEVED_MS = 1000
const BELIEVED_BYTES = 8 * 2 ** 20

/**
 * Keeps room on the disk for deletions. They write before they free anything (the database's log), so a disk that uploads
 * have filled to the last byte could not be emptied by its users any more.
 */
export class FreeSpace {
  readonly #ops: Pick<FsOps, 'space'>
  readonly #path: string
  readonly #now: () => number
  #lookedAt = -Infinity
  #stored = 0
  #full = false

  /** @param path on the disk that blobs and database share */
  constructor(ops: Pick<FsOps, 'space'>, path: string, now: () => number = () => performance.now()) {
    this.#ops = ops
    this.#path = path
    this.#now = now
  }

  /**
   * @param bytes about to become part of the store
   * @throws StoreError StorageFull
   */
  async require(bytes: number): Promise<void> {
    this.#stored += bytes
    if (this.#stored > BELIEVED_BYTES || this.#now() - this.#lookedAt > BELIEVED_MS) await this.#look()
    if (this.#full) throw storageFull()
  }

  async #look(): Promise<void> {
    this.#lookedAt = this.#now()
    this.#stored = 0
    // A disk that does not tell its size fills up as it may.
    const { free, size } = await this.#ops.space(this.#path).catch(() => ({ free: 0, size: 0 }))
    this.#full = size > 0 && free < Math.min(RESERVE_BYTES, size / 10)
  }
}
