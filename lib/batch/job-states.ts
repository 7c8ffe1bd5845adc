import { StoreError } from '../errors.ts'
import type { Job, JobState } from './model.ts'

/** What people do to jobs; `discard` takes away a plan that nothing came of. */
export type JobAction = 'confirm' | 'discard' | 'pause' | 'resume' | 'cancel' | 'retry-failed'

type Step = { from: readonly JobState[]; to: JobState }

/**
 * Which action is there in which state, and where it leads. Pausing and Cancelling last until the window at hand has
 * its results: nothing is left half told.
 */
const STEPS: Readonly<Record<Exclude<JobAction, 'discard'>, readonly Step[]>> = {
  confirm: [{ from: ['Suspended'], to: 'Ready' }],
  pause: [
    { from: ['Active'], to: 'Pausing' },
    { from: ['Ready'], to: 'Paused' },
  ],
  resume: [{ from: ['Paused'], to: 'Ready' }],
  cancel: [
    { from: ['Active', 'Pausing'], to: 'Cancelling' },
    { from: ['Preparing', 'Suspended', 'Ready', 'Paused'], to: 'Cancelled' },
  ],
  'retry-failed': [{ from: ['Complete'], to: 'Ready' }],
}

const DISCARDABLE: readonly JobState[] = ['Preparing', 'Suspended']

export const ENDED: readonly JobState[] = ['Complete', 'Cancelled', 'Failed']

/** Taken up again when the server starts. */
export const UNFINISHED: readonly JobState[] = ['Preparing', 'Ready', 'Active', 'Pausing', 'Cancelling']

/** Every action that a job has now, whoever asks. */
export function actionsOf(job: Job): JobAction[] {
  const found = Object.keys(STEPS).filter((action) => isOpen(job, action as JobAction)) as JobAction[]
  return isOpen(job, 'discard') ? [...found, 'discard'] : found
}

/** @throws StoreError InvalidRequest with fact `state` */
export function requireAction(job: Job, action: JobAction): void {
  if (!isOpen(job, action))
    throw new StoreError('InvalidRequest', 'The job has no such action in its present state', {
      state: job.state,
      action,
    })
}

/** Where the action leads. @throws StoreError InvalidRequest with fact `state` */
export function nextState(job: Job, action: Exclude<JobAction, 'discard'>): JobState {
  requireAction(job, action)
  return STEPS[action].find(({ from }) => from.includes(job.state))!.to
}

function isOpen(job: Job, action: JobAction): boolean {
  if (action === 'discard') return DISCARDABLE.includes(job.state)
  if (action === 'retry-failed' && (job.progress.failed === 0 || job.resultsPruned)) return false
  return STEPS[action].some(({ from }) => from.includes(job.state))
}
