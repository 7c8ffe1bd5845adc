'use client'
import { Ban, CirclePause, CirclePlay } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { useProject } from '@/components/shell/me'
import { Button } from '@/components/ui/button'
import type { Job, JobAction } from '@/lib/console/schemas-jobs'
import { CancelJobDialog } from './cancel-job-dialog'
import { useActOnJob } from './use-job-actions'

const ICONS = { pause: CirclePause, resume: CirclePlay } as const

/** Pause, resume and cancel: those that the job's state and the reader's role have. */
export function JobControls({ job }: { job: Job }) {
  const t = useTranslations('jobs.actions')
  const { projectId } = useProject()
  const act = useActOnJob(projectId, job.jobId)
  const [cancelling, setCancelling] = useState(false)
  const has = (action: JobAction) => job.actions.includes(action)
  return (
    <div className="flex flex-wrap gap-2">
      {(['pause', 'resume'] as const).filter(has).map((action) => {
        const Icon = ICONS[action]
        return (
          <Button
            key={action}
            variant={action === 'resume' ? 'primary' : 'secondary'}
            busy={act.isPending}
            onClick={() => act.mutate(action)}
          >
            <Icon aria-hidden />
            {t(action)}
          </Button>
        )
      })}
      {/* a plan is discarded: nothing of it has begun */}
      {has('cancel') && !has('discard') && (
        <Button onClick={() => setCancelling(true)}>
          <Ban aria-hidden />
          {t('cancel')}
        </Button>
      )}
      <CancelJobDialog job={job} open={cancelling && has('cancel')} onClose={() => setCancelling(false)} />
    </div>
  )
}
