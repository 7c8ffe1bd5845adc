import type { ScrubKeyUse, ScrubProgress, ScrubTally } from './scrub-repository.ts'

/** What became of one version. */
export type Scrubbed =
  | { kind: 'gone' }
  | { kind: 'unchecked' }
  | {
      kind: 'checked'
      projectId: string
      bytes: number
      damaged: boolean
      withoutKey: boolean
      /** the managed or service key that was asked */
      keyUse: { keyId: string; refused: boolean } | undefined
    }

/** Counts since the position was kept last. */
export class RoundTally {
  position: number
  keptAt: number
  #tallies = new Map<string, ScrubTally>()
  #uses = new Map<string, ScrubKeyUse>()
  #moved = false

  constructor(position: number, at: number) {
    this.position = position
    this.keptAt = at
  }

  isEmpty(): boolean {
    return !this.#moved
  }

  count(row: number, seen: Scrubbed): void {
    this.position = row
    this.#moved = true
    if (seen.kind === 'gone') return
    if (seen.kind === 'unchecked') {
      this.#of('').unchecked += 1
      return
    }
    const tally = this.#of(seen.projectId)
    tally.objects += 1
    tally.bytes += seen.bytes
    tally.damaged += Number(seen.damaged)
    tally.withoutKey += Number(seen.withoutKey)
    if (seen.keyUse) this.#use(seen.projectId, seen.keyUse)
  }

  /** Hands the counts over and begins anew. */
  take(at: number): ScrubProgress {
    const progress = { position: this.position, tallies: this.#tallies, keyUses: [...this.#uses.values()] }
    this.keptAt = at
    this.#tallies = new Map()
    this.#uses = new Map()
    this.#moved = false
    return progress
  }

  #of(projectId: string): ScrubTally {
    const known = this.#tallies.get(projectId)
    if (known) return known
    const fresh = { objects: 0, bytes: 0, withoutKey: 0, unchecked: 0, damaged: 0 }
    this.#tallies.set(projectId, fresh)
    return fresh
  }

  #use(projectId: string, { keyId, refused }: { keyId: string; refused: boolean }): void {
    const name = JSON.stringify([projectId, keyId])
    const use = this.#uses.get(name) ?? { projectId, keyId, uses: 0, refused: 0 }
    use.uses += 1
    use.refused += Number(refused)
    this.#uses.set(name, use)
  }
}
