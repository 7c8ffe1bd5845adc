import fs from 'node:fs'

/**
 * Brings what was committed to the disk, beside the event loop. SQLite itself would do it inside COMMIT
 * (synchronous=FULL), which blocks every request of the process for as long as the disk takes. Callbacks on a plain
 * descriptor, as in the blob store: a FileHandle costs more.
 */
export class WalSync {
  readonly #path: string
  #fd: number | undefined
  #closed = false

  /** @param database path of a database in WAL mode, open for as long as this is: its log must stay the same file */
  constructor(database: string) {
    this.#path = `${database}-wal`
  }

  /** Resolves when everything that this process has written to the log is on the disk. */
  async sync(): Promise<void> {
    if (this.#closed) throw new Error('The log of the database is closed')
    // Open for writing, or Windows would refuse to flush it.
    const fd = (this.#fd ??= fs.openSync(this.#path, 'r+'))
    await new Promise<void>((resolve, reject) => {
      fs.fdatasync(fd, (error) => (error ? reject(error) : resolve()))
    })
  }

  /** Nothing may be syncing. */
  close(): void {
    this.#closed = true
    if (this.#fd !== undefined) fs.closeSync(this.#fd)
    this.#fd = undefined
  }
}
