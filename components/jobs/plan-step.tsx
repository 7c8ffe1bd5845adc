'use client'
import { useTranslations } from 'next-intl'
import { Link } from '@/components/shell/link'
import { Button } from '@/components/ui/button'
import { buttonClass } from '@/components/ui/button-class'
import { DialogBody, DialogFooter } from '@/components/ui/dialog'
import { pages } from '@/lib/console/paths'
import type { Job } from '@/lib/console/schemas-jobs'
import { ConfirmJob } from './confirm-job'
import { JobPlan } from './job-plan'
import { JobPromises } from './job-promises'
import { PlanAdvice } from './plan-advice'
import { TargetBadge } from './target-badge'

export interface PlanStepProps {
  project: string
  job: Job
  onBack: () => void
  /** closes and keeps the plan among the jobs */
  onLeave: () => void
  onStarted: (() => void) | undefined
}

/** What it would do and cost; nothing is changed before it is confirmed. */
export function PlanStep({ project, job, onBack, onLeave, onStarted }: PlanStepProps) {
  const t = useTranslations('jobs')
  return (
    <ConfirmJob project={project} job={job} onConfirmed={onStarted}>
      {({ acknowledgement, confirm }) => (
        <>
          <DialogBody className="flex flex-col gap-4">
            <p className="flex flex-wrap items-center gap-2 text-sm">
              <span className="text-muted">{t('to')}</span>
              <TargetBadge target={job.target} />
            </p>
            {job.plan && <JobPlan plan={job.plan} />}
            <PlanAdvice job={job} />
            {acknowledgement}
            {job.plan?.complete && <JobPromises job={job} />}
          </DialogBody>
          <DialogFooter
            start={
              <Link href={pages.job(job.jobId)} onClick={onLeave} className={buttonClass('quiet')}>
                {t('decideLater')}
              </Link>
            }
          >
            <Button onClick={onBack}>{t('back')}</Button>
            {confirm}
          </DialogFooter>
        </>
      )}
    </ConfirmJob>
  )
}
