'use client'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Archive, ListChecks } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useMemo } from 'react'
import { ErrorNotice } from '@/components/shell/error-notice'
import { Link } from '@/components/shell/link'
import { useProject } from '@/components/shell/me'
import { PageHeader } from '@/components/shell/page-header'
import { Button } from '@/components/ui/button'
import { buttonClass } from '@/components/ui/button-class'
import { Card } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { pages } from '@/lib/console/paths'
import { jobsQuery } from '@/lib/console/queries/jobs'
import { JobTable } from './job-table'

/** What was asked of many objects at once: by whom, when, and how far it is. */
export function JobList() {
  const t = useTranslations('jobs')
  const { projectId, name } = useProject()
  const list = useInfiniteQuery(jobsQuery(projectId))
  const jobs = useMemo(() => list.data?.pages.flatMap((page) => page.jobs), [list.data])
  return (
    <>
      <PageHeader title={t('title')} description={t('description', { project: name })} />
      <div className="flex flex-col items-start gap-3 px-6 pb-8">
        {list.isError && !jobs ? (
          <ErrorNotice error={list.error} onRetry={() => void list.refetch()} className="w-full" />
        ) : (
          <Card className="w-full overflow-hidden">
            {jobs?.length === 0 ? <NoJobs /> : <JobTable jobs={jobs} />}
          </Card>
        )}
        {list.hasNextPage && (
          <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('older')}
          </Button>
        )}
      </div>
    </>
  )
}

function NoJobs() {
  const t = useTranslations('jobs')
  return (
    <EmptyState
      icon={<ListChecks aria-hidden />}
      title={t('emptyTitle')}
      actions={
        <Link href={pages.buckets()} className={buttonClass('primary')}>
          <Archive aria-hidden />
          {t('toBuckets')}
        </Link>
      }
    >
      {t('emptyText')}
    </EmptyState>
  )
}
