'use client'
import { useTranslations } from 'next-intl'
import { Link } from '@/components/shell/link'
import { Button } from '@/components/ui/button'
import { buttonClass } from '@/components/ui/button-class'
import { DialogBody, DialogFooter } from '@/components/ui/dialog'
import { Notice } from '@/components/ui/notice'
import { pages } from '@/lib/console/paths'
import { isMoving } from '@/lib/console/queries/jobs'
import type { Job } from '@/lib/console/schemas-jobs'
import { JobProgress } from './job-progress'
import { JobStateBadge } from './job-state-badge'
import { TargetBadge } from './target-badge'

/** It runs: the window may be closed. */
export function StartedStep({ job, onClose }: { job: Job; onClose: () => void }) {
  const t = useTranslations()
  return (
    <>
      <DialogBody className="flex flex-col gap-4">
        <p className="flex flex-wrap items-center gap-2">
          <JobStateBadge state={job.state} />
          <TargetBadge target={job.target} />
        </p>
        <JobProgress job={job} />
        {isMoving(job) && <Notice>{t('jobs.mayClose')}</Notice>}
      </DialogBody>
      <DialogFooter>
        <Button onClick={onClose}>{t('common.close')}</Button>
        <Link href={pages.job(job.jobId)} onClick={onClose} className={buttonClass('primary')}>
          {t('jobs.show')}
        </Link>
      </DialogFooter>
    </>
  )
}
