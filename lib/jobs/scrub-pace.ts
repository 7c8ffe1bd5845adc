import { setTimeout as wait } from 'node:timers/promises'

/** A timer that comes this much too late, ms, tells that others wait for the processor. */
const BUSY_MS = 20
/** How long the scrub then stands aside, ms, and how often in a row: a busy server must not stop it for good. */
const ASIDE_MS = 250
const MOST_ASIDE = 8
/** A pause shorter than this, ms, costs more than it gives. */
const SHORTEST_MS = 20

export interface PaceOptions {
  bytesPerSecond: number
  /** ms since any moment */
  now?: () => number
  /** resolves early when the signal is aborted */
  sleep?: (ms: number, signal: AbortSignal) => Promise<void>
}

/** Keeps a reader of everything from being felt: so many bytes a second, fewer while the event loop is late. */
export class Pace {
  readonly #rate: number
  readonly #now: () => number
  readonly #sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** when all that was read should have been read at this rate */
  #due: number

  constructor({ bytesPerSecond, now = () => performance.now(), sleep = pause }: PaceOptions) {
    this.#rate = bytesPerSecond
    this.#now = now
    this.#sleep = sleep
    this.#due = now()
  }

  /** After `bytes` were read. */
  async spend(bytes: number, signal: AbortSignal): Promise<void> {
    // Time in which nothing was read is not saved up for a burst.
    this.#due = Math.max(this.#due, this.#now() - 1000) + (bytes / this.#rate) * 1000
    let pause = this.#due - this.#now()
    if (pause < SHORTEST_MS) return
    for (let aside = 0; aside <= MOST_ASIDE && !signal.aborted; aside++) {
      if ((await this.#lateness(pause, signal)) < BUSY_MS) return
      pause = ASIDE_MS
    }
  }

  /** Sleeps; how many ms too long, which is the delay of the event loop. */
  async #lateness(ms: number, signal: AbortSignal): Promise<number> {
    const before = this.#now()
    await this.#sleep(ms, signal)
    return this.#now() - before - ms
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal, ref: false }).catch(() => undefined)
}
