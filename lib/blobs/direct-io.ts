import { constants } from 'node:fs'

/** What a disk moves at least: offsets, lengths and memory of direct I/O are multiples of it (open(2), "O_DIRECT"). */
export const BLOCK_BYTES = 4096

export interface DirectIoOptions {
  /** bytes moved at once; a multiple of two blocks */
  slotBytes?: number
  /** transfers under way beyond which files go through the system's cache again, so that memory stays bounded */
  mostSlots?: number
}

/** One transfer: fewer trips to the thread pool for as many bytes, and disks like it. */
const SLOT_BYTES = 1024 * 1024
const MOST_SLOTS = 64

/**
 * Large blobs go past the system's page cache: they are written once and hardly ever read again soon, would push out
 * what is read all the time, and each page of the cache has to be found and cleared first (1.5 s of processor a GiB
 * against 0.3 measured, where the host gives memory as it is touched). MinIO does the same.
 */
export class DirectIo {
  readonly flag: number
  readonly slotBytes: number
  readonly #most: number
  readonly #free: Buffer[] = []
  #made = 0
  #refused = false

  private constructor(flag: number, { slotBytes = SLOT_BYTES, mostSlots = MOST_SLOTS }: DirectIoOptions) {
    this.flag = flag
    this.slotBytes = slotBytes
    this.#most = mostSlots
  }

  /** @returns undefined on systems that have no such thing */
  static here(options: DirectIoOptions = {}): DirectIo | undefined {
    const flag: number | undefined = constants.O_DIRECT
    return flag === undefined ? undefined : new DirectIo(flag, options)
  }

  /** Memory for one file, to be given back; undefined when all of it is in use or the file system refuses. */
  take(): Buffer | undefined {
    if (this.#refused) return undefined
    const free = this.#free.pop()
    if (free !== undefined || this.#made >= this.#most) return free
    this.#made += 1
    return pages(this.slotBytes)
  }

  give(slot: Buffer): void {
    this.#free.push(slot)
  }

  /** Nobody tries again: this file system has no direct I/O. */
  refuse(): void {
    this.#refused = true
  }
}

export function isAligned(bytes: number): boolean {
  return bytes % BLOCK_BYTES === 0
}

/** A resizable buffer has pages of its own, so it begins at one; others lie where malloc put them. */
function pages(bytes: number): Buffer {
  return Buffer.from(new ArrayBuffer(bytes, { maxByteLength: bytes }), 0, bytes)
}
