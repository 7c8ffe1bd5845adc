import type { Sqlite } from './connections.ts'

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
}

type Outcome = { ok: true; value: unknown } | { ok: false; error: unknown }

/**
 * The one way to write. Writes that are ready together share one commit (group commit: one fsync for all)
 * and are answered after it; each runs in its own savepoint, so one that refuses does not spoil the others.
 */
export class WriterQueue {
  readonly #db: Sqlite
  readonly #run: Record<'begin' | 'commit' | 'savepoint' | 'release' | 'undo', () => void>
  readonly #waiting: (Batched | Exclusive)[] = []
  #scheduled = false
  #held = false

  constructor(db: Sqlite) {
    this.#db = db
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

  /** Waits until nobody writes and keeps all others waiting until `release` is called. */
  acquire(): Promise<() => void> {
    return new Promise((start) => {
      this.#waiting.push({ kind: 'exclusive', start })
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
      this.#run.begin()
      outcomes = batch.map(({ work }) => this.#inSavepoint(work))
      this.#run.commit()
    } catch (error) {
      // A failed commit is unknown to have reached the disk: nobody in it is acknowledged.
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK')
      for (const { reject } of batch) reject(error)
      return
    }
    outcomes.forEach((outcome, i) =>
      outcome.ok ? batch[i]!.resolve(outcome.value) : batch[i]!.reject(outcome.error),
    )
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
      return { ok: false, error }
    }
  }
}
