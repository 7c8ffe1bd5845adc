import { expect, test } from 'vitest'
import { actionsOf, nextState, type JobAction } from './job-states.ts'
import type { Job, JobState } from './model.ts'

function job(state: JobState, failed = 0, resultsPruned = false): Job {
  return { state, resultsPruned, progress: { failed } } as Job
}

/** What each state offers, and where it leads. */
const TABLE: Record<JobState, Partial<Record<JobAction, JobState | 'gone'>>> = {
  Preparing: { cancel: 'Cancelled', discard: 'gone' },
  Suspended: { confirm: 'Ready', cancel: 'Cancelled', discard: 'gone' },
  Ready: { pause: 'Paused', cancel: 'Cancelled' },
  Active: { pause: 'Pausing', cancel: 'Cancelling' },
  Pausing: { cancel: 'Cancelling' },
  Paused: { resume: 'Ready', cancel: 'Cancelled' },
  Cancelling: {},
  Cancelled: {},
  Complete: { 'retry-failed': 'Ready' },
  Failed: {},
}

test.each(Object.entries(TABLE) as [JobState, (typeof TABLE)[JobState]][])('%s', (state, offers) => {
  const here = job(state, 1)
  expect(actionsOf(here).sort()).toEqual(Object.keys(offers).sort())
  for (const action of ['confirm', 'pause', 'resume', 'cancel', 'retry-failed'] as const) {
    const to = offers[action]
    if (to !== undefined) expect(nextState(here, action)).toBe(to)
    else expect(() => nextState(here, action)).toThrow(expect.objectContaining({ facts: { state, action } }))
  }
})

test('nothing to try again: nothing failed, or its results are gone', () => {
  expect(actionsOf(job('Complete'))).toEqual([])
  expect(actionsOf(job('Complete', 3, true))).toEqual([])
})
