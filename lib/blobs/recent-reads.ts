/** Places remembered; 100 bytes each. */
const MOST = 4096

/** Large reads of late, by blob and place: what is read again soon is worth a place in the system's cache. */
export class RecentReads {
  /** in the order of their last use */
  readonly #places = new Set<string>()

  /** Was it read before? From now on it was. */
  again(id: string, offset: number): boolean {
    const place = `${id}@${offset}`
    const known = this.#places.delete(place)
    this.#places.add(place)
    if (this.#places.size > MOST) this.#places.delete(this.#places.values().next().value ?? place)
    return known
  }
}
