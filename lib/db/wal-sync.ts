import { open, type FileHandle } from 'node:fs/promises'

/**
 * Brings what was committed to the disk, beside the event loop. SQLite itself would do it inside COMMIT
 * (synchronous=FULL), which blocks every request of the process for as long as the disk takes.
 */
export class WalSync {
  readonly #path: string
  #file: Promise<FileHandle> | undefined

  /** @param database path of a database in WAL mode, open for as long as this is: its log must stay the same file */
  constructor(database: string) {
    this.#path = `${database}-wal`
  }

  /** Resolves when everything that this process has written to the log is on the disk. */
  async sync(): Promise<void> {
    // Open for writing, or Windows would refuse to flush it.
    this.#file ??= open(this.#path, 'r+')
    await (await this.#file).datasync()
  }

  async close(): Promise<void> {
    await (await this.#file)?.close()
  }
}
