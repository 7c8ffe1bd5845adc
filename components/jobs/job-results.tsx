'use client'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Download, FileSearch } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useEffect, useMemo, useRef, useState } from 'react'
import { ErrorNotice } from '@/components/shell/error-notice'
import { buttonClass } from '@/components/ui/button-class'
import { EmptyState } from '@/components/ui/empty-state'
import { SectionCard } from '@/components/ui/card'
import { Select } from '@/components/ui/select'
import { jobsClient } from '@/lib/console/jobs-client'
import { isMoving, jobResultsQuery } from '@/lib/console/queries/jobs'
import { JOB_OUTCOMES, type Job, type JobOutcome } from '@/lib/console/schemas-jobs'
import { JobResultTable } from './job-result-table'

const SHOWN = ['all', 'failed', ...JOB_OUTCOMES.filter((outcome) => outcome !== 'failed')] as const

/** What became of every object; failures first in mind, so they are shown first where there are any. */
export function JobResults({ project, job }: { project: string; job: Job }) {
  const t = useTranslations('jobs.results')
  const [chosen, choose] = useState<'all' | JobOutcome>()
  const shown = chosen ?? (job.progress.failed > 0 && !isMoving(job) ? 'failed' : 'all')
  const outcome = shown === 'all' ? undefined : shown
  const list = useResults(project, job, outcome)
  const results = useMemo(() => list.data?.pages.flatMap((page) => page.results), [list.data])
  return (
    <SectionCard
      id="job-results"
      title={t('title')}
      icon={<FileSearch aria-hidden />}
      flush
      actions={
        <div className="flex flex-wrap gap-2">
          <Select
            label={t('show')}
            value={shown}
            onChange={choose}
            className="w-40"
            options={SHOWN.map((value) => ({ value, label: t(`shown.${value}`) }))}
          />
          <a href={jobsClient(project).reportUrl(job.jobId)} download className={buttonClass()}>
            <Download aria-hidden />
            {t('report')}
          </a>
        </div>
      }
    >
      {list.isError && !results ? (
        <ErrorNotice error={list.error} onRetry={() => void list.refetch()} className="m-4" />
      ) : results?.length === 0 && !list.hasNextPage ? (
        <EmptyState
          icon={<FileSearch aria-hidden />}
          title={t(outcome ? 'noneSuch' : 'none')}
          className="py-10!"
        />
      ) : (
        <JobResultTable
          results={results}
          manyBuckets={!('bucket' in job.selection)}
          more={{
            exists: list.hasNextPage,
            loading: list.isFetchingNextPage,
            error: list.isFetchNextPageError ? list.error : undefined,
            load: () => void list.fetchNextPage(),
          }}
        />
      )}
    </SectionCard>
  )
}

/** The list of results; asked for once more when the job came to rest, since its last results are new then. */
function useResults(project: string, job: Job, outcome: JobOutcome | undefined) {
  const moving = isMoving(job)
  const list = useInfiniteQuery(jobResultsQuery(project, job.jobId, outcome, moving))
  const { refetch } = list
  const wasMoving = useRef(moving)
  useEffect(() => {
    if (wasMoving.current && !moving) void refetch()
    wasMoving.current = moving
  }, [moving, refetch])
  return list
}
