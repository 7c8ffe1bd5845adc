import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { jobsClient } from '../jobs-client.ts'
import { JOB_POLL_MS, MOVING_STATES, type Job, type JobOutcome } from '../schemas-jobs.ts'

export const jobsKey = (project: string) => [project, 'jobs'] as const
/** Everything that is known of one job: one invalidation refreshes its whole page. */
export const jobKey = (project: string, jobId: string) => [project, 'job', jobId] as const
export const jobResultsKey = (project: string, jobId: string) =>
  [...jobKey(project, jobId), 'results'] as const
export const jobDetailKey = (project: string, jobId: string) => [...jobKey(project, jobId), 'detail'] as const

export function isMoving({ state }: Pick<Job, 'state'>): boolean {
  return MOVING_STATES.has(state)
}

/** Pages of the list, newest first; asked for again while something in it changes by itself. */
export const jobsQuery = (project: string) =>
  infiniteQueryOptions({
    queryKey: [...jobsKey(project), 'list'],
    queryFn: ({ pageParam, signal }) => jobsClient(project).list({ before: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ jobs }) => jobs.some(isMoving)) ? 2 * JOB_POLL_MS : false,
  })

const RECENT = 20
const IDLE_POLL_MS = 15_000

/** The newest jobs, for the indicator in the frame of every page. */
export const recentJobsQuery = (project: string) =>
  queryOptions({
    queryKey: [...jobsKey(project), 'recent'],
    queryFn: ({ signal }) => jobsClient(project).list({ limit: RECENT }, signal),
    // who may not see them is not asked about every quarter of a minute
    refetchInterval: ({ state }) =>
      state.status === 'error' ? false : state.data?.jobs.some(isMoving) ? 2 * JOB_POLL_MS : IDLE_POLL_MS,
  })

export const jobQuery = (project: string, jobId: string) =>
  queryOptions({
    queryKey: jobDetailKey(project, jobId),
    queryFn: ({ signal }) => jobsClient(project).get(jobId, signal),
    refetchInterval: ({ state }) => (state.data && isMoving(state.data) ? JOB_POLL_MS : false),
  })

/**
 * Results in the order the job reached them. Newer ones are looked for only while they would show (the first page):
 * asking again for every loaded page of a million results each second would help nobody.
 */
export const jobResultsQuery = (
  project: string,
  jobId: string,
  outcome: JobOutcome | undefined,
  moving: boolean,
) =>
  infiniteQueryOptions({
    queryKey: [...jobResultsKey(project, jobId), outcome ?? 'all'],
    queryFn: ({ pageParam, signal }) =>
      jobsClient(project).results(jobId, { outcome, after: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    refetchInterval: ({ state }) =>
      moving && (state.data?.pages.length ?? 0) <= 1 ? 3 * JOB_POLL_MS : false,
  })
