import { Worker } from 'node:worker_threads'
import type { FromThread, ToThread } from './hash-thread.ts'
import type { ChecksumAlgorithm } from './model.ts'

/** Bytes handed over at once: a message between threads costs some 30 µs. */
const SLOT_BYTES = 512 * 1024
const SLOTS = 3
/** Bodies hashed elsewhere at a time, 1.5 MiB of memory each; others are hashed where they are received. */
export const LANES = 8

/** Hashes one body on another thread. */
export interface RemoteHash {
  /** Resolves, or answers undefined at once, when the bytes are copied and may be used for other things. */
  update(bytes: Buffer): Promise<void> | undefined
  digests(): Promise<ReadonlyMap<ChecksumAlgorithm, Buffer>>
  /** The body will not end: its lane becomes free. Harmless after `digests`. */
  abandon(): void
}

/** Threads that hash. They are started when the first body comes, and keep no process alive. */
export class HashPool {
  readonly #limit: number
  readonly #threads: Thread[] = []
  readonly #slots: ArrayBuffer[] = []
  #lanes = 0
  #turn = 0
  #closed = false

  /** `threads`: at most so many. */
  constructor({ threads }: { threads: number }) {
    this.#limit = threads
  }

  /** Undefined when all lanes are taken, and where there is but one processor: hash in place instead. */
  begin(algorithms: ChecksumAlgorithm[]): RemoteHash | undefined {
    if (this.#limit < 1 || this.#closed || this.#lanes >= LANES) return undefined
    this.#lanes += 1
    return new HashLane(this.#thread(), algorithms, {
      take: () => this.#slots.pop() ?? new ArrayBuffer(SLOT_BYTES),
      giveBack: (slots) => void this.#slots.push(...slots),
      leave: () => (this.#lanes -= 1),
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.all(this.#threads.splice(0).map((thread) => thread.close()))
  }

  #thread(): Thread {
    const index = this.#turn++ % this.#limit
    const known = this.#threads[index]
    // A thread that failed took its bodies with it; the next ones get a new one.
    if (known !== undefined && known.failure === undefined) return known
    return (this.#threads[index] = new Thread())
  }
}

type Listener = (message: FromThread) => void

class Thread {
  failure: Error | undefined
  readonly #worker = new Worker(new URL('./hash-thread.ts', import.meta.url))
  readonly #lanes = new Map<number, { heard: Listener; failed: (error: Error) => void }>()
  #next = 0

  constructor() {
    this.#worker.unref()
    this.#worker.on('message', (message: FromThread) => this.#lanes.get(message.lane)?.heard(message))
    this.#worker.on('error', (error: Error) => this.#fail(error))
    this.#worker.on('exit', () => this.#fail(new Error('The hashing thread ended')))
  }

  open(heard: Listener, failed: (error: Error) => void): number {
    const lane = this.#next++
    this.#lanes.set(lane, { heard, failed })
    return lane
  }

  shut(lane: number): void {
    this.#lanes.delete(lane)
  }

  tell(message: ToThread, moved: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, moved)
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  #fail(error: Error): void {
    this.failure ??= error
    for (const { failed } of this.#lanes.values()) failed(this.failure)
    this.#lanes.clear()
  }
}

interface Memory {
  take(): ArrayBuffer
  giveBack(slots: ArrayBuffer[]): void
  /** once, when the thread has answered for the last time or failed */
  leave(): void
}

/** One body: slots are filled here in turn, moved to the thread, and come back when it has hashed them. */
class HashLane implements RemoteHash {
  readonly #thread: Thread
  readonly #lane: number
  readonly #memory: Memory
  /** at home */
  #slots: ArrayBuffer[] = []
  /** made so far, here or with the thread */
  #made = 0
  #filling: Buffer | undefined
  #filled = 0
  #ended = false
  #failure: Error | undefined
  #digests: ReadonlyMap<ChecksumAlgorithm, Buffer> | undefined
  #wake: (() => void) | undefined

  constructor(thread: Thread, algorithms: ChecksumAlgorithm[], memory: Memory) {
    this.#thread = thread
    this.#memory = memory
    this.#lane = thread.open(
      (message) => this.#hear(message),
      (error) => this.#fail(error),
    )
    thread.tell({ say: 'begin', lane: this.#lane, algorithms })
  }

  update(bytes: Buffer): Promise<void> | undefined {
    const rest = this.#take(bytes)
    return rest.length === 0 ? undefined : this.#takeLater(rest)
  }

  async digests(): Promise<ReadonlyMap<ChecksumAlgorithm, Buffer>> {
    if (this.#filled > 0) this.#send()
    this.#end('end')
    while (this.#digests === undefined) await this.#next()
    return this.#digests
  }

  abandon(): void {
    this.#end('abandon')
  }

  /** Copies what fits now; answers with what does not. */
  #take(bytes: Buffer): Buffer {
    if (this.#failure) throw this.#failure
    let rest = bytes
    while (rest.length > 0) {
      this.#filling ??= this.#slot()
      if (this.#filling === undefined) break
      const taken = rest.copy(this.#filling, this.#filled)
      this.#filled += taken
      rest = rest.subarray(taken)
      if (this.#filled === SLOT_BYTES) this.#send()
    }
    return rest
  }

  async #takeLater(bytes: Buffer): Promise<void> {
    for (let rest = bytes; rest.length > 0; rest = this.#take(rest)) await this.#next()
  }

  #slot(): Buffer | undefined {
    const known = this.#slots.pop()
    if (known !== undefined) return Buffer.from(known)
    if (this.#made >= SLOTS) return undefined
    this.#made += 1
    return Buffer.from(this.#memory.take())
  }

  #send(): void {
    const slot = this.#filling!.buffer as ArrayBuffer
    this.#thread.tell({ say: 'hash', lane: this.#lane, slot, length: this.#filled }, [slot])
    this.#filling = undefined
    this.#filled = 0
  }

  #end(say: 'end' | 'abandon'): void {
    if (this.#ended) return
    this.#ended = true
    if (this.#failure === undefined) this.#thread.tell({ say, lane: this.#lane })
  }

  /** Until the thread says something. @throws when it failed */
  async #next(): Promise<void> {
    if (this.#failure === undefined)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    if (this.#failure) throw this.#failure
  }

  #hear(message: FromThread): void {
    if (message.say === 'hashed') this.#slots.push(message.slot)
    else {
      this.#digests = new Map([...message.digests].map(([name, digest]) => [name, Buffer.from(digest)]))
      this.#thread.shut(this.#lane)
      if (this.#filling) this.#slots.push(this.#filling.buffer as ArrayBuffer)
      this.#memory.giveBack(this.#slots)
      this.#memory.leave()
    }
    this.#wake?.()
  }

  #fail(error: Error): void {
    this.#failure = error
    this.#memory.leave()
    this.#wake?.()
  }
}
