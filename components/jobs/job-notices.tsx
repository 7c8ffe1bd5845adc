'use client'
import { useFormatter, useTranslations } from 'next-intl'
import { useExplain } from '@/components/shell/error-message'
import { Link } from '@/components/shell/link'
import { useVisit } from '@/components/shell/use-visit'
import { Button } from '@/components/ui/button'
import { Notice } from '@/components/ui/notice'
import { ApiError } from '@/lib/console/client'
import { pages } from '@/lib/console/paths'
import type { Job } from '@/lib/console/schemas-jobs'
import { useActOnJob, useUndoJob } from './use-job-actions'

interface JobNoticesProps {
  project: string
  job: Job
}

/** What somebody should do about a job, or know of it, before he reads figures. */
export function JobNotices({ project, job }: JobNoticesProps) {
  const t = useTranslations('jobs')
  return (
    <>
      {job.reason !== undefined && <StoppedNotice job={job} reason={job.reason} />}
      {job.selection.kind === 'undo' && (
        <Notice>
          {t.rich('undo.of', {
            link: (words) => (
              <Link
                href={pages.job(job.selection.kind === 'undo' ? job.selection.of : '')}
                className="rounded-xs underline"
              >
                {words}
              </Link>
            ),
          })}
        </Notice>
      )}
      <FailedNotice project={project} job={job} />
      <UndoNotice project={project} job={job} />
    </>
  )
}

/** The job stopped by itself: what stopped it, in words. */
function StoppedNotice({ job, reason }: { job: Job; reason: string }) {
  const t = useTranslations('jobs')
  const { title, advice } = useExplain()(new ApiError(reason))
  return (
    <Notice tone={job.state === 'Failed' ? 'danger' : 'warning'} title={t('stopped', { reason: title })}>
      {advice}
    </Notice>
  )
}

function FailedNotice({ project, job }: JobNoticesProps) {
  const t = useTranslations('jobs')
  const act = useActOnJob(project, job.jobId)
  const { failed } = job.progress
  if (failed === 0) return null
  return (
    <Notice
      tone="danger"
      title={t('someFailed', { count: failed })}
      actions={
        job.actions.includes('retry-failed') && (
          <Button size="sm" busy={act.isPending} onClick={() => act.mutate('retry-failed')}>
            {t('actions.retry-failed')}
          </Button>
        )
      }
    >
      {t('someFailedText')}
    </Notice>
  )
}

function UndoNotice({ project, job }: JobNoticesProps) {
  const t = useTranslations('jobs.undo')
  const format = useFormatter()
  const visit = useVisit()
  const undo = useUndoJob(project, job.jobId)
  const [newest] = job.undoneBy.toReversed()
  if (newest !== undefined) {
    return (
      <Notice>
        {t.rich('by', {
          link: (words) => (
            <Link href={pages.job(newest)} className="rounded-xs underline">
              {words}
            </Link>
          ),
        })}
      </Notice>
    )
  }
  if (job.undoable === 0 || job.resultsUntil === undefined) return null
  return (
    <Notice
      title={t('offer', {
        count: job.undoable,
        until: format.dateTime(job.resultsUntil, { dateStyle: 'long', timeStyle: 'short' }),
      })}
      actions={
        <Button
          size="sm"
          busy={undo.isPending}
          onClick={() => undo.mutate(undefined, { onSuccess: ({ jobId }) => visit(pages.job(jobId)) })}
        >
          {t('action')}
        </Button>
      }
    >
      {t('text')}
    </Notice>
  )
}
