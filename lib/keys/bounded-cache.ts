export interface BoundedCacheOptions<V> {
  /** most entries held; the least recently used goes first */
  limit: number
  /** ms an entry may be used; undefined: until it is evicted */
  lifetimeMs?: number
  /** ms since the epoch */
  now?: () => number
  /** Called with every value that leaves the cache, e.g. to wipe a key. */
  onEvict?: (value: V) => void
}

/** A least-recently-used cache with an optional lifetime. */
export class BoundedCache<V> {
  readonly #entries = new Map<string, { value: V; expiresAt: number }>()
  readonly #options: BoundedCacheOptions<V>
  readonly #now: () => number
  /** used last: most servers use one key after another time and again, and moving it in the Map costs more than finding it */
  #newest: string | undefined

  constructor(options: BoundedCacheOptions<V>) {
    this.#options = options
    this.#now = options.now ?? Date.now
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    if (entry.expiresAt <= this.#now()) {
      this.delete(key)
      return undefined
    }
    if (key !== this.#newest) {
      // A Map keeps the order of insertion: putting it back makes it the most recently used.
      this.#entries.delete(key)
      this.#entries.set(key, entry)
      this.#newest = key
    }
    return entry.value
  }

  set(key: string, value: V): void {
    this.delete(key)
    const { limit, lifetimeMs } = this.#options
    const expiresAt = lifetimeMs === undefined ? Infinity : this.#now() + lifetimeMs
    this.#entries.set(key, { value, expiresAt })
    this.#newest = key
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= limit) break
      this.delete(oldest)
    }
  }

  delete(key: string): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    this.#entries.delete(key)
    this.#options.onEvict?.(entry.value)
  }

  /** The names of the entries, as they are now. */
  keys(): string[] {
    return [...this.#entries.keys()]
  }

  clear(): void {
    for (const key of this.keys()) this.delete(key)
  }
}
