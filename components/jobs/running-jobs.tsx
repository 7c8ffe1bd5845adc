'use client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useFormatter, useTranslations } from 'next-intl'
import { useEffect, useRef } from 'react'
import { Link } from '@/components/shell/link'
import { useProject } from '@/components/shell/me'
import { Spinner } from '@/components/ui/spinner'
import { pages } from '@/lib/console/paths'
import { isMoving, jobsKey, recentJobsQuery } from '@/lib/console/queries/jobs'
import type { Job } from '@/lib/console/schemas-jobs'
import { percentDone } from './job-progress'

/** In the frame of every page while jobs run; nothing otherwise. Leads to the job, or to all of them. */
export function RunningJobs() {
  const t = useTranslations('jobs.running')
  const format = useFormatter()
  const { projectId } = useProject()
  const { data } = useQuery(recentJobsQuery(projectId))
  const running = data?.jobs.filter((job) => isMoving(job) && job.state !== 'Preparing') ?? []
  useRefreshWhenDone(projectId, data?.jobs)
  const [only] = running
  if (!only) return null
  const percent = format.number(percentDone(only) / 100, { style: 'percent' })
  const words = running.length === 1 ? t('one', { percent }) : t('several', { count: running.length })
  return (
    <Link
      href={running.length === 1 ? pages.job(only.jobId) : pages.jobs()}
      className="rounded-control text-muted hover:bg-hover hover:text-ink mr-1 flex h-9 items-center gap-2 px-2.5 text-sm tabular-nums"
    >
      <Spinner className="size-3.5!" />
      <span className="max-lg:sr-only">{words}</span>
    </Link>
  )
}

/** What a job changed is stale wherever it is shown: lists, counters, keys. A short job may never be seen running. */
function useRefreshWhenDone(project: string, jobs: readonly Job[] | undefined): void {
  const queryClient = useQueryClient()
  const known = useRef<ReadonlySet<string>>(undefined)
  useEffect(() => {
    if (!jobs) return
    const ends = new Set(jobs.flatMap(endOf))
    const before = known.current
    known.current = ends
    if (!before || [...ends].every((end) => before.has(end))) return
    const own = jobsKey(project)[1]
    void queryClient.invalidateQueries({
      // the jobs' own queries look after themselves
      predicate: ({ queryKey }) => queryKey[0] === project && queryKey[1] !== own && queryKey[1] !== 'job',
    })
  }, [jobs, project, queryClient])
}

/** A job may end more than once: its failures can be tried again. */
function endOf({ jobId, finishedAt }: Job): string[] {
  return finishedAt === undefined ? [] : [`${jobId} ${finishedAt}`]
}
