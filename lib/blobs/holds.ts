/**
 * Blobs that somebody is in the middle of reading. A download may outlast every grace: an object of 10,000 parts is
 * replaced while a slow client still reads its first, and the others must wait for it. Counts live in this process,
 * which is the only one that deletes from its directory.
 */
export class Holds {
  readonly #counts = new Map<string, number>()
  readonly #waiting = new Map<string, () => void>()

  /** Keeps these blobs until the answer is called; calling it again does nothing. */
  hold(ids: readonly string[]): () => void {
    for (const id of ids) this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1)
    let held = true
    return () => {
      if (!held) return
      held = false
      for (const id of ids) this.#release(id)
    }
  }

  /** True when the blob is held; `remove` then runs when nobody holds it any more. */
  postpone(id: string, remove: () => void): boolean {
    if (!this.#counts.has(id)) return false
    this.#waiting.set(id, remove)
    return true
  }

  #release(id: string): void {
    const count = (this.#counts.get(id) ?? 0) - 1
    if (count > 0) return void this.#counts.set(id, count)
    this.#counts.delete(id)
    const remove = this.#waiting.get(id)
    this.#waiting.delete(id)
    remove?.()
  }
}
