import type { AuditHead, ChainEnd } from './chain.ts'
import type { AuditRecord } from './model.ts'

/** Calls of the key service to be added to what was counted. */
export interface KeyUseCount {
  keyId: string
  /** '' where nobody is known */
  userId: string
  /** days since 1970-01-01 UTC */
  day: number
  /** IAM's name */
  action: string
  calls: number
  /** of these, how many were refused */
  denied: number
}

/** What one transaction adds to the log. */
export interface ChainExtension {
  records: readonly AuditRecord[]
  head: AuditHead
  uses: readonly KeyUseCount[]
}

/** What is looked for. Every field that is given must fit. */
export interface AuditFilter {
  /** undefined: what belongs to no project (sign-ins, the installation's own acts) */
  projectId: string | undefined
  /** ms since the epoch; `from` inclusive, `to` exclusive */
  from?: number | undefined
  to?: number | undefined
  keyId?: string | undefined
  userId?: string | undefined
  accessKeyId?: string | undefined
  /** IAM's name, or its beginning */
  action?: string | undefined
  /** undefined: both */
  result?: 'success' | 'refused' | undefined
  bucket?: string | undefined
  objectPrefix?: string | undefined
}

/** A record with the name of who did it, as he is called now. */
export interface FoundRecord extends AuditRecord {
  actorName: string | undefined
}

/** One piece of a search: it looks at a limited number of rows, so that no search holds up the server. */
export interface FoundRecords {
  records: FoundRecord[]
  /** where to go on: the last sequence looked at; undefined: all was looked at */
  scannedTo: number | undefined
}

export type CountedUse = KeyUseCount & { userName: string | undefined }

/** A link of the chain without what was done: enough to prove that nothing lies between. */
export type ChainLink = Pick<AuditRecord, 'sequence' | 'previousHash' | 'hash'>

export interface AuditRepository {
  /**
   * Hands the end of the chain to `extend` inside the transaction, and writes what it answers (undefined: nothing).
   * Durable when resolved.
   */
  extend(extend: (end: ChainEnd | undefined) => ChainExtension | undefined): Promise<void>
  /** The last record as it lies in the table, and when it was. */
  end(): Promise<(ChainEnd & { at: number }) | undefined>
  /** The head as it was written with the last record. */
  head(): Promise<AuditHead | undefined>
  /** Newest first, below `before`. */
  findBefore(filter: AuditFilter, before: number, limit: number): Promise<FoundRecords>
  /** Oldest first, above `after`. */
  findAfter(filter: AuditFilter, after: number, limit: number): Promise<FoundRecords>
  /** Records of all projects in their order, above `after`: for verification. */
  chain(after: number, limit: number): Promise<AuditRecord[]>
  /** from `fromDay` on, ordered by day */
  keyUses(keyId: string, fromDay: number): Promise<CountedUse[]>
}
