import { setImmediate as others } from 'node:timers/promises'
import type { Bucket } from '../store/model.ts'
import { callerOf, jobContext } from './asker.ts'
import type { BatchDeps } from './deps.ts'
import { expectedAmount } from './expected.ts'
import { Foresight } from './foresee.ts'
import type { JobControl } from './job-control.ts'
import type { Cursor, Job, Plan } from './model.ts'
import { counted, EMPTY_PLAN } from './plan.ts'
import { stride, type Item } from './walk.ts'

const STRIDE = 512
/** Others have their turn after so many objects. */
const SLICE = 64
/** How often those who wait see how far it is. */
const SHOW_EVERY_MS = 500

/**
 * Counts what a job would do, object by object, and writes it down now and then; killed meanwhile, it counts anew. It
 * only looks: nothing about any object changes.
 * @returns the plan; undefined when it was told to stop
 * @throws StoreError NoSuchProject | AccessDenied: the member may not do this any more
 */
export async function prepareJob(deps: BatchDeps, job: Job, control: JobControl): Promise<Plan | undefined> {
  const expected = await expectedAmount(deps.catalog, job.projectId, job.selection)
  let plan: Plan = { ...EMPTY_PLAN, expected }
  let cursor: Cursor | undefined
  let shownAt = 0
  for (;;) {
    const asker = { caller: await callerOf(deps, job), context: jobContext(job.jobId, control.signal) }
    const buckets = await bucketsOf(deps, job)
    const foresight = new Foresight(deps, asker)
    const { items, cursor: next } = await stride(deps, job, cursor, STRIDE)
    for (let from = 0; from < items.length; from += SLICE) {
      if (control.stopping) return undefined
      plan = await countSlice(foresight, buckets, job, plan, items.slice(from, from + SLICE))
      await others()
    }
    if (control.stopping) return undefined
    if (next === undefined) return { ...plan, complete: true, expected: undefined }
    cursor = next
    if (deps.now() - shownAt < SHOW_EVERY_MS) continue
    shownAt = deps.now()
    const soFar = plan
    await deps.repository.change(job.jobId, ({ state }) =>
      state === 'Preparing' ? { plan: soFar } : undefined,
    )
  }
}

async function countSlice(
  foresight: Foresight,
  buckets: ReadonlyMap<string, Bucket>,
  { target }: Job,
  plan: Plan,
  items: readonly Item[],
): Promise<Plan> {
  let sum = plan
  for (const item of items) {
    const bucket = buckets.get(item.bucketId)
    const size = item.row?.size ?? item.earlier?.size ?? 0
    const foreseen = bucket
      ? await foresight.of(bucket, item, target)
      : ({ kind: 'cannot', reason: 'not-found' } as const)
    sum = counted(sum, foreseen, size)
  }
  return sum
}

async function bucketsOf({ catalog }: BatchDeps, { projectId }: Job): Promise<Map<string, Bucket>> {
  const buckets = await catalog.listBuckets(projectId)
  return new Map(buckets.map((bucket) => [bucket.bucketId, bucket]))
}
