'use client'
import { ListChecks } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useVisit } from '@/components/shell/use-visit'
import { Button } from '@/components/ui/button'
import { SectionCard } from '@/components/ui/card'
import { pages } from '@/lib/console/paths'
import type { Job } from '@/lib/console/schemas-jobs'
import { ConfirmJob } from './confirm-job'
import { JobPlan } from './job-plan'
import { JobPromises } from './job-promises'
import { PlanAdvice } from './plan-advice'
import { ThrottleLine } from './throttle-line'
import { useDiscardJob } from './use-job-actions'

/** A plan that waits for a word, on the job's own page. */
export function PlanCard({ project, job }: { project: string; job: Job }) {
  const t = useTranslations('jobs')
  const visit = useVisit()
  const discard = useDiscardJob(project)
  return (
    <SectionCard
      id="job-plan"
      title={t('plan.title')}
      icon={<ListChecks aria-hidden />}
      description={t('plan.description')}
    >
      <ConfirmJob project={project} job={job}>
        {({ acknowledgement, confirm }) => (
          <div className="flex flex-col gap-4">
            {job.plan && <JobPlan plan={job.plan} />}
            <PlanAdvice job={job} />
            {acknowledgement}
            {job.plan?.complete && <JobPromises job={job} />}
            <ThrottleLine project={project} job={job} />
            <div className="flex flex-wrap gap-2">
              {confirm}
              {job.actions.includes('discard') && (
                <Button
                  busy={discard.isPending}
                  onClick={() => discard.mutate(job.jobId, { onSuccess: () => visit(pages.jobs()) })}
                >
                  {t('actions.discard')}
                </Button>
              )}
            </div>
          </div>
        )}
      </ConfirmJob>
    </SectionCard>
  )
}
