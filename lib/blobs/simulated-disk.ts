import { constants } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { FileFacts, FsOps } from './fs-ops.ts'

/**
 * A disk for tests that can lose power at any operation. Until they are synced, writes to a file and entries
 * of a directory are only pending: a crash keeps any subset of them, writes possibly torn, as POSIX allows
 * (the idea of SQLite's crash tests, sqlite.org/testing.html §3.3).
 */
interface FileNode {
  kind: 'file'
  bytes: Buffer
  durable: Buffer
  pending: { at: number; bytes: Buffer }[]
}
interface DirectoryNode {
  kind: 'directory'
  entries: Map<string, Node>
  durable: Map<string, Node>
  pending: { name: string; node: Node | undefined }[]
}
type Node = FileNode | DirectoryNode

export type DiskOperation = keyof FsOps

/** Decides the fate of one pending thing: a number below `options`. */
export type Fate = (options: number) => number

export interface DiskBehaviour {
  /** called before every operation; throws to make it fail */
  before?: (operation: DiskOperation, index: number) => void
  /** how many of `bytes` a write takes; default all */
  takes?: (bytes: number) => number
  /** which syncs lie: they succeed and do nothing */
  lies?: (operation: 'fdatasync' | 'fsync') => boolean
  /** turns of the event loop before an operation happens, to vary interleavings */
  delay?: () => number
}

export class PowerLost extends Error {}

export class SimulatedDisk implements FsOps {
  behaviour: DiskBehaviour = {}
  /** operations begun */
  operations = 0
  /** bytes that still fit; a write takes what fits, then ENOSPC */
  room = Infinity
  /** what it tells of its space */
  told = { free: Infinity, size: Infinity }
  #root: DirectoryNode
  #open = new Map<number, Node>()
  #nextFd = 3

  constructor(root: DirectoryNode = newDirectory()) {
    this.#root = root
  }

  /** Descriptors of files (not of directories) that are open. */
  get openFiles(): number {
    return [...this.#open.values()].filter((node) => node.kind === 'file').length
  }

  /** What the disk holds after losing power now. */
  afterCrash(fate: Fate): SimulatedDisk {
    return new SimulatedDisk(survivor(this.#root, fate, new Map()) as DirectoryNode)
  }

  async open(path: string, flags: number): Promise<number> {
    await this.#step('open')
    const directory = this.#directory(dirname(path))
    let node = path === '/' ? this.#root : directory.entries.get(basename(path))
    if (node && flags & constants.O_EXCL) throw failure('EEXIST')
    if (!node && flags & constants.O_CREAT) {
      node = { kind: 'file', bytes: Buffer.alloc(0), durable: Buffer.alloc(0), pending: [] }
      setEntry(directory, basename(path), node)
    }
    if (!node) throw failure('ENOENT')
    this.#open.set(this.#nextFd, node)
    return this.#nextFd++
  }

  async writev(fd: number, pieces: readonly Buffer[]): Promise<number> {
    await this.#step('writev')
    const file = this.#file(fd)
    const whole = Buffer.concat(pieces)
    if (this.room === 0 && whole.length > 0) throw failure('ENOSPC')
    const taken = Math.min(this.room, this.behaviour.takes?.(whole.length) ?? whole.length)
    this.room -= taken
    const bytes = whole.subarray(0, taken)
    file.pending.push({ at: file.bytes.length, bytes })
    file.bytes = Buffer.concat([file.bytes, bytes])
    return taken
  }

  async read(fd: number, into: Buffer, position: number): Promise<number> {
    await this.#step('read')
    const available = this.#file(fd).bytes.subarray(position, position + into.length)
    return available.copy(into, 0, 0, this.behaviour.takes?.(available.length) ?? available.length)
  }

  async fdatasync(fd: number): Promise<void> {
    await this.#step('fdatasync')
    const file = this.#file(fd)
    if (this.behaviour.lies?.('fdatasync')) return
    file.durable = file.bytes
    file.pending = []
  }

  async fsync(fd: number): Promise<void> {
    await this.#step('fsync')
    const directory = this.#open.get(fd)
    if (directory?.kind !== 'directory') throw failure('EBADF')
    if (this.behaviour.lies?.('fsync')) return
    directory.durable = new Map(directory.entries)
    directory.pending = []
  }

  async close(fd: number): Promise<void> {
    // Linux releases the descriptor even when close reports an error (close(2)).
    if (!this.#open.delete(fd)) throw failure('EBADF')
    await this.#step('close')
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#step('rename')
    const source = this.#directory(dirname(from))
    const node = source.entries.get(basename(from))
    if (!node) throw failure('ENOENT')
    setEntry(this.#directory(dirname(to)), basename(to), node)
    setEntry(source, basename(from), undefined)
  }

  async unlink(path: string): Promise<void> {
    await this.#step('unlink')
    const directory = this.#directory(dirname(path))
    const node = directory.entries.get(basename(path))
    if (node?.kind !== 'file') throw failure('ENOENT')
    setEntry(directory, basename(path), undefined)
    this.room += node.bytes.length
  }

  async mkdir(path: string): Promise<void> {
    await this.#step('mkdir')
    const parent = this.#directory(dirname(path))
    if (parent.entries.has(basename(path))) throw failure('EEXIST')
    setEntry(parent, basename(path), newDirectory())
  }

  async readdir(path: string): Promise<string[]> {
    await this.#step('readdir')
    return [...this.#directory(path).entries.keys()]
  }

  async space(): Promise<{ free: number; size: number }> {
    return this.told
  }

  async stat(path: string): Promise<FileFacts> {
    await this.#step('stat')
    const node = this.#directory(dirname(path)).entries.get(basename(path))
    if (node?.kind !== 'file') throw failure('ENOENT')
    return { size: node.bytes.length, changedAt: 0 }
  }

  async #step(operation: DiskOperation): Promise<void> {
    for (let turns = this.behaviour.delay?.() ?? 0; turns > 0; turns--) await Promise.resolve()
    this.behaviour.before?.(operation, this.operations++)
  }

  #directory(path: string): DirectoryNode {
    let node: Node | undefined = this.#root
    for (const name of path.split('/').filter(Boolean)) {
      node = node?.kind === 'directory' ? node.entries.get(name) : undefined
    }
    if (node?.kind !== 'directory') throw failure('ENOENT')
    return node
  }

  #file(fd: number): FileNode {
    const node = this.#open.get(fd)
    if (node?.kind !== 'file') throw failure('EBADF')
    return node
  }
}

/** An error as Node reports it. */
export function failure(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: made by a test`), { code })
}

/** Every sequence of fates once, as an odometer turns: `visit` is called until all are tried or `limit` is reached. */
export async function everyFate(limit: number, visit: (fate: Fate) => Promise<void>): Promise<number> {
  let chosen: number[] = []
  for (let tried = 1; ; tried++) {
    const options: number[] = []
    await visit((count) => {
      const turn = options.push(count) - 1
      return chosen[turn] ?? 0
    })
    let last = options.length - 1
    while (last >= 0 && (chosen[last] ?? 0) + 1 >= (options[last] ?? 0)) last--
    if (last < 0 || tried >= limit) return tried
    chosen = [...Array.from({ length: last }, (_, turn) => chosen[turn] ?? 0), (chosen[last] ?? 0) + 1]
  }
}

function newDirectory(): DirectoryNode {
  return { kind: 'directory', entries: new Map(), durable: new Map(), pending: [] }
}

function setEntry(directory: DirectoryNode, name: string, node: Node | undefined): void {
  if (node) directory.entries.set(name, node)
  else directory.entries.delete(name)
  directory.pending.push({ name, node })
}

function survivor(node: Node, fate: Fate, known: Map<Node, Node>): Node {
  const seen = known.get(node)
  if (seen) return seen
  const after = node.kind === 'file' ? survivingFile(node, fate) : newDirectory()
  known.set(node, after)
  if (node.kind === 'file' || after.kind === 'file') return after
  const entries = new Map(node.durable)
  for (const change of node.pending) {
    if (fate(2) === 0) continue
    if (change.node) entries.set(change.name, change.node)
    else entries.delete(change.name)
  }
  for (const [name, child] of entries) after.entries.set(name, survivor(child, fate, known))
  after.durable = new Map(after.entries)
  return after
}

/** Pending writes are lost, kept, or torn in the middle; a hole before a kept one reads as zeros. */
function survivingFile(file: FileNode, fate: Fate): FileNode {
  let bytes = Buffer.from(file.durable)
  for (const write of file.pending) {
    const outcome = fate(3)
    if (outcome === 0) continue
    const kept = outcome === 1 ? write.bytes : write.bytes.subarray(0, Math.floor(write.bytes.length / 2))
    const longer = Buffer.alloc(Math.max(bytes.length, write.at + kept.length))
    bytes.copy(longer)
    kept.copy(longer, write.at)
    bytes = longer
  }
  return { kind: 'file', bytes, durable: bytes, pending: [] }
}
