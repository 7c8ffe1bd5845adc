'use client'
import { useFormatter, useTranslations } from 'next-intl'
import { Link } from '@/components/shell/link'
import { Timestamp } from '@/components/shell/timestamp'
import { Badge } from '@/components/ui/badge'
import { Progress } from '@/components/ui/progress'
import { Skeleton } from '@/components/ui/skeleton'
import { Cell, HeaderCell, Row, Table, TableHead } from '@/components/ui/table'
import { pages } from '@/lib/console/paths'
import { isMoving } from '@/lib/console/queries/jobs'
import type { Job } from '@/lib/console/schemas-jobs'
import { percentDone } from './job-progress'
import { JobStateBadge } from './job-state-badge'
import { TargetBadge } from './target-badge'
import { useSelectionWords } from './use-selection-words'

const LOOKS = {
  what: '',
  target: 'w-48 @max-4xl:hidden',
  by: 'w-28 @max-5xl:hidden',
  createdAt: 'w-50 @max-2xl:hidden',
  state: 'w-66 @max-lg:w-44',
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
        <span className="flex min-w-0 items-center gap-2.5">
          <JobStateBadge state={job.state} />
          <RowProgress job={job} />
        </span>
      </Cell>
    </Row>
  )
}

/** Beside the state: how far it is, or how much it was. */
function RowProgress({ job }: { job: Job }) {
  const t = useTranslations('jobs')
  const format = useFormatter()
  const { done, failed } = job.progress
  const words = (count: number) => (
    <span className="text-muted truncate tabular-nums @max-lg:hidden">
      {t('objectsDone', { count, number: format.number(count) })}
    </span>
  )
  if (job.state === 'Preparing' || job.state === 'Suspended') return words(job.plan?.total.objects ?? 0)
  if (isMoving(job) || job.state === 'Paused') {
    return <Progress value={percentDone(job)} label={t('progress.label')} className="min-w-8 flex-1" />
  }
  if (failed === 0) return words(done)
  return (
    <Badge tone="danger" className="shrink-0">
      {t('failedCount', { count: failed })}
    </Badge>
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
