import type { ScrubRound, ScrubTally } from '../jobs/scrub-repository.ts'
import type { Damage, VersionIdentity } from '../store/verdict.ts'

/** Damage of one version, from when it was seen until it was gone. Times are ms since the epoch. */
export interface Finding extends VersionIdentity {
  findingId: number
  /** the first places */
  damage: Damage[]
  damageCount: number
  foundBy: 'check' | 'scrub'
  firstSeen: number
  lastSeen: number
  /** undefined: open */
  resolvedAt: number | undefined
  /** a later check passed, or the version was replaced or deleted */
  resolution: 'passed' | 'gone' | undefined
}

export interface FindingScope {
  projectId: string
  /** also those whose row names no bucket that is there */
  homeless: boolean
}

export interface FindingQuery extends FindingScope {
  state: 'open' | 'resolved'
  /** part of `bucket/key`; '' finds all */
  search: string
  /** finding ids below this one, newest first */
  before: number
  limit: number
}

/** What the database tells of findings and rounds. */
export interface IntegrityRepository {
  findings(query: FindingQuery): Promise<Finding[]>
  openFindings(scope: FindingScope): Promise<number>
  openFindingOf(bucket: string, key: string): Promise<Finding | undefined>
  runningRound(): Promise<ScrubRound | undefined>
  lastRound(): Promise<ScrubRound | undefined>
  /** Undefined: nothing of this project was seen (yet). */
  tally(roundId: number, projectId: string): Promise<ScrubTally | undefined>
}
