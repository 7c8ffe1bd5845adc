import { storageFull } from '../errors.ts'
import type { Sqlite } from './connections.ts'
import { hasCode } from './has-code.ts'

/** Most writes that share one transaction: bounds how long a commit blocks the event loop. */
const MAX_BATCH = 128

interface Batched {
  kind: 'batched'
  work: () => unknown
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
}

interface Exclusive {
  kind: 'exclusive'
  start: (release: () => void) => void
  reject: (error: unknown) => void
}

type Outcome = { ok: true; value: unknown } | { ok: false; error: unknown }

/**
 * The one way to write. Writes that are ready together share one commit (group commit: one sync for all)
 * and are answered when it is durable; each runs in its own savepoint, so one that refuses does not spoil the others.
 *
 * The next transaction begins when the one before is on the disk: none is ever built upon what a power cut could take
 * back. Meanwhile requests are served, and writes gather for the next commit.
 */
export class WriterQueue {
  readonly #db: Sqlite
  readonly #sync: () => Promise<void>
  readonly #run: Record<'begin' | 'commit' | 'savepoint' | 'release' | 'undo', () => void>
  readonly #waiting: (Batched | Exclusive)[] = []
  #scheduled = false
  #held = false
  #syncing: Promise<unknown> | undefined
  #doubted = false

  /**
   * @param db in WAL mode with synchronous=NORMAL or better, or a torn log would be believed
   * @param sync resolves when all that was committed is on the disk
   */
  constructor(db: Sqlite, sync: () => Promise<void>) {
    this.#db = db
    this.#sync = sync
    const prepared = (sql: string): (() => void) => {
      const statement = db.prepare(sql)
      return () => void statement.run()
    }
    this.#run = {
      begin: prepared('BEGIN IMMEDIATE'),
      commit: prepared('COMMIT'),
      savepoint: prepared('SAVEPOINT one'),
      release: prepared('RELEASE one'),
      undo: prepared('ROLLBACK TO one'),
    }
  }

  /** Runs `work` synchronously inside a transaction; resolves when it is durable. */
  write<T>(work: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ kind: 'batched', work, resolve: resolve as (value: unknown) => void, reject })
      this.#schedule()
    })
  }

  /**
   * Waits until nobody writes and keeps all others waiting until `release` is called; who holds it syncs what he commits.
   * @throws an Error while the log of the database cannot be brought to the disk
   */
  acquire(): Promise<() => void> {
    return new Promise((start, reject) => {
      this.#waiting.push({ kind: 'exclusive', start, reject })
      this.#schedule()
    })
  }

  async exclusive<T>(work: () => Promise<T>): Promise<T> {
    const release = await this.acquire()
    try {
      return await work()
    } finally {
      release()
    }
  }

  /**
   * Resolves when what others can see now will outlast a power cut; undefined: it does already. Rejects while the log cannot
   * be brought to the disk, for what is seen then was refused to its writer and may be gone tomorrow.
   */
  settled(): Promise<unknown> | undefined {
    return this.#syncing ?? (this.#doubted ? this.#mended() : undefined)
  }

  async #mended(): Promise<void> {
    this.#mendIfDoubted()
  }

  #schedule(): void {
    if (this.#scheduled || this.#held || this.#waiting.length === 0) return
    this.#scheduled = true
    // After the I/O of this turn, so that all writes it made ready go into one commit.
    setImmediate(() => {
      this.#scheduled = false
      this.#drain()
    })
  }

  #drain(): void {
    if (this.#held) return
    const first = this.#waiting[0]
    if (first?.kind === 'exclusive') {
      this.#waiting.shift()
      this.#hold(first)
      return
    }
    const batch: Batched[] = []
    while (batch.length < MAX_BATCH && this.#waiting[0]?.kind === 'batched')
      batch.push(this.#waiting.shift() as Batched)
    if (batch.length > 0) this.#commit(batch)
    this.#schedule()
  }

  #hold(holder: Exclusive): void {
    try {
      this.#mendIfDoubted()
    } catch (error) {
      holder.reject(error)
      return this.#schedule()
    }
    this.#held = true
    let released = false
    holder.start(() => {
      if (released) return
      released = true
      this.#held = false
      this.#schedule()
    })
  }

  #commit(batch: readonly Batched[]): void {
    let outcomes: Outcome[]
    try {
      this.#mendIfDoubted()
      this.#run.begin()
      outcomes = batch.map(({ work }) => this.#inSavepoint(work))
      this.#run.commit()
    } catch (error) {
      // A failed commit is unknown to have reached the disk: nobody in it is acknowledged.
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK')
      return refuse(batch, refusalOf(error))
    }
    this.#held = true
    this.#syncing = this.#sync().then(
      () => settle(batch, outcomes),
      (error: unknown) => {
        this.#doubted = true
        refuse(batch, error)
        throw error
      },
    )
    const next = (): void => {
      this.#held = false
      this.#syncing = undefined
      this.#schedule()
    }
    this.#syncing.then(next, next)
  }

  /**
   * After a sync that failed, the system holds for clean what the disk does not have, and a later sync of the same log
   * would succeed and prove nothing ("Can applications recover from fsync failures?", USENIX ATC 2020). So the log is
   * given up: all of it is written to the database anew, which is synced, before anything is built upon it.
   * @throws an Error while that cannot be done
   */
  #mendIfDoubted(): void {
    if (!this.#doubted) return
    const [{ busy } = { busy: 1 }] = this.#db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[]
    if (busy !== 0) throw new Error('The log of the database could not be brought to the disk')
    this.#doubted = false
  }

  #inSavepoint(work: () => unknown): Outcome {
    this.#run.savepoint()
    try {
      const value = work()
      this.#run.release()
      return { ok: true, value }
    } catch (error) {
      // A full disk or an I/O error ends the whole transaction by itself: then all of the batch must fail.
      if (!this.#db.inTransaction) throw error
      this.#run.undo()
      this.#run.release()
      return { ok: false, error: refusalOf(error) }
    }
  }
}

/** Where the disk was full, the log has no whole commit, so nothing was written: that is known, unlike after an I/O error. */
function refusalOf(error: unknown): unknown {
  return hasCode(error, 'SQLITE_FULL') ? storageFull({}, error) : error
}

function settle(batch: readonly Batched[], outcomes: readonly Outcome[]): void {
  outcomes.forEach((outcome, i) =>
    outcome.ok ? batch[i]!.resolve(outcome.value) : batch[i]!.reject(outcome.error),
  )
}

function refuse(batch: readonly Batched[], error: unknown): void {
  for (const { reject } of batch) reject(error)
}
