'use client'
import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { ErrorNotice } from '@/components/shell/error-notice'
import { Link } from '@/components/shell/link'
import { useProject } from '@/components/shell/me'
import { PageHeader } from '@/components/shell/page-header'
import { Breadcrumbs } from '@/components/ui/breadcrumbs'
import { Card } from '@/components/ui/card'
import { Skeleton } from '@/components/ui/skeleton'
import { pages } from '@/lib/console/paths'
import { jobQuery } from '@/lib/console/queries/jobs'
import type { Job } from '@/lib/console/schemas-jobs'
import { JobControls } from './job-controls'
import { JobFacts } from './job-facts'
import { JobNotices } from './job-notices'
import { JobResults } from './job-results'
import { JobStateBadge } from './job-state-badge'
import { PlanCard } from './plan-card'
import { ProgressCard } from './progress-card'
import { TargetBadge } from './target-badge'
import { useSelectionWords } from './use-selection-words'

/** One job: how far it is, what became of every object, and what can be done with it now. */
export function JobPage({ jobId }: { jobId: string }) {
  const { projectId } = useProject()
  const job = useQuery(jobQuery(projectId, jobId))
  return (
    <>
      <JobHeader job={job.data} />
      <div className="flex flex-1 flex-col gap-5 px-6 pb-8">
        {job.isError && !job.data ? (
          <ErrorNotice error={job.error} onRetry={() => void job.refetch()} />
        ) : job.data ? (
          <Body project={projectId} job={job.data} />
        ) : (
          <Loading />
        )}
      </div>
    </>
  )
}

function Body({ project, job }: { project: string; job: Job }) {
  const planned = job.state === 'Preparing' || job.state === 'Suspended'
  return (
    <>
      <JobNotices project={project} job={job} />
      <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        {planned ? (
          <PlanCard project={project} job={job} />
        ) : (
          <div className="flex min-w-0 flex-col gap-5">
            <ProgressCard project={project} job={job} />
            <JobResults project={project} job={job} />
          </div>
        )}
        <JobFacts job={job} />
      </div>
    </>
  )
}

function JobHeader({ job }: { job: Job | undefined }) {
  const t = useTranslations('jobs')
  const words = useSelectionWords()
  return (
    <PageHeader
      above={
        <Breadcrumbs
          label={t('breadcrumbs')}
          items={[
            { key: 'jobs', node: <Link href={pages.jobs()}>{t('title')}</Link> },
            { key: 'job', node: t('job') },
          ]}
        />
      }
      title={job ? words(job.selection).title : t('job')}
      description={
        job && (
          <span className="mt-1.5 flex flex-wrap items-center gap-2 text-sm">
            <JobStateBadge state={job.state} />
            <TargetBadge target={job.target} />
          </span>
        )
      }
      aside={job && <JobControls job={job} />}
    />
  )
}

function Loading() {
  return (
    <div aria-busy className="grid items-start gap-5 xl:grid-cols-[3fr_2fr]">
      {[5, 7].map((lines) => (
        <Card key={lines} className="flex flex-col gap-6 p-4">
          {Array.from({ length: lines }, (_, line) => (
            <Skeleton key={line} className={line % 2 ? 'w-3/5' : 'w-4/5'} />
          ))}
        </Card>
      ))}
    </div>
  )
}
