import { request } from './client.ts'
import { projectEndpoints } from './paths.ts'
import { emptySchema } from './schemas.ts'
import * as s from './schemas-jobs.ts'

/** Batch jobs of one project. Every call throws ApiError. */
export function jobsClient(project: string) {
  const api = projectEndpoints(project)
  return {
    list: (query: { before?: string | undefined; limit?: number }, signal?: AbortSignal) =>
      request(s.jobListSchema, 'GET', api.jobs(query), { signal }),
    /** counts what the job would do; nothing is changed before it is confirmed */
    create: (body: s.CreateJob) => request(s.jobSchema, 'POST', api.jobs(), { body }),
    get: (jobId: string, signal?: AbortSignal) => request(s.jobSchema, 'GET', api.job(jobId), { signal }),
    change: (jobId: string, body: s.ChangeJob) => request(s.jobSchema, 'PATCH', api.job(jobId), { body }),
    act: (jobId: string, action: Exclude<s.JobAction, 'discard'>) =>
      request(s.jobSchema, 'POST', api.job(jobId, 'actions'), { body: { action } }),
    /** for a job that was never confirmed: it is gone afterwards */
    discard: (jobId: string) =>
      request(emptySchema, 'POST', api.job(jobId, 'actions'), { body: { action: 'discard' } }),
    /** makes a job that takes this one back, with a plan of its own to confirm */
    undo: (jobId: string) => request(s.jobSchema, 'POST', api.job(jobId, 'undo')),
    results: (
      jobId: string,
      query: { outcome?: s.JobOutcome | undefined; after?: string | undefined },
      signal?: AbortSignal,
    ) => request(s.jobResultPageSchema, 'GET', api.job(jobId, 'results', query), { signal }),
    reportUrl: (jobId: string) => api.job(jobId, 'report'),
  }
}
export type JobsClient = ReturnType<typeof jobsClient>
