import type { AuditRepository, ChainExtension } from './audit-repository.ts'
import { link, sealedHead, type ChainEnd } from './chain.ts'
import { keyUsesOf } from './metering.ts'
import type { AuditEvent, AuditLog, AuditRecord } from './model.ts'
import { wellFormed } from './well-formed.ts'

/** Recorded events are written after this at the latest. */
const WRITE_AFTER_MS = 500
/** So many of them are written at once, or sooner; bounds how long a commit blocks the event loop. */
const BATCH = 256
/** More than this is not kept in memory while the disk refuses writes. */
const MOST_WAITING = 20_000

export interface AuditLogOptions {
  repository: Pick<AuditRepository, 'extend'>
  /** 32 bytes, from the root under the purpose 'audit' */
  headKey: Buffer
  /** ms since the epoch */
  clock?: () => number
  /** most events in memory */
  mostWaiting?: number
}

export function createAuditLog(options: AuditLogOptions): AuditLog {
  return new BatchedAuditLog(options)
}

interface Waiting {
  event: AuditEvent
  settle: ((error?: unknown) => void) | undefined
}

/** One transaction's worth of events; tried again as it is until it is known to be on the disk. */
interface Attempt {
  events: AuditEvent[]
  /** so many of those that wait */
  waiting: number
  /** so many that were not kept */
  lost: number
  records: readonly AuditRecord[]
}

/** Collects events and adds them to the chain in batches, in the order in which they were reported. */
class BatchedAuditLog implements AuditLog {
  readonly #repository: Pick<AuditRepository, 'extend'>
  readonly #headKey: Buffer
  readonly #now: () => number
  readonly #most: number
  readonly #waiting: Waiting[] = []
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> | undefined
  #attempt: Attempt | undefined
  #lost = 0
  #failing = false

  constructor({ repository, headKey, clock = Date.now, mostWaiting = MOST_WAITING }: AuditLogOptions) {
    this.#repository = repository
    this.#headKey = headKey
    this.#now = clock
    this.#most = mostWaiting
  }

  record(event: AuditEvent): void {
    if (this.#isFull()) return
    this.#waiting.push({ event, settle: undefined })
    if (this.#waiting.length >= BATCH && !this.#failing) this.#startWriting()
    else this.#timer ??= setTimeout(() => this.#startWriting(), WRITE_AFTER_MS).unref()
  }

  append(event: AuditEvent): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#isFull()) return reject(new Error('The audit log cannot be written'))
      const settle = (error?: unknown): void => {
        if (error === undefined) resolve()
        else reject(error instanceof Error ? error : new Error('The audit log cannot be written'))
      }
      this.#waiting.push({ event, settle })
      this.#startWriting()
    })
  }

  async flush(): Promise<void> {
    await this.#writing?.catch(() => undefined)
    if (this.#hasWork()) await this.#write()
  }

  #isFull(): boolean {
    if (this.#waiting.length < this.#most) return false
    this.#lost += 1
    return true
  }

  #hasWork(): boolean {
    return this.#waiting.length > 0 || this.#lost > 0
  }

  #startWriting(): void {
    void this.#write().catch(() => undefined)
  }

  /** One at a time; who comes while it runs is taken along. */
  #write(): Promise<void> {
    return (this.#writing ??= this.#writeAll())
  }

  async #writeAll(): Promise<void> {
    // `#writing` must be set before it is cleared, and it is cleared in the moment in which nobody waits.
    await Promise.resolve()
    clearTimeout(this.#timer)
    this.#timer = undefined
    try {
      while (this.#hasWork()) await this.#writeBatch()
      this.#failing = false
    } catch (error) {
      this.#keepForLater(error)
      throw error
    } finally {
      this.#writing = undefined
    }
  }

  async #writeBatch(): Promise<void> {
    const attempt = (this.#attempt ??= this.#nextAttempt())
    await this.#repository.extend((end) => this.#extension(attempt, end))
    this.#attempt = undefined
    this.#lost -= attempt.lost
    for (const { settle } of this.#waiting.splice(0, attempt.waiting)) settle?.()
  }

  #nextAttempt(): Attempt {
    const batch = this.#waiting.slice(0, BATCH)
    const events = batch.map(({ event }) => wellFormed(event))
    const lost = this.#lost
    if (lost > 0) events.push(eventsLost(lost, this.#now()))
    return { events, waiting: batch.length, lost, records: [] }
  }

  /**
   * Runs inside the transaction, where nobody else can lengthen the chain. A commit that failed may have reached the
   * disk all the same: nothing is written twice.
   */
  #extension(attempt: Attempt, end: ChainEnd | undefined): ChainExtension | undefined {
    const before = attempt.records.at(-1)
    if (before !== undefined && end?.sequence === before.sequence && end.hash.equals(before.hash))
      return undefined
    const records = link(end, attempt.events)
    attempt.records = records
    return { records, head: sealedHead(this.#headKey, records.at(-1)!), uses: keyUsesOf(attempt.events) }
  }

  /** Acts are told that they are not on the disk; all stays in memory and is tried again. */
  #keepForLater(error: unknown): void {
    if (!this.#failing) console.error('[audit] the log cannot be written and is kept in memory', error)
    this.#failing = true
    for (const waiting of this.#waiting) {
      waiting.settle?.(error)
      waiting.settle = undefined
    }
    this.#timer ??= setTimeout(() => this.#startWriting(), WRITE_AFTER_MS).unref()
  }
}

/** The gap is part of the chain: nobody can say that nothing happened meanwhile. */
function eventsLost(count: number, at: number): AuditEvent {
  return {
    at,
    projectId: undefined,
    actor: { userId: undefined, accessKeyId: undefined, sourceAddress: undefined },
    action: 'coffer:AuditEventsLost',
    keyId: undefined,
    keyVersion: undefined,
    bucket: undefined,
    objectKey: undefined,
    result: 'InternalError',
    requestId: undefined,
    details: { count },
  }
}
