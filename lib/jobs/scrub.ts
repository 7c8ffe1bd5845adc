import type { AuditLog } from '../audit/model.ts'
import type { IntegrityLog } from '../store/integrity-log.ts'
import type { VerifyDeps } from '../store/verify-version.ts'
import type { Pace } from './scrub-pace.ts'
import type { ScrubRepository, ScrubRound } from './scrub-repository.ts'
import { RoundTally } from './scrub-tally.ts'
import { scrubVersion, type ScrubResult } from './scrub-version.ts'

const DAY = 86_400_000
/** Versions whose numbers are fetched at once. */
const BATCH = 200
/** Position and counts are kept this often, ms: what a crash makes the scrub read again. */
const KEEP_EVERY = 2000
/** A small object costs its look-ups and keys, not its bytes: it counts as this many. */
const LEAST_BYTES = 64 * 1024

export interface ScrubDeps extends VerifyDeps {
  repository: ScrubRepository
  integrity: Pick<IntegrityLog, 'keep'>
  audit: Pick<AuditLog, 'append'>
  pace: Pick<Pace, 'spend'>
  /** days from the beginning of one round to that of the next; 0: only when somebody asks */
  periodDays: number
  /** ms since the epoch */
  now: () => number
}

/** Reads and verifies everything that is stored, again and again, unnoticed (crypto-and-reliability.md §6, step 8). */
export interface Scrubber {
  /** Goes on with the open round, or begins one whose time has come; resolves at its end or at `stop`. One at a time. */
  run(): Promise<void>
  /** Opens a round now, durably, and begins to work on it; the running one, where there is one. */
  start(): Promise<ScrubRound>
  /** When the next round is due, ms since the epoch; undefined while one runs, and when none is planned. */
  nextAt(): Promise<number | undefined>
  /** Keeps the position and ends; what it was reading is read again by the next process. */
  stop(): Promise<void>
}

export function createScrubber(deps: ScrubDeps): Scrubber {
  return new PacedScrubber(deps)
}

class PacedScrubber implements Scrubber {
  readonly #deps: ScrubDeps
  readonly #stopping = new AbortController()
  #running: Promise<void> | undefined

  constructor(deps: ScrubDeps) {
    this.#deps = deps
  }

  run(): Promise<void> {
    return (this.#running ??= this.#run().finally(() => (this.#running = undefined)))
  }

  async start(): Promise<ScrubRound> {
    const round = await this.#deps.repository.beginRound(this.#deps.now())
    this.run().catch(reportFailure)
    return round
  }

  async nextAt(): Promise<number | undefined> {
    const { repository, periodDays } = this.#deps
    if (periodDays === 0 || (await repository.openRound())) return undefined
    const last = await repository.lastFinished()
    return last ? last.startedAt + periodDays * DAY : this.#deps.now()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running?.catch(() => undefined)
  }

  async #run(): Promise<void> {
    const { repository, now } = this.#deps
    await repository.closeGone(now())
    const open = await repository.openRound()
    if (open) return this.#work(open)
    const due = await this.nextAt()
    if (due !== undefined && due <= now()) await this.#work(await repository.beginRound(now()))
  }

  async #work(round: ScrubRound): Promise<void> {
    const { repository, now } = this.#deps
    const tally = new RoundTally(round.position, now())
    const keep = async (): Promise<void> => {
      if (tally.isEmpty()) return
      await repository.advance(round.roundId, tally.take(now()))
    }
    try {
      for (;;) {
        const rows = await repository.rowsAfter(tally.position, round.lastRow, BATCH)
        if (rows.length === 0) break
        for (const row of rows) {
          await this.#one(row, tally)
          if (now() - tally.keptAt >= KEEP_EVERY) await keep()
        }
      }
    } catch (error) {
      await keep()
      if (this.#stopping.signal.aborted) return
      throw error
    }
    await keep()
    await this.#finish(round)
  }

  async #one(row: number, tally: RoundTally): Promise<void> {
    const { signal } = this.#stopping
    const { integrity, pace, now } = this.#deps
    signal.throwIfAborted()
    let spent = 0
    const onRead = async (bytes: number): Promise<void> => {
      signal.throwIfAborted()
      spent += bytes
      await pace.spend(bytes, signal)
    }
    const { seen, found } = await scrubVersion(this.#deps, row, onRead).catch(
      (error: unknown): ScrubResult => {
        signal.throwIfAborted()
        // One version that cannot be looked at must not hold up all the others.
        reportFailure(error)
        return { seen: { kind: 'unchecked' } }
      },
    )
    // Not caught: a round must not go past damage that could not be written down.
    if (found) await integrity.keep(found.identity, found.verdict, { at: now(), by: 'scrub' })
    tally.count(row, seen)
    if (spent < LEAST_BYTES) await pace.spend(LEAST_BYTES - spent, signal)
  }

  /** One record a key and round: a use a version would be a log of nothing else. After a crash here it is there twice. */
  async #finish({ roundId }: ScrubRound): Promise<void> {
    const { repository, audit, now } = this.#deps
    for (const { projectId, keyId, uses, refused } of await repository.keyUses(roundId))
      await audit.append({
        at: now(),
        projectId: projectId === '' ? undefined : projectId,
        actor: { userId: undefined, accessKeyId: undefined, sourceAddress: undefined },
        action: 'coffer:ScrubObjects',
        keyId,
        keyVersion: undefined,
        bucket: undefined,
        objectKey: undefined,
        result: 'Success',
        requestId: undefined,
        details: { round: roundId, uses, refused },
      })
    await repository.closeGone(now())
    await repository.finishRound(roundId, now())
  }
}

/** Without the message, which may quote what must not be logged. */
function reportFailure(error: unknown): void {
  const name = error instanceof Error ? error.name : 'unknown'
  console.error(JSON.stringify({ level: 'error', event: 'job-failed', job: 'scrub', errorName: name }))
}
