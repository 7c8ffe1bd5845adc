import type { VersionRow } from '../store/catalog.ts'
import type { VersionState } from '../store/lifecycle-rules.ts'
import { isObjectVersion } from '../store/version-ids.ts'

/**
 * Turns a walk over versions (by key, the newest first) into states, a key's versions knowing of each other. What is kept
 * between slices is one row, however many versions a key has.
 */
export class VersionStates {
  #key: string | undefined
  /** of the version above */
  #writtenAt = 0
  #noncurrent = 0
  /** the latest of its key and a delete marker: whether something lies beneath tells the next row */
  #marker: VersionState | undefined

  /** The states that are known now, in order. */
  add({ version, isLatest }: VersionRow): VersionState[] {
    // The latest begins its key anew even where the walk had to begin the key anew.
    const sameKey = this.#key === version.key && !isLatest
    const ready = this.#settled(!sameKey)
    if (isLatest) this.#begin(version.key)
    const state: VersionState = isLatest
      ? { version, isLatest }
      : { version, isLatest, ...(sameKey && this.#place()) }
    this.#writtenAt = version.lastModified
    if (isLatest && !isObjectVersion(version)) this.#marker = state
    else ready.push(state)
    return ready
  }

  /** After the last row. */
  end(): VersionState[] {
    return this.#settled(true)
  }

  #begin(key: string): void {
    this.#key = key
    this.#noncurrent = 0
  }

  /** Where the version above is not known, nothing is said of when it was superseded: no rule applies. */
  #place(): Pick<VersionState, 'supersededAt' | 'newerNoncurrent'> {
    return { supersededAt: this.#writtenAt, newerNoncurrent: this.#noncurrent++ }
  }

  #settled(alone: boolean): VersionState[] {
    const marker = this.#marker
    this.#marker = undefined
    return marker === undefined ? [] : [{ ...marker, alone }]
  }
}
