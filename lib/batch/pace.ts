import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks'
import type { Throttle } from './model.ts'

/** Windows share commits: with fewer, the disk's syncs would cost more than they spare others. */
const SMALLEST = 32
const LARGEST = 128
const FIRST = 64
const STEP = 8
/** Others wait about so long for their turn while a window is worked off. */
const MOST_DELAY_MS = 60
const CALM_DELAY_MS = 30
/** At a low throttle, so many steps a second instead of one burst. */
const STEPS_A_SECOND = 4
/** What was not used up does not make up for later. */
const BURST_SECONDS = 1

/**
 * How many objects a job takes at once: more while the event loop is calm, half as many as soon as it is late, for
 * whatever reason, so that ordinary traffic comes first.
 */
export class WindowSize {
  readonly #delay: IntervalHistogram = monitorEventLoopDelay({ resolution: 5 })
  #size = FIRST

  constructor() {
    this.#delay.enable()
  }

  get size(): number {
    return this.#size
  }

  /** After each window. */
  adapt(): void {
    const delayMs = this.#delay.count > 0 ? this.#delay.max / 1e6 : 0
    this.#delay.reset()
    if (delayMs > MOST_DELAY_MS) this.#size = Math.max(SMALLEST, this.#size >> 1)
    else if (delayMs < CALM_DELAY_MS) this.#size = Math.min(LARGEST, this.#size + STEP)
  }

  stop(): void {
    this.#delay.disable()
  }
}

/** A bucket of tokens for objects and one for bytes; a large object leaves a debt that is waited off. */
export class ThrottleMeter {
  #throttle: Throttle
  #objects = 0
  #bytes = 0
  #at: number
  readonly #now: () => number

  constructor(throttle: Throttle, now: () => number) {
    this.#throttle = throttle
    this.#now = now
    this.#at = now()
  }

  set(throttle: Throttle): void {
    this.#refill()
    this.#throttle = throttle
    this.#objects = Math.min(this.#objects, throttle.objectsPerSecond ?? 0)
    this.#bytes = Math.min(this.#bytes, throttle.bytesPerSecond ?? 0)
  }

  /** Objects that may be taken at once, of at most `wanted`. */
  most(wanted: number): number {
    const { objectsPerSecond } = this.#throttle
    if (objectsPerSecond === undefined) return wanted
    return Math.max(1, Math.min(wanted, Math.ceil(objectsPerSecond / STEPS_A_SECOND)))
  }

  /** Milliseconds until `objects` may be done. */
  waitMs(objects: number): number {
    this.#refill()
    const { objectsPerSecond, bytesPerSecond } = this.#throttle
    const forObjects = objectsPerSecond === undefined ? 0 : (objects - this.#objects) / objectsPerSecond
    const forBytes = bytesPerSecond === undefined ? 0 : -this.#bytes / bytesPerSecond
    return Math.max(0, forObjects, forBytes) * 1000
  }

  spend(objects: number, bytes: number): void {
    this.#refill()
    this.#objects -= objects
    this.#bytes -= bytes
  }

  #refill(): void {
    const { objectsPerSecond = 0, bytesPerSecond = 0 } = this.#throttle
    const seconds = Math.max(0, this.#now() - this.#at) / 1000
    this.#at = this.#now()
    this.#objects = Math.min(this.#objects + seconds * objectsPerSecond, objectsPerSecond * BURST_SECONDS)
    this.#bytes = Math.min(this.#bytes + seconds * bytesPerSecond, bytesPerSecond * BURST_SECONDS)
  }
}
