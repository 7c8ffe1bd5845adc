import type { Throttle } from './model.ts'

/**
 * What reaches a job while it runs: that it shall stop after the window at hand, or another throttle. Its waits end at
 * once then.
 */
export class JobControl {
  #stopping = false
  #throttle: Throttle | undefined
  #wake: (() => void) | undefined
  readonly #abort = new AbortController()

  get stopping(): boolean {
    return this.#stopping
  }

  /** Ends what takes long within a window: the rewriting of a large object, which is done again later. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  stop(): void {
    this.#stopping = true
    this.#wake?.()
  }

  abort(): void {
    this.stop()
    this.#abort.abort()
  }

  throttle(throttle: Throttle): void {
    this.#throttle = throttle
    this.#wake?.()
  }

  /** Another throttle since it was asked last. */
  takeThrottle(): Throttle | undefined {
    const throttle = this.#throttle
    this.#throttle = undefined
    return throttle
  }

  /** Sleeps until the time is over or something reached the job. */
  sleep(ms: number): Promise<void> {
    if (this.#stopping || this.#throttle !== undefined) return Promise.resolve()
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        this.#wake = undefined
        resolve()
      }
      const timer = setTimeout(done, ms)
      this.#wake = done
    })
  }
}
