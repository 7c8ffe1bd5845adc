import type { ActOrigin, Acts } from '../accounts/acts.ts'
import { jobArn } from '../policy/resources.ts'
import type { BatchDeps, MemberCaller } from './deps.ts'
import type { BatchEngine } from './engine.ts'
import { actionsOf, ENDED } from './job-states.ts'
import type { JobView } from './jobs.ts'
import type { Job } from './model.ts'
import { estimatedSeconds, FIRST_RATES } from './plan.ts'
import { RESULTS_KEPT_MS } from './retention.ts'

/** Jobs as people are shown them: with names, what the reader may do, and how long it will take. */
export class JobViews {
  readonly #deps: BatchDeps
  readonly #engine: Pick<BatchEngine, 'rates'>
  readonly #acts: Acts

  constructor(deps: BatchDeps, engine: Pick<BatchEngine, 'rates'>, acts: Acts) {
    this.#deps = deps
    this.#engine = engine
    this.#acts = acts
  }

  async of(caller: MemberCaller, jobs: readonly Job[], origin: ActOrigin): Promise<JobView[]> {
    const bucketNames = await this.bucketNames(caller.projectId)
    const learned = await this.#deps.repository.rates()
    return Promise.all(
      jobs.map(async (job) => {
        const changeable = this.#mayChange(caller, job, origin)
        const undoneBy = await this.#deps.repository.undoneBy(job.jobId)
        return {
          job,
          madeBy: await this.#deps.nameOf(job.userId),
          bucketNames,
          actions: changeable ? actionsOf(job) : [],
          throttleable: changeable && !ENDED.includes(job.state),
          estimatedSeconds: job.plan && estimatedSeconds(job.plan, learned ?? FIRST_RATES, job.throttle),
          measured: learned !== undefined,
          rates: job.state === 'Active' ? this.#engine.rates(job.jobId) : undefined,
          resultsUntil: job.finishedAt === undefined ? undefined : job.finishedAt + RESULTS_KEPT_MS,
          undoable: this.#mayUndo(caller, job, origin) ? undoableIn(job) : 0,
          undoneBy,
        }
      }),
    )
  }

  async bucketNames(projectId: string): Promise<ReadonlyMap<string, string>> {
    const buckets = await this.#deps.catalog.listBuckets(projectId)
    return new Map(buckets.map(({ bucketId, name }) => [bucketId, name]))
  }

  #mayChange(caller: MemberCaller, job: Job, origin: ActOrigin): boolean {
    const may = (action: `coffer:${string}`): boolean =>
      this.#acts.may(caller, action, jobArn(caller.account, job.jobId), origin)
    return may('coffer:UpdateJob') && (job.userId === caller.userId || may('coffer:UpdateAnyJob'))
  }

  #mayUndo(caller: MemberCaller, job: Job, origin: ActOrigin): boolean {
    const may = this.#acts.may(caller, 'coffer:CreateJob', jobArn(caller.account, job.jobId), origin)
    return may && this.#mayChange(caller, job, origin)
  }
}

/** A data key under a newer version of its own key has no way back: that key wraps with its newest version only. */
function undoableIn({ finishedAt, resultsPruned, progress, selection, target }: Job): number {
  if (finishedAt === undefined || resultsPruned || target.kind === 'newest-version') return 0
  const sameKey =
    selection.kind === 'key' && target.kind === 'managed-key' && target.keyRef === selection.keyId
  return sameKey ? 0 : progress.rewrapped
}
