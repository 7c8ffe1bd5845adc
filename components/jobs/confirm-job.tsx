'use client'
import { useTranslations } from 'next-intl'
import { useState, type ReactNode } from 'react'
import { Button } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/checkbox'
import { Notice } from '@/components/ui/notice'
import type { Job } from '@/lib/console/schemas-jobs'
import { useActOnJob } from './use-job-actions'

export interface ConfirmJobProps {
  project: string
  job: Job
  onConfirmed?: (() => void) | undefined
  /** places the two: the word of warning that must be acknowledged (if any), and the button */
  children: (parts: { acknowledgement: ReactNode; confirm: ReactNode }) => ReactNode
}

/** The member's word on a plan. What takes encryption away asks for it twice. */
export function ConfirmJob({ project, job, onConfirmed, children }: ConfirmJobProps) {
  const t = useTranslations('jobs')
  const [understood, setUnderstood] = useState(false)
  const act = useActOnJob(project, job.jobId)
  const weakens = job.target.kind === 'none' && (job.plan?.rewritten.objects ?? 0) > 0
  const changes = (job.plan?.rewrapped.objects ?? 0) + (job.plan?.rewritten.objects ?? 0)
  return children({
    acknowledgement: weakens && (
      <Notice tone="danger" title={t('weakens.title', { count: job.plan?.rewritten.objects ?? 0 })}>
        {t('weakens.text')}
        <label className="mt-2 flex items-start gap-2.5">
          <Checkbox checked={understood} onChange={setUnderstood} aria-labelledby="weakens-understood" />
          <span id="weakens-understood">{t('weakens.understood')}</span>
        </label>
      </Notice>
    ),
    confirm: (
      <Button
        variant={weakens ? 'danger' : 'primary'}
        disabled={!job.actions.includes('confirm') || changes === 0 || (weakens && !understood)}
        busy={act.isPending}
        onClick={() => act.mutate('confirm', { onSuccess: onConfirmed })}
      >
        {t(weakens ? 'confirmNone' : 'confirm', { count: changes })}
      </Button>
    ),
  })
}
