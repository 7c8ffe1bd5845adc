import type { Bucket, ObjectRow, PartRow } from '../store/model.ts'
import type { VersionIdentity } from '../store/verdict.ts'

/** One walk through all object versions there were when it began. */
export interface ScrubRound {
  roundId: number
  /** ms since the epoch */
  startedAt: number
  /** undefined: it runs, or goes on after a restart */
  finishedAt: number | undefined
  /** row numbers: of the first and last version, and of the last one that was checked */
  firstRow: number
  lastRow: number
  position: number
}

/** What was seen of one project; '' for versions whose bucket is not there. */
export interface ScrubTally {
  objects: number
  /** stored bytes that were read */
  bytes: number
  /** checked as far as goes without their key */
  withoutKey: number
  /** not checked, because the machine failed */
  unchecked: number
  damaged: number
}

export interface ScrubKeyUse {
  projectId: string
  keyId: string
  uses: number
  refused: number
}

/** What happened since the position was kept last. */
export interface ScrubProgress {
  position: number
  tallies: ReadonlyMap<string, ScrubTally>
  keyUses: readonly ScrubKeyUse[]
}

/** A version's rows as they lie there; `parts` undefined: they cannot be read. */
export interface ScrubbedRows {
  bucket: Bucket
  row: ObjectRow
  parts: PartRow[] | undefined
}

/** What the scrub asks of a database. */
export interface ScrubRepository {
  /** The round that runs, or should. */
  openRound(): Promise<ScrubRound | undefined>
  lastFinished(): Promise<ScrubRound | undefined>
  /** Opens a round over all versions there are; the open one, where there is one. */
  beginRound(at: number): Promise<ScrubRound>
  /** Row numbers of versions (no delete markers), in order; bare numbers, so that no damage can get in the way. */
  rowsAfter(position: number, lastRow: number, limit: number): Promise<number[]>
  /**
   * The rows of one version at one moment, 'gone' when there is none any more.
   * @throws StoreError ObjectCorrupt when its own row or its bucket cannot be read
   */
  readVersion(row: number): Promise<ScrubbedRows | 'gone'>
  /** Its bare text, whatever it is. */
  identify(row: number): Promise<VersionIdentity | undefined>
  /** Position and counts in one transaction: what is done twice after a crash is counted once. */
  advance(roundId: number, progress: ScrubProgress): Promise<void>
  keyUses(roundId: number): Promise<ScrubKeyUse[]>
  finishRound(roundId: number, at: number): Promise<void>
  /** Closes findings of versions that were replaced or deleted. */
  closeGone(at: number): Promise<void>
}
