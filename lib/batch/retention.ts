import { setImmediate as others } from 'node:timers/promises'
import type { BatchDeps } from './deps.ts'

const DAY = 86_400_000
/** Results, report and undo are there for so long after a job has ended. */
export const RESULTS_KEPT_MS = 7 * DAY
/** S3 fails jobs that nobody confirmed after 30 days (S3 user guide, "Job status"); a plan that old tells nothing. */
const PLANS_KEPT_MS = 30 * DAY
/** Of one transaction: bounds how long it blocks the event loop. */
const ROWS = 2000

export async function pruneJobs({ repository, now }: Pick<BatchDeps, 'repository' | 'now'>): Promise<void> {
  await repository.pruneUnconfirmed(now() - PLANS_KEPT_MS)
  while (await repository.pruneResults(now() - RESULTS_KEPT_MS, ROWS)) await others()
}
