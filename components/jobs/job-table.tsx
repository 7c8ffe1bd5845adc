'use client'
import { useFormatter, useTranslations } from 'next-intl'
import Link from 'next/link'
import { Timestamp } from '@/components/shell/timestamp'
import { Badge } from '@/components/ui/badge'
import { Progress } from '@/components/ui/progress'
import { Skeleton } from '@/components/ui/skeleton'
import { Cell, HeaderCell, Row, Table, TableHead } from '@/components/ui/table'
import { pages } from '@/lib/console/paths'
import type { Job } from '@/lib/console/schemas-jobs'
import { percentDone } from './job-progress'
import { JobStateBadge } from './job-state-badge'
import { TargetBadge } from './target-badge'
import { useSelectionWords } from './use-selection-words'

const LOOKS = {
  what: '',
  target: 'w-56 max-xl:hidden',
  by: 'w-32 max-lg:hidden',
  createdAt: 'w-46 max-lg:hidden',
  state: 'w-44',
  progress: 'w-48 max-md:w-28',
}
const COLUMNS = Object.keys(LOOKS) as (keyof typeof LOOKS)[]

/** `jobs` newest first; undefined while they load. */
export function JobTable({ jobs }: { jobs: Job[] | undefined }) {
  const t = useTranslations('jobs')
  return (
    <Table aria-label={t('title')} aria-busy={!jobs} className="table-fixed">
      <TableHead>
        <tr>
          {COLUMNS.map((column) => (
            <HeaderCell key={column} className={LOOKS[column]}>
              {t(`columns.${column}`)}
            </HeaderCell>
          ))}
        </tr>
      </TableHead>
      <tbody>{jobs ? jobs.map((job) => <JobRow key={job.jobId} job={job} />) : <LoadingRows />}</tbody>
    </Table>
  )
}

function JobRow({ job }: { job: Job }) {
  const words = useSelectionWords()(job.selection)
  return (
    <Row className="relative">
      <Cell>
        <Link
          href={pages.job(job.jobId)}
          className="hover:text-accent-ink block max-w-full truncate rounded-xs font-medium after:absolute after:inset-0"
          title={[words.title, ...words.details].join('\n')}
        >
          {words.title}
          {job.selection.kind === 'filter' && words.details.length > 0 && (
            <span className="text-muted font-normal"> · {words.details.join(' · ')}</span>
          )}
        </Link>
      </Cell>
      <Cell className={LOOKS.target}>
        <TargetBadge target={job.target} />
      </Cell>
      <Cell className={`${LOOKS.by} truncate`}>{job.createdBy.name}</Cell>
      <Cell className={`${LOOKS.createdAt} text-muted`}>
        <Timestamp at={job.createdAt} />
      </Cell>
      <Cell className={LOOKS.state}>
        <JobStateBadge state={job.state} />
      </Cell>
      <Cell className={LOOKS.progress}>
        <RowProgress job={job} />
      </Cell>
    </Row>
  )
}

function RowProgress({ job }: { job: Job }) {
  const t = useTranslations('jobs')
  const format = useFormatter()
  const { done, failed } = job.progress
  if (job.state === 'Preparing' || job.state === 'Suspended') {
    return (
      <span className="text-muted tabular-nums">{t('planned', { count: job.plan?.total.objects ?? 0 })}</span>
    )
  }
  if (job.state === 'Active' || job.state === 'Pausing' || job.state === 'Paused') {
    return <Progress value={percentDone(job)} label={t('progress.label')} />
  }
  return (
    <span className="flex min-w-0 items-center gap-2 tabular-nums">
      <span className="truncate">
        {t('objectsDone', { count: done - failed, number: format.number(done - failed) })}
      </span>
      {failed > 0 && <Badge tone="danger">{t('failedCount', { count: failed })}</Badge>}
    </span>
  )
}

function LoadingRows() {
  return [48, 61, 37, 52, 44].map((width) => (
    <Row key={width}>
      {COLUMNS.map((column) => (
        <Cell key={column} className={LOOKS[column]}>
          <span style={{ width: `${column === 'what' ? width : 60}%` }} className="inline-block max-w-64">
            <Skeleton />
          </span>
        </Cell>
      ))}
    </Row>
  ))
}
