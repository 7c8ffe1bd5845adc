'use client'
import { useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useErrorToast } from '@/components/shell/error-message'
import { jobsClient } from '@/lib/console/jobs-client'
import { jobDetailKey, jobKey, jobResultsKey, jobsKey } from '@/lib/console/queries/jobs'
import type { CreateJob, Job, JobAction, JobThrottle } from '@/lib/console/schemas-jobs'

/** Lets a job be counted. Nothing is changed before it is confirmed. */
export function useCreateJob(project: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (body: CreateJob) => jobsClient(project).create(body),
    onSuccess: (job) => remember(queryClient, project, job),
  })
}

/** Confirm, pause, resume, cancel, retry: whatever the job's state offers its reader (`job.actions`). */
export function useActOnJob(project: string, jobId: string) {
  const queryClient = useQueryClient()
  const complain = useErrorToast()
  return useMutation({
    mutationFn: (action: Exclude<JobAction, 'discard'>) => jobsClient(project).act(jobId, action),
    onSuccess: (job) => remember(queryClient, project, job),
    onError: (error) => {
      complain(error)
      // its state is another one by now
      void queryClient.invalidateQueries({ queryKey: jobKey(project, jobId) })
    },
  })
}

/** Ends a job that was never confirmed; it leaves nothing behind. */
export function useDiscardJob(project: string) {
  const queryClient = useQueryClient()
  const complain = useErrorToast()
  return useMutation({
    mutationFn: (jobId: string) => jobsClient(project).discard(jobId),
    onError: complain,
    onSuccess: (_, jobId) => {
      queryClient.removeQueries({ queryKey: jobKey(project, jobId) })
      void queryClient.invalidateQueries({ queryKey: jobsKey(project) })
    },
  })
}

export function useUndoJob(project: string, jobId: string) {
  const queryClient = useQueryClient()
  const complain = useErrorToast()
  return useMutation({
    mutationFn: () => jobsClient(project).undo(jobId),
    onError: complain,
    onSuccess: (undo) => {
      remember(queryClient, project, undo)
      void queryClient.invalidateQueries({ queryKey: jobKey(project, jobId) })
    },
  })
}

export function useThrottleJob(project: string, jobId: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (throttle: JobThrottle) => jobsClient(project).change(jobId, { throttle }),
    onSuccess: (job) => remember(queryClient, project, job),
  })
}

function remember(queryClient: QueryClient, project: string, job: Job): void {
  queryClient.setQueryData(jobDetailKey(project, job.jobId), job)
  void queryClient.invalidateQueries({ queryKey: jobResultsKey(project, job.jobId) })
  void queryClient.invalidateQueries({ queryKey: jobsKey(project) })
}
