import * as fs from 'node:fs'

/**
 * The few file operations that the filesystem store needs, with the meaning of the system calls of the same
 * name. Narrow so that tests can stand in a disk that fails, writes short or loses power (simulated-disk.ts).
 */
export interface FsOps {
  open(path: string, flags: number, mode?: number): Promise<number>
  /** Appends; resolves the bytes written, which may be fewer than given without any error. */
  writev(fd: number, pieces: readonly Buffer[]): Promise<number>
  /** Fills `into` from `position`; resolves the bytes read, 0 at the end of the file. */
  read(fd: number, into: Buffer, position: number): Promise<number>
  /** File data, and the metadata needed to read them back, reach the disk (POSIX fdatasync). */
  fdatasync(fd: number): Promise<void>
  /** The same and all metadata; of a directory: its entries. */
  fsync(fd: number): Promise<void>
  close(fd: number): Promise<void>
  rename(from: string, to: string): Promise<void>
  unlink(path: string): Promise<void>
  /** @throws EEXIST */
  mkdir(path: string, mode: number): Promise<void>
  readdir(path: string): Promise<string[]>
  stat(path: string): Promise<FileFacts>
  /** bytes of the disk that `path` lies on, and those that an ordinary user may still fill (POSIX statvfs) */
  space(path: string): Promise<{ free: number; size: number }>
}

export interface FileFacts {
  /** bytes */
  size: number
  /** the later of last write and last change of the inode (a rename counts), ms since the epoch */
  changedAt: number
}

/**
 * The machine's files. Callbacks on plain descriptors rather than `fs/promises`: measured with 16 writers of
 * 4 KiB, a FileHandle (with its finalisers and argument checks) costs a third more processor time.
 */
export const nodeFs: FsOps = {
  open: (path, flags, mode) => one((done) => fs.open(path, flags, mode, done)),
  writev: (fd, [first, ...rest]) =>
    one((done) =>
      first !== undefined && rest.length === 0
        ? fs.write(fd, first, done)
        : fs.writev(fd, first ? [first, ...rest] : [], done),
    ),
  read: (fd, into, position) => one((done) => fs.read(fd, into, 0, into.length, position, done)),
  fdatasync: (fd) => none((done) => fs.fdatasync(fd, done)),
  fsync: (fd) => none((done) => fs.fsync(fd, done)),
  // In place: nothing is left to write when we close, so it cannot wait for the disk, and a trip to the thread
  // pool costs ten times as much (measured: a third of the processor time of reading a 4 KiB blob).
  close: async (fd) => fs.closeSync(fd),
  rename: (from, to) => none((done) => fs.rename(from, to, done)),
  unlink: (path) => none((done) => fs.unlink(path, done)),
  mkdir: (path, mode) => none((done) => fs.mkdir(path, { mode }, done)),
  readdir: (path) => one((done) => fs.readdir(path, done)),
  space: async (path) => {
    const { bsize, bavail, blocks } = await one<fs.StatsFs>((done) => fs.statfs(path, done))
    return { free: bavail * bsize, size: blocks * bsize }
  },
  stat: async (path) => {
    const found = await one<fs.Stats>((done) => fs.stat(path, done))
    return { size: found.size, changedAt: Math.max(found.mtimeMs, found.ctimeMs) }
  },
}

type Failure = NodeJS.ErrnoException | null

function one<T>(call: (done: (error: Failure, value: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => call((error, value) => (error ? reject(error) : resolve(value))))
}

function none(call: (done: (error: Failure) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => call((error) => (error ? reject(error) : resolve())))
}
