import type { AuditEvent, AuditLog } from '../audit/model.ts'
import { isStoreError } from '../errors.ts'
import { applyAction, giveUp, type LifecycleDeps } from '../store/lifecycle-actions.ts'
import {
  abortingRule,
  lifecycleAction,
  walkedPrefixes,
  type LifecycleAction,
  type VersionState,
} from '../store/lifecycle-rules.ts'
import type { VersionRow } from '../store/catalog.ts'
import type { Bucket, UploadRow } from '../store/model.ts'
import type { LifecyclePosition, LifecycleRepository, LifecycleRun } from './lifecycle-repository.ts'
import type { Pace } from './scrub-pace.ts'
import { VersionStates } from './version-states.ts'

const HOUR = 3_600_000
/** Rows that are looked at, and actions that are done, at once. */
const SLICE = 200
/** The position is kept this often, ms: what a crash makes the job look at again. */
const KEEP_EVERY = 2000
/** What a row that is looked at, and one that is changed, costs of the pace. */
const LOOK_BYTES = 1024
const CHANGE_BYTES = 16 * 1024

export interface LifecycleJobDeps extends LifecycleDeps {
  repository: LifecycleRepository
  audit: Pick<AuditLog, 'append'>
  pace: Pick<Pace, 'spend'>
  /** hours between runs, counted so that 24 is midnight UTC; 0: never */
  everyHours: number
}

/**
 * Deletes, moves and gives up what the lifecycle rules of buckets say (S3 user guide, "Managing the lifecycle of objects").
 * Run again, or killed anywhere, it does what is left to do: each act is a transaction of its own that looks at the
 * version once more, and the position moves only past keys that are done.
 */
export interface LifecycleJob {
  /** Goes on with the run that was begun, or begins one whose time has come; resolves at its end or at `stop`. */
  run(): Promise<void>
  stop(): Promise<void>
}

export function createLifecycleJob(deps: LifecycleJobDeps): LifecycleJob {
  return new WalkingLifecycleJob(deps)
}

class WalkingLifecycleJob implements LifecycleJob {
  readonly #deps: LifecycleJobDeps
  readonly #stopping = new AbortController()
  #running: Promise<void> | undefined
  #keptAt = -Infinity

  constructor(deps: LifecycleJobDeps) {
    this.#deps = deps
  }

  run(): Promise<void> {
    return (this.#running ??= this.#run().finally(() => (this.#running = undefined)))
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running?.catch(() => undefined)
  }

  async #run(): Promise<void> {
    const { repository, everyHours, now } = this.#deps
    if (everyHours === 0) return
    const slot = Math.floor(now() / (everyHours * HOUR)) * everyHours * HOUR
    const last = await repository.lastRun()
    // Where there was none before, rules wait for midnight as they always do: time to think better of them.
    if (last === undefined) return repository.keepRun({ slot, finished: true })
    if (last.finished && last.slot >= slot) return
    const run = last.finished ? { slot, finished: false } : last
    try {
      await this.#work(run)
    } catch (error) {
      if (!this.#stopping.signal.aborted) throw error
    }
  }

  async #work(run: LifecycleRun): Promise<void> {
    const { catalog, repository } = this.#deps
    const { position } = run
    await repository.keepRun(run)
    let bucket = await catalog.nextLifecycleBucket(position?.bucketId ?? '', position !== undefined)
    while (bucket !== undefined) {
      await this.#oneBucket(bucket, run, position?.bucketId === bucket.bucketId ? position : undefined)
      bucket = await catalog.nextLifecycleBucket(bucket.bucketId)
    }
    await repository.keepRun({ slot: run.slot, finished: true })
  }

  async #oneBucket(bucket: Bucket, run: LifecycleRun, from: LifecyclePosition | undefined): Promise<void> {
    const keep = async (stage: LifecyclePosition['stage'], afterKey: string): Promise<void> => {
      if (performance.now() - this.#keptAt < KEEP_EVERY) return
      this.#keptAt = performance.now()
      const position = { bucketId: bucket.bucketId, stage, afterKey }
      await this.#deps.repository.keepRun({ slot: run.slot, finished: false, position })
    }
    try {
      if (from?.stage !== 'uploads')
        await this.#versions(bucket, from?.afterKey ?? '', (key) => keep('versions', key))
      await keep('uploads', from?.stage === 'uploads' ? from.afterKey : '')
      await this.#uploads(bucket, from?.stage === 'uploads' ? from.afterKey : '', (key) =>
        keep('uploads', key),
      )
    } catch (error) {
      // A damaged row stops what follows in its bucket, which the scrub tells of; other buckets must not wait for it.
      if (!isStoreError(error) || error.code !== 'ObjectCorrupt') throw error
      reportDamage(bucket)
    }
  }

  async #versions(bucket: Bucket, afterKey: string, done: (key: string) => Promise<void>): Promise<void> {
    let last = afterKey
    for (const prefix of walkedPrefixes(bucket.lifecycle!, 'versions')) {
      const states = new VersionStates()
      for await (const slice of this.#versionSlices(bucket, prefix, afterKey)) {
        const current = await this.#stillRuled(bucket)
        if (current === undefined) return
        await this.#apply(
          current,
          slice.flatMap((row) => states.add(row)),
        )
        // The last key may go on in the next slice.
        const whole = slice.findLast(({ version }) => version.key !== slice.at(-1)!.version.key)
        last = whole?.version.key ?? last
        await done(last)
      }
      const current = await this.#stillRuled(bucket)
      if (current === undefined) return
      await this.#apply(current, states.end())
    }
  }

  /** The next slice is fetched before this one is worked on: its place is told by a version that may then be gone. */
  async *#versionSlices(
    { bucketId }: Bucket,
    prefix: string,
    afterKey: string,
  ): AsyncGenerator<VersionRow[]> {
    const list = (at: { key: string; versionId: string }) =>
      this.#deps.catalog.listVersions({
        bucketId,
        prefix,
        delimiter: '',
        afterKey: at.key,
        afterVersionId: at.versionId,
        limit: SLICE,
      })
    let page = await list({ key: afterKey, versionId: '' })
    for (;;) {
      const following = page.next === undefined ? undefined : await list(page.next)
      if (page.versions.length > 0) yield page.versions
      await this.#spend(page.versions.length * LOOK_BYTES)
      if (following === undefined) return
      page = following
    }
  }

  async #apply(bucket: Bucket, states: readonly VersionState[]): Promise<void> {
    const now = this.#deps.now()
    const due = states.flatMap((state) => {
      const action = bucket.lifecycle && lifecycleAction(bucket.lifecycle, state, now)
      return action === undefined ? [] : [{ state, action }]
    })
    // Ready together, they share a commit.
    await Promise.all(
      due.map(async ({ state, action }) => {
        if (await applyAction(this.#deps, bucket, state, action)) await this.#report(bucket, state, action)
      }),
    )
    await this.#spend(due.length * CHANGE_BYTES)
  }

  async #uploads(bucket: Bucket, afterKey: string, done: (key: string) => Promise<void>): Promise<void> {
    const { catalog, now } = this.#deps
    const { bucketId } = bucket
    for (const prefix of walkedPrefixes(bucket.lifecycle!, 'uploads')) {
      let at: { key: string; uploadId: string } | undefined = { key: afterKey, uploadId: '' }
      while (at !== undefined) {
        const current = await this.#stillRuled(bucket)
        if (current === undefined) return
        const { key, uploadId } = at
        const where = { bucketId, prefix, delimiter: '', afterKey: key, afterUploadId: uploadId }
        const page = await catalog.listUploads({ ...where, limit: SLICE })
        await Promise.all(
          page.uploads.map(async (upload) => {
            const ruleId = abortingRule(current.lifecycle!, upload, now())
            if (ruleId !== undefined && (await giveUp(this.#deps, upload)))
              await this.#reportUpload(bucket, upload, ruleId)
          }),
        )
        await this.#spend(page.uploads.length * CHANGE_BYTES)
        at = page.next
        const whole = page.uploads.findLast((upload) => upload.key !== page.uploads.at(-1)!.key)
        if (whole !== undefined) await done(whole.key)
      }
    }
  }

  /** The bucket as it is now; undefined: it is gone, or its rules are. */
  async #stillRuled({ name, bucketId }: Bucket): Promise<Bucket | undefined> {
    this.#stopping.signal.throwIfAborted()
    const bucket = await this.#deps.catalog.findBucket(name)
    return bucket?.bucketId === bucketId && bucket.lifecycle !== undefined ? bucket : undefined
  }

  async #spend(bytes: number): Promise<void> {
    const { signal } = this.#stopping
    await this.#deps.pace.spend(bytes, signal)
    // Others come first, however fast the disk is.
    await new Promise((resolve) => setImmediate(resolve))
    signal.throwIfAborted()
  }

  /** Of what nobody asked for in that moment there is a record each: people will ask where their object went. */
  #report(bucket: Bucket, { version }: VersionState, action: LifecycleAction): Promise<void> {
    const details = {
      versionId: version.versionId,
      ...(action.kind === 'transition' && { storageClass: action.storageClass }),
    }
    return this.#append(bucket, ACTS[action.kind], version.key, { rule: action.ruleId, ...details })
  }

  #reportUpload(bucket: Bucket, { key, uploadId }: UploadRow, rule: string): Promise<void> {
    return this.#append(bucket, 'coffer:AbortExpiredUpload', key, { rule, uploadId })
  }

  #append(bucket: Bucket, action: string, key: string, details: AuditEvent['details']): Promise<void> {
    return this.#deps.audit.append({
      at: this.#deps.now(),
      projectId: bucket.projectId,
      actor: { userId: undefined, accessKeyId: undefined, sourceAddress: undefined },
      action,
      keyId: undefined,
      keyVersion: undefined,
      bucket: bucket.name,
      objectKey: key,
      result: 'Success',
      requestId: undefined,
      details: { by: 'lifecycle', ...details },
    })
  }
}

const ACTS: Readonly<Record<LifecycleAction['kind'], string>> = {
  expire: 'coffer:ExpireObject',
  remove: 'coffer:RemoveExpiredVersion',
  transition: 'coffer:TransitionObject',
}

/** Without the message, which may quote what must not be logged. */
function reportDamage({ bucketId }: Bucket): void {
  console.error(JSON.stringify({ level: 'error', event: 'job-failed', job: 'lifecycle', bucketId }))
}
