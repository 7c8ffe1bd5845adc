import { constants } from 'node:fs'
import type { FsOps } from './fs-ops.ts'

interface Directory {
  fd: Promise<number>
  running: Promise<void> | undefined
  next: Promise<void> | undefined
}

/**
 * Makes entries of directories durable. Whoever asks while a sync is running shares the one after it: the
 * running one may have begun before the entry was there. Handles stay open.
 */
export class DirectorySyncs {
  readonly #ops: FsOps
  readonly #directories = new Map<string, Directory>()

  constructor(ops: FsOps) {
    this.#ops = ops
  }

  /**
   * Resolves when a directory's handle is there. Its failure (too many open files) tells nothing of the disk, where that of a
   * sync does.
   */
  async opened(path: string): Promise<void> {
    if (process.platform !== 'win32') await this.#directory(path).fd
  }

  /** Resolves when every entry present at the call is durable. */
  sync(path: string): Promise<void> {
    // Windows opens no directories; NTFS journals their entries by itself.
    if (process.platform === 'win32') return Promise.resolve()
    const directory = this.#directory(path)
    if (directory.next) return directory.next
    if (!directory.running) return this.#start(directory)
    const next = directory.running.then(
      () => this.#startNext(directory),
      () => this.#startNext(directory),
    )
    directory.next = next
    return next
  }

  async close(): Promise<void> {
    const directories = [...this.#directories.values()]
    this.#directories.clear()
    await Promise.allSettled(directories.flatMap(({ running, next }) => [running ?? [], next ?? []].flat()))
    await Promise.allSettled(directories.map(async ({ fd }) => this.#ops.close(await fd)))
  }

  #directory(path: string): Directory {
    const known = this.#directories.get(path)
    if (known) return known
    const fd = this.#ops.open(path, constants.O_RDONLY | constants.O_DIRECTORY)
    // A handle that could not be opened (too many open files) must not stay remembered.
    fd.catch(() => this.#directories.delete(path))
    const directory: Directory = { fd, running: undefined, next: undefined }
    this.#directories.set(path, directory)
    return directory
  }

  #startNext(directory: Directory): Promise<void> {
    directory.next = undefined
    return this.#start(directory)
  }

  #start(directory: Directory): Promise<void> {
    const running = directory.fd
      .then((fd) => this.#ops.fsync(fd))
      .finally(() => {
        if (directory.running === running) directory.running = undefined
      })
    directory.running = running
    return running
  }
}
