import type { Rates } from './model.ts'

/** Rates shown are those of the last seconds. */
const SHOWN_MS = 10_000
/** Fewer say nothing of the next job. */
const LEAST_OBJECTS = 200
/** How much a job counts against all before it. */
const WEIGHT = 0.5

export interface WindowWork {
  objects: number
  bytes: number
  /** it took, waiting for a throttle not included */
  ms: number
  rewrapped: number
  rewritten: number
  rewrittenBytes: number
}

/** How fast a job works: for the people who watch it, and for the estimates of later ones. */
export class RateMeter {
  readonly #now: () => number
  readonly #startedAt: number
  #recent: { at: number; objects: number; bytes: number }[] = []
  #rewraps = { objects: 0, ms: 0 }
  #rewrites = { objects: 0, bytes: 0, ms: 0 }

  constructor(now: () => number) {
    this.#now = now
    this.#startedAt = now()
  }

  add({ objects, bytes, ms, rewrapped, rewritten, rewrittenBytes }: WindowWork): void {
    this.#recent.push({ at: this.#now(), objects, bytes })
    this.#forgetOld()
    // Mixed windows tell nothing of either kind.
    if (rewrapped === objects) {
      this.#rewraps.objects += objects
      this.#rewraps.ms += ms
    } else if (rewritten === objects) {
      this.#rewrites.objects += objects
      this.#rewrites.bytes += rewrittenBytes
      this.#rewrites.ms += ms
    }
  }

  /** Objects and plaintext bytes a second, over the last seconds; undefined: nothing yet. */
  shown(): { objectsPerSecond: number; bytesPerSecond: number } | undefined {
    this.#forgetOld()
    if (this.#recent.length === 0) return undefined
    const seconds = Math.max(0.5, (this.#now() - Math.max(this.#startedAt, this.#now() - SHOWN_MS)) / 1000)
    const sum = (of: 'objects' | 'bytes'): number => this.#recent.reduce((total, one) => total + one[of], 0)
    return { objectsPerSecond: sum('objects') / seconds, bytesPerSecond: sum('bytes') / seconds }
  }

  /** What later estimates go by, after this job. */
  learned(before: Rates): Rates {
    const { rewrapsPerSecond, rewritesPerSecond, rewrittenBytesPerSecond } = before
    const rewraps = this.#rewraps
    const after = { ...before }
    if (rewraps.objects >= LEAST_OBJECTS)
      after.rewrapsPerSecond = blend(rewrapsPerSecond, (rewraps.objects / rewraps.ms) * 1000)
    const { objects, bytes, ms } = this.#rewrites
    if (objects >= LEAST_OBJECTS || bytes >= rewrittenBytesPerSecond) {
      // Both rates together explain the time; each is corrected by the same factor.
      const expected = (objects / rewritesPerSecond + bytes / rewrittenBytesPerSecond) * 1000
      const factor = expected / Math.max(1, ms)
      after.rewritesPerSecond = blend(rewritesPerSecond, rewritesPerSecond * factor)
      after.rewrittenBytesPerSecond = blend(rewrittenBytesPerSecond, rewrittenBytesPerSecond * factor)
    }
    return after
  }

  #forgetOld(): void {
    const oldest = this.#now() - SHOWN_MS
    while (this.#recent[0] !== undefined && this.#recent[0].at < oldest) this.#recent.shift()
  }
}

function blend(before: number, measured: number): number {
  return before * (1 - WEIGHT) + measured * WEIGHT
}
